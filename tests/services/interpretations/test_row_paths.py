"""Which rows are shown by their paths, and which were wrong."""

from dataclasses import replace

import numpy as np
import pytest

from services.interpretations.row_paths import N_PATHS, Shown, pick_paths, ways_of, wrong_rows, wrong_share
from services.models.sentences import POINTS
from tests.makers_row_effects import make_row_effects

ROWS = make_row_effects()


def test_a_yes_or_no_answer_is_wrong_from_the_threshold_on() -> None:
    wrong = wrong_rows(ROWS, POINTS, 0.3)
    assert wrong.tolist() == [place % 5 == 0 for place in range(60)]
    everybody = wrong_rows(ROWS, POINTS, 0.0)  # says yes to all
    assert everybody.tolist() == (ROWS.outcomes == 0).tolist()


def test_a_row_exactly_at_the_threshold_is_acted_on() -> None:
    rows = replace(ROWS, answers=np.full(60, 100.0 * 0.07), outcomes=np.full(60, 100.0))
    assert not wrong_rows(rows, POINTS, 0.07).any()


def test_one_of_several_classes_is_wrong_where_another_was_chosen() -> None:
    misses = np.zeros(60, np.uint8)
    misses[[3, 7]] = 1
    assert np.flatnonzero(wrong_rows(replace(ROWS, misses=misses), POINTS, None)).tolist() == [3, 7]


def test_of_numbers_the_tenth_farthest_off_is_marked() -> None:
    errors = np.arange(60, dtype=np.float64)
    rows = replace(ROWS, outcomes=ROWS.answers + errors)
    assert np.flatnonzero(wrong_rows(rows, "EUR", None)).tolist() == list(range(54, 60))
    assert not wrong_rows(replace(ROWS, outcomes=ROWS.answers), "EUR", None).any()


def test_rows_are_spread_from_the_lowest_to_the_highest_answer() -> None:
    picked = pick_paths(ROWS, wrong_rows(ROWS, POINTS, 0.3), Shown.ALL)
    answers = ROWS.answers[picked]
    assert len(set(picked.tolist())) == N_PATHS
    assert answers[0] == ROWS.answers.min()
    assert answers[-1] == ROWS.answers.max()
    assert (np.diff(answers) >= 0).all()


def test_the_highest_are_the_highest_and_the_wrong_ones_miss_by_most() -> None:
    wrong = wrong_rows(ROWS, POINTS, 0.3)
    highest = pick_paths(ROWS, wrong, Shown.HIGHEST)
    assert set(highest.tolist()) == set(np.argsort(ROWS.answers, kind="stable")[-N_PATHS:].tolist())
    missed = pick_paths(ROWS, wrong, Shown.WRONG)
    assert set(missed.tolist()) == set(range(0, 60, 5))


@pytest.mark.parametrize("shown", [Shown.ALL, Shown.HIGHEST, Shown.WRONG])
@pytest.mark.parametrize("n", [1, 2, 23, 24, 25])
def test_few_rows_are_all_shown_once(n: int, shown: Shown) -> None:
    rows = make_row_effects(n)
    picked = pick_paths(rows, np.ones(n, dtype=np.bool_), shown)
    assert len(set(picked.tolist())) == len(picked) == min(n, N_PATHS)


def test_nothing_wrong_shows_nothing_and_says_how_sure_that_is() -> None:
    none = np.zeros(60, dtype=np.bool_)
    assert not len(pick_paths(ROWS, none, Shown.WRONG))
    share = wrong_share(none)
    assert (share.n, share.n_wrong, share.low) == (60, 0, 0.0)
    assert share.high == pytest.approx(3.8415 / 63.8415, abs=1e-4)  # Wilson's at no hit: z² / (n + z²)


def test_numbers_are_far_off_and_never_wrong() -> None:
    assert Shown.WRONG in ways_of(POINTS)
    assert ways_of("EUR") == (Shown.ALL, Shown.HIGHEST, Shown.FARTHEST)
