"""The work behind an explanation, end to end: what is kept, recorded once, stopped, and refused."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import AuditEvent, Job
from portal.jobs.handlers import HANDLERS
from services.datasets.commands import describe_column
from services.errors import ConflictError
from services.jobs.child_process import ChildInterruptedError
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest, SilentReport
from services.stories.commands import request_look, request_story
from services.stories.execution import look_behind_explanation, tell_story_of_case
from services.stories.queries import get_case_story, get_stories
from services.stories.views import CaseStoryView, StoriesView
from tests.makers_datasets import make_frame
from tests.makers_simulation import CONTRACT, Simulatable, make_simulatable

on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def look(world: Simulatable) -> StoriesView:
    with reading() as session:
        return get_stories(session, actor=world.scientist, model_id=world.model_id)


def case_of(world: Simulatable, row: int) -> CaseStoryView:
    with reading() as session:
        return get_case_story(session, actor=world.scientist, model_id=world.model_id, row=row)


def asked(world: Simulatable, row: int | None = None) -> str:
    with transaction() as session:
        ask: dict[str, Any] = {"actor": world.scientist, "model_id": world.model_id}
        return (request_look(session, **ask) if row is None else request_story(session, row=row, **ask)).id


def request_of(job_id: str, world: Simulatable) -> JobRequest:
    with reading() as session:
        job: Any = session.get_one(Job, job_id)
        return JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, world.scientist)


@pytest.mark.slow
def test_a_look_behind_is_kept_and_recorded_once(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,))
    job_id = asked(world)
    run_job(job_id, HANDLERS, "here")
    run_job(job_id, HANDLERS, "here")  # a worker that takes over does nothing with what is done
    seen = look(world)
    assert seen.job is not None
    assert seen.job.state == "done", seen.job.failure
    assert seen.told is not None
    assert seen.told.behind.stability.n_refits == 10
    assert seen.told.behind.interactions.unit == "log-odds"
    assert [story.row for story in seen.told.cases] == [7]
    assert "tenure" not in str(seen.job.result), "The result of a job is read by everybody of the project."
    with reading() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "explanation.deepened")).all()
    assert len(events) == 1
    assert asked(world) == job_id, "What is known is not sought again."


@on_one_engine
@pytest.mark.slow
def test_the_story_of_a_row_moves_only_levers_and_what_people_say_they_influence(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,))
    with transaction() as session:
        said = {"actionability": "influenced", "sensitivity": "none"}
        describe_column(session, actor=world.business, project_id=world.project_id, column="charges", **said)
        secret = {"sensitivity": "special"}
        describe_column(session, actor=world.business, project_id=world.project_id, column="tenure", **secret)
    moved: set[str] = set()
    for row in (1, 5, 11):
        run_job(asked(world, row), HANDLERS, "here")
        found = case_of(world, row)
        assert found.job is not None
        assert found.story is not None, found.job.failure
        assert found.story.row == row
        assert found.story.n_refits == 5
        assert "tenure" not in {reason.column for reason in found.story.reasons}, "It is protected."
        moved |= {change.column for one in found.story.counterfactuals for change in one.changes}
    assert moved <= {"contract", "charges"}
    with reading() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "explanation.case_told")).all()
    assert len(events) == 3


class Impatient(SilentReport):
    """Somebody who stops as soon as something happens."""

    def __init__(self) -> None:
        self.heard: list[tuple[float | None, str]] = []

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))

    def find_interruption(self) -> str | None:
        return "cancel" if len(self.heard) > 2 else None


@on_one_engine
@pytest.mark.slow
def test_it_says_how_far_it_is_and_can_be_stopped(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(2_000), (CONTRACT,))
    job_id, report = asked(world), Impatient()
    with pytest.raises(ChildInterruptedError):
        look_behind_explanation(request_of(job_id, world), report)
    assert any(share is not None and 0 <= share <= 1 for share, _ in report.heard)
    assert look(world).told is None


@on_one_engine
def test_a_row_whose_outcome_is_not_known_ends_with_the_sentence(engine: Engine) -> None:
    frame = make_frame(300)
    frame["churn"] = pd.Series(frame["churn"]).mask(frame.index == 4)
    world = make_simulatable(engine, frame, (CONTRACT,))
    run_job(asked(world, 5), HANDLERS, "here")
    found = case_of(world, 5)
    assert found.job is not None
    assert found.job.state == "failed"
    assert "Row 5 is not among the rows" in str(found.job.failure)


@on_one_engine
def test_a_question_about_an_older_explanation_is_refused(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(300), (CONTRACT,))
    request = request_of(asked(world, 2), world)
    older = replace(request, request={**request.request, "explanation_sha256": "0" * 64})
    with pytest.raises(ConflictError, match="no longer what it was"):
        tell_story_of_case(older, SilentReport())
    other = replace(request, request={**request.request, "basis": "0" * 64})
    with pytest.raises(ConflictError, match="What can be changed is no longer"):
        tell_story_of_case(other, SilentReport())


@on_one_engine
def test_who_has_not_said_what_they_expect_has_nothing_computed_for_them(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(300), (CONTRACT,))
    request = replace(request_of(asked(world), world), actor=world.business)
    with pytest.raises(ConflictError, match="what you expect to drive it"):
        look_behind_explanation(request, SilentReport())
