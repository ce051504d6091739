"""A model beside the rule that decides today, on the same rows: how much better, and whether chance alone gives that.

The difference is paired: rows that are hard for one are hard for the other. Two intervals that overlap are no test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.automl.differences import Difference, means_difference, score_difference
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_judged
from services.automl.task import Task
from services.automl.todays_rule import acted_on
from services.models.plain_rules import answers_as_predictions, rule_money

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LEAST_ROWS, LEAST_APART = 30, 10  # rows, and rows decided otherwise: of fewer an interval says more than it knows


@dataclass(frozen=True)
class BesideToday:
    """What the model is and has beyond today's rule.

    Attributes
    ----------
    n_apart
        Rows of which the two say something else: other decisions, or other numbers.
    score
        The metric of the model less that of the rule.
    model_yearly, rule_yearly, money
        Money a year of both, and of the model less that of the rule; None without payoffs.
    """

    n: int
    n_apart: int
    score: Difference
    model_yearly: float | None = None
    rule_yearly: float | None = None
    money: Difference | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are rows enough to say anything."""
        return self.n >= LEAST_ROWS and self.n_apart >= LEAST_APART


def compare_with_today(preparation: Preparation, predictions: Floats, threshold: float | None) -> BesideToday | None:
    """The model beside today's rule on the judged rows; None where nobody said a rule.

    Parameters
    ----------
    predictions
        Of the model, out of fold (n_train, k) or (n_train,).
    threshold
        The score from which on one acts; None unless the question is yes or no.
    """
    answers, rows = preparation.todays_answers, preparation.judged
    if answers is None:
        return None
    y, said, by_rule = preparation.train.y[rows], predictions[rows], answers_as_predictions(preparation, answers)[rows]
    score = score_difference(preparation.metric.name, y, by_rule, said, seed=preparation.seed)
    if preparation.task is Task.REGRESSION:
        return BesideToday(len(rows), int((said != by_rule).sum()), score)
    acted = said[:, 1] >= threshold if threshold is not None else said.argmax(axis=1) == 1
    acts = acted_on(answers[rows])
    found = BesideToday(len(rows), int((acted != acts).sum()), score)
    priced = priced_judged(preparation)
    return (
        found
        if priced is None or threshold is None
        else _priced(found, priced, acts, _decided(preparation, priced, said[:, 1], threshold), preparation.seed)
    )


def _decided(preparation: Preparation, priced: PricedRows, scores: Floats, threshold: float) -> Flags:
    """Where the model acts: by the threshold, or, if it is the one that earns most on these rows, by others' choice.

    The rows of each fold are decided by the threshold that earns most on the other folds: rows that choose a threshold
    flatter it, and a rule has no such choice.
    """
    if threshold != priced.threshold(scores):
        return scores >= threshold
    acted = np.zeros(len(scores), dtype=np.bool_)
    for fold in preparation.folds:
        inside = np.isin(preparation.judged, fold)
        acted[inside] = scores[inside] >= priced.take(~inside).threshold(scores[~inside])
    return acted


def _priced(found: BesideToday, priced: PricedRows, acts: Flags, acted: Flags, seed: int) -> BesideToday:
    """With money a year. The rule may act on as many as there is capacity for, or as the model where that is more."""
    limit = priced.limit_beside(acted)
    model, rule = rule_money(priced, acted, limit), rule_money(priced, acts, limit)
    money = means_difference(rule, model, seed)
    return BesideToday(found.n, found.n_apart, found.score, model.value, rule.value, money)
