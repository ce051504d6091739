"""The business case drawn: break-even, cash, the quality needed, and where the plan with its costs stands."""

from pathlib import Path

import streamlit as st

from portal.ui.charts import chart
from portal.ui.exports import saved_chart
from portal.ui.figures.valuation import break_even_figure, cash_figure, quality_scale_figure
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.valuation.business_case import BusinessCase
from services.valuation.details import USUAL_QUALITY
from services.valuation.queries import SavedValuation
from services.valuation.sentences import (
    break_even_note,
    break_even_title,
    cash_note,
    cash_title,
    opening_sentence,
    quality_title,
)
from services.valuation.uncertainty.sentences import worth_sentence
from services.valuation.uncertainty.simulation import simulate

_PLAN = Path(__file__).resolve().parents[2] / "pages" / "plan.py"


def draw_case_figures(case: BusinessCase, name: str) -> None:
    """Value by quality, cash over time, and the scale of quality."""
    with section(break_even_title(case), break_even_note(case)):
        saved_chart(
            break_even_figure(case),
            f"Yearly value rises with model quality. {break_even_title(case)}.",
            name=f"{name}-break-even",
            headings=("Pairs ranked right", "Cases found", "False alarms", "Money a year after costs"),
            rows=lambda: [
                (one.auc, round(one.found_rate, 4), round(one.false_alarm_rate, 4), round(case.yearly_net(one), 2))
                for one in case.curve
            ],
        )
    with section(cash_title(case), cash_note(case)):
        saved_chart(
            cash_figure(case),
            f"Cumulative cash over the horizon. {opening_sentence(case)}",
            name=f"{name}-cash",
            headings=("Month", "Perfect model", "Break-even model"),
            rows=lambda: _cash_rows(case),
        )
    pairs = "A pair is one case that matters and one that does not; 50 of 100 right is a coin toss."
    with section(quality_title(case), pairs):
        chart(quality_scale_figure(case.required), quality_title(case), saved_as=f"{name}-quality")


def draw_whole_plan(saved: SavedValuation, project_id: str) -> None:
    """What the whole plan is worth with the costs of the project, and the way to it."""
    sentence = worth_sentence(simulate(saved.assumptions.plan))
    with section(
        "What the whole plan is worth", "These figures with a model of likely quality, and every item beside."
    ):
        st.markdown(escape_markdown(sentence))
        st.page_link(
            _PLAN,
            label="Costs and benefits, line by line",
            icon=":material/balance:",
            query_params={"project": project_id},
        )
        if saved.assumptions.quality == USUAL_QUALITY:
            note("How good a model will be is a guess so far: 65 to 85 of 100 pairs right.")


def _cash_rows(case: BusinessCase) -> list[tuple[object, ...]]:
    needed = case.required_cash.cumulative if case.required_cash else ()
    return [
        (month, round(amount, 2), round(needed[month], 2) if needed else None)
        for month, amount in enumerate(case.perfect_cash.cumulative)
    ]
