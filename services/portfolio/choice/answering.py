"""What to fund: the set, what it leaves out and why, and what one step more of a limit would bring. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.portfolio.choice.problem import Candidate, Problem, exceeds
from services.portfolio.choice.sentences import describe_amount, describe_infeasible, name_all
from services.portfolio.choice.solving import Choice, Marginal, find_best, find_marginal, find_twin
from services.portfolio.choice.wish import BUDGET, WORK, Wish, pose
from services.portfolio.records.views import Record

STEP_MONEY, STEP_DAYS = 10_000.0, 10.0  # what "one step more" is


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate that is not in the set, and the reason in words."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is told.

    Attributes
    ----------
    choice
        None where no set keeps the limits and the must-haves; `infeasible` then says why.
    chosen
        The set, most value first.
    left_out
        Candidates that are not in it, most value first.
    unweighed
        Names and reasons of projects that could not be candidates.
    """

    problem: Problem
    wish: Wish
    choice: Choice | None
    chosen: tuple[Candidate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unweighed: tuple[tuple[str, str], ...] = ()
    infeasible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies beside the best set: what one step more of each limit would bring, another set that brings as much."""

    marginals: tuple[Marginal, ...] = ()
    twin: Choice | None = None


def answer(records: Iterable[Record], wish: Wish) -> Answer:
    """Weigh the projects that are not decided yet.

    Raises
    ------
    InvalidInputError
        A limit is negative, or there are more candidates or groups than can be compared.
    """
    question = pose(records, wish)
    problem = question.problem
    choice = find_best(problem)
    if choice is None:
        why = describe_infeasible(problem, wish) or ("No set was found in time. Filter the projects first.",)
        return Answer(problem, wish, None, unweighed=question.left_out, infeasible=why)
    inside = set(choice.keys)
    by_value = sorted(problem.candidates, key=lambda candidate: -candidate.value)
    reasons = _Reasons(problem, wish, choice)
    return Answer(
        problem,
        wish,
        choice,
        chosen=tuple(candidate for candidate in by_value if candidate.key in inside),
        left_out=tuple(LeftOut(one, reasons.of(one)) for one in by_value if one.key not in inside),
        unweighed=question.left_out,
    )


def look_beside(found: Answer) -> Outlook:
    """Solve again for what is near: it takes several times as long as the answer, which need not wait for it."""
    if found.choice is None:
        return Outlook()
    problem, choice = found.problem, found.choice
    marginals = (find_marginal(problem, choice, place, step) for place, step in _steps(found.wish))
    return Outlook(tuple(one for one in marginals if one is not None), find_twin(problem, choice))


def unweighed_musts(answer: Answer, records: Mapping[str, Record]) -> tuple[tuple[str, str], ...]:
    """Must-haves that are no candidates, each with the reason: they are not in the set, and that must be said."""
    names = {records[key].name for key in answer.wish.must if key in records}
    return tuple((name, why) for name, why in answer.unweighed if name in names)


def _steps(wish: Wish) -> tuple[tuple[int, float], ...]:
    """The limits and one step of each: 10,000 of money, 10 days; a tenth of the limit where that is less."""
    steps = ((BUDGET, STEP_MONEY, wish.budget_amount), (WORK, STEP_DAYS, wish.person_days))
    return tuple(
        (place, step if not limit or limit >= step else max(1.0, round(limit / 10))) for place, step, limit in steps
    )


class _Reasons:
    """Why a candidate is not in the best set."""

    def __init__(self, problem: Problem, wish: Wish, choice: Choice) -> None:
        self.problem, self.wish = problem, wish
        self.inside = frozenset(choice.keys)
        self.left = [
            None if limit.amount is None else max(0.0, limit.amount - used)
            for limit, used in zip(problem.limits, choice.used, strict=True)
        ]

    def of(self, candidate: Candidate) -> str:
        """One reason, the plainest first."""
        if candidate.key in self.problem.without:
            return "You left it out."
        if candidate.value <= 0:
            return "It is not worth its costs within its horizon."
        for place, limit in enumerate(self.problem.limits):
            if limit.amount is not None and exceeds(candidate.uses[place], limit.amount):
                takes = describe_amount(limit.name, candidate.uses[place], self.wish)
                return f"It alone takes {takes}, more than there is."
        for group in self.problem.either:
            if candidate.key in group and (rivals := sorted(group & self.inside)):
                return f"Only one of it and {name_all(self.problem, rivals)} may be taken, and that one is in."
        for place, limit in enumerate(self.problem.limits):
            left = self.left[place]
            if left is not None and exceeds(candidate.uses[place], left):
                takes, rest = (
                    describe_amount(limit.name, amount, self.wish) for amount in (candidate.uses[place], left)
                )
                return f"It takes {takes}, and {rest} of the {limit.name} is left: what is in brings more for it."
        return "The set without it was the best found in time."
