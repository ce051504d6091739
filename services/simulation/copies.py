"""What copies of a model, fitted to either half of the cases, say of every case under every action."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.preparation import Preparation
from services.automl.task import Task
from services.automl.training import fit_pipeline, predict
from services.simulation.actions import Actions
from services.simulation.drawing import deal_halves, resamples

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
N_COPIES = 3  # of each half
Say = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the copies say, each (m, n, k): the chance of the positive outcome, or the number.

    Attributes
    ----------
    first, second
        By copies that learned from cases of the first half, and of the second.
    in_first
        Which of the n cases belong to the first half.
    """

    first: Floats
    second: Floats
    in_first: Flags

    @property
    def everywhere(self) -> Floats:
        """What all say on average, (n, k)."""
        return np.asarray(np.concatenate([self.first, self.second]).mean(axis=0))


def ask_copies(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    rows: pd.DataFrame,
    positions: NDArray[np.intp],
    actions: Actions,
    say: Say = lambda _share, _phase: None,
) -> Answers:
    """Fit the copies to the training rows and ask them. The sealed rows are never looked at.

    Parameters
    ----------
    rows
        Cases to ask about (n), with the columns the model takes and those of the formulas.
    positions
        Where they stand among the training rows, (n,).
    say
        Told a share (0 to 1) and what happens now.
    """
    names = [column.name for column in preparation.columns]
    tables = [actions.applied(rows, action)[names] for action in range(len(actions))]
    found: list[Floats] = []
    for copy in _fitted(pipeline, family, preparation, say):
        say((len(found) + 0.5) / (2 * N_COPIES), f"Asking copy {len(found) + 1} about every action")
        found.append(np.column_stack([_answer(copy, table, is_binary=_is_binary(preparation)) for table in tables]))
    answers = np.array(found)
    return Answers(answers[:N_COPIES], answers[N_COPIES:], deal_halves(preparation)[positions])


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Copies that are kept, to be asked about one setting after the other.

    Attributes
    ----------
    fitted
        Those of the first half, then as many of the second.
    in_first
        Which of the n cases belong to the first half.
    """

    fitted: tuple[Pipeline, ...]
    names: tuple[str, ...]
    is_binary: bool
    in_first: Flags

    def ask(self, rows: pd.DataFrame) -> Floats:
        """What each says of the cases, (2 m, n)."""
        table = rows[list(self.names)]
        return np.array([_answer(copy, table, is_binary=self.is_binary) for copy in self.fitted])


def fit_copies(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    positions: NDArray[np.intp],
    say: Say = lambda _share, _phase: None,
) -> Copies:
    """Fit the copies as `ask_copies` does, and keep them."""
    return Copies(
        fitted=tuple(_fitted(pipeline, family, preparation, say)),
        names=tuple(column.name for column in preparation.columns),
        is_binary=_is_binary(preparation),
        in_first=deal_halves(preparation)[positions],
    )


def _fitted(pipeline: Pipeline, family: str, preparation: Preparation, say: Say) -> Iterator[Pipeline]:
    """One copy after the other, those of the first half first."""
    train, in_first, n_fitted = preparation.train, deal_halves(preparation), 0
    for half, seed in ((in_first, 1), (~in_first, 2)):
        drawn = resamples(
            np.flatnonzero(half),
            train.y,
            N_COPIES,
            is_stratified=_is_binary(preparation),
            seed=preparation.seed + seed,
        )
        for learned in drawn:
            say(
                n_fitted / (2 * N_COPIES),
                f"Fitting copy {n_fitted + 1} of {2 * N_COPIES} of the model to half of the cases",
            )
            n_fitted += 1
            yield fit_pipeline(clone(pipeline), Candidate(family), train.x.iloc[learned], train.y[learned])


def _is_binary(preparation: Preparation) -> bool:
    return preparation.task is Task.BINARY


def _answer(pipeline: Pipeline, table: pd.DataFrame, *, is_binary: bool) -> Floats:
    answers = predict(pipeline, table, 2 if is_binary else 0)
    return answers[:, 1] if is_binary else answers
