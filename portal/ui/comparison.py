"""Variants side by side: who earns more and whether that is chance, fold by fold, and what sets them apart."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.trials import differences, fold_scores
from portal.ui.layout import note, section
from portal.ui.text import escape_cell
from services.automl.comparison import TrialComparison
from services.automl.comparison_sentences import describe_folds, format_difference, name_of
from services.automl.differences import Difference
from services.automl.metrics import METRICS
from services.automl.parameter_table import ParameterRow, parameter_rows
from services.automl.pins import Pinned

_HOW_TO_READ = "Against {first}, on the rows both were judged on. A line that crosses 0 may be chance"


def draw_comparison(comparison: TrialComparison) -> None:
    """Everything about two to five variants."""
    _draw_differences(comparison)
    _draw_folds(comparison.pinned)
    _draw_parameters(comparison.pinned)


def _draw_differences(comparison: TrialComparison) -> None:
    first = comparison.pinned[0]
    metric = METRICS[first.run.metric]
    in_money = [(name_of(item.pinned), item.money) for item in comparison.against if item.money is not None]
    in_metric = [(name_of(item.pinned), item.score) for item in comparison.against if item.score is not None]
    with section(
        "More money, or chance?" if in_money else "Better, or chance?", _HOW_TO_READ.format(first=name_of(first))
    ):
        if in_money:
            note(f"Money a year. {_methods(in_money)}")
            words = _words(comparison, in_money, in_money=True)
            chart(
                differences(in_money, currency=comparison.currency), f"Money a year. {words}", key="money_differences"
            )
        if in_metric:
            direction = "higher is better" if metric.greater_is_better else "lower is better"
            note(f"{metric.label}, {direction}. {_methods(in_metric)}")
            words = _words(comparison, in_metric, in_money=False)
            figure = differences(in_metric, greater_is_better=metric.greater_is_better)
            chart(figure, f"{metric.label}. {words}", key="score_differences")
        for item in comparison.against:
            if item.reason:
                note(f"{name_of(item.pinned)}: {item.reason}", "orange")


def _draw_folds(pinned: Sequence[Pinned]) -> None:
    judged = [item for item in pinned if len(item.trial.fold_scores) > 1]
    if not judged:
        return
    finding = describe_folds(judged)
    with section(finding, "Each fold is a part of the rows that the model did not see"):
        chart(fold_scores(judged), f"{METRICS[judged[0].run.metric].label} by fold. {finding}", key="fold_scores")


def _draw_parameters(pinned: Sequence[Pinned]) -> None:
    rows = parameter_rows(pinned)
    different = [row for row in rows if row.differs]
    with section(f"{len(different)} of {len(rows)} properties set them apart"):
        only = st.toggle("Only what differs", value=True, key="differences", bind="query-params")
        shown = different if only else rows
        if shown:
            st.dataframe(
                [_cells(row, pinned) for row in shown],
                hide_index=True,
                alt=f"{len(shown)} properties of {len(pinned)} variants",
                column_config={"Property": st.column_config.TextColumn(pinned=True)},
            )
        else:
            note("They are alike in everything that was written down.")


def _cells(row: ParameterRow, pinned: Sequence[Pinned]) -> dict[str, str]:
    values = {name_of(item): escape_cell(value) for item, value in zip(pinned, row.values, strict=True)}
    return {"Property": escape_cell(row.name), **values}


def _words(comparison: TrialComparison, named: Sequence[tuple[str, Difference]], *, in_money: bool) -> str:
    told = (f"{name} {format_difference(comparison, difference, in_money=in_money)}" for name, difference in named)
    return "; ".join(told)


def _methods(named: Sequence[tuple[str, Difference]]) -> str:
    methods = "; ".join(dict.fromkeys(difference.method for _, difference in named))
    return f"{methods[:1].upper()}{methods[1:]}, {named[0][1].n_rows:,} rows"
