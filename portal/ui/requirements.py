"""What a model must do to pay back, in words first: beside the lot, perfection, and what is done today."""

from typing import Any

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.exports import saved_chart
from portal.ui.figures.valuation import policies_figure
from portal.ui.forms.questions import Depth
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.proposals.objective import Objective
from services.valuation.amounts import format_money
from services.valuation.business_case import BusinessCase
from services.valuation.metric_link import METRICS, BusinessMetric, check_link
from services.valuation.reference_policies import reference_policies, task_in_words
from services.valuation.requirements import actions_sentence, requirements
from services.valuation.sentences import quality_level

_LIGHTS = {
    "easy": Badge("Easy to reach", "green", ":material/check_circle:"),
    "plausible": Badge("Plausible", "green", ":material/check_circle:"),
    "hard": Badge("Hard to reach", "orange", ":material/warning:"),
    "doubtful": Badge("Doubtful", "red", ":material/error:"),
    "impossible": Badge("Cannot pay back", "red", ":material/block:"),
}


def draw_task(case: BusinessCase, depth: Depth) -> None:
    """The task in one sentence with its traffic light, and from Guided on every way to say it."""
    with section("What a model must do", escape_markdown(actions_sentence(case))):
        light = _LIGHTS[quality_level(case.required)]
        st.markdown(f"{light.markdown} {escape_markdown(task_in_words(case))}")
        if depth != "Simple":
            found = requirements(case)
            st.table(
                {
                    "To pay back": [f"{escape_markdown(one.name)}: **{escape_markdown(one.shown)}**" for one in found],
                    "What it means": [escape_markdown(one.sentence) for one in found],
                },
                border="horizontal",
            )


def draw_policies(case: BusinessCase, depth: Depth, name: str) -> None:
    """What could be done without a model, and with a perfect one."""
    details, currency = case.assumptions.details, case.assumptions.currency
    rule = details.rule if details else None
    found = reference_policies(case, rule)
    best = max(found[:-1], key=lambda policy: policy.yearly_amount)
    with section(
        f"Without a model, the best is: {best.title[:1].lower()}{best.title[1:]}",
        "Money a year against acting on nobody. A model must beat the best of these, after its costs.",
    ):
        saved_chart(
            policies_figure(found, currency),
            "; ".join(f"{one.title}: {format_money(one.yearly_amount, currency)} a year" for one in found),
            name=f"{name}-policies",
            headings=("Policy", "Money a year", "Share of cases that matter acted on"),
            rows=lambda: [(one.title, round(one.yearly_amount, 2), round(one.found_rate, 4)) for one in found],
        )
        if rule is None and depth != "Simple":
            note("Today's rule is not said yet: how many actions a month, and how many of 100 are right.")


BY_ROW = (
    "Runs from now on price each row by its own value: the search, the threshold, the rows kept aside, plain rules and "
    "today's rule. Where a row has none, or a negative one, the usual value counts, and how often is said. The case on "
    "this page counts with the usual value."
)


def draw_links(case: BusinessCase, objective: Objective | None, trial: Any) -> None:
    """For experts: the metric and what it cannot see, the value by row, and the forecast that costs least.

    Parameters
    ----------
    trial
        What a formula gives in the first rows of the data, and whether it can be used.
    """
    details = case.assumptions.details
    metric = METRICS[details.metric if details else "value"]
    with section(
        f"Models are scored by: {metric.title.lower()}", "Whether that moves what the business wants to move."
    ):
        if objective is None:
            note("There is no objective yet, so nothing can be checked.")
        else:
            business = BusinessMetric(objective.metric, objective.unit, objective.baseline, objective.target)
            task = "binary" if "binary" in metric.tasks else metric.tasks[0]
            st.markdown("\n".join(f"- {escape_markdown(one)}" for one in check_link(business, metric, task=task)))
    if details and details.amount_formula:
        can_be_used, sentence = trial(details.amount_formula)
        with section("The value of a caught case differs by row", escape_markdown(details.amount_formula)):
            note(escape_markdown(sentence), "gray" if can_be_used else "red")
            note(BY_ROW)
    if details and details.forecast_cost:
        cost, unit = details.forecast_cost, details.forecast_unit or "unit"
        with section(f"Forecast the {cost.quantile * 100:.0f}th percentile, not the mean"):
            st.markdown(escape_markdown(cost.sentence(unit, case.assumptions.currency)))
            note(f"Score models that forecast a number at quantile {cost.quantile:.3f} (pinball loss).")
