"""Figures as texts: a box for numbers takes a pasted "1.234,56" for 1.23456 in silence, a text can be asked about."""

from decimal import Decimal

import streamlit as st

from services.errors import InvalidInputError
from services.valuation.typed_amounts import read_amount


def ask_amount(label: str, known: float | None, *, why: str, key: str) -> str:
    """Draw the box; returns what is in it."""
    typed: str | None = st.text_input(label, shown_amount(known), help=why, key=key, max_chars=40)
    return typed or ""


def read_amounts(typed: dict[str, str], labels: dict[str, str]) -> dict[str, float | None]:
    """Each text as the one amount it can mean; None where it is empty.

    Raises
    ------
    InvalidInputError
        With one sentence for each text that is no amount, or could be two.
    """
    found: dict[str, float | None] = {}
    problems: list[str] = []
    for name, text in typed.items():
        try:
            found[name] = read_amount(text, labels[name]) if text.strip() else None
        except InvalidInputError as error:
            problems += error.problems
    if problems:
        raise InvalidInputError(*problems)
    return found


def shown_amount(amount: float | None) -> str:
    """An amount as digits that can be read in one way only: never exactly three behind the point."""
    if amount is None:
        return ""
    plain = f"{Decimal(f'{amount:.15g}'):f}"
    return f"{plain}0" if len(plain.partition(".")[2]) == 3 else plain
