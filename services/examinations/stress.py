"""What becomes of a model whose inputs go wrong: missing, shifted, beyond what was learned from, noisy, never seen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.automl.intervals import bootstrap
from services.automl.metrics import METRICS
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_train
from services.automl.row_scores import area_influences, row_means
from services.automl.scoring import score
from services.automl.task import Task
from services.automl.trial_intervals import around
from services.examinations.fold_copies import FoldCopies
from services.examinations.report import Stress, StressTests

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
MAX_ROWS = 4_000
MOST_DRIVERS = 6
NOISE = 0.1  # of a standard deviation
UNSEEN = "a value that was never seen before"
_N_RESAMPLES = 200
_ROUNDING = 1e-9  # of a sum of weights


@dataclass(frozen=True)
class Scenario:
    """One way in which inputs go wrong; `change` gives a column as it is then."""

    kind: str
    columns: tuple[Column, ...]
    words: str
    change: Callable[[Column, "pd.Series[Any]", np.random.Generator], "pd.Series[Any]"]

    def apply(self, x: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
        """The inputs as they are then."""
        changed = {column.name: self.change(column, x[column.name], random) for column in self.columns}
        return x.assign(**changed)


def scenarios(columns: Sequence[Column], drivers: Sequence[str]) -> Iterator[Scenario]:
    """Each kind for the strongest inputs one at a time, then for all inputs together."""
    by_name = {column.name: column for column in columns}
    for column in [by_name[name] for name in drivers if name in by_name][:MOST_DRIVERS]:
        name = f"“{column.name}”"
        yield Scenario("missing", (column,), f"If {name} were missing for everybody", _missing)
        if column.kind in ("number", "date"):
            yield Scenario("shifted", (column,), f"If {name} were one standard deviation higher", _shifted)
            yield Scenario("extreme", (column,), f"If {name} were far above all that was learned from", _extreme)
            yield Scenario("noisy", (column,), f"If {name} were off by a tenth of its spread", _noisy)
        if column.kind == "category":
            yield Scenario("unseen", (column,), f"If {name} had a value never seen before", _unseen)
    numbers = tuple(column for column in columns if column.kind in ("number", "date"))
    yield Scenario("missing", tuple(columns), "If every input were missing", _missing)
    if len(numbers) > 1:
        yield Scenario("shifted", numbers, "If every number were one standard deviation higher", _shifted)
        yield Scenario("noisy", numbers, "If every number were off by a tenth of its spread", _noisy)


def stress(
    preparation: Preparation,
    copies: FoldCopies,
    drivers: Sequence[str],
    threshold: float | None,
    tell: Callable[[int, int], None] | None = None,
    *,
    tied: Mapping[str, str] | None = None,
) -> StressTests:
    """Every scenario on out-of-fold rows, the worst first.

    Parameters
    ----------
    drivers
        Columns that drive the model, strongest first.
    threshold
        The score from which on one acts; None unless the question is yes or no.
    tied
        Inputs that the data compute, or compute others from, with what is computed.
    """
    rows, random = preparation.judged, np.random.default_rng(preparation.seed)
    if len(rows) > MAX_ROWS:
        rows = np.sort(random.choice(rows, MAX_ROWS, replace=False))
    x, y = preparation.train.x.iloc[rows].reset_index(drop=True), preparation.train.y[rows]
    before, priced = copies.predictions[rows], priced_train(preparation, rows)
    try:
        base = score(preparation.metric.name, y, before)
    except ValueError as error:
        return StressTests(len(rows), 0.0, None, (), str(error))
    judge = _Judge(preparation, y, before, base, priced if threshold is not None else None, threshold)
    planned = list(scenarios(preparation.columns, drivers))
    found = []
    for place, scenario in enumerate(planned):
        after = copies.answer(rows, scenario.apply(x, random))
        if np.isfinite(after).all() and np.isfinite(score(preparation.metric.name, y, after)):
            found.append(judge.of(scenario, after))
        if tell is not None:
            tell(place + 1, len(planned))
    found.sort(key=lambda one: (one.amount if one.amount is not None else 0.0, one.change))
    notes = tuple(
        f"“{name}” was changed alone, although the data compute {other}: where it goes wrong, both do."
        for name, other in (tied or {}).items()
        if any(one.column == name for one in found)
    )
    return StressTests(len(rows), base, judge.amount, tuple(found), notes=notes)


@dataclass(frozen=True, eq=False)
class _Judge:
    preparation: Preparation
    y: NDArray[Any]
    before: Floats
    base: float
    priced: PricedRows | None
    threshold: float | None

    @property
    def amount(self) -> float | None:
        if self.priced is None or self.threshold is None:
            return None
        return self.priced.yearly(self.before[:, 1], self.threshold)

    def of(self, scenario: Scenario, after: Floats) -> Stress:
        metric = self.preparation.metric.name
        sign = 1.0 if METRICS[metric].greater_is_better else -1.0
        stressed = score(metric, self.y, after)
        change = sign * (stressed - self.base)
        low, high = self._reach(metric, sign, change, after)
        amount, amount_low, amount_high = self._money(after)
        return Stress(
            kind=scenario.kind,
            column=scenario.columns[0].name if len(scenario.columns) == 1 else None,
            words=scenario.words,
            score=stressed,
            change=change,
            low=low,
            high=high,
            amount=amount,
            amount_low=amount_low,
            amount_high=amount_high,
            share_changed=self._share_changed(after),
        )

    def _reach(self, metric: str, sign: float, change: float, after: Floats) -> tuple[float | None, float | None]:
        """The interval of the change, of the same rows before and after."""
        one, other = (_influences(metric, self.y, said) for said in (self.before, after))
        if one is not None and other is not None:
            return around(change, sign * (other - one))
        found = bootstrap(
            lambda rows: (
                sign * (score(metric, self.y[rows], after[rows]) - score(metric, self.y[rows], self.before[rows]))
            ),
            len(self.y),
            n_resamples=_N_RESAMPLES,
        )
        return found.low, found.high

    def _money(self, after: Floats) -> tuple[float | None, float | None, float | None]:
        if self.priced is None or self.threshold is None:
            return None, None, None
        before = self.priced.means(self.before[:, 1], self.threshold)
        value, influences = self._stressed_money(self.priced, self.threshold, after[:, 1])
        amount = value - before.value
        return amount, *around(amount, influences - before.influences)

    def _stressed_money(self, priced: PricedRows, threshold: float, scores: Floats) -> tuple[float, Floats]:
        """Money a year and what rows contribute to it, of acting on no more cases than is possible, highest first.

        Without a limit of capacity on every case from the threshold on; of equal scores at the limit a share is taken.
        """
        capacity, weights = priced.goal.capacity_rate, priced.weights
        acted = float(weights[self.before[:, 1] >= threshold].sum())
        possible = np.inf if capacity is None else max(capacity * float(weights.sum()), acted)
        cuts, group = np.unique(-scores[scores >= threshold], return_inverse=True)
        sums = np.cumsum(np.bincount(group, weights[scores >= threshold], len(cuts)))
        place = int(np.searchsorted(sums, possible * (1 + _ROUNDING), side="right"))
        if place == len(cuts):
            whole = priced.means(scores, threshold)
            return whole.value, whole.influences
        taken = float(sums[place - 1]) if place else 0.0
        share = (possible - taken) / float(sums[place] - taken)
        less, more = (priced.means(scores, cut) for cut in (np.nextafter(-cuts[place], np.inf), -cuts[place]))
        return less.value + share * (more.value - less.value), less.influences + share * (
            more.influences - less.influences
        )

    def _share_changed(self, after: Floats) -> float | None:
        if self.preparation.task is Task.REGRESSION:
            return None
        if self.threshold is not None:
            return float(((self.before[:, 1] >= self.threshold) != (after[:, 1] >= self.threshold)).mean())
        return float((self.before.argmax(axis=1) != after.argmax(axis=1)).mean())


def _influences(metric: str, y: NDArray[Any], predictions: Floats) -> Floats | None:
    if metric == "roc_auc":
        return area_influences(y, predictions)
    means = row_means(metric, y, predictions)
    return None if means is None else means.influences


def _missing(_column: Column, values: "pd.Series[Any]", _random: np.random.Generator) -> "pd.Series[Any]":
    return values.mask(np.ones(len(values), dtype=np.bool_))


def _shifted(_column: Column, values: "pd.Series[Any]", _random: np.random.Generator) -> "pd.Series[Any]":
    return values + _spread(values)


def _extreme(_column: Column, values: "pd.Series[Any]", _random: np.random.Generator) -> "pd.Series[Any]":
    low, high = float(values.min()), float(values.max())
    return values.where(values.isna(), high + (high - low or 1.0))


def _noisy(_column: Column, values: "pd.Series[Any]", random: np.random.Generator) -> "pd.Series[Any]":
    return values + random.normal(0.0, 1.0, len(values)) * NOISE * _spread(values)


def _unseen(_column: Column, values: "pd.Series[Any]", _random: np.random.Generator) -> "pd.Series[Any]":
    return values.where(values.isna(), UNSEEN)


def _spread(values: "pd.Series[Any]") -> float:
    spread = float(values.std())
    return spread if np.isfinite(spread) else 0.0
