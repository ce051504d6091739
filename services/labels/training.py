"""The heavy part of labelling, in a child process: order the rows, look for wrong labels, trace the learning curve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import as_words
from services.automl.errors import UnusableDataError
from services.automl.money import MoneyGoal
from services.automl.preparation import prepare
from services.datasets.base_rows import number_rows
from services.datasets.tables import read_table
from services.labels.learning_curve import N_FOLDS, LearningCurve, band, trace_curve
from services.labels.noise import find_noise
from services.labels.queue import Queue, random_queue, uncertain_queue
from services.labels.quick_model import QuickModel, fit_quick_model, out_of_fold, prepare_labelled
from services.labels.worth import Gain, expected_gain
from services.models.cards import write_cards
from services.models.documents import to_document

QUEUE_SIZE = 200
MAX_SUSPECTS = 200
MORE_LABELS = (1_000, 500, 200, 100)
SEED = 11


@dataclass(frozen=True)
class Table:
    """One version of the data, as bytes; `base` only where its recipe leaves rows out."""

    content: bytes
    base: bytes | None
    recipe: tuple[Mapping[str, Any], ...]
    shown: tuple[str, ...]
    features: tuple[str, ...]
    money: MoneyGoal | None

    def open(self) -> tuple[pd.DataFrame, NDArray[np.intp]]:
        """The rows, and the base row of each."""
        frame = read_table(self.content)
        return frame, number_rows(len(frame), self.recipe, self.base)


@dataclass(frozen=True)
class Plan:
    """What people said so far: `labels` are agreed, `rated` rows have any answer, `waiting` want a second rater."""

    column: str
    classes: tuple[str, ...]
    positive_class: str | None
    labels: Mapping[int, str]
    rated: frozenset[int]
    waiting: tuple[int, ...]
    drawn: frozenset[int]
    round: int


@dataclass(frozen=True)
class Ordered:
    """The new queue with its cards, and the quick model, or the sentence why there is none."""

    queue: Queue
    cards: bytes
    model: QuickModel | None
    note: str | None


@dataclass(frozen=True)
class NoiseFound:
    """Rows whose label is probably wrong, the most suspicious first."""

    classes: tuple[str, ...]
    n_rows: int
    rate: float
    suspects: tuple[Mapping[str, Any], ...]
    cards: bytes


@dataclass(frozen=True)
class WorthFound:
    """The learning curve with its bands, and what more labels are expected to bring in money and in the metric."""

    n_now: int
    curve: LearningCurve
    score_band: tuple[tuple[float, ...], ...]
    amount_band: tuple[tuple[float, ...], ...] | None
    gain: Gain | None
    score_gain: Gain | None
    currency: str | None = None
    task: str = field(default="")

    def document(self) -> dict[str, Any]:
        """As JSON."""
        document: dict[str, Any] = to_document(self)
        return document


def order_rows(table: Table, plan: Plan) -> Ordered:
    """The rows to label next. Without enough labels for a model, chance chooses them."""
    frame, numbers = table.open()
    known = _known(frame, plan)
    position_of = {int(row): place for place, row in enumerate(numbers)}
    labels = known | {position_of[row]: value for row, value in plan.labels.items() if row in position_of}
    rated = {position_of[row] for row in plan.rated if row in position_of}
    pool = _pool(frame, plan, rated)
    try:
        preparation, everything = prepare_labelled(
            frame,
            labels,
            column=plan.column,
            feature_columns=_features(table, plan.column),
            classes=plan.classes,
            positive_class=plan.positive_class,
            money=table.money,
        )
    except UnusableDataError as error:
        queue = random_queue(numbers[pool], QUEUE_SIZE, seed=SEED + plan.round)
        return _ordered(table, frame, position_of, queue, plan, None, error.sentence)
    drawn = frozenset(position_of[row] for row in plan.drawn if row in position_of)
    model = fit_quick_model(preparation, everything, drawn)
    queue = uncertain_queue(
        numbers[pool], model.probabilities[pool], model.features[pool], QUEUE_SIZE, seed=SEED + plan.round
    )
    return _ordered(table, frame, position_of, queue, plan, model, None)


def look_for_noise(table: Table, column: str, classes: Sequence[str], positive_class: str | None) -> NoiseFound:
    """Rows whose given label a model that has not seen it finds least likely.

    Raises
    ------
    UnusableDataError
        There are too few labelled rows.
    """
    frame, numbers = table.open()
    words = as_words(frame[column])
    labels = {int(place): str(words.iloc[place]) for place in np.flatnonzero(words.notna().to_numpy())}
    preparation, _ = prepare_labelled(
        frame,
        labels,
        column=column,
        feature_columns=_features(table, column),
        classes=classes,
        positive_class=positive_class,
        money=None,
    )
    y, probabilities = preparation.train.y, out_of_fold(preparation)
    try:
        noise = find_noise(y, probabilities)
    except ValueError as error:
        raise UnusableDataError(f"Wrong labels cannot be looked for: {error} Label more rows.") from error
    found = noise.suspects[:MAX_SUSPECTS]
    rows = {int(numbers[preparation.train.positions[i]]): int(preparation.train.positions[i]) for i in found}
    suspects = tuple(
        {
            "row": row,
            "given": preparation.classes[y[i]],
            "suggested": preparation.classes[int(probabilities[i].argmax())],
            "score": round(float(probabilities[i, y[i]]), 4),
        }
        for i, row in zip(found, rows, strict=True)
    )
    cards = write_cards(frame, rows, [name for name in table.shown if name != column], {})
    return NoiseFound(preparation.classes, len(y), noise.rate, suspects, cards)


def weigh_or_say_why_not(
    table: Table, column: str, positive_label: str | None, labels: Mapping[int, str] | None
) -> WorthFound | str:
    """As `weigh_more_labels`; too little data is an answer, in a sentence, and not a failure."""
    try:
        return weigh_more_labels(table, column, positive_label, labels)
    except UnusableDataError as error:
        return error.sentence


def weigh_more_labels(
    table: Table, column: str, positive_label: str | None, labels: Mapping[int, str] | None
) -> WorthFound:
    """The learning curve on the known rows of `column`, or on `labels` (base row -> class) where they are given.

    Raises
    ------
    UnusableDataError
        Too few rows are labelled to learn anything.
    """
    frame, numbers = table.open()
    if labels is not None:
        frame = frame.assign(**{column: _filled(frame, numbers, column, labels)})
    preparation = prepare(
        frame,
        target=column,
        feature_columns=_features(table, column),
        positive_label=positive_label,
        seed=SEED,
        money=table.money,
    )
    n_now = sum(len(rows) for rows in (preparation.train, preparation.holdout, preparation.rest or ()))
    curve = trace_curve(preparation)
    sign = 1.0 if curve.greater_is_better else -1.0
    scores = np.array(curve.scores)
    amounts = np.array(curve.amounts) if curve.amounts is not None else None
    return WorthFound(
        n_now=n_now,
        curve=curve,
        score_band=_rows_of(band(scores)),
        amount_band=None if amounts is None else _rows_of(band(amounts)),
        gain=None if amounts is None else _gain(curve.sizes, amounts, n_now),
        score_gain=_gain(curve.sizes, sign * scores, n_now),
        currency=preparation.money.currency if preparation.money else None,
        task=preparation.task.value,
    )


def _gain(sizes: Sequence[int], values: NDArray[np.float64], n_now: int) -> Gain | None:
    """For a thousand more, or for as many as can be said something about."""
    found = (
        expected_gain(sizes, values, n_more=n_more, n_now=n_now, test_share=1 / (N_FOLDS - 1)) for n_more in MORE_LABELS
    )
    return next((gain for gain in found if gain is not None), None)


def _rows_of(arrays: tuple[NDArray[np.float64], ...]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in array) for array in arrays)


def _features(table: Table, column: str) -> list[str]:
    return [name for name in table.features if name != column]


def _known(frame: pd.DataFrame, plan: Plan) -> dict[int, str]:
    """What the table itself says: position -> class."""
    if plan.column not in frame:
        return {}
    words = as_words(frame[plan.column])
    return {int(place): str(words.iloc[place]) for place in np.flatnonzero(words.isin(plan.classes).to_numpy())}


def _pool(frame: pd.DataFrame, plan: Plan, rated: set[int]) -> NDArray[np.intp]:
    """Positions of the rows that nobody has said anything about."""
    is_open = np.ones(len(frame), dtype=bool)
    if plan.column in frame:
        is_open = as_words(frame[plan.column]).isna().to_numpy().copy()
    is_open[list(rated)] = False
    return np.flatnonzero(is_open)


def _ordered(
    table: Table,
    frame: pd.DataFrame,
    position_of: Mapping[int, int],
    queue: Queue,
    plan: Plan,
    model: QuickModel | None,
    note: str | None,
) -> Ordered:
    waiting = [row for row in plan.waiting if row in position_of]
    queue = Queue((*waiting, *(row for row in queue.rows if row not in plan.waiting)), queue.drawn)
    positions = {row: position_of[row] for row in queue.rows}
    said = {row: model.probabilities[place].tolist() for row, place in positions.items()} if model else {}
    shown = [name for name in table.shown if name != plan.column]
    return Ordered(queue, write_cards(frame, positions, shown, said), model, note)


def _filled(frame: pd.DataFrame, numbers: NDArray[np.intp], column: str, labels: Mapping[int, str]) -> "pd.Series[Any]":
    given = pd.Series([labels.get(int(row)) for row in numbers], index=frame.index, dtype="str")
    return given if column not in frame else as_words(frame[column]).set_axis(frame.index).fillna(given)
