"""From the records of a portfolio and what a person asks for to a problem that can be solved. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.portfolio.choice.problem import Candidate, Limit, Problem
from services.portfolio.records.views import Column, Record
from services.valuation.project_worth import one_off_amount, worth_over_horizon

BUDGET, WORK = 0, 1  # the places of the two limits
DEFAULT_SHARE = 0.5  # a judgement: what a first model brings of what a perfect one could
_DECIDED = frozenset({Column.LIVE, Column.STOPPED})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for.

    Attributes
    ----------
    budget_amount
        Money for the one-off costs and the stages, in `currency`; None where it does not limit.
    person_days
        Work there is; None where it does not limit.
    share
        Of what a perfect model could bring, what is counted of a project that has no model yet, 0 to 1.
    """

    currency: str
    budget_amount: float | None
    person_days: float | None = None
    share: float = DEFAULT_SHARE
    must: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    either: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The problem, and which projects it cannot weigh, each with the reason."""

    problem: Problem
    left_out: tuple[tuple[str, str], ...]


def pose(records: Iterable[Record], wish: Wish) -> Question:
    """Projects that are not decided yet, as candidates: worth over their horizon, one-off costs, work that is left.

    Raises
    ------
    InvalidInputError
        A limit is negative, or a must-have is not among the candidates.
    """
    candidates, left_out = [], []
    for record in records:
        if record.column in _DECIDED:
            continue
        if reason := _why_not(record, wish):
            left_out.append((record.name, reason))
        else:
            candidates.append(_candidate(record, wish.share))
    limits = (Limit("budget", wish.budget_amount), Limit("work", wish.person_days))
    keys = frozenset(candidate.key for candidate in candidates)
    either = tuple(group & keys for group in wish.either if len(group & keys) > 1)
    return Question(Problem(tuple(candidates), limits, wish.must & keys, wish.without & keys, either), tuple(left_out))


def worth_of(record: Record, share: float) -> float:
    """Expected net present value of the plan, in whole units of money; an amount that no model proved counts in part.

    It is what the project adds to the best that is possible without a model, after all that counts.
    """
    assert record.assumptions is not None
    assert record.worth is not None
    yearly = record.worth.amount * (1.0 if record.worth.is_measured else share)
    return float(round(worth_over_horizon(record.assumptions, yearly)))


def list_currencies(records: Iterable[Record]) -> list[str]:
    """The currencies of projects that are not decided yet, the commonest first."""
    found = [record.assumptions.currency for record in records if record.assumptions and record.column not in _DECIDED]
    return sorted(set(found), key=lambda currency: (-found.count(currency), currency))


def _candidate(record: Record, share: float) -> Candidate:
    assert record.assumptions is not None
    return Candidate(
        record.project_id,
        record.name,
        worth_of(record, share),
        (one_off_amount(record.assumptions), float(record.person_days or 0.0)),
    )


def _why_not(record: Record, wish: Wish) -> str | None:
    if record.assumptions is None or record.worth is None:
        return "nobody priced it yet"
    if record.assumptions.currency != wish.currency or record.worth.currency != wish.currency:
        return f"its figures are in {record.assumptions.currency}"
    if wish.person_days is not None and record.person_days is None:
        return "nobody said how much work is left"
    return None
