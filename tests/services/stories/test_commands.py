"""Asking for a look behind an explanation, and for the story of a case: by whom, about what, and only once."""

from typing import Any

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Job
from services.datasets.commands import describe_column
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.models.commands import choose_threshold
from services.people.permissions import Role
from services.stories.commands import request_look, request_story
from services.stories.request import CASE, LOOK, StoryRequest
from tests.makers import make_actor
from tests.makers_interpretations import skip
from tests.makers_reviews import Case, make_case
from tests.makers_stories import make_look, make_told


@pytest.fixture
def case(session: Session) -> Case:
    found = make_case(session)
    skip(session, found.business, found.model)
    return found


def test_it_is_asked_of_the_model_its_explanation_and_the_threshold_in_force(session: Session, case: Case) -> None:
    job = request_look(session, actor=case.business, model_id=case.model.id)
    asked = StoryRequest.from_document(job.request)
    assert (job.kind, job.subject_id, job.created_by) == (LOOK, case.model.id, case.business.user_id)
    assert (asked.model_id, asked.threshold, asked.row) == (case.model.id, 0.3, None)
    assert asked.is_about(case.model.digest, case.model.explanation_sha256)
    assert not asked.is_about(case.model.digest, "0" * 64)


def test_what_waits_or_is_known_is_not_asked_again(session: Session, case: Case) -> None:
    first = request_look(session, actor=case.business, model_id=case.model.id)
    assert request_look(session, actor=case.scientist, model_id=case.model.id).id == first.id
    made = make_look(session, case.business, case.model, make_told())
    assert made == first.id
    assert request_look(session, actor=case.business, model_id=case.model.id).id == first.id
    assert len(session.exec(select(Job).where(Job.kind == LOOK)).all()) == 1


def test_what_failed_or_was_stopped_may_be_asked_again(session: Session, case: Case) -> None:
    first = request_look(session, actor=case.business, model_id=case.model.id)
    row = session.get_one(Job, first.id)
    row.state, row.failure = "failed", "It took longer than 1800 s."
    session.add(row)
    session.flush()
    assert request_look(session, actor=case.business, model_id=case.model.id).id != first.id


def test_another_threshold_is_another_question(session: Session, case: Case) -> None:
    make_look(session, case.business, case.model, make_told())
    known = request_look(session, actor=case.business, model_id=case.model.id)
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    choose_threshold(session, threshold=0.6, reason="We cannot call so many", **ask)
    assert request_look(session, **ask).id != known.id


def test_what_people_say_can_be_changed_is_a_part_of_the_question(session: Session, case: Case) -> None:
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    make_look(session, case.business, case.model, make_told())
    known = request_look(session, **ask)
    describe_column(session, actor=case.business, project_id=case.project_id, column="tenure", business_name="Time")
    assert request_look(session, **ask).id == known.id, "A name changes nothing of what was found."
    described = {"sensitivity": "special"}
    describe_column(session, actor=case.business, project_id=case.project_id, column="tenure", **described)
    again = request_look(session, **ask)
    assert again.id != known.id
    assert again.request["basis"] != known.request["basis"]


def test_what_was_found_and_lost_since_is_asked_again(session: Session, case: Case) -> None:
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    first, told = make_look(session, case.business, case.model, make_told()), request_story(session, row=3, **ask)
    for job_id, name in ((first, "report_sha256"), (told.id, "story_sha256")):
        row = session.get_one(Job, job_id)
        row.state, row.result = "done", {name: "0" * 64}
        session.add(row)
    session.flush()
    assert request_look(session, **ask).id != first
    assert request_story(session, row=3, **ask).id != told.id


def test_each_row_is_a_question_of_its_own(session: Session, case: Case) -> None:
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    one, other = (request_story(session, row=row, **ask) for row in (3, 4))
    assert one.id != other.id
    assert request_story(session, row=3, **ask).id == one.id
    assert (one.kind, one.request["row"]) == (CASE, 3)


@pytest.mark.parametrize("row", [0, -1, 201])
def test_a_row_the_data_do_not_have_is_refused(session: Session, case: Case, row: int) -> None:
    with pytest.raises(InvalidInputError, match="The data have 200 rows"):
        request_story(session, actor=case.business, model_id=case.model.id, row=row)


def test_who_is_still_to_say_what_they_expect_asks_for_nothing(session: Session, case: Case) -> None:
    with pytest.raises(ConflictError, match="what you expect to drive it"):
        request_look(session, actor=case.manager, model_id=case.model.id)
    with pytest.raises(ConflictError, match="what you expect to drive it"):
        request_story(session, actor=case.manager, model_id=case.model.id, row=1)
    skip(session, case.manager, case.model)
    assert request_look(session, actor=case.manager, model_id=case.model.id).is_active


def test_who_only_reads_asks_for_nothing_and_a_stranger_learns_nothing(session: Session, case: Case) -> None:
    with pytest.raises(NotAllowedError, match="judge an explanation"):
        request_look(session, actor=make_actor(session, Role.AUDITOR), model_id=case.model.id)
    with pytest.raises(NotFoundError, match="no such model"):
        request_story(session, actor=make_actor(session), model_id=case.model.id, row=1)


def test_asking_changes_nothing_that_is_audited(session: Session, case: Case) -> None:
    before = len(session.exec(select(AuditEvent)).all())
    request_look(session, actor=case.business, model_id=case.model.id)
    request_story(session, actor=case.business, model_id=case.model.id, row=1)
    assert len(session.exec(select(AuditEvent)).all()) == before
