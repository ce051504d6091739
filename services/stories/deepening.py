"""Everything behind one explanation, computed from a fitted model and the rows it was searched on.

Only training rows are looked at, and the few rows kept aside that the explanation names as examples: of these only what
the model takes, never what came of them. No outcome is read but by the refits, and to see which cases they got wrong.
"""

import time

import numpy as np
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.models.explanation import affordable_rows, effects_of, shown_class, typical_rows
from services.models.sentences import POINTS
from services.stories.answering import MAX_ROWS, Floats, answers_of, drawn_rows
from services.stories.case_report import CaseStory
from services.stories.clusters import correlated_groups, describe_clusters
from services.stories.cohorts import find_cohorts
from services.stories.interactions import find_interactions
from services.stories.report import Behind, CategoryShape, NumberShape, Stability, Told
from services.stories.shapes import shape_of_category, shape_of_number
from services.stories.stability import N_SEEDS, Say, judge_stability, refit
from services.stories.telling import Asked, Cases, tell_stories

N_DRIVERS = 8
MAX_EXPLAINED, MAX_REFIT_ROWS = 1_000, 60
_TIMES = 4  # as many rows as the explanation itself: nobody waits at a screen


def look_behind(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    asked: Asked,
    say: Say = lambda _share, _phase: None,
) -> Told:
    """Shapes, clusters, pairs, stability and segments, and the stories of the rows asked about.

    Parameters
    ----------
    say
        Told a share (0 to 1) and what happens now.
    """
    began, cases = time.monotonic(), Cases(preparation, asked)
    train, columns, seed = preparation.train.x, preparation.columns, preparation.seed
    ask, shown = answers_of(pipeline, preparation), shown_class(preparation)
    rows = train.iloc[drawn_rows(len(train), MAX_ROWS, seed)].reset_index(drop=True)
    explained = rows.iloc[: _n_explained(family, len(columns), len(rows))]
    say(0.0, f"Explaining {len(explained):,} rows")
    typical = typical_rows(pipeline, preparation)
    effects = effects_of(pipeline, preparation, explained, typical, n_orders=1)
    importances = effects.importances
    order = [int(place) for place in np.argsort(-importances, kind="stable")]
    strongest = [place for place in order[:N_DRIVERS] if importances[place] > 0]
    numbers: list[NumberShape] = []
    categories: list[CategoryShape] = []
    for number, place in enumerate(strongest):
        say(0.2 + 0.2 * number / len(strongest), f"Drawing shape {number + 1} of {len(strongest)}")
        column = columns[place]
        if column.kind in ("number", "date"):
            numbers.append(shape_of_number(ask, pipeline, preparation, rows, column))
        elif column.kind == "category":
            categories.append(shape_of_category(ask, train, rows, column, seed))
    say(0.4, "Looking for pairs of columns that work together")
    pairs = find_interactions(pipeline, preparation, ask, explained, typical, importances)
    stability = _stability(pipeline, family, cases, lambda share, phase: say(0.5 + 0.35 * share, phase))
    say(0.85, "Comparing parts of the data")
    signed = effects.values[:, :, shown]
    cohorts = find_cohorts(signed, explained, columns, strongest, seed)
    say(0.9, "Telling single cases")
    told = tell_stories(pipeline, cases)
    behind = Behind(
        scale=POINTS if preparation.task.is_classification else preparation.target,
        n_rows=len(explained),
        n_train=len(train),
        n_drivers=len(strongest),
        numbers=tuple(numbers),
        categories=tuple(categories),
        without_shape=tuple(columns[place].name for place in strongest if columns[place].kind == "text"),
        clusters=describe_clusters(signed, correlated_groups(rows, columns), columns),
        interactions=pairs,
        stability=stability,
        cohorts=cohorts,
        seconds=time.monotonic() - began,
    )
    return Told(behind, told)


def tell_case(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    asked: Asked,
    say: Say = lambda _share, _phase: None,
) -> CaseStory:
    """The story of the one row asked about; the model is fitted anew once for each fold.

    Raises
    ------
    InvalidInputError
        The row is not among those the model was searched or judged on.
    """
    cases = Cases(preparation, asked)
    for one in refit(pipeline, family, preparation, 1, lambda share, phase: say(0.8 * share, phase)):
        cases.hear(one)
    say(0.8, "Telling the case")
    return tell_stories(pipeline, cases)[0]


def _n_explained(family: str, n_columns: int, n: int) -> int:
    return min(n, MAX_EXPLAINED, _TIMES * affordable_rows(family, n_columns, n))


def _stability(pipeline: Pipeline, family: str, cases: Cases, say: Say) -> Stability:
    preparation, train = cases.preparation, cases.preparation.train.x
    n_rows = min(MAX_REFIT_ROWS, affordable_rows(family, len(preparation.columns), len(train)))
    rows = train.iloc[drawn_rows(len(train), n_rows, preparation.seed + 1)]
    importances: list[Floats] = []
    for one in refit(pipeline, family, preparation, N_SEEDS, say):
        cases.hear(one)
        typical = typical_rows(one.pipeline, preparation)
        importances.append(effects_of(one.pipeline, preparation, rows, typical, n_orders=1).importances)
    return judge_stability(
        np.array(importances),
        [column.name for column in preparation.columns],
        n_folds=len(preparation.folds),
        n_seeds=N_SEEDS,
        n_rows=len(rows),
    )
