"""How much better a model becomes with more rows: the same quick model at growing sizes, judged on rows kept aside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.automl.preparation import Preparation
from services.automl.priced_rows import priced_train
from services.automl.scoring import score
from services.automl.splits import deal_rows
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.labels.quick_model import QUICK
from services.models.documents import to_document

N_FOLDS, N_ROUNDS = 4, 2  # 8 repetitions
MAX_ROWS = 20_000
N_SIZES = 6
MIN_ROWS, MIN_EVENTS = 30, 8
LEVEL = 0.9
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LearningCurve:
    """Scores at growing numbers of rows.

    Attributes
    ----------
    sizes
        Rows a model was fitted to (k,), increasing.
    scores, amounts
        The metric, and money a year without a money goal None, of each repetition (repetitions, k).
    """

    metric: str
    greater_is_better: bool
    sizes: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]
    amounts: tuple[tuple[float, ...], ...] | None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        document: dict[str, Any] = to_document(self)
        return document


def trace_curve(preparation: Preparation, report: Callable[[float], None] = lambda _: None) -> LearningCurve:
    """Fit the quick model to nested samples of growing size, 2 × 4 times, and judge each on the fold left out.

    Parameters
    ----------
    preparation
        Its training rows are used; a sample of 20,000 where there are more.
    report
        Told the share done, 0 to 1.
    """
    rows = _sample(preparation)
    y = preparation.train.y[rows]
    sizes = _sizes(preparation, y)
    scores, amounts = [], []
    for round_ in range(N_ROUNDS):
        folds = deal_rows(y, N_FOLDS, task=preparation.task, seed=preparation.seed + 100 + round_)
        for number, judged in enumerate(folds):
            learned = _shuffled(np.setdiff1d(np.arange(len(y)), judged), y, preparation, round_ * N_FOLDS + number)
            pair = [_judge(preparation, rows[learned[:size]], rows[judged]) for size in sizes]
            scores.append(tuple(found for found, _ in pair))
            amounts.append(tuple(amount for _, amount in pair if amount is not None))
            report((round_ * N_FOLDS + number + 1) / (N_ROUNDS * N_FOLDS))
    has_money = preparation.money is not None
    metric = preparation.metric
    return LearningCurve(
        metric.name, metric.greater_is_better, sizes, tuple(scores), tuple(amounts) if has_money else None
    )


def band(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high at each size (k,): the 90% interval over folds that share rows.

    Repetitions are not independent, so the variance is that of Nadeau and Bengio (2003), Machine Learning 52:239:
    var × (1/J + n_test / n_train).
    """
    repetitions = len(values)
    mean = values.mean(axis=0)
    share = 1 / repetitions + 1 / (N_FOLDS - 1)
    reach = stats.t.ppf(0.5 + LEVEL / 2, repetitions - 1) * np.sqrt(values.var(axis=0, ddof=1) * share)
    return mean, mean - reach, mean + reach


def _sample(preparation: Preparation) -> NDArray[np.intp]:
    n = len(preparation.train)
    if n <= MAX_ROWS:
        return np.arange(n)
    n_parts = -(-n // MAX_ROWS)
    return deal_rows(preparation.train.y, n_parts, task=preparation.task, seed=preparation.seed)[0]


def _sizes(preparation: Preparation, y: NDArray[Any]) -> tuple[int, ...]:
    """Up to six sizes, each about 1.7 times the one before, none with too few rows of the rarest class."""
    most = len(y) * (N_FOLDS - 1) // N_FOLDS
    rarest = float(np.bincount(y).min() / len(y)) if preparation.task.is_classification else 1.0
    least = max(MIN_ROWS, int(np.ceil(MIN_EVENTS / max(rarest, 1e-9))))
    sizes = {int(most / 1.7**step) for step in range(N_SIZES)}
    return tuple(sorted(size for size in sizes if size >= least)) or (most,)


def _shuffled(learned: NDArray[np.intp], y: NDArray[Any], preparation: Preparation, seed: int) -> NDArray[np.intp]:
    """The rows in an order whose every beginning has about the same classes."""
    parts = deal_rows(y[learned], max(2, len(learned) // 10), task=preparation.task, seed=seed)
    order = np.random.default_rng(seed).permutation(len(parts))
    shuffled: NDArray[np.intp] = learned[np.concatenate([parts[i] for i in order])]
    return shuffled


def _judge(preparation: Preparation, learned: NDArray[np.intp], judged: NDArray[np.intp]) -> tuple[float, float | None]:
    train, k = preparation.train, len(preparation.classes)
    x, y = train.x.iloc[learned], train.y[learned]
    fitted = fit_pipeline(new_pipeline(preparation, QUICK), QUICK, x, y)
    answers = predict(fitted, train.x.iloc[judged], k)
    found = score(preparation.metric.name, train.y[judged], answers)
    before, after = priced_train(preparation, learned), priced_train(preparation, judged)
    if before is None or after is None:
        return found, None
    return found, after.yearly(answers[:, 1], before.threshold(predict(fitted, x, k)[:, 1]))
