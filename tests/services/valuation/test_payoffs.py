"""From payoffs to the probability from which acting pays."""

import pytest

from services.valuation.payoffs import PayoffMatrix


@pytest.mark.parametrize(
    ("payoffs", "threshold"),
    [
        (PayoffMatrix(99, -1, 0, 0), 0.01),
        (PayoffMatrix(0, -1, -5, 0), 1 / 6),  # a bad credit risk costs five times a good customer refused
        (PayoffMatrix(180, -20, 0, 0), 0.1),
    ],
)
def test_published_payoffs_give_their_published_threshold(payoffs: PayoffMatrix, threshold: float) -> None:
    assert payoffs.threshold == pytest.approx(threshold)


def test_everyone_is_acted_on_where_acting_never_costs() -> None:
    assert PayoffMatrix(10, 0, 0, 0).threshold == 0


def test_nobody_is_acted_on_where_acting_never_gains() -> None:
    assert PayoffMatrix(-5, -10, -5, 0).threshold == 1
