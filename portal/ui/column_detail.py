"""One column at a time: what is in it, how the outcome goes with it, what the checks say, what it means."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from portal.ui.charts import chart
from portal.ui.columns import ColumnActions, draw_column_head, draw_distribution, draw_exclusion
from portal.ui.dictionary import Lines, Save, draw_form, draw_line
from portal.ui.figures.dataset_maps import target_relation
from portal.ui.health import draw_finding
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.checks.chart_data import Relation, RelationBin
from services.datasets.checks.finding import Finding
from services.datasets.sentences import format_edge
from services.datasets.views import Dataset

WEAK, STRONG = 0.01, 0.1  # shares of the variance of the target; in words only


def draw_column(
    dataset: Dataset,
    name: str,
    actions: ColumnActions,
    *,
    lines: Lines,
    save: Save | None,
    findings: Sequence[Finding] = (),
    relation: Relation | None = None,
) -> None:
    """Charts first, then remarks, then the form of the dictionary (or its text, where `save` is None)."""
    column = dataset.get_column(name)
    with st.container(border=True, gap="small"):
        draw_column_head(column, dataset.n_rows)
        with st.grid(2, min_column_width=280, gap="medium"):
            with st.container(gap="xsmall"):
                note("How often each value occurs")
                draw_distribution(column, dataset.n_rows, key="detail")
            if relation and len(relation.bins) > 1:
                with st.container(gap="xsmall"):
                    draw_relation(dataset, relation)
        for remark in column.notes:
            note(escape_markdown(remark), "orange")
        if name in dataset.excluded:
            note(f"Left out: {escape_markdown(dataset.excluded[name])}", "orange")
        draw_exclusion(dataset, column, actions)
    about = [finding for finding in findings if finding.outcome == "finding" and name in finding.columns]
    if about:
        with section("What the checks say"), st.grid(2, min_column_width=310, gap="small"):
            for finding in about:
                draw_finding(finding)
    with section("What it means", "The words that reviews, charts and reasons use instead of the column’s name."):
        if save:
            draw_form(name, lines, save)
        else:
            draw_line(name, lines)


def draw_relation(dataset: Dataset, relation: Relation) -> None:
    """How the outcome changes along a column: a sentence, then the bars against the average."""
    is_share = dataset.positive_label is not None
    sentence = describe_relation(dataset, relation)
    note(escape_markdown(sentence))
    is_date = dataset.get_column(relation.column).kind == "date"
    labels = [label_of_bin(bin_, is_date=is_date) for bin_ in relation.bins]
    rates = [bin_.target_mean for bin_ in relation.bins]
    figure = target_relation(labels, rates, relation.overall, is_share=is_share)
    chart(figure, sentence, key=f"relation_{relation.column}")


def describe_relation(dataset: Dataset, relation: Relation) -> str:
    """In one sentence: "churn is Yes in 3% of rows at “Two year” and in 45% at “Monthly”; by itself it says a lot."."""
    is_date = dataset.get_column(relation.column).kind == "date"
    low = min(relation.bins, key=lambda bin_: bin_.target_mean)
    high = max(relation.bins, key=lambda bin_: bin_.target_mean)
    says = "a little" if relation.strength < STRONG else "a lot"
    if relation.strength < WEAK:
        says = "next to nothing"
    at_low, at_high = (f"at “{label_of_bin(bin_, is_date=is_date)}”" for bin_ in (low, high))
    if dataset.positive_label is not None:
        words = f"{dataset.target} is {dataset.positive_label} in {low.target_mean:.0%} of rows {at_low}"
        return f"{words} and in {high.target_mean:.0%} {at_high}; by itself it says {says}."
    words = f"{dataset.target} averages {format_edge(low.target_mean)} {at_low}"
    return f"{words} and {format_edge(high.target_mean)} {at_high}; by itself it says {says}."


def label_of_bin(bin_: RelationBin, *, is_date: bool = False) -> str:
    """The value, or the range of values, that the rows of a part have. Dates come as seconds since 1970."""
    if bin_.label or bin_.low is None or bin_.high is None:
        return bin_.label
    edges: list[float | str] = [bin_.low, bin_.high]
    if is_date:
        edges = [datetime.fromtimestamp(edge, tz=UTC).isoformat() for edge in (bin_.low, bin_.high)]
    return " to ".join(format_edge(edge) for edge in edges)
