"""Costs and benefits as a table to fill in, one row each."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from portal.ui.forms.amounts import shown_amount
from portal.ui.forms.drafts import Draft
from services.errors import InvalidInputError
from services.valuation.limits import LARGEST_AMOUNT, SOURCES
from services.valuation.plan import LONGEST_NAME, ONE_OFF, RECURRING, RHYTHMS, Item
from services.valuation.typed_amounts import read_amount
from services.valuation.uncertainty.estimates import SHAPES, Estimate

KINDS = ("Benefit", "Cost")
_SUGGESTED = (*ONE_OFF[:4], *RECURRING[:4])


def items_table(draft: Draft, saved: tuple[Item, ...]) -> list[dict[str, Any]]:
    """Draw the table inside a form; returns its rows as typed."""
    base = st.session_state.setdefault(draft.key("base"), [_row(item) for item in saved] or _first_rows())
    config = st.column_config
    edited = st.data_editor(
        pd.DataFrame(base),
        key=draft.key("table"),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "Kind": config.SelectboxColumn(options=KINDS, required=True),
            "Name": config.TextColumn(required=True, max_chars=LONGEST_NAME, help="What it is, once each"),
            # texts: a pasted "1.234" must be asked about, where a column of numbers would guess
            "Low": config.TextColumn(help="Money per unit, without a minus"),
            "Likely": config.TextColumn(help="For absolute limits only"),
            "High": config.TextColumn(help="Money per unit"),
            "Range": config.SelectboxColumn(
                options=list(SHAPES),
                help="pert, triangular: low and high are absolute limits. normal, lognormal: a 90% interval",
            ),
            "Units": config.TextColumn(help="How many units each time: labels, days, calls"),
            "When": config.SelectboxColumn(options=list(RHYTHMS.values())),
            "From month": config.NumberColumn(format="%d"),
            "To month": config.NumberColumn(format="%d", help="Empty: to the horizon"),
            "Happens, %": config.NumberColumn(help="The chance that it happens at all"),
            "Source": config.SelectboxColumn(options=list(SOURCES)),
            "Owner": config.TextColumn(max_chars=LONGEST_NAME),
        },
    )
    return [{str(name): value for name, value in row.items()} for row in edited.to_dict("records")]


def read_items(rows: list[dict[str, Any]], currency: str) -> tuple[Item, ...]:
    """The rows as items; a row without amounts is left out.

    Raises
    ------
    InvalidInputError
        With every problem of every row, each named by its row.
    """
    found, problems = [], []
    for place, row in enumerate(rows, 1):
        if not any(_text(row.get(key)) for key in ("Low", "Likely", "High")):
            continue
        name = _text(row.get("Name"))
        try:
            found.append(_item(row, name, currency))
        except InvalidInputError as error:
            problems += [f"Row {place}, “{name[:40]}”: {problem}" for problem in error.problems]
    if problems:
        raise InvalidInputError(*problems)
    return tuple(found)


def _item(row: Mapping[str, Any], name: str, currency: str) -> Item:
    rhythms = {title: key for key, title in RHYTHMS.items()}
    start, end, chance = (_number(row.get(key)) for key in ("From month", "To month", "Happens, %"))
    low, likely, high, units = (_amount(row, key) for key in ("Low", "Likely", "High", "Units"))
    if low is None or high is None:
        raise InvalidInputError("Fill in both low and high; the same twice if it is certain.")
    return Item(
        name=name,
        is_benefit=row.get("Kind") == "Benefit",
        amount=Estimate(low, high, likely, str(row.get("Range") or "pert")),
        quantity=1.0 if units is None else units,
        rhythm=rhythms.get(str(row.get("When")), "monthly"),
        start_month=0 if start is None else _month(start, "From month"),
        end_month=None if end is None else _month(end, "To month"),
        chance=1.0 if chance is None else chance / 100,
        source=str(row.get("Source") or "guess"),
        owner=_text(row.get("Owner")),
        currency=currency,
    )


def _row(item: Item) -> dict[str, Any]:
    return {
        "Kind": KINDS[0] if item.is_benefit else KINDS[1],
        "Name": item.name,
        "Low": shown_amount(item.amount.low),
        "Likely": shown_amount(item.amount.likely),
        "High": shown_amount(item.amount.high),
        "Range": item.amount.shape,
        "Units": shown_amount(item.quantity),
        "When": RHYTHMS[item.rhythm],
        "From month": item.start_month,
        "To month": item.end_month,
        "Happens, %": round(item.chance * 100, 10),
        "Source": item.source,
        "Owner": item.owner,
    }


def _first_rows() -> list[dict[str, Any]]:
    usual = {"Low": "", "Likely": "", "High": "", "Range": "pert", "Units": "1"}
    more = {"From month": 0, "To month": None, "Happens, %": 100.0, "Source": "guess", "Owner": ""}
    names = [("Cost", name) for name in _SUGGESTED]  # what right calls bring comes from Money
    return [
        {"Kind": kind, "Name": name, **usual, "When": RHYTHMS["once" if name in ONE_OFF else "monthly"], **more}
        for kind, name in names
    ]


def _amount(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if isinstance(value, int | float) or value is None:
        return _number(value)
    return read_amount(value, key) if _text(value) else None


def _month(value: float, name: str) -> int:
    if value % 1 or abs(value) > LARGEST_AMOUNT:
        raise InvalidInputError(f"{name} must be a whole number of months from the start.")
    return int(value)


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value).strip()


def _number(value: Any) -> float | None:
    if value is None or not isinstance(value, int | float) or math.isnan(value):
        return None
    return float(value)
