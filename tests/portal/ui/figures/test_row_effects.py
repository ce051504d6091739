"""Figures of single rows: every dot lies at its effect, every path ends at its answer, and nothing is markup."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from portal.ui.charts import ACCENT, BAD, QUIET
from portal.ui.figures.row_effects import N_COLUMNS, N_ROWS, beeswarm, decision_paths, path_steps, swarm
from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.models.sentences import POINTS
from tests.makers_row_effects import make_row_effects

SCALE = Scale("the probability that churn is Yes", POINTS)
NAMES = {"tenure": ColumnName("tenure", "Time <b>with</b> us", "number", "months")}
ROWS = make_row_effects()
WRONG = np.arange(60) % 5 == 0
PICKED = np.arange(0, 60, 4)


def test_every_effect_is_a_dot_and_only_what_has_an_order_has_a_colour() -> None:
    without, ranked = beeswarm(ROWS, NAMES, SCALE).data
    assert without.marker.color == QUIET
    np.testing.assert_allclose(np.sort(ranked.x), np.sort(ROWS.effects[:, 0]), rtol=1e-6)
    np.testing.assert_allclose(np.sort(without.x), np.sort(ROWS.effects[:, 1]), rtol=1e-6)
    assert ranked.marker.color.tolist() == ROWS.places[:, 0].tolist()
    assert (np.abs(ranked.y) < 0.5).all()
    assert (np.abs(without.y - 1) < 0.5).all()


def test_a_dot_says_nothing_of_the_data_and_a_name_is_no_markup() -> None:
    figure = beeswarm(ROWS, NAMES, SCALE)
    assert {trace.type for trace in figure.data} == {"scatter"}  # a browser without WebGL draws it, too
    assert all(trace.hoverinfo == "skip" and trace.text is None and trace.customdata is None for trace in figure.data)
    assert figure.layout.yaxis.ticktext == ("Time &lt;b&gt;with&lt;/b&gt; us", "contract")
    assert figure.layout.xaxis.title.text == "Effect on one prediction, points"


def test_at_most_500_rows_and_12_columns_are_drawn() -> None:
    wide = make_row_effects(2_100, tuple(f"column_{place}" for place in range(60)))
    figure = beeswarm(wide, {}, SCALE)
    assert sum(len(trace.x) for trace in figure.data) == N_ROWS * N_COLUMNS
    assert len(figure.layout.yaxis.ticktext) == N_COLUMNS


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.integers(0, 200), elements=st.floats(-1e6, 1e6)))
def test_a_swarm_stays_in_its_row_and_is_the_same_each_time(effects: NDArray[np.float64]) -> None:
    heights = swarm(effects)
    assert heights.shape == effects.shape
    assert np.abs(heights).max(initial=0) <= 0.42 + 1e-12
    np.testing.assert_array_equal(heights, swarm(effects))


def test_a_swarm_is_widest_where_most_are_alike() -> None:
    effects = np.concatenate([np.zeros(50), np.linspace(5, 10, 10)])
    heights = swarm(effects)
    assert np.ptp(heights[:50]) > 5 * np.ptp(heights[50:])
    assert len(set(heights[:50].tolist())) == 50  # no two dots on one place


def test_a_path_goes_from_the_typical_answer_to_the_answer_of_the_row() -> None:
    steps = path_steps(ROWS, PICKED)
    assert steps.shape == (len(PICKED), 3)
    assert (steps[:, 0] == ROWS.base).all()
    np.testing.assert_array_equal(steps[:, -1], ROWS.answers[PICKED])
    np.testing.assert_allclose(steps[:, 1] - steps[:, 0], ROWS.effects[PICKED, 0])


def test_what_is_not_shown_is_one_last_step() -> None:
    wide = make_row_effects(30, tuple(f"column_{place}" for place in range(20)))
    assert path_steps(wide, np.arange(5)).shape == (5, N_COLUMNS + 2)
    figure = decision_paths(wide, np.arange(5), np.zeros(30, dtype=np.bool_), {}, SCALE)
    assert figure.layout.yaxis.ticktext[-1] == "All others"
    narrow = replace(ROWS, rest=np.ones(60))
    assert path_steps(narrow, PICKED).shape == (len(PICKED), 4)


def test_the_wrong_ones_are_told_by_colour_dash_and_symbol() -> None:
    figure = decision_paths(ROWS, PICKED, WRONG, NAMES, SCALE)
    right, right_ends, wrong, wrong_ends = figure.data
    assert (right.line.color, right.line.dash, right_ends.marker.symbol) == (ACCENT, "solid", "circle")
    assert (wrong.line.color, wrong.line.dash, wrong_ends.marker.symbol) == (BAD, "dash", "x")
    assert sorted([*right_ends.x, *wrong_ends.x]) == pytest.approx(sorted(ROWS.answers[PICKED]))
    assert len(wrong_ends.x) == WRONG[PICKED].sum()
    assert np.isnan(wrong.x).sum() == len(wrong_ends.x)  # a gap after each path


@pytest.mark.parametrize("is_wrong", [True, False])
def test_one_kind_alone_and_one_row_alone_can_be_drawn(is_wrong: bool) -> None:
    assert len(decision_paths(ROWS, PICKED[:1], np.full(60, is_wrong), NAMES, SCALE).data) == 2


def test_money_is_named_on_the_axis() -> None:
    figure = decision_paths(ROWS, PICKED, WRONG, NAMES, Scale("the predicted spend", "EUR"))
    assert figure.layout.xaxis.title.text == "Answer, EUR"
