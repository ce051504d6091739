"""What a simulation found: money or the pilot, what is done to how many, the guard, the levers, the list of actions."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from portal.ui.badges import Color
from portal.ui.charts import kept_chart
from portal.ui.exports import CSV, EXCEL, save_button
from portal.ui.figures.simulation import limits_figure, ways_figure
from portal.ui.layout import Number, metric_row, note, section
from portal.ui.simulation_settings import draw_settings, draw_settings_files
from portal.ui.text import escape_cell, escape_markdown
from services.automl.values_in_words import share_in_words
from services.proposals.causal import WORDINGS
from services.simulation.comparison import Difference
from services.simulation.queries import FileKind
from services.simulation.report import ListedCase, Money, OffPolicyFound, SimulationReport
from services.simulation.sentences import (
    GUARD_REASONS,
    LIGHTS,
    allocation_of,
    describe_acts,
    describe_agreement,
    describe_edge,
    describe_guard,
    describe_light,
    describe_missing_extra,
    describe_pilot,
    describe_scarcity,
    explain_finding,
)
from services.valuation.amounts import format_money

_COLORS = {"green": "green", "amber": "orange", "red": "red"}
_GRADES = {"A": "green", "B": "orange", "C": "red"}


def draw_findings(report: SimulationReport, *, in_money: bool, read_file: Callable[[FileKind], bytes] | None) -> None:
    """Everything below the sentence, in the order in which people ask.

    Parameters
    ----------
    read_file
        Gives the whole list; None for who may not see the reasons in it yet.
    """
    st.markdown(escape_markdown(explain_finding(report)))
    _draw_numbers(report)
    if report.is_common:
        draw_settings(report)
    if report.money is not None:
        _draw_money(report, report.money, in_money=in_money)
    elif report.pilot is not None:
        with section("What to do instead: a limited experiment", "Two arms of equal size, drawn by chance"):
            st.markdown(escape_markdown(describe_pilot(report.pilot)))
    if not report.is_common:
        _draw_doings(report)
    _draw_guard(report)
    _draw_levers(report)
    if report.is_common:
        draw_settings_files(read_file)
    else:
        _draw_list(report, read_file)
    with st.container(gap="xxsmall"):
        for text in (*report.notes, f"A case is worth {report.worth}."):
            note(escape_markdown(text))


def draw_differences(found: Sequence[Difference], one: str, other: str) -> None:
    """Two simulations side by side, only what differs."""
    if not found:
        st.markdown("Both asked the same and found the same.")
        return
    left, right = escape_markdown(one), escape_markdown(other)
    rows = [
        {"": f"**{line.name}**", left: escape_markdown(line.one), right: escape_markdown(line.other)} for line in found
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _draw_numbers(report: SimulationReport) -> None:
    if report.money is not None:
        gain = report.money.gains[0]
        color: Color = "green" if gain.low > 0 else "gray"
        name, amount = ("Gain a year", gain.amount) if report.grade == "A" else ("Gain a year, at least", gain.low)
        first = Number(name, format_money(amount, report.currency), "over today's way, after costs", color)
    else:
        n = 2 * report.pilot.n_per_arm if report.pilot else 0
        first = Number("Pilot, cases", f"{n:,}", "before a benefit may be forecast", "orange")
    edge = share_in_words(report.share_on_edge)
    metric_row(
        [
            first,
            Number("Cost a year", format_money(report.spent, report.currency), "of moving the levers"),
            Number("Set anew", share_in_words(report.share_changed), f"of cases, {report.acts:,.0f} a year"),
            Number(
                "At the edge", edge, "of the settings, of what was tried", "orange" if report.has_wide_edge else "gray"
            ),
        ]
    )


def _draw_money(report: SimulationReport, money: Money, *, in_money: bool) -> None:
    if money.curve:
        _draw_limits(report, money, in_money=in_money)
    if report.grade == "B":
        return  # the middle of an interval is not for show there
    text = "Money a year more than each other way, judged by copies that had no say in the choice"
    with section("Compared with other ways", text):
        first = money.gains[0]
        alt = f"The policy brings {format_money(first.amount, report.currency)} a year more than today's way."
        of = ("ways", money, report.currency)
        kept_chart(partial(ways_figure, money, report.currency), alt, of=of, key="ways")
    if report.off_policy is not None:
        _draw_off_policy(report.off_policy, report)


def _draw_off_policy(found: OffPolicyFound, report: SimulationReport) -> None:
    """What the cases say themselves, where chance set the levers."""
    with section("What the cases themselves say", "Only cases that chance treated as the policy would are counted"):
        told = " ".join(part for part in (found.sentence, describe_agreement(report)) if part)
        st.markdown(escape_markdown(told))
        rows = []
        for one in found.estimates:
            about, low, high = (format_money(amount, report.currency) for amount in (one.amount, one.low, one.high))
            name = escape_markdown(f"{one.over[:1].upper()}{one.over[1:]}")
            rows.append({"Estimate": name, "Gain a year": escape_markdown(f"{about} ({low} to {high})")})
        if rows:
            st.table(rows, border="horizontal", hide_index=True)


def _draw_limits(report: SimulationReport, money: Money, *, in_money: bool) -> None:
    scarce, gain = describe_scarcity(report), money.gains[0]
    is_lower = report.grade == "B"
    amount = format_money(gain.low if is_lower else gain.amount, report.currency)
    where = (
        f"{format_money(report.spent, report.currency)} is spent"
        if in_money
        else f"{report.acts:,.0f} cases are set anew"
    )
    if is_lower:
        text, brings = "The line is the lower end of what it brings; hidden causes could change it.", "at least "
    else:
        text, brings = "The band holds the gain 19 times in 20, over cases and copies of the model.", ""
    with section(f"It brings {brings}{amount} a year where {where}", f"{escape_markdown(scarce)} {text}".strip()):
        alt = f"Gain a year by limit; the chosen one does this: {describe_acts(report)}."
        build = partial(limits_figure, report, money, in_money=in_money)
        kept_chart(build, alt, of=("limits", report, in_money), key="limits")


def _draw_doings(report: SimulationReport) -> None:
    title = "What is done to how many" if report.money is not None else "What the model would choose, by association"
    with section(title, escape_markdown(describe_acts(report))):
        rows = [
            {
                "Setting": escape_markdown(doing.what),
                "Cases": f"{doing.n_cases:,}",
                "Share": share_in_words(doing.share),
                "A year": f"{doing.share * report.yearly_cases:,.0f}",
            }
            for doing in report.doings
        ]
        st.table(rows, border="horizontal", hide_index=True)
        if (found := allocation_of(report)) is not None:
            if warning := found.warning(report.currency):
                st.warning(escape_markdown(warning), icon=":material/warning:")
            note(" ".join(part for part in (escape_markdown(found.told(report.currency)), found.missing) if part))


def _draw_guard(report: SimulationReport) -> None:
    with section("Where the model may be believed", escape_markdown(describe_guard(report))):
        edge = describe_edge(report)
        if edge:
            st.warning(escape_markdown(edge), icon=":material/warning:")
        if not report.is_guarded:
            st.warning("The guard was switched off for this simulation.", icon=":material/gpp_maybe:")
            return
        rows = [
            {"Why a setting is not believed": GUARD_REASONS[found.reason], "Of all": share_in_words(found.share)}
            for found in report.excluded
            if found.share > 0
        ]
        if rows:
            st.table(rows, border="horizontal", hide_index=True)


def _draw_levers(report: SimulationReport) -> None:
    with section("What may be said of each lever", "How its values came into the data decides"):
        for lever in report.levers:
            light, allowed = f":{_COLORS[lever.light]}-badge[{LIGHTS[lever.light]}]", escape_markdown(lever.allowed)
            tried = ", of which some values were tried" if lever.is_thinned else ""
            grade = f":{_GRADES[lever.grade]}-badge[Grade {lever.grade}]"
            with st.container(gap=None):
                st.markdown(f"**{escape_markdown(lever.name)}** {grade} {light}")
                wording = f"{'a' if lever.grade == 'C' else 'an'} {WORDINGS[lever.grade]}"
                note(f"May be {allowed}{tried}. {escape_markdown(lever.reason)} What is shown is {wording}.")
                note(describe_light(lever))
                if lever.adjusted is not None and lever.grade == "C":  # of B it stands above
                    note(escape_markdown(lever.adjusted.told))
        if missing := describe_missing_extra(report):
            note(missing)


def _draw_list(report: SimulationReport, read_file: Callable[[FileKind], bytes] | None) -> None:
    title = "The cases to act on" if report.money is not None else "Cases for the experiment to draw from"
    is_forecast = report.grade == "A"
    text = "Cases of the data, none of them sealed; those that gain most first" if is_forecast else "In their order"
    with section(title, text):
        if not report.first:
            note("No case is set anew.")
            return
        has_reasons = any(case.reasons for case in report.first)
        rows = [_line(case, report, has_reasons=has_reasons) for case in report.first]
        st.dataframe(
            rows,
            hide_index=True,
            alt=f"The first {len(rows)} cases and their settings",
            column_config={"Row": st.column_config.NumberColumn(pinned=True, format="localized")},
        )
        if read_file is None:
            note("Why each is on the list, and all of it as a file, come once you say under Explain what you expect.")
            return
        with st.container(horizontal=True, gap="small"):
            for kind, label, name, mime in (
                ("csv", "All as CSV", "actions.csv", CSV),
                ("workbook", "All as Excel", "actions.xlsx", EXCEL),
            ):
                save_button(label, name, mime, partial(read_file, kind), icon=":material/download:")  # type: ignore[arg-type]
        if has_reasons:
            note("Reasons are columns that raise what the model says of the case; a reason is not a cause.")


def _line(case: ListedCase, report: SimulationReport, *, has_reasons: bool) -> dict[str, object]:
    of_levers: dict[str, object] = {}
    for lever, today, then in zip(report.levers, case.today, case.then, strict=True):
        of_levers[escape_cell(lever.name)] = escape_cell(f"{today} → {then}" if today != then else then)
    forecast: dict[str, object] = {}
    if report.grade == "A" and case.gain is not None and case.chance_today is not None and case.chance_then is not None:
        spell = share_in_words if report.task == "binary" else "{:,.4g}".format
        answer = "Chance" if report.task == "binary" else "Predicted"
        forecast = {
            answer: f"{spell(case.chance_today)} → {spell(case.chance_then)}",
            "Gain": format_money(case.gain, report.currency),
        }
    names = {escape_cell(name): escape_cell(value) for name, value in zip(report.name_columns, case.names, strict=True)}
    reasons = {"Reasons": escape_cell("; ".join(case.reasons))} if has_reasons else {}
    cost = format_money(case.cost, report.currency)
    return {"Row": case.row, **names, **of_levers, **forecast, "Cost": cost, **reasons}
