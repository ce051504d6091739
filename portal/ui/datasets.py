"""A table at a glance: its numbers, the ways to look closer, and what is predicted."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.dataset import target_shares
from portal.ui.health import sort_findings
from portal.ui.layout import Number, note, section
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.datasets.checks.finding import Finding
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import can_be_target, describe_target
from services.datasets.targets import is_binary
from services.datasets.views import Dataset

FORM_WIDTH = 560
_PAGES = Path(__file__).resolve().parents[2] / "pages"
_PLACES = (
    ("columns", "Columns", "view_column"),
    ("rows", "Rows", "table_rows"),
    ("features", "Suggested columns", "function"),
    ("labels", "Labels", "label"),
    ("connections", "Connections", "database"),
)


def dataset_numbers(dataset: Dataset, findings: Sequence[Finding] | None) -> list[Number]:
    """The four numbers of a table; `findings` is None until the checks have looked at it."""
    n_missing = sum(column.n_missing for column in dataset.columns)
    n_cells = dataset.n_rows * dataset.n_columns
    gaps = (
        f"{_share(n_missing / n_cells)} of all; gaps are allowed" if n_missing and n_cells else "every cell has a value"
    )
    return [
        Number("Rows", f"{dataset.n_rows:,}", "one per case"),
        Number("Columns to learn from", f"{len(dataset.feature_columns):,}", f"of {dataset.n_columns:,} in the table"),
        Number("Missing cells", _short(n_missing), gaps),
        _findings_number(findings),
    ]


def draw_links(project_id: str, *, only: Sequence[str] = ()) -> None:
    """The pages that look closer at the table, or bring it from elsewhere; by default all."""
    with st.container(horizontal=True, gap="small"):
        for stem, label, icon in _PLACES:
            if not only or stem in only:
                page, icon = _PAGES / f"{stem}.py", f":material/{icon}:"
                st.page_link(page, label=label, icon=icon, query_params={"project": project_id})


def draw_way_back(project_id: str, kind: Literal["primary", "tertiary"]) -> None:
    """The button that leads from a closer look back to the table."""
    if st.button("Back to the data", key="to_data", icon=":material/arrow_back:", type=kind):
        go_to("datasets", project=project_id)


def draw_target(dataset: Dataset, choose: Callable[[str, str | None], None] | None) -> None:
    """What is predicted, with its classes; `choose(column, positive_label)` is None for those who only look."""
    target = dataset.get_column(dataset.target) if dataset.target else None
    text = "Of two outcomes, one is what you act on. The model says how likely it is in each case."
    title = describe_target(dataset).rstrip(".") if target else "What shall a model predict?"
    with section(escape_markdown(title), text):
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


def _findings_number(findings: Sequence[Finding] | None) -> Number:
    if findings is None:
        return Number("Findings", "–", "the checks have not looked yet")
    found = sort_findings(findings)
    n_red, n_amber = (sum(finding.severity == severity for finding in found) for severity in ("red", "amber"))
    words = [f"{n_red} to settle first"] if n_red else []
    words += [f"{n_amber} worth a look"] if n_amber else []
    color = "red" if n_red else "orange" if n_amber else "gray"
    return Number("Findings", f"{len(found):,}", ", ".join(words) or "nothing in the way of a model", color)  # type: ignore[arg-type]


def _share(part: float) -> str:
    return "less than 0.1%" if part < 0.001 else f"{part:.1%}"


def _short(n: int) -> str:
    """At most nine characters."""
    return f"{n:,}" if n < 10_000_000 else f"{n / 1e6:,.0f}m"
