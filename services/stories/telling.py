"""The story of a case: how close the call is, why, what would turn it, and a similar case that went wrong."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.automl.training import predict
from services.errors import InvalidInputError
from services.models.explanation import Effects, effects_of, typical_rows
from services.stories.answering import answers_of
from services.stories.case_report import CaseStory, Counterfactual, SecondSearch, SimilarCase
from services.stories.case_settings import CaseSettings, Choices, choices_of
from services.stories.changeable import Changeable
from services.stories.clusters import correlated_groups
from services.stories.counterfactuals import MAX_FOUND, find_ways
from services.stories.obstacles import NO_LINE, NOT_FOUND, NOTHING_CHANGES, UNSUPPORTED
from services.stories.reason_codes import reason_codes, typical_values
from services.stories.second_search import search_again
from services.stories.similar import gower_distances, wrong_cases
from services.stories.stability import Refit

Floats = NDArray[np.float64]
FEWEST_REFITS = 3
_N_ORDERS = 4
_MOST_SEARCHED_AGAIN = 8  # cases of one job; an explanation has fewer examples


@dataclass(frozen=True)
class Asked:
    """What stories are asked about.

    Attributes
    ----------
    rows, labels
        Rows of the version of the data, counted from 1, and what each is an example of.
    threshold
        As a probability; None for what has none.
    without
        Columns that are never given as a reason.
    """

    rows: tuple[int, ...]
    labels: tuple[str, ...]
    threshold: float | None
    changeable: tuple[Changeable, ...] = ()
    without: tuple[str, ...] = ()


class Cases:
    """The cases that are told of, and what refits say of them and of cases they have not seen."""

    def __init__(self, preparation: Preparation, asked: Asked) -> None:
        self.preparation, self.asked = preparation, asked
        train, holdout = preparation.train, preparation.holdout
        self.positions = np.asarray(asked.rows, dtype=np.intp) - 1
        whole = pd.concat([train.x, holdout.x], ignore_index=True)
        places = {int(position): place for place, position in enumerate([*train.positions, *holdout.positions])}
        unknown = [row for row in asked.rows if row - 1 not in places]
        if unknown:
            raise InvalidInputError(
                f"Row {unknown[0]:,} is not among the rows this model was searched or judged on: its outcome is not "
                "known, it has no place in time, or the search looked at other rows of a large table. Choose another "
                "row."
            )
        self.rows = whole.iloc[[places[int(position)] for position in self.positions]].reset_index(drop=True)
        self.is_kept_aside = [places[int(position)] >= len(train) for position in self.positions]
        n_classes = len(preparation.classes)
        self.out_of_fold = np.full((len(train), n_classes) if n_classes else len(train), np.nan)
        self._said: list[Floats] = []

    def hear(self, refit: Refit) -> None:
        """Keep what a refit says; the first one of each fold is also asked about the cases the fold judges."""
        preparation = self.preparation
        n_classes = len(preparation.classes)
        if len(self.rows):
            self._said.append(_scaled(preparation, predict(refit.pipeline, self.rows, n_classes)))
        if refit.seed == 0:
            judged = preparation.folds[refit.fold]
            self.out_of_fold[judged] = predict(refit.pipeline, preparation.train.x.iloc[judged], n_classes)

    @property
    def n_refits(self) -> int:
        """How many refits were heard."""
        return len(self._said)

    def noise(self, place: int, answer: int) -> float | None:
        """How much refits differ about a case; None where too few were heard."""
        if self.n_refits < FEWEST_REFITS:
            return None
        return float(np.std([said[place, answer] for said in self._said], ddof=1))


def tell_stories(pipeline: Pipeline, cases: Cases) -> tuple[CaseStory, ...]:
    """The story of each case."""
    preparation, asked, train = cases.preparation, cases.asked, cases.preparation.train.x
    if cases.rows.empty:
        return ()
    typical = typical_rows(pipeline, preparation)
    effects = effects_of(pipeline, preparation, cases.rows, typical, n_orders=_N_ORDERS)
    values, groups = typical_values(train, preparation.columns), correlated_groups(train, preparation.columns)
    choices: tuple[Choices, ...] = ()
    if asked.threshold is not None and asked.changeable:
        names = [column.name for column in preparation.columns]
        choices = choices_of(asked.changeable, cases.rows, train, names, preparation.seed)
    told = []
    for place, answer in enumerate(_answers(preparation, effects)):
        prediction, base = float(effects.predictions[place, answer]), float(effects.base[answer])
        threshold = None if asked.threshold is None else 100 * asked.threshold
        is_towards = prediction >= (base if threshold is None else threshold)
        counterfactuals, obstacle, second = _counterfactuals(pipeline, cases, choices, place)
        told.append(
            CaseStory(
                row=int(asked.rows[place]),
                label=asked.labels[place],
                answer=preparation.classes[answer] if preparation.classes else "",
                prediction=prediction,
                base_value=base,
                threshold=threshold,
                noise=cases.noise(place, answer),
                n_refits=cases.n_refits,
                was_kept_aside=cases.is_kept_aside[place],
                is_towards=bool(is_towards),
                reasons=reason_codes(
                    effects.values[place, :, answer],
                    cases.rows.iloc[place],
                    preparation.columns,
                    values,
                    groups,
                    is_towards=bool(is_towards),
                    without=asked.without,
                ),
                counterfactuals=counterfactuals,
                obstacle=obstacle,
                similar=_similar(cases, place),
                second=second,
            )
        )
    return tuple(told)


def _answers(preparation: Preparation, effects: Effects) -> list[int]:
    """Of yes and no the positive class, of several the predicted one, of a number the number itself."""
    if preparation.task is Task.MULTICLASS:
        return [int(place) for place in effects.predictions.argmax(axis=1)]
    return [1 if preparation.task is Task.BINARY else 0] * len(effects.predictions)


def _counterfactuals(
    pipeline: Pipeline, cases: Cases, choices: tuple[Choices, ...], place: int
) -> tuple[tuple[Counterfactual, ...], str, SecondSearch | None]:
    """Ways across the threshold, why there are none where there are none, and what a second search came to."""
    preparation, threshold = cases.preparation, cases.asked.threshold
    if threshold is None:
        return (), NO_LINE, None
    if not choices:
        return (), NOTHING_CHANGES, None
    case = CaseSettings(
        answers_of(pipeline, preparation),
        cases.rows.iloc[[place]],
        choices,
        place,
        preparation.columns,
        known=preparation.train.x,
        threshold=100 * threshold,
        seed=preparation.seed,
    )
    if not case.has_choice:
        return (), UNSUPPORTED, None
    ways, second = find_ways(case), None
    if place < _MOST_SEARCHED_AGAIN:
        ways, second = search_again(case, ways)
    return tuple(case.told(way) for way in ways[:MAX_FOUND]), "" if ways else NOT_FOUND, second


def _similar(cases: Cases, place: int) -> SimilarCase | None:
    """The nearest case that a refit, which had not seen it, was wrong about; None where none was."""
    preparation, train, predictions = cases.preparation, cases.preparation.train, cases.out_of_fold
    wrong = wrong_cases(preparation.task, train.y, predictions, cases.asked.threshold)
    wrong &= train.positions != cases.positions[place]
    candidates = np.flatnonzero(wrong)
    if not candidates.size:
        return None
    others = train.x.iloc[candidates]
    distances = gower_distances(cases.rows.iloc[place], others, preparation.columns, train.x)
    nearest = int(candidates[int(distances.argmin())])
    answer, said = _said(preparation, predictions[nearest])
    judged = np.isfinite(predictions) if predictions.ndim == 1 else np.isfinite(predictions).all(axis=1)
    return SimilarCase(
        row=int(train.positions[nearest]) + 1,
        likeness=1.0 - float(distances.min()),
        said=said,
        said_answer=preparation.classes[answer] if preparation.classes else "",
        happened=preparation.classes[int(train.y[nearest])] if preparation.classes else float(train.y[nearest]),
        n_wrong=int(wrong.sum()),
        n_judged=int(judged.sum()),
    )


def _said(preparation: Preparation, prediction: Any) -> tuple[int, float]:
    """The class that is told of, and what was said of it: of yes and no the positive one, else the likeliest."""
    if not preparation.classes:
        return 0, float(prediction)
    answer = 1 if preparation.task is Task.BINARY else int(np.argmax(prediction))
    return answer, 100 * float(prediction[answer])


def _scaled(preparation: Preparation, answers: Floats) -> Floats:
    """(n, k), on the scale of the explanation."""
    unit = 100.0 if preparation.task.is_classification else 1.0
    return unit * answers.reshape(len(answers), -1)
