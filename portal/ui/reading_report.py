"""How a file was read: its rows, what was set aside, and as what each column was read and why."""

from functools import partial

import streamlit as st

from portal.ui.layout import note
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.outcome import ColumnReading, ReadingReport
from services.datasets.queries.receiving import get_set_aside
from services.datasets.receiving.request import Received
from services.datasets.separators import describe_separator
from services.jobs.views import JobView

MOST_COLUMNS = 60


def draw_report(actor: Actor, job: JobView, file_name: str, received: Received) -> None:
    """The report, closed; what was left out of the file stands outside of it. `file_name` is escaped."""
    report = received.report
    if not received.is_new:
        note(f"These are the bytes of version {received.version}, read in the same way: no new version was made.")
    if received.set_aside_sha256 is not None:
        _draw_set_aside(actor, job, file_name, report)
    with st.expander(f"How {file_name} was read"):
        st.markdown(escape_markdown(describe_reading(report)))
        for warning in report.warnings:
            note(escape_markdown(warning), "orange")
        st.table([_row(column) for column in report.columns[:MOST_COLUMNS]], border="horizontal", hide_index=True)
        if len(report.columns) > MOST_COLUMNS:
            note(f"{len(report.columns) - MOST_COLUMNS:,} more columns are listed on the Columns page.")


def describe_reading(report: ReadingReport) -> str:
    """Rows, columns and the spelling of the file, in two sentences at most."""
    rows = "1 row" if report.n_rows == 1 else f"{report.n_rows:,} rows"
    columns = "1 column" if len(report.columns) == 1 else f"{len(report.columns):,} columns"
    spelled = [f"encoding {report.encoding}"] if report.encoding else []
    spelled += [f"separated by {describe_separator(report.separator)}"] if report.separator else []
    spelled += [f"decimal {'comma' if report.decimal_sign == ',' else 'point'}"] if report.decimal_sign else []
    spelled += [f"sheet {report.sheet}"] if report.sheet else []
    facts = ", ".join(spelled)
    return f"{rows} and {columns} were read." + (f" {facts[:1].upper()}{facts[1:]}." if facts else "")


def _draw_set_aside(actor: Actor, job: JobView, file_name: str, report: ReadingReport) -> None:
    rows = "1 faulty row was" if report.n_set_aside == 1 else f"{report.n_set_aside:,} faulty rows were"
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"{rows} set aside from {file_name}, as was chosen. They are not in the table.", width="content")
        st.download_button(
            "Download them with their line numbers",
            partial(_read_set_aside, actor, job.id),
            file_name="rows-set-aside.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"set_aside_{job.id}",
            on_click="ignore",
        )


def _read_set_aside(actor: Actor, job_id: str) -> bytes:
    with reading() as session:
        return get_set_aside(session, actor=actor, job_id=job_id)


def _row(column: ColumnReading) -> dict[str, str]:
    reasons = " ".join((column.reason, *column.notes))
    return {"Column": escape_markdown(column.name), "Read as": column.type, "Why": escape_markdown(reasons)}
