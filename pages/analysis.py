"""Analysis: groups, unusual rows or a forecast: watch it, read what was found, and take the files."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.analyses import STATES
from portal.ui.analysis_findings import draw_forecast, draw_groups, draw_remarks, draw_unusual
from portal.ui.change import on_press
from portal.ui.jobs import job_status
from portal.ui.layout import head, note, page
from portal.ui.session import reading
from portal.ui.state import go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.analyses.queries import FileKind, get_analysis, get_analysis_file
from services.analyses.sentences import NO_MONEY, describe_request, headline_of
from services.analyses.views import AnalysisView, Report
from services.audit.actor import Actor
from services.automl.anomaly.report import UnusualReport
from services.automl.clustering.report import GroupsReport
from services.jobs.commands import cancel_job

_FILES: dict[FileKind, tuple[str, str, str]] = {
    "table": ("Answers as CSV", "answers.csv", "text/csv"),
    "package": ("Model and report", "analysis.zip", "application/zip"),
}


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, analysis_id = get_actor(), require_open_id("analysis")
    with reading() as session:
        analysis = get_analysis(session, actor=actor, analysis_id=analysis_id)
    open_project(analysis.job.project_id)
    with page():
        job = analysis.job
        started = f"{job.created_at.day} {job.created_at:%B, %H:%M} UTC"
        who = escape_markdown(job.created_by_name)
        asked = escape_markdown(describe_request(analysis.request))
        about = f"{asked}. Data version {analysis.dataset_version}, started {started} by {who}."
        finding = escape_markdown(headline_of(analysis.report)[0]) if analysis.report is not None else None
        head(analysis.request.task.label, about, badges=[STATES[job.state]], finding=finding)
        job_status(actor, job, stop=partial(_stop, actor))
        if analysis.report is not None:
            _draw_report(actor, analysis, analysis.report)
        if st.button("All runs and analyses", icon=":material/arrow_back:", type="tertiary", key="back"):
            go_to("runs", project=job.project_id)


def _draw_report(actor: Actor, analysis: AnalysisView, report: Report) -> None:
    st.markdown(escape_markdown(headline_of(report)[1]))
    if isinstance(report, GroupsReport):
        draw_groups(report)
    elif isinstance(report, UnusualReport):
        draw_unusual(report)
    else:
        draw_forecast(report)
    _draw_files(actor, analysis)
    left_out = {} if not isinstance(report, GroupsReport | UnusualReport) else report.left_out
    draw_remarks(left_out, () if isinstance(report, UnusualReport) else report.notes, report.cut)
    note(NO_MONEY)


def _draw_files(actor: Actor, analysis: AnalysisView) -> None:
    with st.container(horizontal=True, gap="small"):
        for kind, (label, name, mime) in _FILES.items():
            st.download_button(
                label,
                partial(_read_file, actor, analysis.id, kind),
                file_name=f"{analysis.request.task.value}-{name}",
                mime=mime,
                icon=":material/download:",
                key=f"download_{kind}",
                on_click="ignore",
            )
    note("Text that a spreadsheet would run as a formula has an apostrophe in front. The model needs no portal.")


def _read_file(actor: Actor, analysis_id: str, kind: FileKind) -> bytes:
    with reading() as session:
        return get_analysis_file(session, actor=actor, analysis_id=analysis_id, kind=kind)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
