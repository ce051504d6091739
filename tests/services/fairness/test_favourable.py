"""Several classes as one question: the lead of the favourable ones, and what a number added to it moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.errors import InvalidInputError
from services.fairness.favourable import check_favourable, codes_of, leads_of

CLASSES = ("a", "b", "c", "d")
TABLES = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(0, 5).map(float)).map(
    lambda counts: (counts + 1e-3) / (counts + 1e-3).sum(axis=1, keepdims=True)
)
SOME = st.sets(st.sampled_from(CLASSES), min_size=1, max_size=3)


@given(TABLES, SOME)
def test_what_is_given_as_it_is_is_the_likeliest_class_also_where_two_are_level(
    table: np.ndarray, some: set[str]
) -> None:
    codes = codes_of(tuple(some), CLASSES)
    leads = leads_of(table, codes, np.zeros(len(table), dtype=np.int64))
    assert (leads.given == np.isin(table.argmax(axis=1), codes)).all()
    assert leads.chances == pytest.approx(table[:, codes].sum(axis=1))


@given(TABLES, SOME, st.data())
def test_the_right_class_is_counted_as_the_model_answers_it(
    table: np.ndarray, some: set[str], data: st.DataObject
) -> None:
    y = data.draw(arrays(np.int64, len(table), elements=st.integers(0, 3)))
    leads = leads_of(table, codes_of(tuple(some), CLASSES), y)
    right = np.where(leads.given, leads.right_if_given, leads.right_if_not)
    assert (right == (table.argmax(axis=1) == y)).all()


@given(TABLES, SOME, st.floats(-3, 3))
def test_a_number_added_to_the_lead_is_a_factor_on_the_favourable_probabilities(
    table: np.ndarray, some: set[str], added: float
) -> None:
    codes = codes_of(tuple(some), CLASSES)
    leads = leads_of(table, codes, np.zeros(len(table), dtype=np.int64)).leads
    weighed = table.copy()
    weighed[:, codes] *= np.exp(added)
    clear = np.abs(leads + added) > 1e-9
    assert ((leads >= -added) == np.isin(weighed.argmax(axis=1), codes))[clear].all()


def test_a_class_that_cannot_be_has_a_lead_all_the_same() -> None:
    leads = leads_of(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0]), np.array([0, 0])).leads
    assert np.isfinite(leads).all()
    assert leads[0] > 0 > leads[1]


@pytest.mark.parametrize(
    ("favourable", "why"),
    [((), "which of the classes"), (CLASSES, "every class"), (("e",), "no class “e”"), (("a", ""), "no class “”")],
)
def test_what_divides_nothing_is_refused(favourable: tuple[str, ...], why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        check_favourable(favourable, CLASSES)


def test_of_very_many_unknown_classes_a_few_are_named() -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_favourable([f"unknown {place}" for place in range(1_000)], CLASSES)
    assert len(refused.value.sentence) < 500
