"""The assessment itself: out-of-fold answers of a model, by group. Nothing here looks at the sealed rows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_judged
from services.automl.task import Task
from services.errors import InvalidInputError
from services.fairness.four_fifths import worst_verdict
from services.fairness.groups import Grouping, cross, group_by
from services.fairness.measures import Answered, bias_of, count, have_other_rates, measure_gaps, measure_groups
from services.fairness.mitigation import columns_to_drop, compare_options, refit_without
from services.fairness.numbers import gaps_of_numbers, measure_numbers
from services.fairness.proxies import find_proxy
from services.fairness.report import Agreed, Compared, FairnessReport, Gaps, Harm, Option, Proxy, Standing
from services.fairness.thresholds import Scored
from services.fairness.tolerance import gap_that_matters, stand
from services.models.top_loss import out_of_fold

Say = Callable[[float, str], None]
Floats = NDArray[np.float64]
_FITTED = 0.3  # of the time, until the model has answered out of fold


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
    """

    pipeline: Pipeline
    family: str
    preparation: Preparation
    frame: pd.DataFrame
    columns: tuple[str, ...]
    threshold: float | None
    agreed: Agreed | None


def assess(asked: Asked, say: Say = lambda _share, _phase: None) -> FairnessReport:
    """How the model treats the groups of each column alone and of every two together.

    Raises
    ------
    InvalidInputError
        The model tells several classes apart, or a column is not in the data; the sentence says what to do.
    """
    began, preparation = time.monotonic(), asked.preparation
    _check(asked)
    say(0.0, "Asking copies of the model about rows they did not learn from")
    judged = preparation.judged
    answers = out_of_fold(asked.pipeline, asked.family, preparation)[judged]
    told = asked.frame.iloc[preparation.train.positions[judged]]
    singles = [group_by(told[name], name) for name in asked.columns]
    subject = _Numbers(asked, answers) if preparation.task is Task.REGRESSION else _YesOrNo(asked, answers)
    found: list[Compared] = []
    for place, grouping in enumerate(singles):
        share = _FITTED + (0.95 - _FITTED) * place / len(singles)
        found.append(subject.compare(grouping, lambda phase, share=share: say(share, phase)))  # type: ignore[misc]
    say(0.95, "Comparing groups of two columns together")
    found += [subject.compare(cross(one, other), None) for one, other in combinations(singles, 2)]
    priced = subject.priced
    return FairnessReport(
        task=preparation.task.value,
        target=preparation.target,
        positive_label=preparation.positive_label,
        harm=subject.harm,
        agreed=asked.agreed,
        threshold=asked.threshold,
        currency=priced.goal.currency if priced else None,
        n_rows=len(judged),
        base_rate=float((preparation.train.y[judged] == 1).mean()) if preparation.task is Task.BINARY else None,
        compared=tuple(found),
        notes=tuple(_notes(asked, subject, singles)),
        seed=preparation.seed,
        seconds=time.monotonic() - began,
    )


class _YesOrNo:
    """Groups of a model that answers yes or no."""

    def __init__(self, asked: Asked, answers: Floats) -> None:
        preparation, threshold = asked.preparation, asked.threshold
        assert threshold is not None  # checked
        self.asked, self.threshold, self.scores = asked, threshold, answers[:, 1]
        self.harm: Harm = _harm_of(asked.agreed, ("missed", "false_alarm"))
        self.priced: PricedRows | None = priced_judged(preparation)
        y = preparation.train.y[preparation.judged] == 1
        worth, weights = (self.priced.worth, self.priced.weights) if self.priced else (None, None)
        self.rows = Answered(y, self.scores, self.scores >= threshold, worth, weights)

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
        asked, preparation, judged = self.asked, self.asked.preparation, self.asked.preparation.judged
        say("Looking what else tells the groups")
        proxy = _proxy(preparation, grouping)
        dropped, without = columns_to_drop(grouping, proxy, preparation), None
        if dropped:
            say("Fitting copies of the model without some columns")
            without = dropped, refit_without(asked.pipeline, asked.family, preparation, dropped)[judged, 1]
        say("Comparing ways to treat the groups")
        folds = tuple(np.searchsorted(judged, np.sort(fold)).astype(np.intp) for fold in preparation.folds)
        rows = Scored(self.scores, self.rows.y, grouping.codes, len(grouping.names), self.priced)
        options = compare_options(grouping, rows, folds, threshold=self.threshold, harm=self.harm, without=without)
        return proxy, options


class _Numbers:
    """Groups of a model that answers with a number."""

    priced: PricedRows | None = None

    def __init__(self, asked: Asked, answers: Floats) -> None:
        self.asked, self.answers = asked, answers
        self.harm: Harm = "error"
        self.y = asked.preparation.train.y[asked.preparation.judged].astype(np.float64)

    def compare(self, grouping: Grouping, say: Callable[[str], None] | None) -> Compared:
        """One column, or two together."""
        groups = measure_numbers(grouping, self.y, self.answers)
        gaps = gaps_of_numbers(grouping, self.y, self.answers)
        if say is not None:
            say("Looking what else tells the groups")
        return Compared(
            columns=grouping.columns,
            groups=groups if say is not None else tuple(group for group in groups if group.is_counted),
            gaps=gaps,
            verdict="too few",
            standing=_standing(gaps, self.harm, self.asked.agreed),
            has_other_rates=False,
            n_small=sum(not group.is_counted for group in groups),
            proxy=_proxy(self.asked.preparation, grouping) if say is not None else None,
        )


def _check(asked: Asked) -> None:
    if asked.preparation.task is Task.MULTICLASS:
        raise InvalidInputError(
            "This model tells several classes apart. Groups are compared for one that answers yes or no, or with a "
            "number."
        )
    gone = [name for name in asked.columns if name not in asked.frame.columns]
    if gone:
        raise InvalidInputError(*(f"The data have no column “{name}”. Choose one of theirs." for name in gone))


def _proxy(preparation: Preparation, grouping: Grouping) -> Proxy | None:
    x = preparation.train.x.iloc[preparation.judged].reset_index(drop=True)
    return find_proxy(grouping, x, preparation.columns, seed=preparation.seed)


def _harm_of(agreed: Agreed | None, possible: Sequence[Harm]) -> Harm:
    return agreed.harm if agreed is not None and agreed.harm in possible else possible[0]


def _standing(gaps: Gaps, harm: Harm, agreed: Agreed | None) -> Standing:
    if agreed is None or agreed.harm != harm:
        return "none"
    return stand(gap_that_matters(gaps, harm), agreed.largest_gap)


def _notes(asked: Asked, subject: "_YesOrNo | _Numbers", singles: Sequence[Grouping]) -> list[str]:
    preparation = asked.preparation
    n, n_known = len(preparation.judged), len(preparation.train)
    found = [
        f"Out-of-fold answers about {n:,} of {n_known:,} rows the model was found on; the rows kept aside stay sealed."
    ]
    found += [
        f"“{grouping.columns[0]}” has one group only in these rows, so there is nothing to compare."
        for grouping in singles
        if len(grouping.names) < 2
    ]
    if asked.agreed is not None and asked.agreed.harm != subject.harm:
        found.append("The tolerance is about another kind of answer than this model gives, so it is not applied.")
    if preparation.task is Task.BINARY:
        found.append(
            "The threshold in force was not chosen fold by fold like the others, so the model as it is may look a "
            "little better beside them than it is."
        )
    if subject.priced is None:
        found.append("No money is shown: this model was not searched for with payoffs.")
    elif subject.priced.goal.base_rate is not None:
        rate = float(subject.priced.y.mean())
        found.append(
            f"Shares are those of the data, where the outcome happens in {rate:.1%} of the rows. Money is weighted to "
            f"use, where it happens in {subject.priced.goal.base_rate:.1%}."
        )
    return found
