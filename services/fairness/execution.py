"""The work of an assessment: read the model and its data, compare groups in a child process, keep what was found."""

import json
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from services.automl.money import MoneyGoal, money_goal
from services.automl.preparation import Preparation
from services.datasets.queries import get_dataset
from services.fairness.commands import save_assessment
from services.fairness.error_price import ErrorPrice
from services.fairness.report import Agreed, FairnessReport
from services.fairness.request import AssessmentRequest
from services.jobs.handler import JobRequest, Report
from services.jobs.watched_child import Say, compute_watched
from services.models.queries import get_model
from services.models.run_data import load_preparation
from services.valuation.queries import get_valuation


def run_assessment(request: JobRequest, report: Report) -> dict[str, Any]:
    """fairness.assess: how a model treats groups of people, and what treating them alike would cost."""
    report(None, "Reading the model and its data")
    asked = AssessmentRequest.from_document(request.request["request"])
    with reading() as session:
        model = get_model(session, actor=request.actor, model_id=asked.model_id)
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
        goal = _goal(session, request) if asked.is_priced else None
    preparation = load_preparation(model.run_id, report.find_interruption)
    agreed, price, store = request.request["agreed"], request.request.get("error_price"), get_artifact_store()
    found = compute_watched(
        _work,
        store.get(model.pipeline_sha256),
        model.family,
        preparation,
        store.get(dataset.table_sha256),
        asked.columns,
        request.request["threshold"],
        None if agreed is None else Agreed.from_document(agreed),
        None if price is None else ErrorPrice.from_document(price),
        asked.favourable,
        goal,
        report=report,
    )
    kept = FairnessReport.from_document(json.loads(found))
    with transaction() as session:
        row = save_assessment(session, actor=request.actor, assessment_id=request.id, report=kept)
        result = {"model_id": model.id, "report_sha256": row.report_sha256}
        report.settle(session, result)
    return result


def _goal(session: Session, request: JobRequest) -> MoneyGoal:
    """What giving a favourable class is worth, by the payoffs that were in force when it was asked."""
    saved = get_valuation(session, actor=request.actor, valuation_id=str(request.request["valuation_id"]))
    return money_goal(saved.assumptions)


def _work(
    pipeline: bytes,
    family: str,
    preparation: Preparation,
    table: bytes,
    columns: tuple[str, ...],
    threshold: float | None,
    agreed: Agreed | None,
    price: ErrorPrice | None,
    favourable: tuple[str, ...],
    goal: MoneyGoal | None,
    say: Say,
) -> bytes:
    """In a child: the report, as it will be stored."""
    from services.datasets.tables import read_table
    from services.fairness.assessing import assess
    from services.fairness.subjects import Asked
    from services.models.pipeline_file import load_pipeline

    asked = Asked(
        load_pipeline(pipeline),
        family,
        preparation,
        read_table(table),
        columns,
        threshold,
        agreed,
        price,
        favourable,
        goal,
    )
    found = assess(asked, say)
    return json.dumps(found.document(), allow_nan=False).encode("utf-8")
