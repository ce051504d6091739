"""What differs between the rows of two versions, told from every row: a worker reads both tables.

Which rows only one of them has, which changed, and how far the values of each column moved.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.jobs import job_status
from portal.ui.layout import note
from portal.ui.rows import shown_rows
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.distributions import BANDS
from services.datasets.queries import get_rows_at
from services.datasets.recipe.words import counted
from services.datasets.views import Dataset
from services.jobs.queries import list_jobs
from services.jobs.views import JobView

KIND = "dataset.compare"
MAX_SENTENCES = 12
MAX_SHOWN_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class RowActions:
    """What somebody who may edit the data can ask for: a comparison (`before_id`, `after_id`), and its end."""

    compare: Callable[..., None]
    stop: Callable[[str], None]


def draw_row_comparison(actor: Actor, before: Dataset, after: Dataset, actions: RowActions | None) -> None:
    """The result where somebody asked for it, the work on it, or a button to ask."""
    job = _find_job(actor, before, after)
    if job is not None:
        job_status(actor, job, stop=actions.stop if actions else None)
    if job is not None and job.result is not None:
        rows = job.result.get("rows")
        sentences = describe_rows(rows, before.version, after.version) if rows else []
        for sentence in (*sentences, *describe_changes(job.result["changes"])):
            st.markdown(f"- {escape_markdown(sentence)}")
        if rows:
            _draw_first(actor, before, rows["first_only_before"], rows["n_only_before"], rows["key"])
            _draw_first(actor, after, rows["first_only_after"], rows["n_only_after"], rows["key"])
        note("Read from every row. The index (PSI) is 0 where nothing moved, visible from 0.10, large from 0.25.")
        return
    if actions is None or (job is not None and job.is_active):
        return
    if st.button("Compare the rows", icon=":material/compare:", key="compare_rows"):
        actions.compare(before_id=before.id, after_id=after.id)


def describe_rows(rows: Mapping[str, Any], before: int, after: int) -> list[str]:
    """Sentences about the rows themselves: how they were matched, which stayed, changed, went and came.

    Parameters
    ----------
    rows
        A `RowDifferences` document.
    before, after
        The numbers of the two versions.
    """
    n_both = rows["n_same"] + rows["n_changed"]
    how = f"matched by “{rows['key']}”" if rows["key"] else f"the same in all {_columns(rows['n_columns'])} of both"
    words = [f"{counted(n_both, 'row')} {'is' if n_both == 1 else 'are'} in both versions, {how}."]
    if rows["n_changed"]:
        cells = ", ".join(f"“{name}” in {counted(n, 'row')}" for name, n in rows["changed_columns"])
        words.append(f"{counted(rows['n_changed'], 'row')} of them changed: {cells}.")
    for n, version in ((rows["n_only_before"], before), (rows["n_only_after"], after)):
        if n:
            words.append(f"{counted(n, 'row')} {'is' if n == 1 else 'are'} in version {version} only.")
    if not rows["key"] and rows["n_only_before"] and rows["n_only_after"]:
        words.append("No column names each row of both, so a row that changed counts as one gone and one new.")
    return words


def _draw_first(actor: Actor, dataset: Dataset, positions: Sequence[int], n: int, key: str | None) -> None:
    """The first rows that only one version has; what names them comes first."""
    if not positions:
        return
    names = [column.name for column in dataset.columns]
    shown = ([key] if key else []) + [name for name in names if name != key]
    with reading() as session:
        rows = get_rows_at(
            session, actor=actor, dataset_id=dataset.id, positions=positions, columns=shown[:MAX_SHOWN_COLUMNS]
        )
    title = f"In version {dataset.version} only"
    note(f"{title}: the first {len(rows)} of {n:,}" if n > len(rows) else title)
    st.dataframe(shown_rows(rows), alt=title, hide_index=True, height="content", key=f"only_in_{dataset.version}")


def describe_changes(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences about the columns that moved, those that moved most first, and one about all others.

    Parameters
    ----------
    changes
        The result of a `dataset.compare` job: of each column its name, its index and what that means.
    """
    told = [change for change in changes if change["band"] in ("moved", "shifted")]
    words = [f"“{c['column']}” {BANDS[c['band']]} (index {c['psi']:.2f})." for c in told[:MAX_SENTENCES]]
    if len(told) > MAX_SENTENCES:
        words.append(f"{len(told) - MAX_SENTENCES:,} more columns moved less.")
    n_few = sum(change["band"] == "too_few" for change in changes)
    if n_few:
        words.append(f"{_columns(n_few)} {'has' if n_few == 1 else 'have'} too few rows to tell a change from chance.")
    n_stable = len(changes) - len(told) - n_few
    if n_stable:
        words.append(f"{_columns(n_stable)} {'has' if n_stable == 1 else 'have'} the distribution of before.")
    return words or ["No column of both versions has values that can be compared as a distribution."]


def _columns(n: int) -> str:
    return "1 column" if n == 1 else f"{n:,} columns"


def _find_job(actor: Actor, before: Dataset, after: Dataset) -> JobView | None:
    """The latest comparison of these two, in this direction."""
    asked = {"before_id": before.id, "after_id": after.id}
    with reading() as session:
        jobs = list_jobs(session, actor=actor, project_id=after.project_id, kind=KIND)
    return next((job for job in jobs if job.request == asked), None)
