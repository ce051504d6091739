"""What must hold whatever the levers are set to: in each case, on average, or in all cases of a month together."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula
from services.formulas.spelling import LONGEST_TEXT

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Measure = Literal["each", "mean", "sum"]
Sense = Literal["at least", "at most"]
MEASURES: dict[Measure, str] = {"each": "in each case", "mean": "on average", "sum": "in all cases of a month"}
SENSES: tuple[Sense, ...] = get_args(Sense)
MOST_CONSTRAINTS = 5
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Constraint:
    """A safe formula over the columns, the levers as they are set and the answer of the model, held against a number.

    Attributes
    ----------
    measure
        Whether it must hold in each case, of the mean over cases, or of the sum over the cases of a month.
    """

    formula: str
    measure: Measure
    sense: Sense
    limit: float

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise InvalidInputError(*problems)

    def _problems(self) -> Iterator[str]:
        if not self.formula.strip():
            yield "Say what must hold as a formula, such as `chance`, or take that line out."
        if len(self.formula) > LONGEST_TEXT:
            yield f"What must hold has more than {LONGEST_TEXT} characters. Say it more briefly."
        if self.measure not in MEASURES or self.sense not in SENSES:
            yield "Say whether it must hold in each case, on average or in a month, and whether at least or at most."
        if not math.isfinite(self.limit):
            yield f"What `{self.formula}` is held against must be a number."

    @property
    def words(self) -> str:
        """ "chance is at least 0.6 on average"."""
        return f"{self.formula} is {self.sense} {self.limit:,.12g} {MEASURES[self.measure]}"

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Constraint":
        """What `document` wrote."""
        return cls(**document)

    def check(self, columns: "pd.Index[Any]", answer_name: str) -> None:
        """Raise unless the formula can be read with these columns."""
        read_formula(self.formula, [*map(str, columns), answer_name])

    def values(self, rows: pd.DataFrame, answers: Floats, answer_name: str) -> Floats:
        """What the formula gives in each case (n,), NaN where it has no answer."""
        columns = rows.assign(**{answer_name: answers})
        return compute(read_formula(self.formula, map(str, columns.columns)), columns, len(rows)).values

    def holds_in(self, values: Floats) -> Flags:
        """In which cases it holds, (n,); not where there is no value."""
        return np.asarray(self.signed(values) >= self.signed(self.limit) - _SAME * max(1.0, abs(self.limit)))

    def signed(self, values: Any) -> Any:
        """More is better, whichever way the limit is meant."""
        return values if self.sense == "at least" else -values

    def least(self, cases_per_month: float) -> float:
        """What the signed mean over cases must reach."""
        limit = self.limit / cases_per_month if self.measure == "sum" else self.limit
        return float(self.signed(limit))


def contradictions(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    """A sentence for each pair of which no more than one can hold."""
    for place, one in enumerate(constraints):
        for other in constraints[place + 1 :]:
            if (one.formula.strip(), one.measure) != (other.formula.strip(), other.measure) or one.sense == other.sense:
                continue
            low, high = (one, other) if one.sense == "at least" else (other, one)
            if low.limit > high.limit:
                yield (
                    f"“{one.formula}” cannot be at least {low.limit:,.12g} and at most {high.limit:,.12g} at once. "
                    "Correct one of the two."
                )


def has_no_value(constraint: Constraint, values: Floats) -> str:
    """Why a formula cannot be held against a number."""
    return (
        f"“{constraint.formula}” has no value in {int(np.isnan(values).sum()):,} of {len(values):,} cases: something "
        "is missing there, or is divided by zero. Let the formula say what holds for such cases."
    )


def half_breaks(words: Sequence[str]) -> str:
    """That what must hold is kept by all cases together, but not by the halves that their worth is judged with."""
    return (
        f"What is set keeps every limit, but one half of the cases by itself cannot keep this: {' and '.join(words)}. "
        "What it is worth is judged by what each half finds for the other, and there by what comes nearest to the "
        "limit. Ask for a little less, or bring more data, for a figure that keeps it everywhere."
    )


def no_setting_keeps(words: Sequence[str]) -> str:
    """That what must hold cannot, within what may be done."""
    return (
        f"No setting of the levers that may be believed keeps this: {' and '.join(words)}. Ask for less, or let the "
        "levers be moved farther."
    )
