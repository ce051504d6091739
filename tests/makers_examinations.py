"""Make assertions, findings, reports and examined models."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Job, ModelAssertion
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.canonical import canonical_json
from services.examinations.assertions import Assertion
from services.examinations.commands import save_assertion, start_examination
from services.examinations.report import (
    AMBER,
    FAILS,
    NOT_APPLICABLE,
    PASSED,
    RED,
    AssertionResult,
    ExaminationReport,
    Finding,
    Measured,
    SliceSearch,
    Stress,
    StressTests,
    WorstSlice,
)
from services.examinations.sentences import describe_short

LOYAL = Assertion("share", ({"column": "tenure", "operator": "more", "value": 24},), outcome="No", least_share=0.8)
PRICEY = Assertion("direction", column="tenure", way="raises", outcome="Yes")
LEAK_WORDS = "“contract” alone has an AUC of 0.991"


def make_finding(code: str = "twin", state: str = AMBER, **changes: Any) -> Finding:
    """A finding about a model."""
    finding = Finding(code, "A portable twin", state, "There is no ONNX twin.", "Another kind of model may have one.")
    return replace(finding, **changes)


def make_slice(**changes: Any) -> WorstSlice:
    """Customers of one kind, of whom twice as many are wrong."""
    found = WorstSlice(
        conditions=("“contract” is “One year”", "“tenure” is over 17 and at most 36"),
        n=180,
        n_confirmed=92,
        loss=Measured(0.71, 0.64, 0.78, 0.41),
        error=Measured(0.42, 0.33, 0.53, 0.21),
        caught=Measured(0.18, 0.09, 0.31, 0.44),
        lost=Measured(22.0, 15.0, 29.0, 9.0),
        extra_yearly=37_000.0,
        q_value=0.002,
        remark="",
        alike=("“payment” is “Card”",),
    )
    return replace(found, **changes)


def make_stress(**changes: Any) -> Stress:
    """One column that would be missing."""
    found = Stress(
        kind="missing",
        column="tenure",
        words="If “tenure” were missing for everybody",
        score=0.59,
        change=-0.18,
        low=-0.21,
        high=-0.15,
        amount=-269_000.0,
        amount_low=-321_000.0,
        amount_high=-217_000.0,
        share_changed=0.09,
    )
    return replace(found, **changes)


def make_examination_report(**changes: Any) -> ExaminationReport:
    """A leak in red, a twin in amber, one slice, two stresses, nothing asserted."""
    report = ExaminationReport(
        task="binary",
        metric="roc_auc",
        currency="EUR",
        threshold=0.3,
        n_rows=1_600,
        findings=(
            make_finding("guess", PASSED, title="Better than a guess", sentence="AUC is 0.840, a guess has 0.500."),
            make_finding(),
            make_finding(
                "leak", RED, title="A column that tells the outcome", sentence=f"{LEAK_WORDS}.", tells_drivers=True
            ),
            make_finding("todays_rule", NOT_APPLICABLE, title="Today's rule", sentence="Nobody said it.", advice=""),
        ),
        slices=SliceSearch(1_600, 800, 800, 77, 8, 30, 0.25, 9.0, (make_slice(),)),
        stresses=StressTests(
            1_600,
            0.77,
            400_000.0,
            (make_stress(), make_stress(column=None, words="If every input were missing", amount=-20_000.0)),
        ),
        assertions=(),
        seed=0,
        seconds=4.0,
    )
    return replace(report, **changes)


def make_result(assertion_id: str, **changes: Any) -> AssertionResult:
    """An assertion that fails."""
    result = AssertionResult(assertion_id, FAILS, 320, 0.7, 0.65, 0.75, "It fails: 70% of 320 rows, not 80%.")
    return replace(result, **changes)


def make_examination(session: Session, actor: Actor, model_id: str, report: ExaminationReport | None = None) -> str:
    """An examination with its report, or with none a waiting one; its id."""
    job = start_examination(session, actor=actor, model_id=model_id)
    if report is None:
        return job.id
    document = report.document()
    row = session.get_one(Job, job.id)
    row.state, row.progress, row.finished_at = "done", 1.0, utc_now()
    row.result = {
        "model_id": model_id,
        "sentence": describe_short(document),
        "report_sha256": get_artifact_store().put(canonical_json(document)),
    }
    session.add(row)
    session.flush()
    return job.id


def assert_of(session: Session, actor: Actor, model_id: str, assertion: Assertion = LOYAL) -> ModelAssertion:
    """Assert something of the models of the project."""
    return save_assertion(session, actor=actor, model_id=model_id, assertion=assertion)
