"""The whole answer: every project is in the set, left out with its reason, or not weighed with its reason."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.portfolio.choice.answering import answer, look_beside, unweighed_musts
from services.portfolio.choice.problem import Candidate, Limit, Problem
from services.portfolio.choice.sentences import describe_choice, describe_marginal, describe_twin
from services.portfolio.choice.solving import Choice
from services.portfolio.choice.wish import BUDGET, Wish
from services.portfolio.records.views import Column, Record
from services.portfolio.worth import Worth
from tests.makers_money import CALLS
from tests.makers_portfolio import make_record


def _priced(name: str, yearly: float, cost: float, **changes: object) -> Record:
    """A project with a model: all of its worth counts."""
    figures = replace(CALLS, project_amount=cost, running_amount_per_month=0.0)
    return make_record(name, worth=Worth(yearly, "EUR", is_measured=True), assumptions=figures, **changes)


RECORDS = (_priced("Large", 200_000, 60_000), _priced("Medium", 90_000, 30_000), _priced("Small", 80_000, 30_000))


def test_the_set_what_is_left_out_and_what_more_would_bring() -> None:
    found = answer(RECORDS, Wish("EUR", 60_000.0))
    assert found.choice is not None
    assert [one.name for one in found.chosen] == ["Large"]
    assert {one.candidate.name: one.reason for one in found.left_out}["Small"] == (
        "It takes €30k, and €0 of the budget is left: what is in brings more for it."
    )
    (marginal,) = look_beside(found).marginals
    said = describe_marginal(found.problem, found.choice, marginal, found.wish)
    assert said == "€10k more would bring nothing; it takes at least €30,000 more to take in anything better."
    assert "One of 3 projects brings" in describe_choice(found.problem, found.choice, found.wish)


def test_one_step_more_says_what_it_brings() -> None:
    found = answer(RECORDS, Wish("EUR", 55_000.0))
    assert [one.name for one in found.chosen] == ["Medium"]
    (marginal,) = look_beside(found).marginals
    assert found.choice is not None
    said = describe_marginal(found.problem, found.choice, marginal, found.wish)
    assert marginal.gain > 0
    assert said.startswith("€10k more would bring €")
    assert said.endswith("take in Large and let go of Medium.")


@pytest.mark.parametrize(
    ("wish", "name", "reason"),
    [
        (Wish("EUR", None, without=frozenset({"small"})), "Small", "You left it out."),
        (Wish("EUR", 50_000.0), "Large", "It alone takes €60k, more than there is."),
        (
            Wish("EUR", None, either=(frozenset({"large", "small"}),)),
            "Small",
            "Only one of it and Large may be taken, and that one is in.",
        ),
    ],
)
def test_the_plainest_reason_is_given(wish: Wish, name: str, reason: str) -> None:
    found = answer(RECORDS, wish)
    assert {one.candidate.name: one.reason for one in found.left_out}[name] == reason


def test_a_project_that_is_not_worth_its_costs_is_left_out() -> None:
    found = answer([*RECORDS, _priced("Dear", 1_000, 500_000)], Wish("EUR", None))
    assert found.left_out[-1].reason == "It is not worth its costs within its horizon."


def test_must_haves_beyond_the_budget_are_explained() -> None:
    found = answer(RECORDS, Wish("EUR", 70_000.0, must=frozenset({"large", "small"})))
    assert found.choice is None
    assert look_beside(found).marginals == ()
    assert found.infeasible == (
        "The must-haves take €90,000, €20,000 more than there is. Raise the budget or take a must-have back.",
    )


def test_what_is_not_known_is_not_weighed_and_a_must_have_among_it_is_said() -> None:
    idea = make_record("Idea", worth=None, assumptions=None)
    live = _priced("Live", 10.0, 5.0, column=Column.LIVE)
    wish = Wish("EUR", None, must=frozenset({"idea"}))
    found = answer([*RECORDS, idea, live], wish)
    assert found.unweighed == (("Idea", "nobody priced it yet"),)
    assert unweighed_musts(found, {"idea": idea}) == (("Idea", "nobody priced it yet"),)
    assert len(found.chosen) == 3


def test_a_negative_budget_is_refused_in_words() -> None:
    with pytest.raises(InvalidInputError, match="limit on budget must be from 0"):
        answer(RECORDS, Wish("EUR", -1.0))


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90), st.integers(0, 40)), min_size=1, max_size=8),
    st.integers(0, 200),
    st.integers(0, 80),
)
@settings(deadline=None, max_examples=25)
def test_every_candidate_is_in_or_has_a_reason_that_is_true(
    projects: list[tuple[int, int, int]], budget: int, days: int
) -> None:
    records = [
        _priced(f"P{n}", 1_000.0 * yearly, 1_000.0 * cost, person_days=float(work))
        for n, (yearly, cost, work) in enumerate(projects)
    ]
    found = answer(records, Wish("EUR", 1_000.0 * budget, float(days)))
    assert found.choice is not None
    assert {one.key for one in found.chosen} | {one.candidate.key for one in found.left_out} == {
        record.project_id for record in records
    }
    assert not any("best found in time" in one.reason for one in found.left_out)
    assert found.choice.used[BUDGET] <= 1_000.0 * budget
    assert all(marginal.gain >= 0 for marginal in look_beside(found).marginals)


def test_more_of_a_limit_that_does_not_bind_is_not_said_to_have_everything_in() -> None:
    records = tuple(replace(record, person_days=10.0) for record in RECORDS)
    found = answer(records, Wish("EUR", 1e6, person_days=10.0))
    assert found.choice is not None
    money = next(one for one in look_beside(found).marginals if one.limit == "budget")
    said = describe_marginal(found.problem, found.choice, money, found.wish)
    assert said == "More budget would bring nothing: another limit or condition keeps out what is left."
    everything = answer(records, Wish("EUR", 1e6))
    assert everything.choice is not None
    (money,) = look_beside(everything).marginals
    said = describe_marginal(everything.problem, everything.choice, money, everything.wish)
    assert said == "More budget would bring nothing: everything worth its costs is in."


def test_a_tie_says_which_of_the_two_takes_less_only_where_one_does() -> None:
    limits = (Limit("budget", 100.0), Limit("work", 100.0))
    candidates = (Candidate("a", "A", 5.0, (50.0, 10.0)), Candidate("b", "B", 5.0, (20.0, 30.0)))
    problem = Problem(candidates, limits)
    one, other = (Choice((key,), 5.0, candidate.uses, True) for key, candidate in zip("ab", candidates, strict=True))
    assert describe_twin(problem, one, other).endswith("Each of the two takes less of something.")
    less = replace(other, used=(60.0, 30.0))
    assert describe_twin(problem, one, less).endswith("This set takes no more than the other.")
