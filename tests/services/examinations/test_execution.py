"""The work of an examination, end to end: kept once, recorded once, withheld where it must be, stopped when asked."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.session import reading, transaction
from db.tables import AuditEvent, Job, Model, Run
from portal.jobs.handlers import HANDLERS
from services.audit.actor import SYSTEM
from services.automl.commands import start_run
from services.examinations.commands import save_assertion, start_examination
from services.examinations.execution import run_examination
from services.examinations.queries import find_examination, get_examination
from services.examinations.report import FAILS, HOLDS
from services.examinations.views import ExaminationView
from services.jobs.child_process import ChildInterruptedError
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest
from services.models.commands import register_model
from services.portfolio.history import is_described
from tests.makers_datasets import make_frame
from tests.makers_examinations import LOYAL, PRICEY
from tests.makers_models import make_finished
from tests.makers_simulation import Simulatable, make_simulatable

on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def asked(world: Simulatable) -> str:
    with transaction() as session:
        return start_examination(session, actor=world.scientist, model_id=world.model_id).id


def look(world: Simulatable, examination_id: str) -> ExaminationView:
    with reading() as session:
        return get_examination(session, actor=world.scientist, examination_id=examination_id)


@dataclass
class Impatient:
    """Asks for an end as soon as the child has said how far it is."""

    heard: list[tuple[float | None, str]] = field(default_factory=list)

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))

    def find_interruption(self) -> str | None:
        return "cancel" if any(share for share, _ in self.heard) else None

    def settle(self, session: Session, result: dict[str, Any]) -> None:
        raise AssertionError("Nothing is settled that was stopped.")


@pytest.mark.slow
def test_it_is_kept_and_recorded_once_with_what_people_assert(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(900), ())
    likely, unlikely = replace(LOYAL, least_share=0.3), replace(LOYAL, outcome="Yes", least_share=0.95)
    with transaction() as session:
        ids = [
            save_assertion(session, actor=world.business, model_id=world.model_id, assertion=one).id
            for one in (likely, unlikely, PRICEY)
        ]
    examination_id = asked(world)
    for _ in range(2):  # a worker that takes over does nothing with what is done
        run_job(examination_id, HANDLERS, "here")
    found = look(world, examination_id)
    assert found.job.failure is None
    assert found.job.state == "done"
    states = {one.id: one.result.state for one in found.assertions if one.result}
    assert [states[key] for key in ids[:2]] == [HOLDS, FAILS]
    assert ids[2] in states
    assert {one.finding.code for one in found.findings} >= {"guess", "leak", "overfit", "calibrated", "twin"}
    assert found.report.stresses.found, "The drivers are those of the stored explanation."
    assert {stress.column for stress in found.report.stresses.found} >= {"tenure", "contract", None}
    with reading() as session:
        events = [event for event in session.exec(select(AuditEvent)) if event.action == "examination.finished"]
        assert len(events) == 1
        assert is_described("examination.finished")
        assert find_examination(session, actor=world.business, model_id=world.model_id) is not None


@on_one_engine
@pytest.mark.slow
def test_it_says_how_far_it_is_and_can_be_stopped(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(2_000), ())
    examination_id, report = asked(world), Impatient()
    with reading() as session:
        job = session.get_one(Job, examination_id)
        request = JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, world.scientist)
    with pytest.raises(ChildInterruptedError):
        run_examination(request, report)
    shares = [share for share, _ in report.heard if share is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    with reading() as session:
        assert session.get_one(Job, examination_id).result is None


@on_one_engine
@pytest.mark.slow
def test_two_models_of_the_same_rows_kept_aside_open_them_twice(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(400), ())
    with transaction() as session:
        run = session.get_one(Run, session.get_one(Model, world.model_id).run_id)
        dataset_id = run.dataset_version_id
        again = start_run(session, actor=world.scientist, project_id=world.project_id, dataset_id=dataset_id)
        register_model(session, actor=SYSTEM, run_id=again.id, finished=make_finished())
    examination_id = asked(world)
    run_job(examination_id, HANDLERS, "here")
    (opened,) = [one for one in look(world, examination_id).findings if one.finding.code == "openings"]
    assert opened.finding.state == "amber"
    assert "opened 2 times" in opened.finding.sentence


@on_one_engine
@pytest.mark.slow
def test_who_asks_without_having_said_what_they_expect_spoils_nothing_for_others(engine: Engine) -> None:
    """The job runs as the business stakeholder, who is shown less; the report has everything."""
    world = make_simulatable(engine, make_frame(600), ())
    with transaction() as session:
        examination_id = start_examination(session, actor=world.business, model_id=world.model_id).id
    run_job(examination_id, HANDLERS, "here")
    assert {stress.column for stress in look(world, examination_id).report.stresses.found} > {None}
    with reading() as session:
        hidden = get_examination(session, actor=world.business, examination_id=examination_id)
    assert {stress.column for stress in hidden.report.stresses.found} == {None}
    assert hidden.report.n_withheld > 0
