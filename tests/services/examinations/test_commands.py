"""Who may ask, answer and assert, what is refused, and that nothing that was said is ever changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import AuditEvent, CheckAnswer, Job, Model, ModelAssertion
from services.audit.actor import Actor
from services.audit.queries import get_chain_report
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, PortalError
from services.examinations.commands import (
    MOST_ASSERTIONS,
    answer_finding,
    save_assertion,
    start_examination,
    withdraw_assertion,
)
from services.examinations.queries import get_examination, list_assertions
from services.examinations.request import KIND
from services.models.commands import choose_threshold
from services.people.permissions import Role
from services.portfolio.history import is_described
from tests.makers import make_actor
from tests.makers_examinations import LOYAL, PRICEY, assert_of, make_examination, make_examination_report
from tests.makers_interpretations import skip
from tests.makers_models import make_model


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def model(session: Session, business: Actor) -> Model:
    found = make_model(session, business)[0]
    skip(session, business, found)
    return found


def events(session: Session, action: str) -> list[AuditEvent]:
    return list(session.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.id))))


def test_a_worker_is_told_what_is_in_force(session: Session, business: Actor, model: Model) -> None:
    asserted = assert_of(session, business, model.id)
    choose_threshold(session, actor=business, model_id=model.id, threshold=0.4, reason="Fewer calls")
    job = start_examination(session, actor=business, model_id=model.id)
    assert (job.kind, job.state, job.subject_id) == (KIND, "queued", model.id)
    assert job.request["threshold"] == 0.4
    assert job.request["assertion_ids"] == [asserted.id]


def test_the_same_question_twice_is_one_job(session: Session, business: Actor, model: Model) -> None:
    first, second = (start_examination(session, actor=business, model_id=model.id) for _ in range(2))
    assert first.id == second.id
    assert len(session.exec(select(Job).where(Job.kind == KIND)).all()) == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_reads_only_may_neither_ask_nor_answer_nor_assert(session: Session, business: Actor, role: str) -> None:
    reader = make_actor(session, role)
    model, _, _ = make_model(session, business, reader)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    calls: list[Callable[[], object]] = [
        lambda: start_examination(session, actor=reader, model_id=model.id),
        lambda: answer_finding(session, actor=reader, examination_id=examination_id, code="twin", reason="Fine"),
        lambda: save_assertion(session, actor=reader, model_id=model.id, assertion=LOYAL),
        lambda: withdraw_assertion(session, actor=reader, model_id=model.id, key="none", based_on=1),
    ]
    for call in calls:
        with pytest.raises(NotAllowedError, match="have a model checked"):
            call()


def test_a_stranger_cannot_tell_that_there_is_anything(session: Session, business: Actor, model: Model) -> None:
    stranger = make_actor(session)
    for model_id in (model.id, "0" * 32):
        with pytest.raises(NotFoundError, match="no such model"):
            start_examination(session, actor=stranger, model_id=model_id)


def test_a_reason_is_kept_with_who_when_and_to_what(session: Session, business: Actor, model: Model) -> None:
    examination_id = make_examination(session, business, model.id, make_examination_report())
    for reason in ("It is fast enough", "And it was measured"):
        answer_finding(session, actor=business, examination_id=examination_id, code="twin", reason=reason)
    rows = session.exec(select(CheckAnswer).order_by(col(CheckAnswer.version))).all()
    assert [(row.version, row.reason, row.state) for row in rows] == [
        (1, "It is fast enough", "amber"),
        (2, "And it was measured", "amber"),
    ]
    assert {row.role_at_time for row in rows} == {"business"}
    seen = get_examination(session, actor=business, examination_id=examination_id)
    assert [one.finding.code for one in seen.open] == ["leak"]
    assert rows[0].report_sha256 == seen.job.result["report_sha256"] if seen.job.result else False
    recorded = events(session, "examination.answered")
    assert len(recorded) == 2
    assert "fast enough" not in str(recorded[0].after), "People read the log who are still to be asked."
    assert is_described("examination.answered")
    assert get_chain_report(session).is_intact


@pytest.mark.parametrize("code", ["guess", "todays_rule", "nowhere"])
def test_what_asks_nothing_is_not_answered(session: Session, business: Actor, model: Model, code: str) -> None:
    examination_id = make_examination(session, business, model.id, make_examination_report())
    with pytest.raises(InvalidInputError, match="needs no answer"):
        answer_finding(session, actor=business, examination_id=examination_id, code=code, reason="Fine")


def test_nobody_answers_what_they_may_not_read_yet(session: Session, business: Actor) -> None:
    model, _, scientist = make_model(session, business)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    with pytest.raises(ConflictError, match="Say on its page Explain first"):
        answer_finding(session, actor=business, examination_id=examination_id, code="leak", reason="Known before")
    answer_finding(session, actor=scientist, examination_id=examination_id, code="leak", reason="Known before")
    seen = get_examination(session, actor=business, examination_id=examination_id)
    (said,) = [answer for one in seen.findings for answer in one.answers]
    assert said.reason == "", "A reason may name what drives the model."


def test_a_waiting_examination_has_nothing_to_answer(session: Session, business: Actor, model: Model) -> None:
    waiting = make_examination(session, business, model.id)
    with pytest.raises(NotFoundError, match="no such examination"):
        answer_finding(session, actor=business, examination_id=waiting, code="twin", reason="Fine")


def test_an_assertion_has_versions_and_can_be_withdrawn(session: Session, business: Actor, model: Model) -> None:
    first = assert_of(session, business, model.id)
    stricter = replace(LOYAL, least_share=0.9)
    second = save_assertion(session, actor=business, model_id=model.id, assertion=stricter, key=first.key, based_on=1)
    assert (second.key, second.version) == (first.key, 2)
    (standing,) = list_assertions(session, actor=business, model_id=model.id)
    assert (standing.version, standing.assertion.least_share) == (2, 0.9)
    withdraw_assertion(session, actor=business, model_id=model.id, key=first.key, based_on=2)
    assert list_assertions(session, actor=business, model_id=model.id) == []
    assert len(session.exec(select(ModelAssertion)).all()) == 3, "What was asserted stays."
    assert len(events(session, "assertion.saved")) == 2
    assert len(events(session, "assertion.withdrawn")) == 1
    assert all(is_described(action) for action in ("assertion.saved", "assertion.withdrawn", "examination.finished"))


def test_it_is_asked_of_every_model_of_the_project(session: Session, business: Actor, model: Model) -> None:
    assert_of(session, business, model.id)
    other = session.get_one(Model, model.id)
    assert len(list_assertions(session, actor=business, model_id=other.id)) == 1
    elsewhere = make_model(session, business)[0]
    assert list_assertions(session, actor=business, model_id=elsewhere.id) == []


def test_what_cannot_be_asserted_leaves_nothing(session: Session, business: Actor, model: Model) -> None:
    left_out = replace(LOYAL, conditions=({"column": "churn", "operator": "is", "value": "Yes"},))
    with pytest.raises(InvalidInputError, match="no column called “churn”"):
        save_assertion(session, actor=business, model_id=model.id, assertion=left_out)
    assert session.exec(select(ModelAssertion)).first() is None
    assert events(session, "assertion.saved") == []


def test_the_same_is_asserted_once(session: Session, business: Actor, model: Model) -> None:
    assert_of(session, business, model.id)
    with pytest.raises(ConflictError, match="asserted already"):
        assert_of(session, business, model.id)


def test_a_change_of_what_somebody_changed_meanwhile_is_refused(
    session: Session, business: Actor, model: Model
) -> None:
    first = assert_of(session, business, model.id)
    changes = [replace(LOYAL, least_share=share) for share in (0.9, 0.95)]
    save_assertion(session, actor=business, model_id=model.id, assertion=changes[0], key=first.key, based_on=1)
    with pytest.raises(ConflictError, match="changed this assertion meanwhile"):
        save_assertion(session, actor=business, model_id=model.id, assertion=changes[1], key=first.key, based_on=1)
    with pytest.raises(ConflictError, match="changed this assertion meanwhile"):
        withdraw_assertion(session, actor=business, model_id=model.id, key=first.key, based_on=1)
    with pytest.raises(ConflictError, match="withdrawn, or there never was one"):
        withdraw_assertion(session, actor=business, model_id=model.id, key="none", based_on=1)


def test_a_project_has_no_more_assertions_than_people_read(session: Session, business: Actor, model: Model) -> None:
    for place in range(MOST_ASSERTIONS):
        assert_of(session, business, model.id, replace(LOYAL, least_share=(place + 1) / 100))
    with pytest.raises(InvalidInputError, match="at most 40"):
        assert_of(session, business, model.id, PRICEY)


@pytest.mark.parametrize("table", ["model_assertion", "check_answer"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET role_at_time = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_what_was_said(engine: Engine, table: str, verb: str) -> None:
    with transaction(engine) as session:
        business = make_actor(session)
        model, _, _ = make_model(session, business)
        assert_of(session, business, model.id)
        examination_id = make_examination(session, business, model.id, make_examination_report())
        answer_finding(session, actor=business, examination_id=examination_id, code="twin", reason="Fine")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(verb.format(table)))


def test_of_two_people_at_once_one_version_counts_and_the_other_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        business = make_actor(session)
        model, _, _ = make_model(session, business)
        key = assert_of(session, business, model.id).key

    def change(share: float) -> str:
        try:
            with transaction(engine) as session:
                save_assertion(
                    session,
                    actor=business,
                    model_id=model.id,
                    assertion=replace(LOYAL, least_share=share),
                    key=key,
                    based_on=1,
                )
        except PortalError as error:
            return error.sentence
        return "done"

    with ThreadPoolExecutor(2) as people:
        outcomes = sorted(people.map(change, (0.6, 0.7)))
    assert outcomes[1] == "done"
    assert "meanwhile" in outcomes[0] or "faster" in outcomes[0]
    with reading(engine) as session:
        assert len(session.exec(select(ModelAssertion).where(ModelAssertion.version == 2)).all()) == 1
