"""Best money and metric of each run of a project, over versions of its data."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.runs import history
from portal.ui.layout import note, section
from services.automl.run_history import Checked, Level, currency_of, describe_history, money_levels, score_levels
from services.automl.sentences import metric_label
from services.automl.views import RunView
from services.models.queries import ModelView


def draw_history(runs: Sequence[RunView], models: Sequence[ModelView]) -> None:
    """A chart of money and one of the metric; a line on what will be here before the second run that found a model."""
    scores = [(model.run_id, model.evaluation.score) for model in reversed(models)]  # of a run with several: its newest
    checked = {run_id: Checked(score.value, score.low, score.high) for run_id, score in scores}
    money, metric = money_levels(runs), score_levels(runs, checked)
    if max(len(money), len(metric)) < 2:
        note("Once two runs have found a model, a chart here shows whether the newer one is better.")
        return
    finding = describe_history(runs, money, metric)
    how = "Bars are 95% intervals; a dotted line stands where other data came"
    with section(finding, how), st.grid(2, min_column_width=320, gap="medium"):
        if len(money) > 1:
            _draw(money, "Money a year, in the search", finding, currency=currency_of(runs))
        if len(metric) > 1:
            label = metric_label(metric[-1].metric)
            _draw(metric, f"{label}, on rows kept aside where there is a model", finding, currency=None)


def _draw(levels: Sequence[Level], what: str, finding: str, *, currency: str | None) -> None:
    with st.container(gap=None):
        note(what)
        chart(history(levels, currency=currency), f"{what}, by run. {finding}.", key=f"history_{currency}")
