"""How near the chosen actions are to the best: by two bounds, in money where it may be told; nothing without limits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.simulation import allocation_check
from services.simulation.allocation_check import check_allocation
from services.simulation.allocation_finding import AllocationFound
from services.simulation.findings import Limited
from services.simulation.ortools_bound import Bound
from tests.services.simulation.test_findings import N, make_limited

YEARLY = 10.0 * N


def checked(limited: Limited, *, is_told: bool = True, choices: np.ndarray | None = None) -> AllocationFound | None:
    allocation = limited.allocated(limited.claims, limited.supported)
    chosen = allocation.choices if choices is None else choices
    return check_allocation(limited, chosen, allocation, yearly=YEARLY, is_told=is_told)


def best_of(limited: Limited, n: int) -> float:
    """What acting brings in the cases in which it brings most."""
    return float(np.sort(limited.claims[:, 1] - limited.claims[:, 0])[-n:].sum())


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Another solver that says what the test wants, and what it was asked."""
    told: dict[str, Any] = {"amount": 0.0}

    def bound_beside(values: Any, needs: Any, limits: Any, **others: Any) -> Bound:
        told.update(values=values, needs=needs, limits=limits, **others)
        return Bound("Another", told["amount"], is_best=False)

    monkeypatch.setattr(allocation_check, "bound_beside", bound_beside)
    monkeypatch.setattr(allocation_check, "is_installed", lambda: True)
    return told


@pytest.mark.usefixtures("another")
@pytest.mark.parametrize("limits", [{}, {"budget": 1e6}, {"budget": 1e6, "capacity": 1e6}])
def test_where_no_limit_stands_in_the_way_nothing_is_asked(limits: dict[str, float], another: dict[str, Any]) -> None:
    assert checked(make_limited(**limits)) is None
    assert "values" not in another


@pytest.mark.parametrize("limits", [{"budget": 50.0}, {"capacity": 50.0}, {"budget": 50.0, "capacity": 60.0}])
def test_what_the_copies_claim_is_brought_to_a_year(limits: dict[str, float], another: dict[str, Any]) -> None:
    limited = make_limited(**limits)
    another["amount"] = 1.01 * best_of(limited, 50)
    found = checked(limited)
    assert found is not None
    assert found.amount == pytest.approx(10 * best_of(limited, 50))
    assert found.bound == pytest.approx(found.amount)
    assert found.lacks == pytest.approx(0, abs=1e-9)
    assert found.beside is not None
    assert found.beside.bound == pytest.approx(10.1 * best_of(limited, 50))
    assert found.beside.lacks == pytest.approx(0.01 / 1.01)
    assert found.n_pairs == 2 * N


def test_the_other_is_asked_the_very_problem_of_the_choice_that_is_shown(another: dict[str, Any]) -> None:
    more = np.zeros((N, 2, 1))
    more[:, 1, 0] = 2.0
    limited = replace(make_limited(budget=50.0), further=(more, np.array([90.0])))
    checked(limited)
    claims = np.concatenate([limited.first, limited.second]).mean(axis=0)
    assert another["values"] == pytest.approx(claims - claims[:, :1])
    assert another["needs"].shape == (N, 2, 3)
    assert another["limits"].tolist() == [50.0, np.inf, 90.0]
    assert another["supported"] is limited.supported
    assert another["at_hand"] == pytest.approx(best_of(limited, 45))


def test_a_poorer_choice_is_measured_against_the_bound(another: dict[str, Any]) -> None:
    limited = make_limited(budget=50.0)
    nothing = np.zeros(N, dtype=np.intp)
    found = checked(limited, choices=nothing)
    assert found is not None
    assert found.amount == pytest.approx(0)
    assert found.lacks == pytest.approx(1)


def test_a_bound_below_the_choice_is_kept_as_a_contradiction(another: dict[str, Any]) -> None:
    limited = make_limited(budget=50.0)
    another["amount"] = 20.0
    found = checked(limited)
    assert found is not None
    assert found.beside is not None
    assert found.beside.lacks < 0
    assert found.warning("EUR") is not None


def test_with_no_budget_at_all_nothing_is_worth_nothing(another: dict[str, Any]) -> None:
    limited = make_limited(budget=0.0)
    another["amount"] = 1e-9
    found = checked(limited)
    assert found is not None
    assert found.amount == pytest.approx(0)
    assert found.lacks == pytest.approx(0, abs=1e-6)
    assert found.beside is not None
    assert abs(found.beside.lacks) < 1e-6


def test_where_no_money_may_be_told_none_is_kept(another: dict[str, Any]) -> None:
    found = checked(make_limited(budget=50.0), is_told=False)
    assert found is not None
    assert (found.amount, found.bound) == (None, None)
    assert found.beside is not None
    assert found.beside.bound is None
    assert "claim" not in found.told("EUR")


def test_a_share_is_told_only_of_what_there_is_to_gain(another: dict[str, Any]) -> None:
    some, none = checked(make_limited(budget=50.0)), checked(make_limited(budget=0.0))
    assert some is not None
    assert none is not None
    assert (some.is_share, none.is_share) == (True, False)
