"""What drives a model: effects of its original columns, as numbers that add up and as sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.automl.training import predict
from services.models.attribution import is_exact, n_questions
from services.models.class_drivers import drivers_by_class
from services.models.drivers import describe_driver
from services.models.examples import describe_example, pick_examples
from services.models.paths import attribute_pipeline, n_with_path
from services.models.report import Driver, ExampleRow, Explanation
from services.models.row_effects import RowEffects
from services.models.row_effects_building import build_row_effects
from services.models.sentences import POINTS
from services.models.words import with_words, word_effects

Floats = NDArray[np.float64]

METHOD = "SHAP values by original column ({how}, against {n} typical rows{path})"
BY_PATHS = "; trees and sums are asked by their own paths, which gives the same"
BY_SOME_PATHS = "; {n} of {m} members are trees or sums, which are asked by their own paths, which gives the same"
EXACT = "exact: every combination of columns"
SAMPLED = "random orders of exchanging columns and their reverses"
MAX_BACKGROUND = 32
MIN_BACKGROUND = 8
MAX_ROWS = 2_000
MIN_ROWS = 20
_TOLERANCE = 1e-5
_QUESTIONS = {  # predictions that a family can give in a few seconds, by its own path where it has one
    "linear": 20_000_000,
    "lightgbm": 2_000_000,
    "extra_trees": 2_000_000,
    "random_forest": 2_000_000,
}
_QUESTIONS_OF_OTHERS = 150_000
_N_TEXTS = 12  # among so many strongest columns texts are looked into


@dataclass(frozen=True)
class Effects:
    """What the columns did to predictions, in the unit that is shown.

    Attributes
    ----------
    values
        Effects (n, m, k) on each class, or on the one number.
    base
        What is predicted for typical rows (k,).
    predictions
        What the whole pipeline answers (n, k).
    """

    values: Floats
    base: Floats
    predictions: Floats

    @property
    def gaps(self) -> Floats:
        """|base + effects - prediction| (n, k)."""
        return np.asarray(np.abs(self.base + self.values.sum(axis=1) - self.predictions), dtype=np.float64)

    @property
    def is_additive(self) -> bool:
        """Whether base value and effects add up to every prediction, within rounding."""
        return bool(np.all(self.gaps <= _TOLERANCE * (1.0 + np.abs(self.predictions))))

    @property
    def importances(self) -> Floats:
        """Mean absolute effect of each column (m,).

        Probability that moves from one class to another is counted once: half of the sum over classes.
        """
        per_row = np.abs(self.values).sum(axis=2) / (1 if self.values.shape[2] == 1 else 2)
        return np.asarray(per_row.mean(axis=0), dtype=np.float64)


def explain(
    pipeline: Pipeline, family: str, preparation: Preparation, threshold: float | None
) -> tuple[Explanation, RowEffects]:
    """Drivers and example rows of a fitted model, explained on hold-out rows, and what is kept of each of these.

    Probabilities are explained exactly as they are answered, in points (hundredths); numbers in units of the target.
    """
    holdout = preparation.holdout
    rows = _sample(len(holdout), affordable_rows(family, len(preparation.columns), len(holdout)), preparation.seed)
    background = typical_rows(pipeline, preparation)
    explained = holdout.x.iloc[rows]
    effects = effects_of(pipeline, preparation, explained, background, n_orders=1)
    chosen = pick_examples(preparation, predict(pipeline, holdout.x, len(preparation.classes)), threshold)
    examples = _examples(pipeline, preparation, background, chosen)
    shown = shown_class(preparation)
    explanation = Explanation(
        method=METHOD.format(
            how=EXACT if is_exact(len(preparation.columns)) else SAMPLED, n=len(background), path=_path(pipeline)
        ),
        scale=POINTS if preparation.task.is_classification else preparation.target,
        n_rows=len(rows),
        base_value=float(effects.base[shown]),
        max_additivity_gap=float(max(effects.gaps.max(), examples[0].gaps.max())),
        is_additive=effects.is_additive and examples[0].is_additive,
        drivers=_with_words(
            pipeline, preparation, explained, effects, _drivers(preparation, explained, effects, shown)
        ),
        examples=examples[1],
        shown_class=preparation.classes[shown] if preparation.task is Task.MULTICLASS else None,
        by_class=drivers_by_class(preparation, explained, effects.values, effects.importances),
    )
    return explanation, build_row_effects(preparation, explained, holdout.y[rows], effects, shown)


def _path(pipeline: Pipeline) -> str:
    n_with, n_members = n_with_path(pipeline)
    if not n_with:
        return ""
    return BY_PATHS if n_with == n_members else BY_SOME_PATHS.format(n=n_with, m=n_members)


def affordable_rows(family: str, n_columns: int, n_holdout: int) -> int:
    """As many rows as a few seconds allow; by count and not by clock, so that a repetition gives the same."""
    affordable = _QUESTIONS.get(family, _QUESTIONS_OF_OTHERS) // n_questions(n_columns, _n_background(n_columns))
    return min(n_holdout, MAX_ROWS, max(MIN_ROWS, affordable))


def _n_background(n_columns: int) -> int:
    """Fewer typical rows for wide tables: the questions about one row are held in memory."""
    return max(MIN_BACKGROUND, min(MAX_BACKGROUND, 100 * MAX_BACKGROUND // n_columns))


def _sample(n: int, size: int, seed: int) -> NDArray[np.intp]:
    return np.sort(np.random.default_rng(seed).permutation(n)[:size])


def typical_rows(pipeline: Pipeline, preparation: Preparation) -> pd.DataFrame:
    """Typical rows: evenly spaced among the training rows in the order of their predictions."""
    train = preparation.train
    answers = predict(pipeline, train.x, len(preparation.classes))
    order = np.argsort(answers if answers.ndim == 1 else answers[:, shown_class(preparation)], kind="stable")
    n_background = _n_background(len(preparation.columns))
    spaced = (np.arange(n_background) + 0.5) / n_background * len(order)
    return train.x.iloc[order[np.unique(spaced.astype(np.intp))]]


def effects_of(
    pipeline: Pipeline, preparation: Preparation, rows: pd.DataFrame, background: pd.DataFrame, *, n_orders: int
) -> Effects:
    """What each column did to what the pipeline says of the rows, against typical ones."""
    found = attribute_pipeline(pipeline, rows, background, n_orders=n_orders, seed=preparation.seed)
    unit = 100.0 if preparation.task.is_classification else 1.0
    answers = predict(pipeline, rows, len(preparation.classes)).reshape(len(rows), -1)
    known = _known_classes(pipeline, preparation)
    values, base = np.zeros((*found.effects.shape[:2], answers.shape[1])), np.zeros(answers.shape[1])
    values[:, :, known], base[known] = found.effects, found.base
    return Effects(unit * values, unit * base, unit * answers)


def _known_classes(pipeline: Pipeline, preparation: Preparation) -> NDArray[np.intp]:
    """Classes that the pipeline saw: a very rare one may lie in the hold-out only."""
    seen = pipeline.classes_ if preparation.task.is_classification else [0]
    return np.asarray(seen, dtype=np.intp)


def shown_class(preparation: Preparation) -> int:
    """The class whose probability directions refer to: the positive one, else the most frequent one."""
    if preparation.task is Task.BINARY:
        return 1
    return 0 if preparation.task is Task.REGRESSION else int(np.bincount(preparation.train.y).argmax())


def _drivers(preparation: Preparation, x: pd.DataFrame, effects: Effects, shown: int) -> tuple[Driver, ...]:
    importances = effects.importances
    subject = _subject(preparation, shown)
    drivers = [
        describe_driver(column, x[column.name], effects.values[:, place, shown], float(importances[place]), subject)
        for place, column in enumerate(preparation.columns)
    ]
    return tuple(sorted(drivers, key=lambda driver: -driver.importance))


def _with_words(
    pipeline: Pipeline, preparation: Preparation, x: pd.DataFrame, effects: Effects, drivers: tuple[Driver, ...]
) -> tuple[Driver, ...]:
    """The drivers, those of text with the words in them that matter."""
    shown, places = shown_class(preparation), {column.name: i for i, column in enumerate(preparation.columns)}
    unit = 100.0 if preparation.task.is_classification else 1.0

    def ask(rows: pd.DataFrame) -> Floats:
        return unit * predict(pipeline, rows, len(preparation.classes)).reshape(len(rows), -1)[:, shown]

    def told(driver: Driver) -> Driver:
        own = effects.values[:, places[driver.column], shown]
        words = word_effects(ask, x, driver.column, own, seed=preparation.seed)
        return with_words(driver, words, _subject(preparation, shown))

    strongest = {driver.column for driver in drivers[:_N_TEXTS]}
    return tuple(told(one) if one.kind == "text" and one.column in strongest else one for one in drivers)


def _subject(preparation: Preparation, shown: int) -> str:
    if preparation.task is Task.REGRESSION:
        return f"“{preparation.target}”"
    return f"the probability of “{preparation.target}” = {preparation.classes[shown]}"


def _examples(
    pipeline: Pipeline, preparation: Preparation, background: pd.DataFrame, chosen: Sequence[tuple[str, int]]
) -> tuple[Effects, tuple[ExampleRow, ...]]:
    places = [place for _label, place in chosen]
    rows = preparation.holdout.x.iloc[places]
    effects = effects_of(pipeline, preparation, rows, background, n_orders=4)
    shown = _explained_classes(preparation, effects)
    described = tuple(
        describe_example(
            label,
            preparation,
            place,
            prediction=float(effects.predictions[i, shown[i]]),
            base_value=float(effects.base[shown[i]]),
            effects=effects.values[i, :, shown[i]],
            answer=preparation.classes[shown[i]] if preparation.classes else None,
        )
        for i, (label, place) in enumerate(chosen)
    )
    return effects, described


def _explained_classes(preparation: Preparation, effects: Effects) -> NDArray[Any]:
    """Of yes and no the positive class, of several the predicted one, of a number the number itself."""
    if preparation.task is Task.MULTICLASS:
        return np.asarray(effects.predictions.argmax(axis=1))
    return np.full(len(effects.predictions), 1 if preparation.task is Task.BINARY else 0)
