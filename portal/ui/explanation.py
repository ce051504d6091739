"""What drives a model: cards, all columns at once, and one row explained. Sentence, then chart, then numbers."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.model import driver_card, importances, waterfall
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.models.naming import Names, name_explanation
from services.models.report import Driver, Explanation
from services.models.sentences import (
    POINTS,
    describe_additivity,
    describe_drivers,
    describe_reach,
    format_effect,
)

N_CARDS = 6
N_BARS = 12


def draw_drivers(raw: Explanation, names: Names) -> None:
    """The six strongest columns as cards, then every column in numbers, with its name in the data."""
    explanation = name_explanation(raw, names)
    finding = escape_markdown(describe_drivers(explanation))
    with section(finding, "A driver is not a cause: it says what the model uses, not what would change the outcome."):
        if not explanation.is_additive:
            st.warning(describe_additivity(explanation), icon=":material/warning:")
        with st.grid(3, min_column_width=280, gap="small"):
            for driver in explanation.drivers[:N_CARDS]:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _draw_driver(driver, explanation.scale)
        with st.expander(f"All {len(explanation.drivers)} columns in numbers"):
            _draw_numbers(explanation, [driver.column for driver in raw.drivers] if names else [])


def draw_whole_and_row(raw: Explanation, names: Names) -> None:
    """Left every column at once, right one case and how its prediction came about."""
    explanation = name_explanation(raw, names)
    left, right = st.columns(2, gap="large")
    with left:
        _draw_importances(explanation)
    with right:
        _draw_example(explanation)


def _draw_driver(driver: Driver, scale: str) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, horizontal_alignment="distribute", wrap=False):
            st.markdown(f"**{escape_markdown(driver.column)}**", width="content")
            reach = describe_reach([effect for _value, effect in driver.points] or [driver.importance], scale)
            st.markdown(f":small[:gray[{reach}]]", width="content")
        note(escape_markdown(driver.sentence))
    st.space("stretch")
    if driver.points:
        of = ("driver", driver)
        kept_chart(partial(driver_card, driver), driver.sentence, of=of, key=f"driver_{driver.column}")


def _draw_numbers(explanation: Explanation, columns: Sequence[str]) -> None:
    unit = "points" if explanation.scale == POINTS else explanation.scale
    rows = [
        {
            "Column": driver.column,
            "Average effect": driver.importance,
            "Direction": driver.direction,
            "In words": driver.sentence,
        }
        for driver in explanation.drivers
    ]
    for row, column in zip(rows, columns, strict=False):
        row["In the data"] = column
    largest = max((driver.importance for driver in explanation.drivers), default=1.0) or 1.0
    bar = st.column_config.ProgressColumn(f"Average effect, {unit}", format="%.1f", min_value=0, max_value=largest)
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"Column": st.column_config.TextColumn(pinned=True), "Average effect": bar},
    )
    note(describe_additivity(explanation))
    note(escape_markdown(f"{explanation.method}."))


def _draw_importances(explanation: Explanation) -> None:
    shown = explanation.drivers[:N_BARS]
    what = "probability, in points" if explanation.scale == POINTS else explanation.scale
    with section("All columns at once", f"By how much each moves one prediction on average: {escape_markdown(what)}"):
        strongest = f"{shown[0].column} moves the prediction most." if shown else "No column moves the prediction."
        build = partial(importances, shown, explanation.scale)
        kept_chart(build, strongest, of=("importances", shown, explanation.scale), key="importances")


def _draw_example(explanation: Explanation) -> None:
    examples = {example.label: example for example in explanation.examples}
    if not examples:
        return
    with section("One case explained", "Cases from the rows kept aside, which the model had not seen"):
        label = st.selectbox("Case", list(examples), key="example", label_visibility="collapsed")
        example = examples[label]
        st.markdown(escape_markdown(example.sentence))
        build = partial(waterfall, example, explanation.scale)
        kept_chart(build, example.sentence, of=("waterfall", example, explanation.scale), key="waterfall")
        strongest = ", ".join(
            f"{part.column} {format_effect(part.effect)}" for part in example.contributions[:2] if part.effect
        )
        note(escape_markdown(f"Row {example.row_number:,} of the table. Strongest: {strongest}."))
