"""Make runs, trials and models without a search."""

from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from db.tables import Model, Run, Trial
from db.types import utc_now
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import start_run
from services.models.commands import register_model
from services.models.report import (
    Contribution,
    CurvePoint,
    Driver,
    Estimate,
    Evaluation,
    ExampleRow,
    Explanation,
    MoneyReport,
)
from services.models.signature import Signature, SignatureColumn
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project
from tests.makers_datasets import make_dataset


@dataclass(frozen=True)
class FinishedParts:
    """What a search hands over: enough for `register_model`."""

    family: str
    threshold: float | None
    evaluation: Evaluation
    explanation: Explanation
    signature: Signature
    onnx: bytes | None
    onnx_reason: str | None
    pipeline_file: bytes
    row_effects: bytes | None = None


def make_estimate(metric: str = "roc_auc", value: float = 0.84) -> Estimate:
    """A hold-out score with its interval."""
    return Estimate(metric, value, value - 0.02, value + 0.02, 0.95, "Bootstrap", 40, f"AUC is {value}.")


def make_money(threshold: float = 0.3) -> MoneyReport:
    """Money at a threshold, in EUR a year."""
    return MoneyReport(
        currency="EUR",
        threshold=threshold,
        threshold_origin="Earned the most on rows the model was not fitted on.",
        yearly_value=298_000.0,
        low=231_000.0,
        high=352_000.0,
        treat_all=92_000.0,
        perfect=600_000.0,
        n_true_positive=8,
        n_false_positive=6,
        n_false_negative=3,
        n_true_negative=23,
        precision=8 / 14,
        recall=8 / 11,
        base_rate=0.275,
        capacity_rate=None,
        chosen_on="out-of-fold",
        reported_on="hold-out",
    )


def make_evaluation(*, money: MoneyReport | None = None, task: str = "binary") -> Evaluation:
    """The evaluation of a yes-or-no model."""
    score = make_estimate()
    curve = tuple(
        CurvePoint(share, 1 - share, 300_000 * share * (2 - 2 * share), None, None, share, 1 - share / 2)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return Evaluation(
        task=task,
        metric="roc_auc",
        n_train=160,
        n_holdout=40,
        score=score,
        scores=(score,),
        cross_validated=make_estimate(value=0.83),
        fold_scores=(0.82, 0.84),
        baseline_score=0.5,
        money=money,
        profit_curve=curve if money else (),
        calibration=(),
        actual_vs_predicted=(),
        latency_ms={"one_row": 0.1},
    )


def make_explanation() -> Explanation:
    """Two drivers and one explained row."""
    return Explanation(
        method="SHAP",
        scale="probability points",
        n_rows=40,
        base_value=27.5,
        max_additivity_gap=1e-9,
        is_additive=True,
        drivers=(
            Driver("tenure", "number", 12.0, "down", "Longer tenure lowers the risk.", ((1.0, 10.0), (60.0, -9.0))),
            Driver("contract", "category", 8.0, "by category", "Monthly contracts leave.", (("Two year", -6.0),)),
        ),
        examples=(
            ExampleRow("Row 7", 7, 40.0, 27.5, (Contribution("tenure", 2.0, 12.5),), "A short tenure raises the risk."),
        ),
    )


def make_signature() -> Signature:
    """The inputs of the customers of `makers_datasets`."""
    return Signature(
        columns=(
            SignatureColumn("tenure", "number", False, (), 0.0, 72.0, 12.0),
            SignatureColumn("contract", "category", False, ("Month-to-month", "Two year"), None, None, "Two year"),
        ),
        task="binary",
        classes=("No", "Yes"),
        positive_label="Yes",
        target="churn",
    )


def make_finished(**changes: Any) -> FinishedParts:
    """A finished yes-or-no model with money."""
    parts = FinishedParts(
        family="linear",
        threshold=0.3,
        evaluation=make_evaluation(money=make_money()),
        explanation=make_explanation(),
        signature=make_signature(),
        onnx=None,
        onnx_reason="Made for a test.",
        pipeline_file=b"pipeline",
    )
    return replace(parts, **changes)


def make_run(session: Session, actor: Actor, project_id: str, *, is_prepared: bool = True, **arguments: Any) -> Run:
    """A queued run on new data, which a worker has read. `actor` is a data scientist and a member of the project."""
    dataset = make_dataset(session, actor, project_id)
    run = start_run(session, actor=actor, project_id=project_id, dataset_id=dataset.id, **arguments)
    run.prepared_at = utc_now() if is_prepared else None
    session.add(run)
    session.flush()
    return run


def make_trial(session: Session, run: Run, number: int, **changes: Any) -> Trial:
    """A complete trial."""
    values: dict[str, Any] = {
        "family": "linear",
        "state": "complete",
        "score": 0.8,
        "fold_scores": [0.79, 0.81],
        "second": 2.0 * number,
        "duration_seconds": 2.0,
        "lane": "1:0",
        "finished_at": None if changes.get("state") == "running" else utc_now(),
        **changes,
    }
    trial = Trial(run_id=run.id, number=number, **values)
    session.add(trial)
    session.flush()
    return trial


def make_model(session: Session, *members: Actor, **changes: Any) -> tuple[Model, Project, Actor]:
    """A registered model, its project and the data scientist who started its run."""
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist, *members)
    run = make_run(session, scientist, project.id)
    model = register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished(**changes))
    run.state = "finished"
    session.add(run)
    session.flush()
    return model, project, scientist
