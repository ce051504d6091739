"""What is said of a choice within limits: in money or in shares, by one solver or by two that may disagree."""

import json
from dataclasses import replace

import pytest

from services.simulation.allocation_finding import MOST_PAIRS, AllocationFound
from tests.makers_simulation import make_allocation, make_solver_found

EUR = "EUR"


def test_the_gap_is_told_in_money_that_can_be_told_apart() -> None:
    assert make_allocation().told(EUR) == (
        "The copies that chose claim €150.00k a year for this choice, and €150.06k at most for any other within the "
        "limits, of which this is 0.04% less."
    )


def test_what_is_the_best_is_told_so() -> None:
    best = make_allocation(lacks=0.0, bound=150_000.0)
    assert best.told(EUR) == (
        "The copies that chose claim €150k a year for this choice, and no more for any other within the limits."
    )
    assert best.without_money.told(EUR) == (
        "Nothing within the limits is better than this choice by what the model says."
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "CP-SAT of OR-Tools 9.15 finds that the best of them is worth €150.03k; this choice is 0.02% less."),
        (
            {"method": "PDLP of OR-Tools 9.15", "is_best": False},
            "PDLP of OR-Tools 9.15 finds that none of them is worth more than €150.03k; this choice is 0.02% less.",
        ),
        (
            {"lacks": 1e-9, "bound": 150_000.0},
            "CP-SAT of OR-Tools 9.15 finds that nothing within the limits is better.",
        ),
        ({"lacks": -1e-9, "bound": 150_000.0}, "finds that nothing within the limits is better."),
    ],
)
def test_another_solver_is_told_beside_it(changes: dict[str, object], says: str) -> None:
    found = make_allocation(is_asked=True, beside=make_solver_found(**changes))
    assert found.told(EUR).startswith("The copies that chose claim")
    assert found.told(EUR).endswith(says)
    assert found.missing is None
    assert found.warning(EUR) is None


@pytest.mark.parametrize("is_best", [True, False])
def test_without_money_only_shares_are_told(is_best: bool) -> None:
    found = make_allocation(is_asked=True, beside=make_solver_found(is_best=is_best)).without_money
    assert found.told(EUR) == (
        "By what the model says, this choice is 0.04% at most below the best within the limits. CP-SAT of OR-Tools "
        f"9.15 finds it 0.02% {'' if is_best else 'at most '}below the best within the limits."
    )
    assert "150" not in json.dumps(found.document())


def test_a_choice_above_what_another_solver_allows_is_a_warning_and_no_agreement() -> None:
    found = make_allocation(is_asked=True, beside=make_solver_found(lacks=-0.25, bound=120_000.0))
    assert found.warning(EUR) == (
        "CP-SAT of OR-Tools 9.15 finds that nothing within the limits can be as good as this choice is said to be: "
        "€120k a year at most, where this choice claims €150k, 25% apart. One of the two solvers is wrong: do not act "
        "on the list before you know which. Tell whoever runs the portal."
    )
    assert "OR-Tools" not in found.told(EUR)
    warned = str(found.without_money.warning(EUR))
    assert "€" not in warned
    assert "said to be, 25% apart." in warned


def test_something_better_than_the_bound_allows_is_a_warning_too() -> None:
    better = make_solver_found(lacks=0.05, bound=157_900.0)
    found = make_allocation(lacks=0.0, bound=150_000.0, is_asked=True, beside=better)
    assert str(found.warning(EUR)).startswith(
        "CP-SAT of OR-Tools 9.15 finds that something within the limits is better than the portal's own solver says "
        "that anything can be: €158k a year where the bound of that is €150k, 5% apart."
    )
    assert "OR-Tools" not in found.told(EUR)
    assert "€" not in str(found.without_money.warning(EUR))


def test_a_bound_that_is_only_poorer_is_none_and_no_share_of_it_is_told() -> None:
    poorer = make_solver_found(method="PDLP of OR-Tools 9.15", lacks=0.05, bound=157_900.0, is_best=False)
    found = make_allocation(is_asked=True, beside=poorer)
    assert found.warning(EUR) is None
    for one in (found, found.without_money):
        assert one.told(EUR).endswith("PDLP of OR-Tools 9.15 does not contradict that, but cannot say as much.")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "With the extra `ortools` installed where workers run"),
        ({"is_asked": True}, "OR-Tools is installed and gave no answer this time"),
        (
            {"is_asked": True, "n_pairs": MOST_PAIRS + 1},
            "1,000,000 pairs of case and action at most. Here are 1,000,001.",
        ),
        ({"n_pairs": MOST_PAIRS + 1}, "With the extra `ortools` installed"),
    ],
)
def test_where_another_solver_says_nothing_the_reason_is_told(changes: dict[str, object], says: str) -> None:
    assert says in str(make_allocation(**changes).missing)


@pytest.mark.parametrize("beside", [None, make_solver_found()])
def test_it_is_read_as_it_was_written(beside: object) -> None:
    found = make_allocation(beside=beside)
    assert AllocationFound.from_document(json.loads(json.dumps(found.document()))) == found
    assert ("beside" in found.document()) == (beside is not None)


def test_where_there_is_next_to_nothing_to_gain_no_share_of_it_is_told() -> None:
    beside = make_solver_found(method="PDLP of OR-Tools 9.15", lacks=0.4, bound=285.0, is_best=False)
    found = replace(make_allocation(is_asked=True, beside=beside), lacks=0.47, amount=0.0, bound=285.0, is_share=False)
    assert found.told(EUR) == (
        "The copies that chose claim €0 a year for this choice, and €285 at most for any other within the limits. PDLP "
        "of OR-Tools 9.15 finds that none of them is worth more than €285."
    )
    assert "%" not in found.told(EUR) + found.without_money.told(EUR)
    assert "too little to gain" in found.without_money.told(EUR)


@pytest.mark.parametrize(
    ("lacks", "told"), [(0.996, "100% less"), (1.5, "150% less"), (0.0996, "10% less"), (2e-5, "0.002% less")]
)
def test_a_share_is_no_scientific_number(lacks: float, told: str) -> None:
    assert told in replace(make_allocation(), lacks=lacks, amount=50.0, bound=5_000.0).told(EUR)
