"""Prepared tables with a fitted model, without a database: what the examination computes on."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.money import money_goal
from services.automl.preparation import Preparation, prepare
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.examinations.assertions import Asked
from services.examinations.examining import Known
from services.examinations.fold_copies import FoldCopies, fit_copies
from services.models.evaluation import Judged, evaluate
from services.models.money_evaluation import choose_threshold
from services.models.plain_rules import compare_with_plain
from tests.makers_automl import CANDIDATES
from tests.makers_money import CALLS

LINEAR = CANDIDATES["linear"]
SAME_FOR_ALL = Candidate("lightgbm", {**CANDIDATES["lightgbm"].parameters, "min_leaf": 1_000_000})  # no tree may split


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table as a search sees it, and a model of it with its copies."""

    table: pd.DataFrame
    preparation: Preparation
    pipeline: Pipeline
    copies: FoldCopies
    candidate: Candidate
    threshold: float | None

    @property
    def asked(self) -> Asked:
        """What can be asserted of the model."""
        kinds = {column.name: str(column.kind) for column in self.preparation.columns}
        of = self.preparation
        return Asked(kinds, tuple(kinds), of.task.value, of.classes, of.target)


def make_plain_table(n: int = 1_200, *, seed: int = 0) -> pd.DataFrame:
    """Whether "churn" is Yes falls with "tenure" and is higher of monthly "contract"; "size" tells nothing."""
    random = np.random.default_rng(seed)
    tenure = random.integers(0, 72, n).astype(float)
    contract = random.choice(["Monthly", "One year", "Two year"], n)
    odds = 0.8 - 0.06 * tenure + 1.2 * (contract == "Monthly")
    return pd.DataFrame(
        {
            "tenure": tenure,
            "contract": pd.Series(contract, dtype="str"),
            "size": random.normal(size=n).round(3),
            "churn": pd.Series(np.where(random.random(n) < expit(odds), "Yes", "No"), dtype="str"),
        }
    )


def make_odd_table(n: int = 1_000) -> pd.DataFrame:
    """As `make_plain_table`, with a column nobody filled in, one that two did, and one of 500 categories."""
    table, random = make_plain_table(n), np.random.default_rng(1)
    table["empty"] = np.nan
    table["gone"] = np.where(np.arange(n) < 2, 1.0, np.nan)
    table["place"] = pd.Series([f"p{code}" for code in random.integers(0, 500, n)], dtype="str")
    return table


def make_prepared(
    table: pd.DataFrame | None = None,
    *,
    target: str = "churn",
    candidate: Candidate = LINEAR,
    is_priced: bool = True,
    **wishes: Any,
) -> Prepared:
    """A model of the table, priced where the question is yes or no."""
    table = make_plain_table() if table is None else table
    goal = replace(money_goal(CALLS), base_rate=None, capacity_rate=None) if is_priced else None
    preparation = prepare(table, target=target, money=goal, **wishes)
    train = preparation.train
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
    copies = fit_copies(pipeline, candidate.family, preparation)
    threshold, _ = choose_threshold(preparation, copies.predictions)
    return Prepared(table, preparation, pipeline, copies, candidate, threshold)


def make_known(of: Prepared, **changes: Any) -> Known:
    """What is on record about the model, measured as a run measures it."""
    preparation = of.preparation
    answers = predict(of.pipeline, preparation.holdout.x, len(preparation.classes))
    evaluation = evaluate(preparation, Judged(answers, of.copies.predictions, of.threshold, ""), {"pipeline": 3.0})
    known = Known(
        family=of.candidate.family,
        evaluation=replace(evaluation, plain=compare_with_plain(preparation, of.copies.predictions)),
        drivers=tuple(column.name for column in preparation.columns),
        n_openings=1,
        has_twin=True,
        twin_reason=None,
        threshold=of.threshold,
        file_bytes=50_000,
    )
    return replace(known, **changes)
