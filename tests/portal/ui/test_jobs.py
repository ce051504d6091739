"""A job on a page: its words, the honest time left, the missing worker, and what happens when it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import transaction
from db.tables import Job
from db.types import utc_now
from portal.ui.actor import SESSION_CLAIM
from portal.ui.jobs import describe_progress, describe_worker, may_stop
from services.audit.actor import Actor
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project, make_sign_in
from tests.makers_jobs import make_job, make_worker

NOW = utc_now()
RUNNING = JobView(
    id="j",
    kind="dataset.read",
    project_id="p",
    subject_id=None,
    state="running",
    wish="none",
    phase="Reading rows",
    progress=0.5,
    eta_seconds=12.0,
    failure=None,
    result=None,
    request={},
    created_by="ana",
    created_by_name="Ana",
    created_at=NOW,
    started_at=NOW - timedelta(seconds=12),
    finished_at=None,
    is_worker_alive=True,
)


def test_progress_is_share_time_and_time_left() -> None:
    assert describe_progress(RUNNING, NOW) == "50% · 12 s so far · about 12 s left"
    assert describe_progress(replace(RUNNING, eta_seconds=0.2), NOW) == "50% · 12 s so far · almost done"
    assert describe_progress(replace(RUNNING, progress=None, eta_seconds=None), NOW) == "12 s so far"
    assert describe_progress(replace(RUNNING, progress=None, eta_seconds=None, started_at=None), NOW) == ""


def test_a_missing_worker_is_named_for_what_it_means() -> None:
    assert describe_worker(RUNNING) is None
    queued = describe_worker(replace(RUNNING, state="queued", is_worker_alive=False))
    assert queued == "No worker is running. It starts as soon as one does."
    lost = describe_worker(replace(RUNNING, is_worker_alive=False))
    assert lost is not None
    assert "Another takes over" in lost


@pytest.mark.parametrize(
    ("user_id", "role", "may"),
    [("ana", Role.BUSINESS, True), ("bob", Role.BUSINESS, False), ("bob", Role.DATA_SCIENTIST, True)],
)
def test_who_asked_or_changes_the_data_may_stop_it(user_id: str, role: str, may: bool) -> None:
    assert may_stop(Actor(user_id, user_id, role), RUNNING) is may


def _page(job_id: str) -> None:
    import streamlit as st

    from portal.ui.actor import get_actor
    from portal.ui.jobs import job_status
    from portal.ui.session import reading
    from portal.ui.session import transaction as change
    from services.jobs.commands import cancel_job
    from services.jobs.queries import get_job

    def stop(stopped_id: str) -> None:
        with change() as session:
            cancel_job(session, actor=get_actor(), job_id=stopped_id)

    with reading() as session:
        job = get_job(session, actor=get_actor(), job_id=job_id)
    job_status(get_actor(), job, stop=stop)
    st.markdown(f"The page knows that it is {job.state}.")


def _open(actor: Actor, job_id: str) -> AppTest:
    app = AppTest.from_function(_page, kwargs={"job_id": job_id}, default_timeout=30)
    with transaction() as session:
        app.user = {SESSION_CLAIM: make_sign_in(session, actor.user_id).id}
    return app.run()


def _arrange(**values: object) -> tuple[Actor, str]:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        job = make_job(session, actor, make_project(session, actor).id)
        row = session.get_one(Job, job.id)
        for name, value in values.items():
            setattr(row, name, value)
        make_worker(session)
    return actor, job.id


def _text(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.error, app.info) for element in kind)


def test_an_active_job_shows_its_phase_and_stops_when_told(engine: Engine) -> None:
    actor, job_id = _arrange(phase="Reading *rows*", state="running", worker_id="one", progress=0.25)
    app = _open(actor, job_id)
    assert not app.exception
    assert r"**Reading \*rows\***" in _text(app)
    assert "No worker" not in _text(app)
    app.button[0].click().run()
    assert "Stopping, as you asked" in _text(app)
    assert not app.button


def test_a_waiting_job_that_is_stopped_is_shown_as_stopped_at_once(engine: Engine) -> None:
    actor, job_id = _arrange()
    app = _open(actor, job_id)
    app.button[0].click().run()
    assert "It was stopped. Nothing was changed." in _text(app)
    assert "The page knows that it is cancelled." in _text(app)


def test_an_ended_job_says_why_it_failed_and_needs_no_timer(engine: Engine) -> None:
    actor, job_id = _arrange(state="failed", failure="Line 3 has 1 value.")
    app = _open(actor, job_id)
    assert "Line 3 has 1 value." in _text(app)
    assert not app.button
