"""What a page sees of variants side by side."""

from dataclasses import dataclass

from services.automl.differences import Difference
from services.automl.pins import Pinned


@dataclass(frozen=True, slots=True)
class Against:
    """A variant against the first of a comparison; where there is no difference, or none in money, `reason` tells."""

    pinned: Pinned
    score: Difference | None = None
    money: Difference | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrialComparison:
    """Up to five variants, the first of which the others are compared with. Amounts are a year, in `currency`."""

    pinned: tuple[Pinned, ...]
    against: tuple[Against, ...]
    currency: str | None
