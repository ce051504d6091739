"""What is predicted, how the data came to be, and the form that brings a table."""

from collections.abc import Callable

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.dataset import target_shares
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import can_be_target, describe_target
from services.datasets.targets import is_binary
from services.datasets.views import Dataset

ENDINGS = (".csv", ".tsv", ".txt")
FORM_WIDTH = 560
MAX_VERSIONS = 8


def upload_form(key: str, upload: Callable[[str, bytes], None], *, is_primary: bool) -> None:
    """Ask for a file; `upload(file_name, content)` gets its bytes."""
    with st.form(f"upload_{key}", border=False, width=FORM_WIDTH):
        file = st.file_uploader(
            "A table as CSV or TSV, with the column names in its first line", ENDINGS, key=f"upload_file_{key}"
        )
        pressed = st.form_submit_button(
            "Upload a table",
            key=f"upload_now_{key}",
            type="primary" if is_primary else "secondary",
            icon=":material/upload:",
        )
        if pressed and file is None:
            st.info("Choose a file first.", icon=":material/upload_file:")
        elif pressed and file is not None:
            upload(file.name, file.getvalue())


def draw_target(dataset: Dataset, choose: Callable[[str, str | None], None] | None) -> None:
    """What is predicted, with its classes; `choose(column, positive_label)` is None for those who only look."""
    target = dataset.get_column(dataset.target) if dataset.target else None
    text = "Of two outcomes, one is what you act on. The model says how likely it is in each case."
    with section("What is predicted", text):
        if target and target.top_values:
            with st.container(width=FORM_WIDTH):
                chart(target_shares(target, dataset.positive_label), describe_target(dataset), key="target_shares")
        if choose and target:
            with st.expander("Predict something else"):
                _target_form(dataset, choose)
        elif choose:
            _target_form(dataset, choose)
        elif not target:
            note("A data scientist of this project chooses the column.")


def draw_versions(versions: list[Dataset]) -> None:
    """What changed, by whom and when, newest first."""
    rows = [
        {
            "Version": str(dataset.version),
            "What changed": escape_markdown(dataset.change),
            "By": escape_markdown(dataset.created_by_name),
            "When": f"{dataset.created_at.day} {dataset.created_at:%b}, {dataset.created_at:%H:%M} UTC",
        }
        for dataset in versions
    ]
    with section("How the data came to be", "Every change is a new version; earlier ones stay as they were."):
        st.table(rows[:MAX_VERSIONS], border="horizontal", hide_index=True)
        if len(rows) > MAX_VERSIONS:
            with st.expander(f"{len(rows) - MAX_VERSIONS} earlier versions"):
                st.table(rows[MAX_VERSIONS:], border="horizontal", hide_index=True)


def _target_form(dataset: Dataset, choose: Callable[[str, str | None], None]) -> None:
    options = {c.name: c for c in dataset.columns if can_be_target(c) and c.name not in dataset.excluded}
    if not options:
        st.info("No column here can be predicted: each is constant, free text or a row name. Upload another table.")
        return
    names = list(options)
    index = names.index(dataset.target) if dataset.target in options else len(names) - 1
    with st.container(width=FORM_WIDTH):
        name = st.selectbox("Column to predict", names, index=index, key="target_column")
    with st.form("target", width=FORM_WIDTH):
        label = _ask_label(options[name])
        if st.form_submit_button(
            "Predict this column", key="target_now", type="secondary" if dataset.target else "primary"
        ):
            choose(name, label)


def _ask_label(column: ColumnProfile) -> str | None:
    if not is_binary(column):
        note("It has more than two values, so there is no single case to act on.")
        return None
    labels = [label for label, _count in column.top_values]
    chosen = st.radio("Which outcome do you act on?", labels, index=1, horizontal=True, key=f"label_{column.name}")
    return str(chosen)
