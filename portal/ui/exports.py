"""What people take with them: a figure as a picture and as its numbers, and files made when somebody asks."""

import csv
import io
from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from portal.ui.charts import chart
from services.datasets.safe_cells import neutralize

Rows = Sequence[tuple[object, ...]]
CSV, HTML = "text/csv", "text/html"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def saved_chart(figure: go.Figure, alt: str, *, name: str, headings: Sequence[str], rows: Callable[[], Rows]) -> None:
    """A figure with a button that saves it as PNG, and below it one that saves its numbers as CSV.

    `name` is that of the files, without an ending; `rows` is called when somebody asks.
    """
    with st.container(gap=None):
        chart(figure, alt, saved_as=name, key=f"figure {name}")
        save_button("Numbers as CSV", f"{name}.csv", CSV, lambda: csv_of(headings, rows()), icon=":material/table:")


def save_button(label: str, file_name: str, kind: str, make: Callable[[], bytes], *, icon: str) -> None:
    """A quiet button for a file that is made when it is pressed."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=kind,
        icon=icon,
        type="tertiary",
        on_click="ignore",
        key=f"save {file_name}",
    )


def csv_of(headings: Sequence[str], rows: Rows) -> bytes:
    """UTF-8 with a mark that spreadsheets need; text of people that would start a formula there stays text."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([neutralize(cell) if isinstance(cell, str) else cell for cell in row])
    return content.getvalue().encode("utf-8-sig")
