"""A job while it waits and works: what happens now, how far it is, how long it may still take, and a way to stop it."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from db.types import utc_now
from portal.ui.actor import get_actor
from portal.ui.change import show_refusal
from portal.ui.layout import note
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.sentences import describe_seconds
from services.errors import PortalError
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.people.permissions import Permission, is_allowed

REFRESH_SECONDS = 1
_NO_WORKER = "No worker is running. It starts as soon as one does."
_LOST_WORKER = "Nothing is heard of the worker. Another takes over, or it resumes when it is started again."


def job_status(actor: Actor, job: JobView, *, stop: Callable[[str], None] | None = None) -> None:
    """Show an active job, refreshed each second, and run the page again when it ends; of an ended one, why it failed.

    `stop(job_id)` carries out a press of Stop; without it there is no such button. The page reads the job again at
    each run: what a done job produced is the page's to show.
    """
    if job.is_active:
        st.fragment(_draw_live, run_every=REFRESH_SECONDS)(job.id, stop if may_stop(actor, job) else None)
    elif job.failure:
        st.error(escape_markdown(job.failure), icon=":material/error:")
    elif job.state == "cancelled":
        st.info("It was stopped. Nothing was changed.", icon=":material/stop_circle:")


def may_stop(actor: Actor, job: JobView) -> bool:
    """Whether a Stop button makes sense for this person: they asked for it, or may change the data."""
    return job.created_by == actor.user_id or is_allowed(actor, Permission.EDIT_DATA)


def describe_progress(job: JobView, now: datetime) -> str:
    """How far it is, how long it has been at work, and the time left where it can be said honestly."""
    parts = []
    if job.progress is not None:
        parts.append(f"{job.progress:.0%}")
    if job.started_at is not None:
        parts.append(f"{describe_seconds(max((now - job.started_at).total_seconds(), 0.0))} so far")
    if job.eta_seconds is not None:
        parts.append(f"about {describe_seconds(job.eta_seconds)} left" if job.eta_seconds >= 1 else "almost done")
    return " · ".join(parts)


def describe_worker(job: JobView) -> str | None:
    """What is wrong with the worker; None while somebody is there to do the work."""
    if job.is_worker_alive:
        return None
    return _NO_WORKER if job.state == "queued" else _LOST_WORKER


def _draw_live(job_id: str, stop: Callable[[str], None] | None) -> None:
    """The timer reruns only this, without the shell, so the person is checked here again."""
    try:
        actor = get_actor()
        with reading() as session:
            job = get_job(session, actor=actor, job_id=job_id)
    except PortalError:
        st.rerun()  # the shell says why
    if not job.is_active:
        st.rerun()  # the page shows what came of it, and the timer stops
    _draw_active(job, stop)


def _draw_active(job: JobView, stop: Callable[[str], None] | None) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{escape_markdown(job.phase)}**")
        how_far = describe_progress(job, utc_now())
        if job.progress is not None:
            st.progress(job.progress, text=how_far)
        elif how_far:
            note(how_far)
        missing = describe_worker(job)
        note(missing or "You may close this page; it goes on.", "orange" if missing else "gray")
        if (
            stop is not None
            and job.wish == "none"
            and st.button("Stop", icon=":material/stop:", key=f"stop_{job.id}", type="tertiary")
        ):
            _stop(job.id, stop)


def _stop(job_id: str, stop: Callable[[str], None]) -> None:
    try:
        stop(job_id)
    except PortalError as error:
        show_refusal(error)
        return
    st.rerun()
