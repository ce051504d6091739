"""A table of projects in which a row can be ticked to open its project."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from portal.ui.state import go_to


def draw_project_rows(
    rows: Sequence[Mapping[str, Any]],
    project_ids: Sequence[str],
    *,
    alt: str,
    key: str,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Draw a row for each project, its name in view and room for the reason.

    Parameters
    ----------
    project_ids
        Whose row it is, in the order of the rows.
    columns
        How further columns are drawn, by name.
    """
    state = st.dataframe(
        rows,
        hide_index=True,
        alt=alt,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Project": st.column_config.TextColumn(pinned=True),
            "Because": st.column_config.TextColumn(width="large"),
            **(columns or {}),
        },
    )
    chosen = state["selection"]["rows"]
    if chosen and chosen[0] < len(project_ids):
        go_to("project", project=project_ids[chosen[0]])
