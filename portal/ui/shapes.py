"""What stands behind an explanation: sentence, then chart, then numbers, for each way to look behind it."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures import shapes as figures
from portal.ui.layout import note, section
from portal.ui.text import escape_cell, escape_markdown
from services.stories.report import Behind, CategoryShape, Cohort, NumberShape
from services.stories.sentences import (
    CATEGORY_HOW,
    CLUSTERS_HOW,
    DEPENDENCE_HOW,
    SHAPES_HOW,
    describe_category,
    describe_cluster,
    describe_cohort,
    describe_interactions,
    describe_shape,
    describe_stability,
    pair_name,
    segment_name,
    spell_pair,
)
from services.stories.views import Teller

EFFECT, DEPENDENCE = "Effect", "Dependence and single rows"


def draw_behind(behind: Behind, teller: Teller) -> None:
    """Everything, in the order in which it decides whether the rest may be believed."""
    _draw_stability(behind, teller)
    _draw_shapes(behind, teller)
    _draw_clusters(behind, teller)
    _draw_pairs(behind, teller)
    _draw_cohorts(behind.cohorts, behind, teller)


def _draw_shapes(behind: Behind, teller: Teller) -> None:
    shapes: dict[str, NumberShape | CategoryShape] = {shape.column: shape for shape in behind.numbers}
    shapes |= {shape.column: shape for shape in behind.categories}
    if not behind.n_drivers:
        with section("How predictions change along a driver", "No column moves what this model predicts"):
            note("It says the same of every case, so there is no shape to draw, and no part of the data differs.")
        return
    with section("How predictions change along a driver", f"The {behind.n_drivers} strongest drivers"):
        order = [driver.column for driver in teller.explanation.drivers if driver.column in shapes]
        order += [column for column in shapes if column not in order]
        if order:
            chosen = _choose("Driver", order, teller, key="shape")
            shape = shapes[chosen]
            if isinstance(shape, NumberShape):
                _draw_number(shape, teller)
            else:
                _draw_category(shape, teller)
        if behind.without_shape:
            names = ", ".join(teller.name(column).label for column in behind.without_shape)
            note(escape_markdown(f"No shape can be drawn of free text: {names}."))


def _draw_number(shape: NumberShape, teller: Teller) -> None:
    name, sentence = teller.name(shape.column), describe_shape(shape, teller)
    st.markdown(escape_markdown(sentence))
    if not shape.points:
        return
    ways = [EFFECT, DEPENDENCE]
    way = st.segmented_control("Show", ways, default=EFFECT, key=f"way_{shape.column}", label_visibility="collapsed")
    is_effect = way != DEPENDENCE
    build = figures.accumulated if is_effect else figures.dependence
    kept_chart(partial(build, shape, name, teller.scale), sentence, of=(way, shape, name, teller.scale), key="along")
    n = shape.n if is_effect else shape.n_dependence
    note(f"{SHAPES_HOW if is_effect else DEPENDENCE_HOW}. {n:,} rows the model was searched on.")
    with st.expander("In numbers"):
        rows = [
            {
                name.label: name.spell(point.value),
                "Effect": round(point.effect, 3),
                "Low": round(point.low, 3),
                "High": round(point.high, 3),
            }
            for point in shape.points
        ]
        st.dataframe([{escape_cell(key): value for key, value in row.items()} for row in rows], hide_index=True)


def _draw_category(shape: CategoryShape, teller: Teller) -> None:
    sentence = describe_category(shape, teller)
    st.markdown(escape_markdown(sentence))
    if sum(value.effect is not None for value in shape.values) > 1:
        build = partial(figures.categories, shape, teller.scale)
        kept_chart(build, sentence, of=("categories", shape, teller.scale), key="categories")
    rows = [
        {
            "Category": escape_markdown(value.value),
            "Rows": f"{value.n:,}",
            "Effect": "too few" if value.effect is None else _spell_signed(value.effect, teller),
            "19 times in 20": "–"
            if value.low is None or value.high is None
            else f"{_spell_signed(value.low, teller)} to {_spell_signed(value.high, teller)}",
        }
        for value in shape.values
    ]
    st.table(rows, border="horizontal", hide_index=True)
    note(f"{CATEGORY_HOW}, asked of {shape.n_asked:,} rows.")


def _draw_clusters(behind: Behind, teller: Teller) -> None:
    title = "Columns that move together" if behind.clusters else "No two columns move together"
    with section(title, f"{CLUSTERS_HOW}. Numbers, dates and two-valued columns with a rank correlation from 0.7 on"):
        for place, cluster in enumerate(behind.clusters):
            sentence = describe_cluster(cluster, teller)
            st.markdown(escape_markdown(sentence))
            build = partial(figures.group, cluster, dict(_labels(teller)), teller.scale)
            kept_chart(build, sentence, of=("group", cluster, _labels(teller), teller.scale), key=f"group_{place}")


def _draw_pairs(behind: Behind, teller: Teller) -> None:
    found = behind.interactions
    sentence = describe_interactions(found, teller)
    how = f"By {found.method}; {found.n_rows:,} rows, in {found.unit}"
    with section("Pairs that work together", escape_markdown(how)):
        st.markdown(escape_markdown(sentence))
        if not found.pairs:
            return
        labels = _labels(teller)
        kept_chart(partial(figures.pairs, found, dict(labels)), sentence, of=("pairs", found, labels), key="pairs")
        with st.expander("In numbers"):
            rows = [
                {"Pair": escape_cell(pair_name(pair, teller)), "Together": escape_cell(spell_pair(pair, found, teller))}
                for pair in found.pairs
            ]
            st.dataframe(rows, hide_index=True)


def _draw_stability(behind: Behind, teller: Teller) -> None:
    found = behind.stability
    sentence = describe_stability(found)
    with section("Would another model be driven by the same?", f"Explained on {found.n_rows:,} rows each time"):
        if found.is_amber:
            st.warning(escape_markdown(sentence), icon=":material/warning:")
        else:
            st.markdown(escape_markdown(sentence))
        if not behind.n_drivers:
            return
        labels = _labels(teller)
        build = partial(figures.steadiness, found, dict(labels), teller.scale, behind.n_drivers)
        of = ("steadiness", found, labels, teller.scale, behind.n_drivers)
        kept_chart(build, sentence, of=of, key="steadiness")
        note(f"Dots are means, whiskers reach from the lowest to the highest of the {found.n_refits} refits.")


def _draw_cohorts(cohorts: Sequence[Cohort], behind: Behind, teller: Teller) -> None:
    if not cohorts:
        return
    how = f"Of {behind.n_rows:,} rows that were explained; numbers in quarters. Fewer than 30 rows are too few to say"
    with section("What drives it in parts of the data", how):
        by_column = {cohort.column: cohort for cohort in cohorts}
        order = [driver.column for driver in teller.explanation.drivers if driver.column in by_column]
        order += [column for column in by_column if column not in order]
        left, right = st.columns(2)
        with left:
            cohort = by_column[_choose("Parts by", order, teller, key="cohort")]
        told = list(dict.fromkeys(effect.column for segment in cohort.segments for effect in segment.effects))
        sentence = describe_cohort(cohort, teller)
        if not told:
            st.markdown(escape_markdown(sentence))
            return
        with right:
            told.sort(key=lambda column: column == cohort.column)  # what the parts are made by says least
            driver = _choose("Driver", told, teller, key="cohort_driver")
        st.markdown(escape_markdown(sentence))
        _draw_segments(cohort, driver, teller, sentence)


def _draw_segments(cohort: Cohort, driver: str, teller: Teller, sentence: str) -> None:
    shown = [
        (segment_name(segment, cohort.column, teller), segment, effect)
        for segment in cohort.segments
        for effect in segment.effects
        if effect.column == driver
    ]
    points = tuple((label, effect) for label, _, effect in shown)
    build = partial(figures.segments, points, teller.scale)
    kept_chart(build, sentence, of=("segments", points, teller.scale), key="segments")
    rows = [
        {
            "Part": escape_markdown(label),
            "Rows": f"{segment.n:,}",
            "Moves by": escape_markdown(teller.scale.spell(effect.size)),
            "On average": _spell_signed(effect.mean, teller),
        }
        for label, segment, effect in shown
    ]
    few = [segment for segment in cohort.segments if not segment.effects]
    rows += [
        {
            "Part": escape_markdown(segment_name(segment, cohort.column, teller)),
            "Rows": f"{segment.n:,}",
            "Moves by": "too few",
            "On average": "too few",
        }
        for segment in few
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _choose(label: str, columns: list[str], teller: Teller, *, key: str) -> str:
    return st.selectbox(label, columns, format_func=lambda column: teller.name(column).label, key=key, width=360)


def _labels(teller: Teller) -> tuple[tuple[str, str], ...]:
    """What each column is called, by its name in the data: part of what a figure shows."""
    return tuple(sorted((column, name.label) for column, name in teller.names.items()))


def _spell_signed(effect: float, teller: Teller) -> str:
    return escape_markdown(f"{'−' if effect < 0 else '+'}{teller.scale.spell(effect)}")
