"""One case, live: its levers set otherwise, what the model then says, and what of it is not to be believed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from portal.ui.layout import Number, metric_row, note
from portal.ui.text import escape_markdown
from services.automl.values_in_words import number_in_words, share_in_words
from services.deployments.what_if import WhatIf
from services.interpretations.naming import ColumnName
from services.proposals.causal import WORDINGS
from services.proposals.units import with_unit
from services.simulation.guard_table import GuardTable
from services.simulation.report import SimulationReport
from services.simulation.sentences import GUARD_REASONS
from services.simulation.views import CaseView
from services.valuation.amounts import format_money

_MOST_NAMED = 8


def ask_settings(case: CaseView, guard: GuardTable) -> list[Any]:
    """One field for each lever with the values that were tried, beginning at today's where it is one of them."""
    settings = []
    with st.grid(2, min_column_width=260, gap="small"):
        for place, lever in enumerate(case.levers):
            values = guard.values(place)
            now = case.rows[str(lever.column)].iloc[0]
            key = f"what_if_{case.row}_{place}"
            label = escape_markdown(f"{lever.name}{f', {lever.unit}' if lever.unit else ''}")
            if lever.is_numeric:
                nearest = min(values, key=lambda value: abs(value - now) if now == now else 0.0)
                settings.append(st.select_slider(label, values, value=nearest, format_func=number_in_words, key=key))
            else:
                index = values.index(now) if now in values else 0
                settings.append(st.selectbox(label, values, index=index, format_func=str, key=key))
    return settings


def values_told(case: CaseView, kinds: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each column of the case that has a value, as the business calls it, and the value just as the data say it.

    Parameters
    ----------
    kinds
        Of the columns that the model takes, by their names.
    """
    told = []
    for name, value in case.rows[list(case.names)].iloc[0].items():
        if value == value and value is not None:
            column = str(name)
            label, unit = case.labels.get(column, column), case.units.get(column, "")
            told.append((label, _spell(value, ColumnName(column, label, kinds[column], unit))))
    return tuple(told)


def _spell(value: Any, column: ColumnName) -> str:
    if isinstance(value, str):
        return value
    if column.kind == "date":
        return column.spell(float(value))
    said = with_unit(float(value), column.unit)
    return f"−{said.removeprefix('-')}" if value < 0 else said


def draw_what_if(
    report: SimulationReport, case: CaseView, guard: GuardTable, ask: Callable[[Sequence[Any]], WhatIf]
) -> None:
    """The fields and the answer; what the guard does not believe is grey, with the reason and without money."""
    settings = ask_settings(case, guard)
    found = ask(settings)
    is_known = guard.place_of(case.row) is not None
    reason = guard.reason(case.row, settings) if is_known else None
    is_same = all(
        str(case.rows[str(lever.column)].iloc[0]) == str(value)
        for lever, value in zip(case.levers, settings, strict=True)
    )
    is_believed = is_known and (reason is None or is_same)
    _draw_answer(report, case, found, is_believed=is_believed)
    if not is_known:
        note("This row was not among the cases looked at, so it is not known what may be believed of it.", "orange")
    elif reason is not None and not is_same:
        note(f":material/block: {GUARD_REASONS[reason]}, so this is not to be believed for this case.", "orange")
    if len(case.levers) == 1 and is_known:
        _draw_unsupported(case, guard)
    if report.grade != "A":
        note(f"Grade {report.grade}: {escape_markdown(WORDINGS[report.grade])}.")


def _draw_answer(report: SimulationReport, case: CaseView, found: WhatIf, *, is_believed: bool) -> None:
    spell = share_in_words if report.task == "binary" else number_in_words
    name = "Chance" if report.task == "binary" else "Predicted"
    numbers = [
        Number(f"{name} today", spell(found.today), "as the case is"),
        Number(f"{name} then", spell(found.then) if is_believed else "–", "with the levers so set"),
    ]
    if report.money is None:
        numbers.append(Number("Gain", "–", "may not be forecast", "orange"))
    elif report.grade == "B":
        numbers.append(Number("Gain", "–", "told of all cases together only", "orange"))
    elif not is_believed or found.worth_today is None or found.worth_then is None:
        numbers.append(Number("Gain", "–", "cannot be told for this setting"))
    else:
        gain = found.worth_then - found.worth_today
        told = f"{_money(found.worth_today, case)} today, {_money(found.worth_then, case)} then"
        numbers.append(
            Number("Gain", format_money(gain, case.currency, sign=True), told, "green" if gain > 0 else "gray")
        )
    cost = "–" if found.cost is None else format_money(found.cost, case.currency)
    numbers.append(Number("Cost", cost, "of moving the levers"))
    metric_row(numbers)


def _draw_unsupported(case: CaseView, guard: GuardTable) -> None:
    """The values of the one lever that are not believed for this case, by reason."""
    by_reason: dict[str, list[str]] = {}
    for value in guard.values(0):
        reason = guard.reason(case.row, [value])
        if reason is not None:
            shown = number_in_words(value) if case.levers[0].is_numeric else str(value)
            by_reason.setdefault(reason, []).append(shown)
    for reason, values in by_reason.items():
        more = f" and {len(values) - _MOST_NAMED} more" if len(values) > _MOST_NAMED else ""
        named = escape_markdown(f"{', '.join(values[:_MOST_NAMED])}{more}")
        note(f":material/block: Not believed here: {named}. {GUARD_REASONS[reason]}.")


def _money(amount: float, case: CaseView) -> str:
    return format_money(amount, case.currency)
