"""What is compared of each kind of answer: of yes or no, of several classes, and of a number.

Out-of-fold answers of a model, by group. Nothing here looks at the sealed rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_judged
from services.automl.task import Task
from services.fairness.corrections import Numbers, compare_corrections
from services.fairness.error_price import ErrorPrice
from services.fairness.favourable import LIKELIEST, Leads, codes_of, leads_of
from services.fairness.four_fifths import worst_verdict
from services.fairness.groups import Grouping
from services.fairness.measures import (
    LEAST_OF_KIND,
    Answered,
    bias_of,
    count,
    have_other_rates,
    measure_gaps,
    measure_groups,
)
from services.fairness.mitigation import columns_to_drop, compare_options, refit_without
from services.fairness.numbers import gaps_of_numbers, measure_numbers
from services.fairness.proxies import find_proxy
from services.fairness.report import Agreed, Compared, Gaps, Harm, Option, Proxy, Standing
from services.fairness.thresholds import Scored
from services.fairness.tolerance import gap_that_matters, stand

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What an assessment works on.

    Attributes
    ----------
    frame
        The version of the data the model learned from, with the sensitive columns.
    columns
        Sensitive ones, of `frame`.
    threshold
        From which score on is acted; None for a number.
    agreed
        The tolerance in force when it was asked.
    price
        What wrong numbers cost; None where nobody said, or of an answer that is none.
    favourable, goal
        Of several classes, those that are good to be given, and what giving one is worth; None where nobody said.
    """

    pipeline: Pipeline
    family: str
    preparation: Preparation
    frame: pd.DataFrame
    columns: tuple[str, ...]
    threshold: float | None
    agreed: Agreed | None
    price: ErrorPrice | None = None
    favourable: tuple[str, ...] = ()
    goal: MoneyGoal | None = None


class YesOrNo:
    """Groups of a model that answers yes or no."""

    harms: tuple[Harm, ...] = ("missed", "false_alarm")

    def __init__(self, asked: Asked, answers: Floats) -> None:
        self.asked = asked
        self.harm: Harm = _harm_of(asked.agreed, self.harms)
        self.threshold, self.priced, chances = self._begin(answers)
        self.currency = self.priced.goal.currency if self.priced else None
        self.scored, y = self._scored(answers), self._outcomes()
        self.base_rate: float | None = float(y.mean())
        worth, weights = (self.priced.worth, self.priced.weights) if self.priced else (None, None)
        self.rows = Answered(y, chances, self.scored.scores >= self.threshold, worth, weights)

    def _begin(self, answers: Floats) -> tuple[float, PricedRows | None, Floats]:
        """From which score on is acted, what that brings, and the chances that the outcome happens."""
        assert self.asked.threshold is not None  # checked
        return self.asked.threshold, priced_judged(self.asked.preparation), answers[:, 1]

    def _outcomes(self) -> NDArray[np.bool_]:
        preparation = self.asked.preparation
        return np.asarray(preparation.train.y[preparation.judged] == 1)

    def _scored(self, answers: Floats) -> Scored:
        """The judged rows with their scores by these answers; of no groups yet."""
        return Scored(answers[:, 1], self._outcomes(), np.zeros(len(answers), dtype=np.intp), 1, self.priced)

    def compare(self, grouping: Grouping, say: Callable[[str], None] | None) -> Compared:
        """One column, or two together; only for one alone it is asked what could be done (`say` is None for two)."""
        rows, counted = self.rows, count(grouping, self.rows.y, self.rows.acted)
        groups = measure_groups(grouping, rows, self.harm)
        gaps = measure_gaps(counted, *bias_of(grouping, rows.scores - rows.y))
        proxy, options = self._act(grouping, say) if say is not None else (None, ())
        return Compared(
            columns=grouping.columns,
            groups=groups if say is not None else tuple(group for group in groups if group.is_counted),
            gaps=gaps,
            verdict=worst_verdict([group.rule for group in groups]),
            standing=_standing(gaps, self.harm, self.asked.agreed),
            has_other_rates=have_other_rates(counted),
            n_small=sum(not group.is_counted for group in groups),
            proxy=proxy,
            options=options,
        )

    def _act(self, grouping: Grouping, say: Callable[[str], None]) -> tuple[Proxy | None, tuple[Option, ...]]:
        proxy, refitted = _refitted(self.asked, grouping, say)

        def grouped(scored: Scored) -> Scored:
            return replace(scored, codes=grouping.codes, n_groups=len(grouping.names))

        without = None if refitted is None else (refitted[0], grouped(self._scored(refitted[1])))
        folds, rows = _folds(self.asked.preparation), grouped(self.scored)
        options = compare_options(grouping, rows, folds, threshold=self.threshold, harm=self.harm, without=without)
        return proxy, options


class Classes(YesOrNo):
    """Groups of a model that tells several classes apart: who is given a favourable one."""

    harms = ("missed",)

    def _begin(self, answers: Floats) -> tuple[float, PricedRows | None, Floats]:
        goal = self.asked.goal
        priced = None if goal is None or not self.can_be_priced else PricedRows(goal, self._outcomes())
        return LIKELIEST, priced, self._leads(answers).chances

    @property
    def can_be_priced(self) -> bool:
        """Whether both kinds are there wherever money is weighted to use: in all judged rows, and without any fold."""
        y = self._outcomes()
        sides = [y, *(np.delete(y, fold) for fold in _folds(self.asked.preparation))]
        return all(min(int(side.sum()), int((~side).sum())) >= LEAST_OF_KIND for side in sides)

    def _outcomes(self) -> NDArray[np.bool_]:
        preparation = self.asked.preparation
        return np.isin(preparation.train.y[preparation.judged], self._codes)

    def _scored(self, answers: Floats) -> Scored:
        leads, nobody = self._leads(answers), np.zeros(len(answers), dtype=np.intp)
        return Scored(leads.leads, self._outcomes(), nobody, 1, self.priced, leads.right_if_given, leads.right_if_not)

    @property
    def _codes(self) -> NDArray[np.intp]:
        return codes_of(self.asked.favourable, self.asked.preparation.classes)

    def _leads(self, answers: Floats) -> Leads:
        preparation = self.asked.preparation
        return leads_of(answers, self._codes, preparation.train.y[preparation.judged])


class NumberAnswers:
    """Groups of a model that answers with a number."""

    def __init__(self, asked: Asked, answers: Floats) -> None:
        self.asked, self.answers = asked, answers
        self.harm: Harm = "error"
        self.base_rate: float | None = None
        self.currency = asked.price.currency if asked.price else None
        self.y = asked.preparation.train.y[asked.preparation.judged].astype(np.float64)

    def compare(self, grouping: Grouping, say: Callable[[str], None] | None) -> Compared:
        """One column, or two together."""
        groups = measure_numbers(grouping, self.y, self.answers, self.asked.price)
        gaps = gaps_of_numbers(grouping, self.y, self.answers)
        proxy, options = self._act(grouping, say) if say is not None else (None, ())
        return Compared(
            columns=grouping.columns,
            groups=groups if say is not None else tuple(group for group in groups if group.is_counted),
            gaps=gaps,
            verdict="too few",
            standing=_standing(gaps, self.harm, self.asked.agreed),
            has_other_rates=False,
            n_small=sum(not group.is_counted for group in groups),
            proxy=proxy,
            options=options,
        )

    def _act(self, grouping: Grouping, say: Callable[[str], None]) -> tuple[Proxy | None, tuple[Option, ...]]:
        proxy, without = _refitted(self.asked, grouping, say)
        rows = Numbers(self.y, self.answers, grouping.codes, len(grouping.names))
        folds, price = _folds(self.asked.preparation), self.asked.price
        return proxy, compare_corrections(grouping, rows, folds, price=price, without=without)


SUBJECTS: dict[Task, type[YesOrNo | NumberAnswers]] = {
    Task.BINARY: YesOrNo,
    Task.MULTICLASS: Classes,
    Task.REGRESSION: NumberAnswers,
}


def _refitted(
    asked: Asked, grouping: Grouping, say: Callable[[str], None]
) -> tuple[Proxy | None, tuple[tuple[str, ...], Floats] | None]:
    """What else tells the groups, and the columns to leave out with the answers about judged rows without them."""
    preparation = asked.preparation
    say("Looking what else tells the groups")
    proxy, without = _proxy(preparation, grouping), None
    dropped = columns_to_drop(grouping, proxy, preparation)
    if dropped:
        say("Fitting copies of the model without some columns")
        without = dropped, refit_without(asked.pipeline, asked.family, preparation, dropped)[preparation.judged]
    say("Comparing ways to treat the groups")
    return proxy, without


def _folds(preparation: Preparation) -> tuple[NDArray[np.intp], ...]:
    """The rows of each fold, as positions among the judged ones."""
    return tuple(np.searchsorted(preparation.judged, np.sort(fold)).astype(np.intp) for fold in preparation.folds)


def _proxy(preparation: Preparation, grouping: Grouping) -> Proxy | None:
    x = preparation.train.x.iloc[preparation.judged].reset_index(drop=True)
    return find_proxy(grouping, x, preparation.columns, seed=preparation.seed)


def _harm_of(agreed: Agreed | None, possible: Sequence[Harm]) -> Harm:
    return agreed.harm if agreed is not None and agreed.harm in possible else possible[0]


def _standing(gaps: Gaps, harm: Harm, agreed: Agreed | None) -> Standing:
    if agreed is None or agreed.harm != harm:
        return "none"
    return stand(gap_that_matters(gaps, harm), agreed.largest_gap)
