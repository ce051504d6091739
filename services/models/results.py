"""What a run has found so far, and what of it a model was made of already."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.tables import Model, Run, Trial
from services.automl.candidates import Candidate
from services.automl.metrics import METRICS
from services.automl.ranking import rank_trials
from services.automl.serving_limits import BYTES_PER_MB

MAX_RANKED = 25  # models whose out-of-fold predictions are compared when the best is finished


@dataclass(frozen=True)
class SearchResult:
    """A trial as it is ranked."""

    number: int
    score: float | None
    value_amount: float | None
    candidate: Candidate
    prediction_sha256: str
    row_ms: float = 0.0
    size_bytes: float = 0.0
    memory_bytes: float | None = None
    beyond_limits: str | None = None
    batch_ms: float | None = None


def list_results(session: Session, run_id: str) -> list[SearchResult]:
    """The complete trials of a run, best first, as many as are compared when the best is finished."""
    run = session.get_one(Run, run_id)
    rows = session.exec(select(Trial).where(Trial.run_id == run_id, Trial.state == "complete"))
    results = [
        SearchResult(
            row.number,
            row.score,
            row.value_amount,
            Candidate(row.family, row.parameters),
            digest,
            row.latency_ms or 0.0,
            row.size_bytes or 0.0,
            None if row.peak_memory_mb is None else row.peak_memory_mb * BYTES_PER_MB,
            row.beyond_limits,
            row.batch_latency_ms,
        )
        for row in rows
        if (digest := row.prediction_sha256) is not None
    ]
    return rank_trials(results, greater_is_better=METRICS[run.metric].greater_is_better)[:MAX_RANKED]


def has_new_results(session: Session, run_id: str) -> bool:
    """Whether a trial has given a model since the run's last model was registered, or there is none yet.

    It need not be the best one: it may have a place in a team that is better than the best alone.
    """
    models = select(Model.created_at).where(Model.run_id == run_id).order_by(col(Model.created_at).desc())
    registered_at = session.exec(models.limit(1)).first()
    if registered_at is None:
        return True
    later = select(Trial.id).where(Trial.run_id == run_id, Trial.state == "complete")
    return session.exec(later.where(col(Trial.finished_at) > registered_at).limit(1)).first() is not None


def members_of_before(session: Session, run_id: str) -> list[list[float]] | None:
    """Trials and weights of the run's last model; None where it has none, or one of which that is not known."""
    has_model = session.exec(select(Model.id).where(Model.run_id == run_id).limit(1)).first() is not None
    circumstances = session.get_one(Run, run_id).circumstances or {}
    return circumstances.get("model", {}).get("members") if has_model else None
