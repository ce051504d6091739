"""The question: candidates with a value and what they use, limits, and what must or must not be among them. Pure.

This is a 0-1 knapsack with several limits and groups of which at most one may be taken (a multiple-choice knapsack has
one limit and such groups).
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.errors import InvalidInputError
from services.valuation.limits import LARGEST_AMOUNT

MOST_CANDIDATES = 5_000
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """One project that could be chosen; `uses` is what it takes of each limit, 0 or more, in their order."""

    key: str
    name: str
    value: float
    uses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What there is of something, such as money or person-days; None where it does not limit."""

    name: str
    amount: float | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Candidates before limits; an ill-posed one cannot exist, an infeasible one can (see `infeasibility`).

    Attributes
    ----------
    must, without
        Keys that are in, and out, whatever they bring.
    either
        Groups of keys of which at most one may be taken.
    """

    candidates: tuple[Candidate, ...]
    limits: tuple[Limit, ...]
    must: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    either: tuple[frozenset[str], ...] = field(default=())

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise InvalidInputError(*problems)

    def name_of(self, key: str) -> str:
        """The name of a candidate."""
        return next((candidate.name for candidate in self.candidates if candidate.key == key), key)

    def _problems(self) -> Iterator[str]:
        if len(self.candidates) > MOST_CANDIDATES:
            yield f"{MOST_CANDIDATES:,} projects can be compared at once: filter them first."
        if len(self.either) > MOST_GROUPS:
            yield f"{MOST_GROUPS} either-or groups are enough."
        counts = Counter(candidate.key for candidate in self.candidates)
        if any(n > 1 for n in counts.values()):
            yield "A project is among the candidates twice."
        for candidate in self.candidates:
            if not math.isfinite(candidate.value):
                yield f"The worth of {candidate.name} is not a number."
            if len(candidate.uses) != len(self.limits) or not all(
                math.isfinite(use) and use >= 0 for use in candidate.uses
            ):
                yield f"What {candidate.name} takes must be 0 or more of each limit."
        for limit in self.limits:
            if limit.amount is not None and not 0 <= limit.amount <= LARGEST_AMOUNT:
                most = "a million million"
                yield f"The limit on {limit.name} must be from 0 to {most}; leave it empty where there is none."
        if (self.must | self.without | frozenset().union(*self.either)) - counts.keys():
            yield "A project that must be in or out is not among the candidates. Choose it again."


def infeasibility(problem: Problem) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Why no set can do: (kind, keys), empty where one can.

    Taking nothing more never breaks a limit, so a set exists if and only if the must-haves alone are one. Kinds are
    `both` (in and out at once), `either` (two of one group), and the name of a limit that they exceed.
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    if both := problem.must & problem.without:
        found.append(("both", tuple(sorted(both))))
    insides = (problem.must & group for group in problem.either)
    found += [("either", tuple(sorted(inside))) for inside in insides if len(inside) > 1]
    chosen = [candidate for candidate in problem.candidates if candidate.key in problem.must]
    for place, limit in enumerate(problem.limits):
        if limit.amount is not None and exceeds(sum(candidate.uses[place] for candidate in chosen), limit.amount):
            found.append((limit.name, tuple(sorted(problem.must))))
    return tuple(found)


def exceeds(used: float, limit: float) -> bool:
    """Whether more is used than there is, beyond what adding decimals loses."""
    return used > limit + 1e-9 * max(1.0, abs(limit))
