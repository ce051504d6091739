"""Ways to treat groups more alike where a model answers with a number: what a correction by group does, and its price.

Each correction is learned on out-of-fold answers of all folds but one and judged on that one, so that no row judges a
correction it had a part in. What a wrong number costs comes from Money: per unit too low and per unit too high.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.fairness.error_price import ErrorPrice
from services.fairness.groups import Grouping
from services.fairness.means import mean_of
from services.fairness.measures import LEAST_ROWS
from services.fairness.numbers import gaps_of_numbers
from services.fairness.report import Mean, Option

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Indices = NDArray[np.intp]
Corrected = Callable[[Floats], Floats]
_LEAST_SPREAD = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Outcomes and answers (n,), with the group of each."""

    y: Floats
    answers: Floats
    codes: Codes
    n_groups: int

    def take(self, rows: Indices) -> "Numbers":
        """Some of the rows."""
        return Numbers(self.y[rows], self.answers[rows], self.codes[rows], self.n_groups)


def compare_corrections(
    grouping: Grouping,
    rows: Numbers,
    folds: tuple[Indices, ...],
    *,
    price: ErrorPrice | None,
    without: tuple[tuple[str, ...], Floats] | None,
) -> tuple[Option, ...]:
    """The options for one sensitive column, as it is first; none where fewer than two groups are large enough.

    Parameters
    ----------
    grouping, rows
        The judged rows (n,), in the same order.
    folds
        Positions of the rows of each fold among them.
    without
        Columns a model was fitted without, and its out-of-fold answers (n,); None where there is none.
    """
    if int((grouping.sizes >= LEAST_ROWS).sum()) < 2:
        return ()
    found = [_option("as_is", rows.answers, grouping, rows, price)]
    for code, learn in (("shift", _learn_shift), ("line", _learn_line)):
        found.append(_option(code, _judged(rows, folds, learn), grouping, rows, price))
    if without is not None:
        found.append(_option("without", without[1], grouping, rows, price, without=without[0]))
    return tuple(found)


def _judged(rows: Numbers, folds: tuple[Indices, ...], learn: Callable[[Floats, Floats], Corrected]) -> Floats:
    corrected = rows.answers.copy()
    for judged in folds:
        others = rows.take(np.setdiff1d(np.arange(len(corrected), dtype=np.intp), judged))
        for place in range(rows.n_groups):
            learned, own = others.codes == place, judged[rows.codes[judged] == place]
            if int(learned.sum()) >= LEAST_ROWS:  # a group too small for its own stays as it is
                corrected[own] = learn(others.y[learned], others.answers[learned])(rows.answers[own])
    return corrected


def _learn_shift(y: Floats, answers: Floats) -> Corrected:
    """What is said less what happened, on average, is taken off."""
    shift = float((answers - y).mean())
    return lambda said: said - shift


def _learn_line(y: Floats, answers: Floats) -> Corrected:
    """The straight line from what was said to what happened, by least squares."""
    spread = float(answers.var())
    if spread <= _LEAST_SPREAD:
        return _learn_shift(y, answers)
    mean, slope = float(answers.mean()), float(((answers - answers.mean()) * (y - y.mean())).mean()) / spread
    return lambda said: float(y.mean()) + slope * (said - mean)


def _option(
    code: str,
    answers: Floats,
    grouping: Grouping,
    rows: Numbers,
    price: ErrorPrice | None,
    *,
    without: tuple[str, ...] = (),
) -> Option:
    yearly: Mean | None = None
    extra: Mean | None = None
    if price is not None:
        paid, before = (price.per_case(rows.y, said) * price.yearly_cases for said in (answers, rows.answers))
        yearly, extra = mean_of(paid), None if code == "as_is" else mean_of(paid - before)
    return Option(
        code=code,
        needs_group=code in ("shift", "line"),
        without=without,
        yearly=yearly,
        extra=extra,
        acted=None,
        found=None,
        alarms=None,
        n=len(answers),
        bias=gaps_of_numbers(grouping, rows.y, answers).bias,
        mean_error=mean_of(np.abs(answers - rows.y)),
    )
