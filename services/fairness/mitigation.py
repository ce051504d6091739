"""Ways to treat groups more alike, side by side: what each does to the gaps, and what it costs a year.

Each is chosen on out-of-fold predictions of all folds but one and judged on that one, so that no row judges a choice
it had a part in. The model as it is acts from the threshold in force, on the same rows.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows
from services.fairness.groups import Grouping
from services.fairness.means import mean_of
from services.fairness.measures import LEAST_ROWS, count, measure_gaps
from services.fairness.proxies import WARNING
from services.fairness.rates import rate
from services.fairness.report import Harm, Mean, Option, Proxy, Rate
from services.fairness.thresholds import Equal, Scored, acts_on, equal_thresholds, one_threshold
from services.models.top_loss import fold_predictions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]
Choose = Callable[[Scored], Floats]
MOST_PROXIES = 3
MEASURES: dict[Harm, Equal] = {"missed": "found", "false_alarm": "alarms"}


def compare_options(
    grouping: Grouping,
    rows: Scored,
    folds: tuple[Indices, ...],
    *,
    threshold: float,
    harm: Harm,
    without: tuple[tuple[str, ...], Scored] | None,
) -> tuple[Option, ...]:
    """The options for one sensitive column, as it is first; none where fewer than two groups are large enough.

    Parameters
    ----------
    grouping, rows
        The judged rows (n,), in the same order.
    folds
        Positions of the rows of each fold among them.
    threshold
        From which score on is acted today.
    without
        Columns a model was fitted without, and the same rows with its out-of-fold scores; None where there is none.
    """
    if int((grouping.sizes >= LEAST_ROWS).sum()) < 2:
        return ()
    now = rows.scores >= threshold
    equals: tuple[Equal, ...] = ("acted", MEASURES.get(harm, "found"))
    ways: list[tuple[str, Choose]] = [(equal, _equal(equal, threshold)) for equal in equals]
    if rows.priced is not None:  # without payoffs the present one is as good as any
        ways.insert(0, ("one", lambda part: one_threshold(part, threshold)))
    found = [_option("as_is", now, now, grouping, rows)]
    found += [_option(code, _judged(rows, folds, choose), now, grouping, rows) for code, choose in ways]
    if without is not None:
        columns, refitted = without
        share = 1 - now.mean()
        level = float(np.quantile(refitted.scores, share, method="higher")) if rows.priced is None else threshold
        acted = _judged(refitted, folds, lambda part: one_threshold(part, level))
        found.append(_option("without", acted, now, grouping, refitted, without=columns))
    return tuple(found)


def columns_to_drop(grouping: Grouping, proxy: Proxy | None, preparation: Preparation) -> tuple[str, ...]:
    """The sensitive column where the model takes it, and the columns that tell most of it where that is a warning."""
    taken = [column.name for column in preparation.columns]
    own = [name for name in grouping.columns if name in taken]
    strong = [name for name, area in proxy.columns if area >= WARNING] if proxy else []
    told = strong[:MOST_PROXIES]
    named = tuple(dict.fromkeys([*own, *told]))
    return named if len(named) < len(taken) else ()


def refit_without(pipeline: Pipeline, family: str, preparation: Preparation, columns: tuple[str, ...]) -> Floats:
    """Out-of-fold answers (n_train, ...) of copies of the pipeline for which the columns say the same of every row."""
    train = preparation.train
    x = train.x.copy()
    for name in columns:
        x[name] = _one_value(x[name])
    blind = replace(preparation, train=replace(train, x=x))
    learned = [preparation.learnable(fold) for fold in range(len(preparation.folds))]
    return fold_predictions(pipeline, family, blind, learned, x, train.y)


def _one_value(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """The most frequent value that is known, in every row."""
    known = values.dropna()
    value = known.mode().iloc[0] if len(known) else values.iloc[0]
    return pd.Series(value, index=values.index, dtype=values.dtype)


def _equal(equal: Equal, threshold: float) -> Choose:
    return lambda part: equal_thresholds(part, equal, threshold)


def _judged(rows: Scored, folds: tuple[Indices, ...], choose: Choose) -> Flags:
    acted = np.zeros(len(rows.scores), dtype=bool)
    for judged in folds:
        others = np.setdiff1d(np.arange(len(acted), dtype=np.intp), judged)
        thresholds = choose(rows.take(others))
        acted[judged] = acts_on(rows.scores[judged], rows.codes[judged], thresholds)
    return acted


def _option(
    code: str, acted: Flags, now: Flags, grouping: Grouping, rows: Scored, *, without: tuple[str, ...] = ()
) -> Option:
    gaps = measure_gaps(count(grouping, rows.y, acted))
    return Option(
        code=code,
        needs_group=code in ("acted", "found", "alarms"),
        without=without,
        yearly=_yearly(rows.priced, acted.astype(np.float64)),
        extra=None if code == "as_is" else _yearly(rows.priced, acted.astype(np.float64) - now),
        acted=gaps.acted,
        found=gaps.found,
        alarms=gaps.alarms,
        n=len(acted),
        right=_right(rows, acted),
    )


def _right(rows: Scored, acted: Flags) -> Rate | None:
    """Of several classes, in how many rows the right one is given."""
    if rows.right_if is None or rows.right_if_not is None:
        return None
    return rate(int(np.where(acted, rows.right_if, rows.right_if_not).sum()), len(acted))


def _yearly(priced: PricedRows | None, acted: Floats) -> Mean | None:
    """Money a year of acting (1), of not acting (0), or of acting where nobody acted before (1) or no longer (-1)."""
    if priced is None:
        return None
    known = priced.y if priced.goal.base_rate is not None else None
    mean, scale = mean_of(acted * priced.worth, priced.weights, known), priced.goal.yearly_cases
    ends = [None if end is None else end * scale for end in (mean.low, mean.high)]
    return Mean(mean.value * scale, ends[0], ends[1], mean.method, mean.n)
