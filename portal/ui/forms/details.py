"""What is asked beyond the figures of a call: limits, today's rule, the quality of a model, metrics and formulas."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from portal.ui.forms.amounts import ask_amount, read_amounts, shown_amount
from portal.ui.forms.drafts import Draft
from portal.ui.forms.groups import question_group
from portal.ui.forms.questions import Depth
from services.errors import InvalidInputError
from services.valuation.adoption import CURVES, Adoption, Stage
from services.valuation.assumptions import Assumptions
from services.valuation.details import FLOWS, Details, TodaysRule
from services.valuation.forecast_cost import ForecastCost
from services.valuation.metric_link import METRICS
from services.valuation.money_lines import counted_flows
from services.valuation.plan import Item
from services.valuation.uncertainty.estimates import Estimate

_LABELS = {
    "budget": "Budget for actions a month",
    "rule_actions": "Actions a month today",
    "rule_right": "Right actions today, %",
    "low": "At least, of 100",
    "likely": "Likely, of 100",
    "high": "At most, of 100",
    "under": "A unit too little costs",
    "over": "A unit too much costs",
}
_STAGES = ("Stage", "Cost", "Succeeds, %")


def call_details(draft: Draft, saved: Details | None, depth: Depth) -> Callable[[], Details | None]:
    """Draw what the depth asks; the function returned reads it, and raises `InvalidInputError` where it cannot."""
    known = saved or Details()
    if depth == "Simple":
        return lambda: saved
    guided = _guided(draft, known)
    expert = _expert(draft, known) if depth == "Expert" else {}

    def read() -> Details | None:
        found = replace(known, **_read_guided(guided), **(_read_expert(expert) if expert else {}))
        return found if saved is not None or found != Details() else None

    return read


def plan_details(draft: Draft, figures: Assumptions, depth: Depth) -> Callable[[tuple[Item, ...]], Assumptions]:
    """As `call_details`, for what the plan of items takes from Money, how the benefit arrives, and its stages.

    Returns what makes the whole of it: the figures with these items and with what was said here.
    """
    if depth == "Simple":
        return lambda items: replace(figures, items=items)
    saved, adoption, counted = figures.details, figures.adoption, counted_flows(figures)
    known, ramp = saved or Details(), adoption or Adoption()
    with (
        question_group(
            "What counts from Money", "Leave out what the items state in more detail: no money counts twice"
        ),
        st.container(horizontal=True, gap="medium"),
    ):
        chosen = [
            name
            for name, title in FLOWS.items()
            if st.checkbox(title, value=name in counted, key=draft.key(f"counts {name}"))
        ]
    why = "Nobody uses something new from the first day on"
    with question_group("How the benefit arrives", why), st.grid(3, min_column_width=200, gap="small"):
        live = st.number_input(
            "Live after month",
            value=ramp.go_live_month,
            step=1,
            key=draft.key("go live"),
            help="Nothing before it.",
        )
        full = st.number_input("Months until everybody uses it", value=ramp.ramp_months, step=1, key=draft.key("ramp"))
        curve = st.selectbox(
            "In between", list(CURVES), list(CURVES).index(ramp.curve), format_func=CURVES.__getitem__,
            key=draft.key("curve"),
        )  # fmt: skip
    stages = _ask_stages(draft, known.stages) if depth == "Expert" else None

    def read(items: tuple[Item, ...]) -> Assumptions:
        now = known if stages is None else replace(known, stages=_read_stages(stages))
        arrives = Adoption(int(live or 0), int(full or 0), curve)
        typed = replace(
            figures,
            items=items,
            details=now if saved is not None or now != Details() else None,
            adoption=arrives if adoption is not None or arrives != Adoption() else None,
        )
        if set(counted_flows(typed)) == set(chosen):
            return typed
        return replace(typed, details=replace(now, counted=tuple(chosen)))  # what is ticked is what counts

    return read


def _guided(draft: Draft, known: Details) -> dict[str, str]:
    found: dict[str, str] = {}
    rule, quality = known.rule, known.quality
    title, why = "What limits actions, and how it is done today", "Leave empty what there is not"
    with question_group(title, why), st.grid(3, min_column_width=220, gap="small"):
        found["budget"] = _number(
            draft,
            _LABELS["budget"],
            known.action_budget_per_month,
            "Money, beside the number of actions.",
        )
        found["rule_actions"] = _number(
            draft, _LABELS["rule_actions"], rule.actions_per_month if rule else None, "By the rule of today."
        )
        found["rule_right"] = _number(
            draft,
            _LABELS["rule_right"],
            round(rule.precision * 100, 10) if rule else None,
            "How many of 100 of them meet a case that matters.",
        )
    why = "Of 100 pairs of a case that matters and one that does not, how many it ranks right: 50 is a coin toss"
    with question_group("How good a model may turn out", why), st.grid(3, min_column_width=220, gap="small"):
        for name, value in (("low", quality.low), ("likely", quality.mode), ("high", quality.high)):
            found[name] = _number(draft, _LABELS[name], round(value * 100, 10), "A guess until a model has been tried.")
    return found


def _read_guided(texts: dict[str, str]) -> dict[str, Any]:
    typed = read_amounts(texts, _LABELS)
    actions, right = typed["rule_actions"], typed["rule_right"]
    if (actions is None) != (right is None):
        raise InvalidInputError("Today's rule needs both: how many actions a month, and how many of 100 are right.")
    low, likely, high = typed["low"], typed["likely"], typed["high"]
    if low is None or likely is None or high is None:
        raise InvalidInputError("Say how good a model may turn out: at least, likely and at most, of 100 pairs.")
    return {
        "action_budget_per_month": typed["budget"],
        "rule": None if actions is None or right is None else TodaysRule(actions, right / 100),
        "quality": Estimate(round(low / 100, 12), round(high / 100, 12), round(likely / 100, 12)),
    }


def _expert(draft: Draft, known: Details) -> dict[str, Any]:
    cost = known.forecast_cost
    with question_group("How models are scored", "The metric must move with the money"):
        metric = st.selectbox(
            "Metric of models",
            list(METRICS),
            list(METRICS).index(known.metric),
            format_func=lambda name: METRICS[name].title,
            key=draft.key("metric"),
        )
    why = (
        "A formula of columns, such as min(monthly_charges * 12, 2000), that runs price each row by; empty where every "
        "case is worth the same"
    )
    with question_group("Value of a caught case, row by row", why):
        formula = st.text_input("Value by row", known.amount_formula, key=draft.key("amount formula"))
    why = "Where a number is forecast instead of a yes or no: what a unit too little and one too much cost"
    with question_group("Forecasts of a number", why), st.grid(3, min_column_width=220, gap="small"):
        under = _number(draft, _LABELS["under"], cost.under_amount if cost else None, "Such as a lost sale.")
        over = _number(draft, _LABELS["over"], cost.over_amount if cost else None, "Such as a spoilt loaf.")
        unit = st.text_input("Unit", known.forecast_unit, max_chars=40, key=draft.key("forecast unit"))
    return {"metric": metric, "formula": formula, "under": under, "over": over, "unit": unit}


def _read_expert(typed: dict[str, Any]) -> dict[str, Any]:
    costs = read_amounts({name: typed[name] for name in ("under", "over")}, _LABELS)
    under, over = costs["under"], costs["over"]
    if (under is None) != (over is None):
        raise InvalidInputError("A wrong forecast needs both costs: of a unit too little and of a unit too much.")
    return {
        "metric": typed["metric"],
        "amount_formula": (typed["formula"] or "").strip(),
        "forecast_cost": None if under is None or over is None else ForecastCost(under, over),
        "forecast_unit": (typed["unit"] or "").strip(),
    }


def _number(draft: Draft, label: str, value: float | None, why: str) -> str:
    return ask_amount(label, value, why=why, key=draft.key(label))


def _ask_stages(draft: Draft, known: tuple[Stage, ...]) -> list[dict[str, Any]]:
    why = "Each is paid for only if all before it succeeded; the chances are yours, none is preset"
    with question_group("Stages before the roll-out", why):
        rows = [
            dict(
                zip(
                    _STAGES,
                    (one.name, shown_amount(one.amount), shown_amount(round(one.chance * 100, 10))),
                    strict=True,
                )
            )
            for one in known
        ]
        base = st.session_state.setdefault(draft.key("base of stages"), rows)  # other rows would forget what was typed
        edited = st.data_editor(
            pd.DataFrame(base, columns=list(_STAGES)).astype(str),
            num_rows="dynamic",
            hide_index=True,
            key=draft.key("stages"),
            column_config={
                # texts: a pasted "1.234" must be asked about, where a column of numbers would guess
                "Cost": st.column_config.TextColumn(help="In money of today"),
                "Succeeds, %": st.column_config.TextColumn(help="The chance that the next stage follows"),
            },
        )
    return [{str(name): value for name, value in row.items()} for row in edited.to_dict("records")]


def _read_stages(rows: list[dict[str, Any]]) -> tuple[Stage, ...]:
    found = []
    for place, row in enumerate(rows, 1):
        name, *texts = (str(row.get(title) or "").strip() for title in _STAGES)
        if not any((name, *texts)):
            continue
        labels = {title: f"Stage {place}, {title}" for title in _STAGES[1:]}
        amount, chance = read_amounts(dict(zip(labels, texts, strict=True)), labels).values()
        if not name or amount is None or chance is None:
            raise InvalidInputError(f"Stage {place}: fill in its name, its cost and its chance, or empty the row.")
        found.append(Stage(name, amount, chance / 100))
    return tuple(found)
