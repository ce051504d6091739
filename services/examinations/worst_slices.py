"""The slices a model is clearly worse at, in figures that people know: wrong answers, cases caught, money lost."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL, wilson
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_train
from services.automl.task import Task
from services.examinations.report import Measured, SliceSearch, WorstSlice
from services.examinations.slice_conditions import MOST_CONDITIONS, Flags, slice_conditions
from services.examinations.slice_search import Confirmed, halves, search_slices
from services.models.top_loss import row_losses
from services.valuation.policy import perfect_shares

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
LEAST_ROWS, LEAST_SHARE = 30, 0.01
MAX_ROWS = 60_000
MOST_SHOWN = 8
_LEAST_IN_ALL = 4 * LEAST_ROWS


def find_worst_slices(
    preparation: Preparation,
    predictions: Floats,
    threshold: float | None,
    groups: Indices | None = None,
) -> SliceSearch:
    """Search on one half of the judged rows, confirm and measure on the other.

    Parameters
    ----------
    predictions
        Out of fold (n_train, k) or (n_train,).
    threshold
        The score from which on one acts; None unless the question is yes or no.
    groups
        The group of each training row (n_train,), where rows of one group belong together.
    """
    rows = preparation.judged
    notes: list[str] = []
    if len(rows) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(preparation.seed).choice(rows, MAX_ROWS, replace=False))
        notes.append(f"{len(rows):,} of {len(preparation.judged):,} rows were looked at, drawn by chance.")
    facts = _facts_of(preparation, predictions, threshold, rows)
    if len(rows) < _LEAST_IN_ALL:
        obstacle = f"{len(rows):,} rows are too few to search in one half and confirm on the other; {_LEAST_IN_ALL} do."
        return SliceSearch(
            len(rows), 0, 0, 0, 0, LEAST_ROWS, float(facts.errors.mean()), facts.lost_of(), (), (), obstacle
        )
    own = None if groups is None else groups[rows]
    exploring, confirming = halves(len(rows), preparation.seed, own)
    smallest = max(LEAST_ROWS, int(np.ceil(LEAST_SHARE * len(rows))))
    least = -(-smallest // 2)
    x = preparation.train.x.iloc[rows].reset_index(drop=True)
    conditions = slice_conditions(preparation.columns, x, exploring, least)
    if len(conditions) > MOST_CONDITIONS:
        notes.append(f"Of {len(conditions):,} conditions the {MOST_CONDITIONS} with the highest loss were combined.")
        order = np.argsort([-float(facts.losses[exploring][one.rows[exploring]].mean()) for one in conditions])
        conditions = [conditions[place] for place in sorted(order[:MOST_CONDITIONS])]
    search = search_slices(conditions, facts.losses, exploring, confirming, least=least, groups=own)
    half = facts.take(confirming)
    found = [_measured(one, half, confirming, int(one.candidate.rows.sum())) for one in search.confirmed]
    found.sort(key=lambda one: -(one.extra_yearly or 0.0))  # without payoffs they stay in the order of their loss
    return SliceSearch(
        n_rows=len(rows),
        n_exploring=len(exploring),
        n_confirming=len(confirming),
        n_tried=search.n_tried,
        n_tested=len(search.tested),
        least_rows=smallest,
        error=float(half.errors.mean()),
        lost=half.lost_of(),
        found=tuple(found[:MOST_SHOWN]),
        notes=tuple(notes),
        capacity_rate=facts.capacity_rate,
    )


@dataclass(frozen=True, eq=False)
class _Facts:
    """What is known of each row (n,): loss, error, what happened, whether it is acted on, and the money it loses."""

    task: Task
    losses: Floats
    errors: Floats
    y: NDArray[np.generic]
    acted: Flags | None
    lost: Floats | None
    weights: Floats | None
    yearly_cases: float
    classes: tuple[str, ...]
    capacity_rate: float | None

    def take(self, rows: Indices) -> "_Facts":
        def part(values: NDArray[np.generic] | None) -> NDArray[np.generic] | None:
            return None if values is None else values[rows]

        return _Facts(
            self.task,
            self.losses[rows],
            self.errors[rows],
            self.y[rows],
            part(self.acted),  # type: ignore[arg-type]
            part(self.lost),  # type: ignore[arg-type]
            part(self.weights),  # type: ignore[arg-type]
            self.yearly_cases,
            self.classes,
            self.capacity_rate,
        )

    def lost_of(self) -> float | None:
        """Money lost per row on average, at the base rate of use."""
        return None if self.lost is None else float(np.average(self.lost, weights=self.weights))


def _facts_of(preparation: Preparation, predictions: Floats, threshold: float | None, rows: Indices) -> _Facts:
    y, said = preparation.train.y[rows], predictions[rows]
    losses = row_losses(y, said)
    acted = said[:, 1] >= threshold if threshold is not None else None
    if preparation.task is Task.REGRESSION:
        errors = losses
    else:
        errors = np.asarray((said.argmax(axis=1) if acted is None else acted.astype(int)) != y, dtype=np.float64)
    priced = priced_train(preparation, rows) if acted is not None else None
    return _Facts(
        task=preparation.task,
        losses=losses,
        errors=errors,
        y=y,
        acted=acted,
        lost=None if priced is None or acted is None else lost_money(priced, acted),
        weights=None if priced is None else priced.weights,
        yearly_cases=priced.goal.yearly_cases if priced is not None else 0.0,
        classes=preparation.classes,
        capacity_rate=None if priced is None or acted is None else priced.limit_beside(acted),
    )


def lost_money(priced: PricedRows, acted: Flags) -> Floats:
    """Money each row (n,) loses against decisions that are always right, within the same capacity.

    Where capacity is short even they leave cases alone, of equal ones an equal part of each: then a case that the model
    acts on may get more than its part, and what it loses is negative. All rows together never do. A threshold beyond
    capacity, which people may choose, takes as many as it takes: the right decisions get as many.
    """
    worth, limit = priced.worth, priced.limit_beside(acted)
    lost: Floats = (perfect_shares(worth, priced.weights, capacity_rate=limit) - acted) * worth
    return lost


def _measured(found: Confirmed, half: _Facts, confirming: Indices, n: int) -> WorstSlice:
    rows = found.candidate.rows[confirming]
    lost, extra = _lost(half, rows)
    caught, remark = _caught(half, rows)
    return WorstSlice(
        conditions=found.candidate.words,
        n=n,
        n_confirmed=int(rows.sum()),
        loss=_mean(half.losses, rows),
        error=_mean(half.errors, rows) if half.task is Task.REGRESSION else _share(half.errors == 1, rows),
        caught=caught,
        lost=lost,
        extra_yearly=extra,
        q_value=found.q_value,
        remark=remark,
        alike=tuple(" and ".join(one.words) for one in found.alike),
    )


def _caught(half: _Facts, rows: Flags) -> tuple[Measured | None, str]:
    """The share of the positive cases that is acted on, or why it cannot be told."""
    classes = np.unique(half.y[rows]) if half.task is not Task.REGRESSION else np.arange(2)
    if len(classes) == 1:
        label = half.classes[int(classes[0])]
        return None, f"All {int(rows.sum()):,} rows of the confirming half are “{label}”, so ranking cannot be judged."
    if half.acted is None:
        return None, ""
    positive = half.y == 1
    cases = rows & positive
    low, high = wilson(int((cases & half.acted).sum()), int(cases.sum()))
    others = ~rows & positive
    beside = float(half.acted[others].mean()) if others.any() else 0.0
    return Measured(float(half.acted[cases].mean()), low, high, beside), ""


def _lost(half: _Facts, rows: Flags) -> tuple[Measured | None, float | None]:
    if half.lost is None or half.weights is None:
        return None, None
    weights, lost = half.weights[rows], half.lost[rows]
    value, average = float(np.average(lost, weights=weights)), float(np.average(half.lost, weights=half.weights))
    deviation = weights * (lost - value) / weights.mean()
    reach = _z() * float(deviation.std(ddof=1)) / np.sqrt(len(lost))
    share = float(weights.sum() / half.weights.sum())
    return Measured(value, value - reach, value + reach, average), half.yearly_cases * share * (value - average)


def _mean(values: Floats, rows: Flags) -> Measured:
    own = values[rows]
    reach = _z() * float(own.std(ddof=1)) / np.sqrt(len(own)) if len(own) > 1 else 0.0
    return Measured(
        float(own.mean()), float(own.mean() - reach), float(own.mean() + reach), float(values[~rows].mean())
    )


def _share(flags: Flags, rows: Flags) -> Measured:
    low, high = wilson(int(flags[rows].sum()), int(rows.sum()))
    return Measured(float(flags[rows].mean()), low, high, float(flags[~rows].mean()))


def _z() -> float:
    return float(NormalDist().inv_cdf(0.5 + LEVEL / 2))
