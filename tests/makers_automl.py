"""Make tables that something can be learned from, prepared and finished once for all tests that look at them."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from services.automl.candidates import Candidate
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation, prepare
from services.automl.task import Task
from services.automl.training import TrialOutcome, train_candidate
from services.models.choosing import Tried
from services.models.finishing import FinishedModel, finish
from services.valuation.payoffs import PayoffMatrix

CANDIDATES = {
    "linear": Candidate("linear", {"strength": 1.0, "numbers": "standard"}),
    "lightgbm": Candidate(
        "lightgbm",
        {
            "learning_rate": 0.1,
            "n_trees": 30,
            "n_leaves": 8,
            "min_leaf": 5,
            "column_rate": 0.8,
            "row_rate": 0.8,
            "shrinkage": 1.0,
        },
    ),
    "extra_trees": Candidate("extra_trees", {"n_trees": 20, "min_leaf": 5, "max_features": "sqrt"}),
    "neural_network": Candidate(
        "neural_network",
        {"n_units": 16, "n_layers": 1, "n_epochs": 12, "n_batch": 32, "learning_rate": 0.01, "shrinkage": 0.01},
    ),
    "kernel": Candidate("kernel", {"strength": 1.0}),
    "neighbours": Candidate("neighbours", {"n_neighbours": 15}),
    "random_forest": Candidate("random_forest", {"n_trees": 20, "min_leaf": 5, "max_features": 0.5}),
}


def make_cases(n_rows: int = 400, *, seed: int = 0) -> pd.DataFrame:
    """Cases as they come from a file: an id, numbers (one as text with blanks), a category, a date, three targets."""
    random = np.random.default_rng(seed)
    months = random.integers(0, 60, n_rows)
    plan = random.choice(["month", "year", "two years"], n_rows, p=[0.5, 0.3, 0.2])
    logit = 1.5 - 0.08 * months + np.where(plan == "month", 1.0, -1.0)
    charges = np.round(random.uniform(10, 100, n_rows), 2)
    return pd.DataFrame(
        {
            "case_id": [f"K-{number:05d}" for number in random.permutation(n_rows)],
            "months": months.astype(float),
            "charges": np.where(random.random(n_rows) < 0.1, " ", charges.astype(str)),
            "plan": pd.Series(plan).mask(random.random(n_rows) < 0.05),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, n_rows), unit="D"),
            "left": np.where(random.random(n_rows) < 1 / (1 + np.exp(-logit)), "Yes", "No"),
            "segment": np.where(months < 15, "new", np.where(charges > 50, "large", "small")),
            "spend": 5.0 * months + charges + random.normal(0, 5, n_rows),
        }
    )


TARGETS = {Task.BINARY: "left", Task.MULTICLASS: "segment", Task.REGRESSION: "spend"}
FEATURES = ("case_id", "months", "charges", "plan", "since")


def make_goal(**changes: Any) -> MoneyGoal:
    """Acting costs 10 and keeps a case worth 100 in every third attempt; 1,000 cases a month."""
    settings: dict[str, Any] = {
        "payoffs": PayoffMatrix(true_positive=23.0, false_positive=-10.0, false_negative=0.0, true_negative=0.0),
        "base_rate": None,
        "cases_per_month": 1_000.0,
        "capacity_rate": None,
        "currency": "EUR",
    }
    return MoneyGoal(**{**settings, **changes})


@cache
def prepared(task: Task = Task.BINARY, *, with_money: bool = False, n_rows: int = 400) -> Preparation:
    """A preparation of `make_cases` with three folds."""
    return prepare(
        make_cases(n_rows),
        target=TARGETS[task],
        feature_columns=FEATURES,
        n_folds=3,
        money=make_goal() if with_money else None,
    )


@cache
def trained(family: str, task: Task = Task.BINARY, *, with_money: bool = False) -> TrialOutcome:
    """A trial of a small candidate."""
    return train_candidate(prepared(task, with_money=with_money), CANDIDATES[family], seconds_limit=60)


@cache
def finished(family: str, task: Task = Task.BINARY, *, with_money: bool = False) -> FinishedModel:
    """A model of a small candidate."""
    outcome = trained(family, task, with_money=with_money)
    return finish(prepared(task, with_money=with_money), [Tried(CANDIDATES[family], outcome.predictions)])
