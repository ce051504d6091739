"""Who may ask and who agrees: what is refused, what is kept for ever, and two people at once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db.session import transaction
from db.tables import AuditEvent, FairnessAssessment, FairnessTolerance, Job, Model
from services.audit.actor import Actor
from services.errors import ConflictError, InvalidInputError, NotAllowedError
from services.fairness.commands import agree_tolerance, save_assessment, start_assessment
from services.fairness.queries import get_assessment, list_tolerances
from services.fairness.request import KIND, AssessmentRequest
from services.fairness.views import ToleranceView
from services.people.permissions import Role
from services.valuation.queries import find_valuation
from tests.makers import make_actor
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_fairness import declare, make_assessment, make_compared, make_fairness
from tests.makers_interpretations import skip
from tests.makers_models import make_model, make_signature
from tests.makers_reviews import edit_payoffs


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def model(session: Session, business: Actor) -> Model:
    made, _, _ = make_model(session, business)
    skip(session, business, made)
    return made


def agree(session: Session, actor: Actor, model: Model, **changes: object) -> ToleranceView:
    said = {"harm": "missed", "largest_gap": 0.1, "reason": "As in the branches", "based_on": 0} | changes
    return agree_tolerance(session, actor=actor, project_id=model.project_id, **said)  # type: ignore[arg-type]


def test_a_worker_is_told_what_was_in_force(session: Session, business: Actor, model: Model) -> None:
    tolerance = agree(session, business, model)
    request = AssessmentRequest(model.id, ("contract", "payment"))
    job = start_assessment(session, actor=business, request=request)
    assert (job.kind, job.state, job.subject_id) == (KIND, "queued", model.id)
    assert AssessmentRequest.from_document(job.request["request"]) == request
    assert job.request["threshold"] == 0.3
    assert job.request["tolerance_id"] == tolerance.id
    assert job.request["agreed"] == {"version": 1, "harm": "missed", "largest_gap": 0.1, "n_seen": 0}


def test_the_same_question_twice_is_one_job(session: Session, business: Actor, model: Model) -> None:
    request = AssessmentRequest(model.id, ("contract",))
    first, second = (start_assessment(session, actor=business, request=request) for _ in range(2))
    assert first.id == second.id
    agree(session, business, model)
    assert start_assessment(session, actor=business, request=request).id != first.id


@pytest.mark.parametrize("column", ["churn", "nowhere", "customerID"])
def test_the_outcome_an_unknown_column_and_a_key_cannot_be_compared(
    session: Session, business: Actor, model: Model, column: str
) -> None:
    with pytest.raises(InvalidInputError, match=f"“{column}” cannot be compared"):
        start_assessment(session, actor=business, request=AssessmentRequest(model.id, (column,)))


@pytest.mark.parametrize(
    ("favourable", "is_priced", "why"),
    [
        ((), False, "which of the classes are good to be given"),
        (CLASSES, False, "nobody is worse off"),
        (("Yes",), False, "no class “Yes”"),
        (("y" * 500,), False, "no class “y{80}”"),
    ],
)
def test_of_several_classes_some_and_not_all_must_be_favourable(
    session: Session, favourable: tuple[str, ...], is_priced: bool, why: str
) -> None:
    case = make_class_case(session)
    request = AssessmentRequest(case.model.id, ("contract",), favourable, is_priced)
    with pytest.raises(InvalidInputError, match=why):
        start_assessment(session, actor=case.scientist, request=request)


def test_of_several_classes_a_worker_is_told_the_favourable_ones_and_the_payoffs(session: Session) -> None:
    case = make_class_case(session)
    request = AssessmentRequest(case.model.id, ("contract",), CLASSES[1:], is_priced=True)
    job = start_assessment(session, actor=case.scientist, request=request)
    assert AssessmentRequest.from_document(job.request["request"]) == request
    valuation = find_valuation(session, actor=case.scientist, project_id=case.project_id)
    assert valuation is not None
    assert job.request["valuation_id"] == valuation.id
    kept = save_assessment(session, actor=case.scientist, assessment_id=job.id, report=make_fairness())
    row = session.get_one(Job, job.id)
    row.state, row.result = "done", {"model_id": case.model.id, "report_sha256": kept.report_sha256}
    session.add(row)
    session.flush()
    assert not get_assessment(session, actor=case.scientist, assessment_id=job.id).is_older
    edit_payoffs(session, case.project_id, case.business, false_alarm_amount=77.0)
    assert get_assessment(session, actor=case.scientist, assessment_id=job.id).is_older


def test_without_payoffs_nothing_of_several_classes_can_be_priced(session: Session) -> None:
    made, _, scientist = make_model(session, signature=replace(make_signature(), classes=CLASSES))
    made.task = "multiclass"
    session.add(made)
    request = AssessmentRequest(made.id, ("contract",), CLASSES[:1], is_priced=True)
    with pytest.raises(InvalidInputError, match="in Money what acting is worth"):
        start_assessment(session, actor=scientist, request=request)


def test_of_yes_and_no_no_class_is_favourable(session: Session, business: Actor, model: Model) -> None:
    with pytest.raises(InvalidInputError, match="tells several classes apart; this one does not"):
        start_assessment(session, actor=business, request=AssessmentRequest(model.id, ("contract",), ("Yes",)))


def test_a_question_of_before_reads_as_it_was_written() -> None:
    request = AssessmentRequest("m", ("contract",))
    assert request.document() == {"model_id": "m", "columns": ["contract"]}
    assert AssessmentRequest.from_document(request.document()) == request


def test_who_is_still_to_say_what_they_expect_asks_about_declared_columns_only(session: Session) -> None:
    manager = make_actor(session, Role.MANAGER)
    made, _, scientist = make_model(session, manager)
    declare(session, scientist, made, "payment", is_before=True)
    declare(session, scientist, made, "contract")  # when the model is there already
    with pytest.raises(InvalidInputError, match="“contract” cannot be compared"):
        start_assessment(session, actor=manager, request=AssessmentRequest(made.id, ("payment", "contract")))
    assert start_assessment(session, actor=manager, request=AssessmentRequest(made.id, ("payment",))).state == "queued"
    skip(session, manager, made)
    assert start_assessment(session, actor=manager, request=AssessmentRequest(made.id, ("contract",))).state == "queued"


def test_a_tolerance_is_kept_in_versions_with_one_event_each(session: Session, business: Actor, model: Model) -> None:
    agree(session, business, model)
    agree(session, business, model, largest_gap=0.05, harm="false_alarm", based_on=1)
    newest, first = list_tolerances(session, actor=business, project_id=model.project_id)
    assert (newest.version, newest.harm, newest.largest_gap) == (2, "false_alarm", 0.05)
    assert (first.version, first.harm, first.largest_gap) == (1, "missed", 0.1)
    events = session.exec(select(AuditEvent).where(AuditEvent.action == "fairness.tolerance_agreed")).all()
    assert [event.after["version"] for event in events if event.after] == [1, 2]
    assert events[1].before == {"version": 1, "harm": "missed", "largest_gap": 0.1}
    assert events[1].reason == "As in the branches"


def test_that_somebody_had_looked_stays_with_the_tolerance(session: Session, business: Actor, model: Model) -> None:
    assert agree(session, business, model).n_seen == 0
    make_assessment(session, business, model.id)
    assert agree(session, business, model, based_on=1).n_seen == 0, "One that waits was not seen."
    make_assessment(session, business, model.id, make_fairness(), "payment")
    assert agree(session, business, model, based_on=2).n_seen == 1


def test_somebody_elses_version_is_not_overwritten(session: Session, business: Actor, model: Model) -> None:
    agree(session, business, model)
    with pytest.raises(ConflictError, match="meanwhile"):
        agree(session, business, model)


def test_who_makes_the_model_does_not_agree_on_how_unfair_it_may_be(session: Session, business: Actor) -> None:
    made, _, scientist = make_model(session, business)
    with pytest.raises(NotAllowedError, match="agree on the largest gap"):
        agree(session, scientist, made)


def test_half_a_tolerance_is_refused_before_anything_is_written(
    session: Session, business: Actor, model: Model
) -> None:
    with pytest.raises(InvalidInputError):
        agree(session, business, model, reason="")
    assert session.exec(select(FairnessTolerance)).first() is None


@pytest.mark.parametrize("verb", ["UPDATE {table} SET version = 9", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", ["fairness_tolerance", "fairness_assessment"])
def test_the_database_refuses_to_rewrite_what_was_agreed_and_found(engine: Engine, table: str, verb: str) -> None:
    with transaction(engine) as session:
        business = make_actor(session)
        made, _, scientist = make_model(session, business)
        agree(session, business, made)
        make_assessment(session, scientist, made.id, make_fairness())
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(verb.format(table=table)))


@pytest.mark.parametrize("changes", [{"harm": "any"}, {"largest_gap": -0.1}])
def test_the_database_refuses_what_no_tolerance_can_be(engine: Engine, changes: dict[str, Any]) -> None:
    with transaction(engine) as session:
        business = make_actor(session)
        made, _, _ = make_model(session, business)
        agree(session, business, made)
    good: dict[str, Any] = {
        "project_id": made.project_id,
        "version": 2,
        "harm": "missed",
        "largest_gap": 0.1,
        "reason": "",
        "n_seen": 0,
    }
    row = FairnessTolerance(**{**good, **changes}, created_by=business.user_id, role_at_time="business", sha256="0")
    with pytest.raises(DBAPIError), transaction(engine) as session:
        session.add(row)
        session.flush()


def test_what_was_found_is_kept_once_in_versions_with_its_gravest_outcome(
    session: Session, business: Actor, model: Model
) -> None:
    grave = make_fairness(compared=(make_compared(standing="beyond"), make_compared(verdict="possible")))
    one = make_assessment(session, business, model.id, grave)
    two = make_assessment(session, business, model.id, replace(grave, seconds=9.0), "payment", "contract")
    rows = session.exec(select(FairnessAssessment).order_by(col(FairnessAssessment.version))).all()
    assert [(row.job_id, row.version, row.n_columns) for row in rows] == [(one, 1, 1), (two, 2, 2)]
    assert {(row.standing, row.verdict) for row in rows} == {("beyond", "possible")}
    assert rows[0].sha256 == rows[1].sha256, "The same was found; how long it took is no finding."
    assert rows[0].report_sha256 != rows[1].report_sha256
    with pytest.raises(ConflictError, match="kept already"):
        save_assessment(session, actor=business, assessment_id=one, report=grave)
    events = session.exec(select(AuditEvent).where(AuditEvent.action == "fairness.assessed")).all()
    assert [event.after["version"] for event in events if event.after] == [1, 2]
