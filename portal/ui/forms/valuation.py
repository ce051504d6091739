"""The figures a business case is made of, asked in the user's units: percent, amounts, months."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from portal.ui.forms.amounts import ask_amount, read_amounts
from portal.ui.forms.details import call_details
from portal.ui.forms.drafts import Draft
from portal.ui.forms.groups import question_group
from portal.ui.forms.questions import DEPTHS, Depth
from services.errors import InvalidInputError
from services.people.permissions import Role
from services.valuation.assumptions import Assumptions
from services.valuation.limits import SOURCES

CURRENCIES = ("EUR", "GBP", "CHF", "DKK", "NOK", "PLN", "SEK", "USD")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number to ask for. `is_rate`: typed in percent, kept as a share. `in_simple`: asked in every depth."""

    name: str
    label: str
    why: str
    default: float | None = None
    is_rate: bool = False
    in_simple: bool = False


WORTH = (
    Figure(
        "caught_value_amount",
        "Value of a caught case",
        "What one case brings when we act in time and it works.",
        in_simple=True,
    ),
    Figure("success_rate", "Acting works, % of cases", "An offer or a repair rarely works every time.", is_rate=True),
    Figure("action_amount", "Cost of acting once", "Paid for right and wrong calls alike.", in_simple=True),
    Figure("false_alarm_amount", "Extra cost of a false alarm", "Such as an annoyed customer; 0 if none.", 0.0),
    Figure("miss_amount", "Extra cost of a missed case", "Only what is not yet in the value of a caught case.", 0.0),
)
VOLUME = (
    Figure("cases_per_month", "Cases a month", "How many decisions there are to take.", in_simple=True),
    Figure(
        "base_rate",
        "Cases that matter, %",
        "How many of 100 cases turn out that way today.",
        is_rate=True,
        in_simple=True,
    ),
    Figure("capacity_per_month", "Actions possible a month", "What the team can do. Leave empty if there is no limit."),
)
COSTS = (
    Figure(
        "project_amount", "Cost of the project", "Once: people, data, integration, training, review.", in_simple=True
    ),
    Figure("running_amount_per_month", "Running cost a month", "Servers, upkeep, checking, retraining.", 0.0),
    Figure("horizon_months", "Horizon in months", "How long the solution stays useful.", 36),
    Figure("yearly_discount_rate", "Discount rate a year, %", "What money earns elsewhere.", 0.1, is_rate=True),
)
_GROUPS = (
    ("What a call is worth", "Money per case, without a minus", WORTH),
    ("How many there are", "This decides how much quality pays", VOLUME),
    ("What it costs and how long it lasts", "A project must earn this back", COSTS),
)


_UNASKED = {"success_rate": 1.0}  # what Simple does not ask, where it is not its usual default
_AVERAGE = "What acting in time brings on average: count the cases in which it does not work."


def choose_money_depth(role: str, *, is_saved: bool) -> Depth:
    """How much is asked and shown; the address keeps the choice."""
    usual: Depth = "Expert" if role == Role.DATA_SCIENTIST else "Guided" if is_saved else "Simple"
    depth: Depth | None = st.segmented_control(
        "How much shall we ask and show?",
        list(DEPTHS),
        default=usual,
        required=True,
        key="depth",
        bind="query-params",
        help="Simple: five figures. Guided: all of them, limits and today's rule. Expert: metrics and formulas too.",
    )
    return depth or usual


def valuation_form(
    draft: Draft, saved: Assumptions | None, *, button: str, depth: Depth = "Expert"
) -> dict[str, Any] | None:
    """Draw the form; returns the fields of `Assumptions` as typed when it was sent, else None.

    Figures that the depth does not ask stay as saved, or are the usual ones.

    Raises
    ------
    InvalidInputError
        What was typed beside the figures cannot be used; the form is drawn.
    """
    values: dict[str, Any] = {}
    typed: dict[str, str] = {}
    with st.form(draft.key("form"), border=False, enter_to_submit=False):
        with st.container(gap="medium"):
            for title, text, figures in _GROUPS:
                asked = [figure for figure in figures if figure.in_simple or depth != "Simple"]
                values |= {figure.name: _usual(figure, saved) for figure in figures if figure not in asked}
                with question_group(title, text), st.grid(3, min_column_width=220, gap="small"):
                    for figure in asked:
                        typed[figure.name] = _ask(draft, figure, saved, is_average=depth == "Simple" and not saved)
            read = call_details(draft, saved.details if saved else None, depth)
            values["currency"], values["source"] = _ask_about_figures(draft, saved)
            keeps_amounts = _ask_about_items(draft, saved)
        was_sent = st.form_submit_button(button, type="primary", icon=":material/check:")
    if not was_sent:
        return None
    return values | _read(typed) | {"details": read()} | _items_in(str(values["currency"]), saved, keeps_amounts)


def _ask_about_items(draft: Draft, saved: Assumptions | None) -> bool:
    if saved is None or not saved.items:
        return False
    return st.checkbox(
        "In another currency, costs and benefits keep their amounts",
        key=draft.key("keeps amounts"),
        help="Nothing is converted: 100 euros become 100 dollars.",
    )


def _items_in(currency: str, saved: Assumptions | None, keeps_amounts: bool) -> dict[str, Any]:
    """The items where they change their currency."""
    if saved is None or not saved.items or currency == saved.currency:
        return {}
    if not keeps_amounts:
        raise InvalidInputError(
            f"What is listed under Costs and benefits is in {saved.currency}, and nothing is converted. Keep "
            f"{saved.currency}, or tick that it keeps its amounts in {currency}."
        )
    return {"items": tuple(replace(item, currency=currency) for item in saved.items)}


def _read(typed: dict[str, str]) -> dict[str, Any]:
    figures = {figure.name: figure for _, _, group in _GROUPS for figure in group}
    found: dict[str, Any] = dict(read_amounts(typed, {name: figure.label for name, figure in figures.items()}))
    for name, value in found.items():
        if value is not None and figures[name].is_rate:
            found[name] = value / 100
        elif value is not None and name == "horizon_months" and value == int(value):
            found[name] = int(value)
    return found


def _usual(figure: Figure, saved: Assumptions | None) -> float | None:
    if saved is not None:
        known: float | None = getattr(saved, figure.name)
        return known
    return _UNASKED.get(figure.name, figure.default)


def _ask(draft: Draft, figure: Figure, saved: Assumptions | None, *, is_average: bool = False) -> str:
    known = figure.default if saved is None else getattr(saved, figure.name)
    return ask_amount(
        figure.label,
        None if known is None else _shown(float(known), figure),
        why=_AVERAGE if is_average and figure.name == "caught_value_amount" else figure.why,
        key=draft.key(figure.name),
    )


def _shown(value: float, figure: Figure) -> float:
    return round(value * 100, 10) if figure.is_rate else value


def _ask_about_figures(draft: Draft, saved: Assumptions | None) -> tuple[str, str]:
    title, text = "Where the figures come from", "A reviewer trusts a confirmed figure more; a guess is welcome too"
    with question_group(title, text), st.grid(2, min_column_width=240, gap="small"):
        source = st.selectbox(
            "Source",
            list(SOURCES),
            index=list(SOURCES).index(saved.source) if saved else 0,
            format_func=lambda name: SOURCES[name].capitalize(),
            key=draft.key("source"),
        )
        known = (saved.currency,) if saved and saved.currency not in CURRENCIES else ()
        codes = [*CURRENCIES, *known]
        currency = st.selectbox(
            "Currency",
            codes,
            index=codes.index(saved.currency) if saved else 0,
            key=draft.key("currency"),
        )
    return currency, source
