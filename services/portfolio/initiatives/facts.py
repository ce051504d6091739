"""What people say of a project among others; an invalid one cannot exist. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.errors import InvalidInputError
from services.proposals.texts import TEXT_LENGTH, Text, text_problems
from services.valuation.limits import LARGEST_AMOUNT, currency_problems

EVERY_INITIATIVE, IN_NO_INITIATIVE = "every initiative", "In no initiative"  # as filters say it
RESERVED_NAMES = frozenset({EVERY_INITIATIVE.casefold(), IN_NO_INITIATIVE.casefold()})
MOST_PERSON_DAYS = 100_000.0
LONGEST_PERIOD_DAYS = 3_660
METHODS = {  # best evidence first
    "hold_out": "against rows left alone on purpose",
    "differences": "against a comparable group, before and after",
    "before_after": "before against after: weak evidence",
}


@dataclass(frozen=True, slots=True)
class InitiativeFacts:
    """A named group of projects: its owner by e-mail address, and the money it may spend."""

    name: str
    owner_email: str
    currency: str
    budget_amount: float

    def __post_init__(self) -> None:
        problems = [*text_problems({"The name of the initiative": Text(self.name, is_required=True)})]
        if self.name.strip().casefold() in RESERVED_NAMES:
            problems.append(f"“{self.name.strip()}” is what the filters are called. Name the initiative otherwise.")
        problems += currency_problems(self.currency)
        if not (_is_number(self.budget_amount) and 0 <= self.budget_amount <= LARGEST_AMOUNT):
            problems.append("The budget must be a number from 0 to a million million.")
        if problems:
            raise InvalidInputError(*problems)


@dataclass(frozen=True, slots=True)
class BenefitFacts:
    """What a project brought from the first to the last day, against acting on nobody, and how that was measured.

    `note` is the evidence: the report or query in which somebody else finds the figure again.
    """

    starts_on: date
    ends_on: date
    currency: str
    amount: float
    method: str
    note: str = ""

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise InvalidInputError(*problems)

    def _problems(self) -> Iterator[str]:
        yield from text_problems({"The evidence": Text(self.note, TEXT_LENGTH, is_required=True)})
        if self.ends_on < self.starts_on:
            yield "The last day is before the first: swap them."
        elif (self.ends_on - self.starts_on).days > LONGEST_PERIOD_DAYS:
            yield "The period is longer than ten years: give what was measured year by year."
        if not (_is_number(self.amount) and abs(self.amount) <= LARGEST_AMOUNT):
            yield "What it brought must be a number, negative where money was lost."
        yield from currency_problems(self.currency)
        if self.method not in METHODS:
            yield "Say how it was measured: against rows left alone, a comparable group, or before against after."


def check_person_days(person_days: float | None) -> None:
    """Refuse work that is not a number of days; None where nobody knows.

    Raises
    ------
    InvalidInputError
        It is negative, too large or not a number.
    """
    if person_days is not None and not (_is_number(person_days) and 0 <= person_days <= MOST_PERSON_DAYS):
        raise InvalidInputError(
            f"The work that is left must be from 0 to {MOST_PERSON_DAYS:,.0f} person-days; leave it empty where "
            "nobody knows."
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
