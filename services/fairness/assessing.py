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
from services.fairness.corrections import Numbers, compare_corrections
from services.fairness.error_price import ErrorPrice
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
OF_A_NUMBER = (
    "Nobody is acted on by a number alone, so no shares are compared. Where you act from a cut on, what matters is on "
    "which side of it people fall: make a yes-or-no question of it, and its groups are compared by that."
)
PRICED_NUMBER = "Money is what numbers too low and too high cost, by Money; a model that is never wrong would cost 0."
UNPRICED_NUMBER = "No money is shown: say in Money what a unit too little and a unit too much cost, and compare again."
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
    price
        What wrong numbers cost; None where nobody said, or of an answer that is none.
    """

    pipeline: Pipeline
    family: str
    preparation: Preparation
    frame: pd.DataFrame
    columns: tuple[str, ...]
    threshold: float | None
    agreed: Agreed | None
    price: ErrorPrice | None = None


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
    return FairnessReport(
        task=preparation.task.value,
        target=preparation.target,
        positive_label=preparation.positive_label,
        harm=subject.harm,
        agreed=asked.agreed,
        threshold=asked.threshold,
        currency=subject.currency,
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
        self.currency = self.priced.goal.currency if self.priced else None
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
        proxy, refitted = _refitted(self.asked, grouping, say)
        without = None if refitted is None else (refitted[0], refitted[1][:, 1])
        rows = Scored(self.scores, self.rows.y, grouping.codes, len(grouping.names), self.priced)
        folds = _folds(self.asked.preparation)
        options = compare_options(grouping, rows, folds, threshold=self.threshold, harm=self.harm, without=without)
        return proxy, options


class _Numbers:
    """Groups of a model that answers with a number."""

    def __init__(self, asked: Asked, answers: Floats) -> None:
        self.asked, self.answers = asked, answers
        self.harm: Harm = "error"
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
    if isinstance(subject, _Numbers):
        return [*found, OF_A_NUMBER, PRICED_NUMBER if asked.price else UNPRICED_NUMBER]
    if subject.priced is None:
        found.append("No money is shown: this model was not searched for with payoffs.")
    elif subject.priced.goal.base_rate is not None:
        rate = float(subject.priced.y.mean())
        found.append(
            f"Shares are those of the data, where the outcome happens in {rate:.1%} of the rows. Money is weighted to "
            f"use, where it happens in {subject.priced.goal.base_rate:.1%}."
        )
    return found
