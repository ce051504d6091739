"""Bring a table: choose a file, watch it being read, answer what it leaves open, and see how it was read."""

import shutil
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from portal.ui.change import show_refusal
from portal.ui.jobs import job_status
from portal.ui.layout import note
from portal.ui.reading_questions import ask_questions
from portal.ui.reading_report import draw_report
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.formats.identify import READABLE_ENDINGS
from services.datasets.receiving.request import KIND, find_received, open_questions
from services.errors import PortalError
from services.jobs.queries import find_latest_job
from services.jobs.views import JobView

WIDTH = 560
LABEL = "CSV, TSV, Excel, Parquet or JSON lines, with the column names in the first line"
WHAT_TO_DO = "Nothing was changed. Correct the file and choose it again, or save it as CSV (UTF-8)."

Receive = Callable[[str, str, int], object]
Answer = Callable[[str, Sequence[str]], object]
Cancel = Callable[[str], object]


def draw_intake(
    actor: Actor,
    project_id: str,
    *,
    receive: Receive,
    answer: Answer,
    cancel: Cancel,
    is_primary: bool = True,
    key: str = "first",
) -> None:
    """Where the latest file of a project stands, and the form that brings another, for somebody who may change data.

    Parameters
    ----------
    receive
        `receive(file_name, source_sha256, n_bytes)` has a stored file read.
    answer
        `answer(job_id, answers)` has it read again with an answer for each question.
    cancel
        `cancel(job_id)` ends a reading.
    is_primary
        Whether bringing a table is the first thing to do on the page.
    key
        Tells the widgets of several forms apart.
    """
    job = find_reading(actor, project_id)
    if job is not None and job.is_active:
        job_status(actor, job, stop=lambda job_id: _ignore(cancel(job_id)))
        return
    if job is None or not open_questions(job):
        if job is not None:
            _draw_outcome(actor, job, answer)
        _draw_form(f"{key}_{job.id if job else 'none'}", receive, is_primary=is_primary, label_key=key)
        return
    _draw_outcome(actor, job, answer)
    with st.expander("Bring another file instead", icon=":material/upload:"):
        _draw_form(f"{key}_{job.id}", receive, is_primary=False, label_key=key)


def draw_reading(actor: Actor, project_id: str, *, answer: Answer, cancel: Cancel) -> None:
    """Only where the latest file stands, for a page that shows the form elsewhere; nothing where it is a version."""
    job = find_reading(actor, project_id)
    if job is not None and job.is_active:
        job_status(actor, job, stop=lambda job_id: _ignore(cancel(job_id)))
    elif job is not None:
        _draw_outcome(actor, job, answer)


def draw_upload(actor: Actor, project_id: str, *, receive: Receive, key: str = "newer") -> None:
    """Only the form, for a page that shows elsewhere where the latest file stands."""
    job = find_reading(actor, project_id)
    if job is not None and job.is_active:
        note("One file is being read. Bring the next one when it is done.")
    else:
        _draw_form(f"{key}_{job.id if job else 'none'}", receive, is_primary=False, label_key=key)


def is_under_way(actor: Actor, project_id: str) -> bool:
    """Whether a file is being read, or asks something: then it is what the page is about."""
    job = find_reading(actor, project_id)
    return job is not None and (job.is_active or bool(open_questions(job)))


def find_reading(actor: Actor, project_id: str) -> JobView | None:
    """The latest reading of a file of the project, whoever asked for it."""
    with reading() as session:
        return find_latest_job(session, actor=actor, project_id=project_id, kind=KIND)


def _draw_outcome(actor: Actor, job: JobView, answer: Answer) -> None:
    name = escape_markdown(str(job.request.get("file_name", "the file")))
    questions, received = open_questions(job), find_received(job)
    if questions:
        ask_questions(job.id, name, questions, answer)
    elif received is not None:
        draw_report(actor, job, name, received)
    elif job.failure:
        with st.container(gap="xsmall"):
            st.error(escape_markdown(job.failure), icon=":material/error:")
            note(f"{name} was not read. {WHAT_TO_DO}")
    elif job.state == "cancelled":
        note(f"Reading {name} was stopped. Nothing was changed.")


def _draw_form(key: str, receive: Receive, *, is_primary: bool, label_key: str) -> None:
    """A new key after each file: Streamlit then forgets the bytes of the one before."""
    with st.form(f"upload_{key}", border=False, width=WIDTH):
        file = st.file_uploader(LABEL, READABLE_ENDINGS, key=f"upload_file_{key}")
        pressed = st.form_submit_button(
            "Upload a table",
            key=f"upload_now_{label_key}",
            type="primary" if is_primary else "secondary",
            icon=":material/upload:",
        )
    if pressed and file is None:
        st.info("Choose a file first.", icon=":material/upload_file:")
    elif pressed and file is not None:
        _take(file, receive)


def _take(file: UploadedFile, receive: Receive) -> None:
    """Store the bytes as they came, then ask for the reading; a refusal is shown where the file was chosen."""
    with st.spinner("Storing the file …"):
        digest = _store(file)
    try:
        receive(file.name, digest, file.size)
    except PortalError as error:
        show_refusal(error)
        return
    st.rerun()


def _store(file: UploadedFile) -> str:
    with scratch_folder() as folder:
        path = folder / "source"
        with path.open("xb") as stored:
            file.seek(0)
            shutil.copyfileobj(file, stored, 1024 * 1024)
        return get_artifact_store().put_file(path)


def _ignore(_result: object) -> None:
    """The fragment shows what a command did by reading the job again."""
