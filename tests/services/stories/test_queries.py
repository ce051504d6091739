"""What was found behind an explanation: the newest that still holds, and nothing for who is still to be asked."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Job
from services.audit.actor import Actor
from services.audit.canonical import canonical_json
from services.datasets.commands import describe_column
from services.errors import ConflictError, NotFoundError
from services.jobs.queries import list_jobs
from services.models.commands import choose_threshold
from services.people.permissions import Role
from services.stories.queries import ASKED_FIRST, get_case_story, get_stories
from tests.makers import make_actor
from tests.makers_interpretations import skip
from tests.makers_models import make_explanation
from tests.makers_reviews import Case, join, make_case
from tests.makers_stories import make_look, make_story, make_told, make_told_case

ROLES = [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER]


@pytest.fixture
def case(session: Session) -> Case:
    found = make_case(session)
    skip(session, found.business, found.model)
    return found


def told_to(answer: object) -> str:
    """Everything an answer holds, however deep."""
    if is_dataclass(answer):
        return " ".join(told_to(getattr(answer, field.name)) for field in fields(answer))
    if isinstance(answer, dict):
        return " ".join(told_to(item) for pair in answer.items() for item in pair)
    if isinstance(answer, list | tuple):
        return " ".join(told_to(item) for item in answer)
    return str(answer)


def test_before_anybody_asked_there_is_nothing_and_who_may_judge_may_ask(session: Session, case: Case) -> None:
    seen = get_stories(session, actor=case.business, model_id=case.model.id)
    assert (seen.job, seen.told, seen.may_ask, seen.has_other_threshold) == (None, None, True, False)
    assert seen.teller is not None
    auditor = get_stories(session, actor=make_actor(session, Role.AUDITOR), model_id=case.model.id)
    assert (auditor.may_ask, auditor.teller is None) == (False, False)


def test_what_was_found_comes_with_names_of_the_business(session: Session, case: Case) -> None:
    make_look(session, case.business, case.model, make_told())
    described = {"business_name": "Time with us", "unit": "months"}
    describe_column(session, actor=case.business, project_id=case.project_id, column="tenure", **described)
    seen = get_stories(session, actor=case.business, model_id=case.model.id)
    assert seen.told == make_told()
    assert seen.teller is not None
    assert seen.teller.name("tenure").label == "Time with us"
    assert seen.teller.name("unknown").label == "unknown"
    assert seen.teller.scale.is_probability


@pytest.mark.parametrize("role", ROLES)
def test_who_is_still_to_be_asked_is_told_nothing_by_any_way(session: Session, case: Case, role: Role) -> None:
    make_look(session, case.business, case.model, make_told())
    make_told_case(session, case.business, case.model, replace(make_story(), row=3))
    actor = join(session, case.project_id, make_actor(session, role))
    seen = get_stories(session, actor=actor, model_id=case.model.id)
    assert (seen.teller, seen.told) == (None, None)
    with pytest.raises(ConflictError, match="what you expect to drive it"):
        get_case_story(session, actor=actor, model_id=case.model.id, row=3)
    words = told_to(seen) + told_to(list_jobs(session, actor=actor, project_id=case.project_id))
    assert "tenure" not in words
    assert "contract" not in words
    skip(session, actor, case.model)
    assert get_stories(session, actor=actor, model_id=case.model.id).told == make_told()
    assert get_case_story(session, actor=actor, model_id=case.model.id, row=3).story == replace(make_story(), row=3)


def test_a_stranger_is_told_that_there_is_no_such_model(session: Session, case: Case) -> None:
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError, match="no such model"):
        get_stories(session, actor=stranger, model_id=case.model.id)
    with pytest.raises(NotFoundError, match="no such model"):
        get_case_story(session, actor=stranger, model_id=case.model.id, row=1)


def test_what_was_found_of_an_older_explanation_is_not_shown(session: Session, case: Case) -> None:
    make_look(session, case.business, case.model, make_told())
    newer = replace(make_explanation(), n_rows=41)
    case.model.explanation_sha256 = get_artifact_store().put(canonical_json(newer.document()))
    session.add(case.model)
    session.flush()
    seen = get_stories(session, actor=case.business, model_id=case.model.id)
    assert seen.teller is not None
    assert seen.teller.explanation == newer
    assert (seen.job, seen.told) == (None, None)


def test_a_newer_question_does_not_hide_what_is_known(session: Session, case: Case) -> None:
    make_look(session, case.business, case.model, make_told())
    _move_threshold(session, case.business, case)
    waiting = make_look(session, case.business, case.model)
    seen = get_stories(session, actor=case.business, model_id=case.model.id)
    assert seen.job is not None
    assert (seen.job.id, seen.job.is_active) == (waiting, True)
    assert seen.told == make_told()
    assert seen.has_other_threshold


def test_what_leans_on_other_levers_or_other_words_is_told_and_marked(session: Session, case: Case) -> None:
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    make_look(session, case.business, case.model, make_told())
    make_told_case(session, case.business, case.model, replace(make_story(), row=3))
    assert not get_stories(session, **ask).has_other_basis
    assert not get_case_story(session, row=3, **ask).has_other_basis
    changed = {"actionability": "influenced", "sensitivity": "special"}
    describe_column(session, actor=case.business, project_id=case.project_id, column="tenure", **changed)
    seen = get_stories(session, **ask)
    assert (seen.told, seen.has_other_basis, seen.is_lost) == (make_told(), True, False)
    for row in (3, 7):  # told by itself, and among the examples
        told = get_case_story(session, row=row, **ask)
        assert (told.story is not None, told.has_other_basis) == (True, True)


def test_what_is_lost_where_files_are_kept_is_said_and_nothing_breaks(session: Session, case: Case) -> None:
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    jobs = [
        make_look(session, case.business, case.model, make_told()),
        make_told_case(session, case.business, case.model, replace(make_story(), row=3)),
    ]
    for job_id, name in zip(jobs, ("report_sha256", "story_sha256"), strict=True):
        row = session.get_one(Job, job_id)
        row.result = {name: "0" * 64}
        session.add(row)
    session.flush()
    seen = get_stories(session, **ask)
    assert (seen.told, seen.is_lost, seen.has_other_basis) == (None, True, False)
    told = get_case_story(session, row=3, **ask)
    assert (told.story, told.is_lost) == (None, True)


def test_an_example_is_told_already_until_the_threshold_is_moved(session: Session, case: Case) -> None:
    make_look(session, case.business, case.model, make_told())
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    assert get_case_story(session, row=7, **ask).story == make_story()
    assert get_case_story(session, row=8, **ask).story is None
    _move_threshold(session, case.business, case)
    assert get_case_story(session, row=7, **ask).story is None


def test_a_case_that_is_being_told_has_its_job_and_only_its_own(session: Session, case: Case) -> None:
    from services.stories.commands import request_story

    job = request_story(session, actor=case.business, model_id=case.model.id, row=12)
    ask: dict[str, Any] = {"actor": case.business, "model_id": case.model.id}
    twelve, thirteen = (get_case_story(session, row=row, **ask) for row in (12, 13))
    assert twelve.job is not None
    assert twelve.job.id == job.id
    assert (thirteen.job, thirteen.story, thirteen.n_rows) == (None, None, 200)


def test_the_sentence_for_who_is_still_to_be_asked_names_the_page() -> None:
    assert "Explain" in ASKED_FIRST


def _move_threshold(session: Session, actor: Actor, case: Case) -> None:
    choose_threshold(session, actor=actor, model_id=case.model.id, threshold=0.6, reason="We cannot call so many")
