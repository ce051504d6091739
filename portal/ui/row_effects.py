"""Single rows of an explanation: every effect as a dot, and the paths of a few. Sentence, then chart, then numbers."""

from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.row_effects import N_COLUMNS, N_ROWS, beeswarm, decision_paths
from portal.ui.layout import note, section
from portal.ui.text import escape_cell, escape_markdown
from services.interpretations.naming import ColumnName
from services.interpretations.row_paths import FAR_SHARE, Shown, pick_paths, ways_of, wrong_rows, wrong_share
from services.interpretations.row_sentences import (
    KEPT_ASIDE,
    LOST,
    NONE_KEPT,
    answer_words,
    describe_paths,
    describe_spread,
    signed,
    spread_of,
)
from services.interpretations.views import InterpretationView, Revealed
from services.models.row_effects import RowEffects

TITLE = "Row by row"


def draw_rows(view: InterpretationView, revealed: Revealed, rows: RowEffects | None) -> None:
    """Both pictures, or one sentence where nothing is kept of single rows."""
    if rows is None:
        with section(TITLE):
            note(NONE_KEPT if revealed.explanation.rows_sha256 is None else LOST)
        return
    _draw_swarm(view, revealed, rows)
    _draw_paths(view, revealed, rows)


def _draw_swarm(view: InterpretationView, revealed: Revealed, rows: RowEffects) -> None:
    names, scale = view.names, revealed.scale
    n_columns, n_rows = min(len(rows.columns), N_COLUMNS), min(rows.n, N_ROWS)
    with section(TITLE, f"{KEPT_ASIDE}. Each of {n_rows:,} of {rows.n:,} rows is one dot for each column"):
        sentence = describe_spread(rows, names, scale)
        st.markdown(escape_markdown(sentence))
        of = ("beeswarm", revealed.explanation.rows_sha256, _labels(view, rows), scale)
        kept_chart(partial(beeswarm, rows, names, scale), sentence, of=of, key="beeswarm")
        note("To the right it raises the prediction, to the left it lowers it. Gray: a missing value, or no order.")
        with st.expander(f"The {n_columns} strongest columns in numbers"):
            spreads = [spread_of(rows, place) for place in range(n_columns)]
            st.dataframe(
                [
                    {
                        "Column": escape_cell(names[one.column].label if one.column in names else one.column),
                        "9 in 10 rows, from": signed(one.low, scale),
                        "To": signed(one.high, scale),
                        "Goes with the value": "–" if one.leaning is None else f"{one.leaning:.2f}".replace("-", "−"),
                    }
                    for one in spreads
                ],
                hide_index=True,
            )
            note(f"5th and 95th percentile of {rows.n:,} rows; rank correlation of value and effect, from −1 to 1.")


def _draw_paths(view: InterpretationView, revealed: Revealed, rows: RowEffects) -> None:
    names, scale, unit = view.names, revealed.scale, revealed.explanation.scale
    is_wrong = wrong_rows(rows, unit, view.threshold)
    with section("How answers come about", "From the typical answer to the answer of each row, strongest column first"):
        ways = list(ways_of(unit))
        chosen = st.segmented_control("Rows", ways, default=Shown.ALL, key="paths", label_visibility="collapsed")
        shown = Shown(chosen or Shown.ALL)
        picked = pick_paths(rows, is_wrong, shown)
        sentence = describe_paths(rows, len(picked), shown, wrong_share(is_wrong), scale, _wrong_words(revealed))
        st.markdown(escape_markdown(sentence))
        if not len(picked):
            return
        digest = revealed.explanation.rows_sha256
        of = ("paths", digest, _labels(view, rows), scale, shown.value, view.threshold)
        kept_chart(partial(decision_paths, rows, picked, is_wrong, names, scale), sentence, of=of, key="path_chart")
        note(f"Red, dashed, with a cross: {_wrong_words(revealed)}. All outcomes are known.")
        with st.expander("In numbers"):
            st.dataframe(
                [
                    {
                        "Answer": answer_words(float(rows.answers[place]), scale),
                        ("Came true" if scale.is_probability else "Outcome"): _outcome(rows, int(place), revealed),
                        "Marked": "Yes" if is_wrong[place] else "",
                    }
                    for place in picked[::-1]
                ],
                hide_index=True,
            )


def _wrong_words(revealed: Revealed) -> str:
    return "wrong" if revealed.scale.is_probability else f"among the {FAR_SHARE:.0%} farthest off"


def _outcome(rows: RowEffects, place: int, revealed: Revealed) -> str:
    outcome = float(rows.outcomes[place])
    if revealed.scale.is_probability:
        return "Yes" if outcome > 0 else "No"
    return answer_words(outcome, revealed.scale)


def _labels(view: InterpretationView, rows: RowEffects) -> tuple[ColumnName | str, ...]:
    return tuple(view.names.get(column, column) for column in rows.columns[:N_COLUMNS])
