"""The assessment itself: out-of-fold answers of a model, by group. Nothing here looks at the sealed rows."""

import time
from collections.abc import Callable, Sequence
from itertools import combinations

from services.automl.task import Task
from services.errors import InvalidInputError
from services.fairness.favourable import check_favourable
from services.fairness.groups import Grouping, cross, group_by
from services.fairness.report import Compared, FairnessReport
from services.fairness.subjects import SUBJECTS, Asked, Classes, NumberAnswers, YesOrNo
from services.models.top_loss import out_of_fold

Say = Callable[[float, str], None]
OF_A_NUMBER = (
    "Nobody is acted on by a number alone, so no shares are compared. Where you act from a cut on, what matters is on "
    "which side of it people fall: make a yes-or-no question of it, and its groups are compared by that."
)
PRICED_NUMBER = "Money is what numbers too low and too high cost, by Money; a model that is never wrong would cost 0."
UNPRICED_NUMBER = "No money is shown: say in Money what a unit too little and a unit too much cost, and compare again."
UNPRICED = "No money is shown: this model was not searched for with payoffs."
OF_CLASSES = (
    "Compared is who is given a favourable class and who is not. Which of the other classes somebody gets is not, and "
    "no way here makes that alike."
)
UNPRICED_CLASSES = (
    "No money is shown: nobody said that giving a favourable class is what the payoffs of Money are about."
)
TOO_FEW_TO_PRICE = (
    "No money is shown: too few judged rows are of a favourable class, or too few of another, to weight them to use."
)
_FITTED = 0.3  # of the time, until the model has answered out of fold


def assess(asked: Asked, say: Say = lambda _share, _phase: None) -> FairnessReport:
    """How the model treats the groups of each column alone and of every two together.

    Raises
    ------
    InvalidInputError
        A column is not in the data, or no class of several is favourable, or all are; the sentence says what to do.
    """
    began, preparation = time.monotonic(), asked.preparation
    _check(asked)
    say(0.0, "Asking copies of the model about rows they did not learn from")
    judged = preparation.judged
    answers = out_of_fold(asked.pipeline, asked.family, preparation)[judged]
    told = asked.frame.iloc[preparation.train.positions[judged]]
    singles = [group_by(told[name], name) for name in asked.columns]
    subject = SUBJECTS[preparation.task](asked, answers)
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
        base_rate=subject.base_rate,
        compared=tuple(found),
        notes=tuple(_notes(asked, subject, singles)),
        seed=preparation.seed,
        seconds=time.monotonic() - began,
        favourable=asked.favourable,
    )


def _check(asked: Asked) -> None:
    if asked.preparation.task is Task.MULTICLASS:
        check_favourable(asked.favourable, asked.preparation.classes)
    gone = [name for name in asked.columns if name not in asked.frame.columns]
    if gone:
        raise InvalidInputError(*(f"The data have no column “{name}”. Choose one of theirs." for name in gone))


def _unpriced(subject: YesOrNo) -> str:
    if not isinstance(subject, Classes):
        return UNPRICED
    return UNPRICED_CLASSES if subject.asked.goal is None else TOO_FEW_TO_PRICE


def _notes(asked: Asked, subject: "YesOrNo | NumberAnswers", singles: Sequence[Grouping]) -> list[str]:
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
    if isinstance(subject, NumberAnswers):
        return [*found, OF_A_NUMBER, PRICED_NUMBER if asked.price else UNPRICED_NUMBER]
    if isinstance(subject, Classes):
        found.append(OF_CLASSES)
    if subject.priced is None:
        found.append(_unpriced(subject))
    elif subject.priced.goal.base_rate is not None:
        rate = float(subject.priced.y.mean())
        found.append(
            f"Shares are those of the data, where the outcome happens in {rate:.1%} of the rows. Money is weighted to "
            f"use, where it happens in {subject.priced.goal.base_rate:.1%}."
        )
    return found
