"""How near the chosen actions are to the best there is within the limits. Loads no machine learning."""

from dataclasses import dataclass, field, replace

from services.models.documents import LATER
from services.models.report import Document
from services.valuation.amounts import format_money

MOST_PAIRS = 1_000_000  # of case and action, that another solver is asked about
_SAME = 1e-6
_FAR = 1e-5  # farther than rounding takes two solvers from each other
_DECIMALS = (2, 3, 4)
_TOO_LITTLE = (
    "By what the model says, something within the limits could be better than this choice, but there is too little to "
    "gain within them to tell by which share."
)


@dataclass(frozen=True)
class SolverFound(Document):
    """What another solver says of the same problem; `method` names it and its version.

    Attributes
    ----------
    lacks
        How much less than its bound the choice is worth, as a share of it; negative where the choice is worth more.
    bound
        Money a year over today's way that nothing within the limits exceeds; None where no benefit may be told.
    is_best
        Whether something within the limits is worth that.
    """

    method: str
    lacks: float
    bound: float | None
    is_best: bool


@dataclass(frozen=True)
class AllocationFound(Document):
    """What is known of a choice of actions where a limit stood in the way of what is best for each case.

    Attributes
    ----------
    n_pairs
        Of case and action, that there were to choose from.
    lacks
        As a share of the most it could be, how much less it is by the bound of the portal's own solver.
    amount, bound
        Money a year over today's way, by the copies that chose: of the choice, and what nothing exceeds. None where no
        benefit, or only a lower end, may be told.
    is_asked
        Whether another solver was there to be asked.
    beside
        What it says; None where it is not installed, not asked, or cannot say.
    is_share
        Whether there is enough to gain within the limits to tell a share of it.
    """

    n_pairs: int
    lacks: float
    amount: float | None
    bound: float | None
    is_asked: bool
    beside: SolverFound | None = field(default=None, metadata=LATER)
    is_share: bool = field(default=True, metadata=LATER)

    @property
    def without_money(self) -> "AllocationFound":
        """The same in shares alone."""
        beside = self.beside and replace(self.beside, bound=None)
        return replace(self, amount=None, bound=None, beside=beside)

    def told(self, currency: str) -> str:
        """What the portal's own solver says, and what another one says of the same."""
        own = self._own_in_money(currency) if self.amount is not None else self._own()
        if self.beside is None or self.warning(currency):
            return own
        return f"{own} {self._other(self.beside, currency)}"

    def warning(self, currency: str) -> str | None:
        """Where the two solvers exclude each other: one of them is wrong, and nobody should act before it is known."""
        found = self.beside
        if found is None:
            return None
        if found.lacks < -_SAME:
            says = "nothing within the limits can be as good as this choice is said to be"
            sides, share = (found.bound, self.amount, "at most, where this choice claims"), -found.lacks
        elif found.is_best and found.lacks > self.lacks + _FAR:
            says = "something within the limits is better than the portal's own solver says that anything can be"
            sides, share = (found.bound, self.bound, "where the bound of that is"), found.lacks - self.lacks
        else:
            return None
        amounts = ""
        if sides[0] is not None and sides[1] is not None:
            one, other = _apart(sides[0], sides[1], currency)
            amounts = f": {one} a year {sides[2]} {other}"
        apart = f", {_percent(share)} apart" if self.is_share else ""
        return (
            f"{found.method} finds that {says}{amounts}{apart}. One of the two solvers is wrong: do "
            "not act on the list before you know which. Tell whoever runs the portal."
        )

    @property
    def missing(self) -> str | None:
        """What another solver would add, or why it said nothing; None where it did."""
        if self.beside is not None:
            return None
        if not self.is_asked:
            return (
                "With the extra `ortools` installed where workers run, solvers that are not the portal's own say how "
                "far from the best within the limits this choice can be."
            )
        if self.n_pairs > MOST_PAIRS:
            return (
                f"OR-Tools is asked about {MOST_PAIRS:,} pairs of case and action at most. Here are {self.n_pairs:,}."
            )
        return "OR-Tools is installed and gave no answer this time. The log of the worker names the error."

    def _own_in_money(self, currency: str) -> str:
        assert self.amount is not None
        assert self.bound is not None
        if self.lacks <= _SAME:
            amount = format_money(self.amount, currency)
            return (
                f"The copies that chose claim {amount} a year for this choice, and no more for any other within the "
                "limits."
            )
        bound, amount = _apart(self.bound, self.amount, currency)
        less = f", of which this is {_percent(self.lacks)} less" if self.is_share else ""
        return (
            f"The copies that chose claim {amount} a year for this choice, and {bound} at most for any other within "
            f"the limits{less}."
        )

    def _own(self) -> str:
        if self.lacks <= _SAME:
            return "Nothing within the limits is better than this choice by what the model says."
        if not self.is_share:
            return _TOO_LITTLE
        return (
            f"By what the model says, this choice is {_percent(self.lacks)} at most below the best within the limits."
        )

    def _other(self, found: SolverFound, currency: str) -> str:
        if found.lacks <= _SAME:
            return f"{found.method} finds that nothing within the limits is better."
        if not found.is_best and found.lacks > self.lacks + _FAR:
            return f"{found.method} does not contradict that, but cannot say as much."
        if not self.is_share and (self.amount is None or found.bound is None):
            return f"{found.method} does not settle that either."
        how = "below the best within the limits" if found.is_best else "at most below the best within the limits"
        if self.amount is None or found.bound is None:
            return f"{found.method} finds it {_percent(found.lacks)} {how}."
        bound, _ = _apart(found.bound, self.amount, currency)
        most = "that the best of them is worth" if found.is_best else "that none of them is worth more than"
        less = f"; this choice is {_percent(found.lacks)} less" if self.is_share else ""
        return f"{found.method} finds {most} {bound}{less}."


def _apart(one: float, other: float, currency: str) -> tuple[str, str]:
    """Two amounts, with decimals only where they are needed to tell them apart."""
    texts = format_money(one, currency), format_money(other, currency)
    for decimals in _DECIMALS:
        if texts[0] != texts[1]:
            break
        texts = format_money(one, currency, decimals=decimals), format_money(other, currency, decimals=decimals)
    return texts


def _percent(share: float) -> str:
    """Two figures, however small; whole ones from 10 on."""
    return f"{100 * share:.0f}%" if share >= 0.0995 else f"{100 * share:.2g}%"
