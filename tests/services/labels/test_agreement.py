"""Agreement: published tables give the published numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels.agreement import (
    alpha_with_interval,
    cohen_kappa,
    confusion,
    describe_agreement,
    fleiss_kappa,
    krippendorff_alpha,
)

GAP = np.nan
FOUR_RATERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
        [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
    ]
)
THREE_RATERS = np.array(
    [
        [GAP, GAP, GAP, GAP, GAP, 3, 4, 1, 2, 1, 1, 3, 3, GAP, 3],
        [1, GAP, 2, 1, 3, 3, 4, 3, GAP, GAP, GAP, GAP, GAP, GAP, GAP],
        [GAP, GAP, 2, 1, 3, 4, 4, GAP, 2, 1, 1, 3, 3, GAP, 4],
    ]
)
FLEISS_1971 = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ],
    dtype=float,
)


def test_cohen_with_its_standard_error_and_interval() -> None:
    kappa = cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))
    assert kappa.value == pytest.approx(0.40)
    assert kappa.standard_error == pytest.approx(0.127, abs=5e-4)
    assert (kappa.low, kappa.high) == pytest.approx((0.151, 0.649), abs=5e-4)
    assert kappa.raw_agreement == pytest.approx(0.7)
    assert kappa.pabak == pytest.approx(0.4)
    assert not kappa.has_paradox


def test_many_equal_answers_and_a_low_kappa_are_called_a_paradox() -> None:
    kappa = cohen_kappa(np.array([[90.0, 5.0], [5.0, 0.0]]))
    assert kappa.raw_agreement == pytest.approx(0.9)
    assert kappa.value < 0
    assert kappa.pabak == pytest.approx(0.8)
    assert kappa.has_paradox


def test_fleiss_on_the_table_of_1971_as_statsmodels_has_it() -> None:
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs

    assert fleiss_kappa(FLEISS_1971) == pytest.approx(0.2099307, abs=1e-7)
    assert fleiss_kappa(FLEISS_1971) == pytest.approx(theirs(FLEISS_1971), abs=1e-12)


@pytest.mark.parametrize(
    ("scale", "alpha"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_krippendorff_with_four_raters_and_gaps(scale: str, alpha: float) -> None:
    assert krippendorff_alpha(FOUR_RATERS, scale=scale) == pytest.approx(alpha, abs=1e-6)


def test_krippendorff_with_three_raters_and_more_gaps() -> None:
    assert krippendorff_alpha(THREE_RATERS) == pytest.approx(0.691358, abs=1e-6)
    assert krippendorff_alpha(THREE_RATERS, scale="interval") == pytest.approx(0.810845, abs=1e-6)


def test_the_interval_holds_the_value_and_is_withheld_for_few_rows() -> None:
    found = alpha_with_interval(FOUR_RATERS)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.n_units == 11
    assert alpha_with_interval(FOUR_RATERS[:, :6]).low is None


@pytest.mark.parametrize(
    "refused",
    [
        lambda: cohen_kappa(np.zeros((2, 2))),
        lambda: cohen_kappa(np.array([[5.0, 0.0], [0.0, 0.0]])),
        lambda: fleiss_kappa(np.array([[2.0, 0.0], [1.0, 0.0]])),
        lambda: fleiss_kappa(np.array([[2.0, 0.0], [2.0, 0.0]])),
        lambda: krippendorff_alpha(np.array([[1.0, GAP], [GAP, 1.0]])),
        lambda: krippendorff_alpha(np.ones((2, 5))),
        lambda: krippendorff_alpha(FOUR_RATERS, scale="lunar"),
    ],
)
def test_what_cannot_be_computed_is_refused_and_not_zero(refused: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        refused()  # type: ignore[operator]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=40))
def test_two_raters_who_always_agree_have_one_and_nobody_has_more(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    if len(set(first)) > 1:
        same = np.array([first, first], dtype=float)
        assert krippendorff_alpha(same) == pytest.approx(1.0)
        assert cohen_kappa(confusion(first, first, 4)).value == pytest.approx(1.0)
    if len(set(first) | set(second)) > 1:
        assert krippendorff_alpha(np.array([first, second], dtype=float)) <= 1.0 + 1e-12


def test_the_words_follow_krippendorff() -> None:
    assert "well" in describe_agreement(0.8)
    assert "tentative" in describe_agreement(0.667)
    assert "guideline" in describe_agreement(0.66)
