"""Make runs whose variants have predictions, as a worker leaves them, without a search."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Run
from services.audit.actor import Actor
from services.automl.scoring import score
from services.automl.trial_intervals import trial_intervals
from tests.makers_models import make_run, make_trial

N_ROWS = 300
ENVIRONMENT = {"python": "3.11.7", "system": "Linux x86_64", "n_processors": 2, "libraries": {"scikit-learn": "1.9.1"}}
BOOSTING = {"learning_rate": 0.05, "n_trees": 200, "n_leaves": 16, "min_leaf": 20, "shrinkage": 1.0}


def store(values: NDArray[Any]) -> str:
    """An array as a worker stores it."""
    buffer = BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return get_artifact_store().put(buffer.getvalue())


def make_truth(seed: int = 0) -> NDArray[np.int64]:
    """What happened, in three of ten cases."""
    return (np.random.default_rng(seed).random(N_ROWS) < 0.3).astype(np.int64)


def make_circumstances(*, seed: int = 0) -> dict[str, Any]:
    """What a worker writes down at the start of a run."""
    split = {"sha256": f"{seed:064d}", "n_train": N_ROWS, "n_holdout": 75, "n_folds": 3}
    return {
        "environment": ENVIRONMENT,
        "split": {**split, "truth_sha256": store(make_truth(seed))},
        "seconds": {"preparing": 0.6},
    }


def make_judged_run(session: Session, actor: Actor, project_id: str, *, seed: int = 0, **arguments: Any) -> Run:
    """A finished run without variants yet. `actor` is a data scientist and a member of the project."""
    run = make_run(session, actor, project_id, seed=seed, **arguments)
    run.circumstances, run.state = make_circumstances(seed=seed), "finished"
    session.add(run)
    session.flush()
    return run


def make_judged_trial(
    session: Session, run: Run, number: int, *, skill: float = 0.3, family: str = "lightgbm", **changes: Any
) -> None:
    """A variant with the predictions of a model of this skill: 0 guesses, 1 is nearly always right."""
    y = make_truth(run.seed)
    random = np.random.default_rng(number)
    scores = np.clip(0.3 + skill * (y - 0.3) + random.normal(0, 0.2, len(y)), 0.001, 0.999)
    predictions = np.column_stack([1 - scores, scores])
    folds = [score(run.metric, y[fold::3], predictions[fold::3]) for fold in range(3)]
    intervals = trial_intervals(run.metric, y, predictions)
    values: dict[str, Any] = {
        "family": family,
        "parameters": {**BOOSTING, "learning_rate": round(0.02 * number, 3)},
        "score": score(run.metric, y, predictions),
        "fold_scores": folds,
        "score_low": intervals.score_low,
        "score_high": intervals.score_high,
        "prediction_sha256": store(predictions),
        **changes,
    }
    make_trial(session, run, number, **values)
