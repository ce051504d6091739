"""A small, honest model on the rows labelled so far: seconds to fit, judged out of fold, with an ONNX twin to try."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.amounts import amounts_of_rows
from services.automl.candidates import Candidate
from services.automl.columns import describe_columns, model_frame
from services.automl.errors import UnusableDataError
from services.automl.intervals import bootstrap, wilson
from services.automl.metrics import METRICS
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation, Rows
from services.automl.priced_rows import PricedRows, priced_train
from services.automl.splits import deal_rows
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.models.export import export_twin
from services.models.signature import Signature
from services.models.signature_building import build_signature

QUICK = Candidate("linear", {"numbers": "standard", "strength": 0.3})
MIN_LABELS, MIN_PER_CLASS = 12, 3
MIN_DRAWN = 30  # rows drawn at random, from which on the score is that of them alone
MAX_LABELS = 20_000
N_FOLDS = 5
SEED = 7
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class QuickScore:
    """How good the model is on labelled rows it has not seen, with the 95% interval.

    Attributes
    ----------
    accuracy, baseline
        The share that is right, and that of always saying the most frequent class.
    is_of_drawn
        Whether it was judged on rows drawn at random; if not, the rows are harder (or easier) than all rows are.
    yearly_amount
        Money a year at the threshold that pays best out of fold; None without money or with other than two classes.
    """

    n: int
    accuracy: float
    low: float
    high: float
    baseline: float
    is_of_drawn: bool
    yearly_amount: float | None
    yearly_low: float | None
    yearly_high: float | None


@dataclass(frozen=True)
class QuickModel:
    """A fitted model, its twin (None for `onnx_reason`), its score, and what it says of every row (n, k)."""

    score: QuickScore
    classes: tuple[str, ...]
    signature: Signature
    onnx: bytes | None
    onnx_reason: str | None
    probabilities: Floats
    features: Floats


def prepare_labelled(
    frame: pd.DataFrame,
    labels: dict[int, str],
    *,
    column: str,
    feature_columns: Sequence[str],
    classes: Sequence[str],
    positive_class: str | None,
    money: MoneyGoal | None,
) -> tuple[Preparation, pd.DataFrame]:
    """The labelled rows as a search sees them, without a hold-out, and all rows as the model takes them.

    Parameters
    ----------
    frame
        The table (n, m).
    labels
        Position in the table -> class.

    Raises
    ------
    UnusableDataError
        There are too few labels, or no column to learn from.
    """
    used = _used_classes(labels, classes, positive_class)
    described = describe_columns(frame[list(feature_columns)])
    columns = tuple(item for item in described if item.is_usable)
    if not columns:
        raise UnusableDataError("No column is left to learn from. Take one back in on the page Data.")
    everything = model_frame(frame, columns)
    positions = np.array(sorted(labels), dtype=np.intp)
    if len(positions) > MAX_LABELS:
        positions = np.sort(np.random.default_rng(SEED).choice(positions, MAX_LABELS, replace=False))
    y = np.array([used.index(labels[int(row)]) for row in positions], dtype=np.int64)
    task = Task.BINARY if len(used) == 2 else Task.MULTICLASS
    goal = money if task is Task.BINARY and positive_class in used else None
    amounts = amounts_of_rows(goal.amounts.formula, frame, positions) if goal and goal.amounts else None
    train = Rows(everything.iloc[positions].reset_index(drop=True), y, positions, amounts)
    n_folds = max(2, min(N_FOLDS, int(np.bincount(y).min())))
    return Preparation(
        task=task,
        metric=METRICS["accuracy"],
        target=column,
        classes=used,
        columns=columns,
        left_out=(),
        train=train,
        holdout=Rows(train.x.iloc[:0], y[:0], positions[:0], None if amounts is None else amounts[:0]),
        folds=deal_rows(y, n_folds, task=task, seed=SEED),
        seed=SEED,
        money=goal,
    ), everything


def fit_quick_model(preparation: Preparation, everything: pd.DataFrame, drawn: frozenset[int]) -> QuickModel:
    """Judge the model out of fold, fit it to all labelled rows, and let it say what it thinks of every row."""
    predictions = out_of_fold(preparation)
    pipeline = fit_pipeline(new_pipeline(preparation, QUICK), QUICK, preparation.train.x, preparation.train.y)
    signature = build_signature(preparation)
    twin = export_twin(pipeline, signature, preparation.train.x, seed=preparation.seed)
    return QuickModel(
        score=_score(preparation, predictions, drawn),
        classes=preparation.classes,
        signature=replace(signature, onnx_inputs=twin.inputs),
        onnx=twin.content,
        onnx_reason=twin.reason,
        probabilities=predict(pipeline, everything, len(preparation.classes)),
        features=_as_numbers(pipeline, everything),
    )


def out_of_fold(preparation: Preparation) -> Floats:
    """What models that have not seen a labelled row say of it (n, k)."""
    train, k = preparation.train, len(preparation.classes)
    predictions = np.zeros((len(train), k))
    for judged in preparation.folds:
        learned = np.setdiff1d(np.arange(len(train)), judged)
        fitted = fit_pipeline(new_pipeline(preparation, QUICK), QUICK, train.x.iloc[learned], train.y[learned])
        predictions[judged] = predict(fitted, train.x.iloc[judged], k)
    return predictions


def _used_classes(labels: dict[int, str], classes: Sequence[str], positive_class: str | None) -> tuple[str, ...]:
    """The classes with labels, in their order; of two, the one that is acted on comes last."""
    counts = {name: sum(value == name for value in labels.values()) for name in classes}
    used = [name for name in classes if counts[name]]
    if len(labels) < MIN_LABELS or len(used) < 2:
        raise UnusableDataError(
            f"A quick model needs at least {MIN_LABELS} labelled rows of two classes or more; "
            f"there are {len(labels)} of {len(used)}. Label a few more rows."
        )
    if scarce := [name for name in used if counts[name] < MIN_PER_CLASS]:
        raise UnusableDataError(
            f"{len(scarce)} of the classes {'have' if len(scarce) > 1 else 'has'} fewer than {MIN_PER_CLASS} labelled "
            "rows. Label a few more rows."
        )
    if len(used) == 2 and positive_class == used[0]:
        used.reverse()
    return tuple(used)


def _score(preparation: Preparation, predictions: Floats, drawn: frozenset[int]) -> QuickScore:
    is_drawn = np.array([int(row) in drawn for row in preparation.train.positions])
    enough = bool(is_drawn.all()) or int(is_drawn.sum()) >= MIN_DRAWN
    is_of_drawn = enough and len(np.unique(preparation.train.y[is_drawn])) > 1
    chosen = is_drawn if is_of_drawn else np.ones(len(is_drawn), dtype=bool)
    y, answers = preparation.train.y[chosen], predictions[chosen]
    n_right = int((answers.argmax(axis=1) == y).sum())
    low, high = wilson(n_right, len(y))
    amount, amount_low, amount_high = _money(priced_train(preparation, chosen), answers)
    return QuickScore(
        n=len(y),
        accuracy=n_right / len(y),
        low=low,
        high=high,
        baseline=float(np.bincount(y).max() / len(y)),
        is_of_drawn=is_of_drawn,
        yearly_amount=amount,
        yearly_low=amount_low,
        yearly_high=amount_high,
    )


def _money(priced: PricedRows | None, answers: Floats) -> tuple[float | None, float | None, float | None]:
    if priced is None:
        return None, None, None
    scores = answers[:, 1]
    threshold = priced.threshold(scores)
    reach = bootstrap(lambda rows: priced.take(rows).yearly(scores[rows], threshold), len(scores), n_resamples=400)
    return priced.yearly(scores, threshold), reach.low, reach.high


def _as_numbers(pipeline: Pipeline, everything: pd.DataFrame) -> Floats:
    """The rows as the linear model sees them (n, m), dense; at most 64 columns, which is enough to tell rows apart."""
    transformed = pipeline.named_steps["columns"].transform(everything)
    narrow = transformed[:, :64]
    return np.asarray(narrow.toarray() if hasattr(narrow, "toarray") else narrow, dtype=np.float64)
