"""Columns: what is in each, what it means, what the model may not see, and how columns go together."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out
from portal.ui.column_detail import draw_column
from portal.ui.columns import ColumnActions, ask_choice, choose_columns, draw_columns
from portal.ui.dataset_picture import read_picture
from portal.ui.datasets import draw_way_back
from portal.ui.dictionary import (
    Lines,
    business_names,
    describe_progress,
    draw_form,
    draw_line,
    draw_table,
    next_undescribed,
)
from portal.ui.health import flagged_columns
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.state import go_to, require_open_id
from portal.ui.table_maps import draw_gaps, draw_related, draw_time
from services.audit.actor import Actor
from services.datasets.checks.health import HealthDocument
from services.datasets.commands import describe_column, exclude_column, include_column
from services.datasets.views import Dataset
from services.people.permissions import Permission, is_allowed

PROMISE = "What is in each column, what it means, and what the model may not see"
VIEWS = ("Columns", "Dictionary", "Related", "Gaps", "Time")
OPEN = "column"  # in the address: the column that is looked at closely


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    picture = read_picture(actor, project_id)
    with page():
        if picture is None:
            head("Columns", PROMISE)
            empty_state(
                ":material/table_chart:",
                "No data yet, so there are no columns.",
                lambda: draw_way_back(project_id, "primary"),
            )
            return
        with st.container(gap="xsmall"):
            draw_way_back(project_id, "tertiary")
            head("Columns", PROMISE, finding=_finding(picture.dataset))
            _draw_views(actor, picture.dataset, picture.health.document if picture.health else None, picture.lines)


def _finding(dataset: Dataset) -> str:
    n_out = len(dataset.excluded)
    left_out = f", {n_out:,} {'is' if n_out == 1 else 'are'} left out" if n_out else ""
    return f"The model may learn from {len(dataset.feature_columns):,} of {dataset.n_columns:,} columns{left_out}"


def _draw_views(actor: Actor, dataset: Dataset, health: HealthDocument | None, lines: Lines) -> None:
    tabs = dict(zip(VIEWS, st.tabs(list(VIEWS), key="view", bind="query-params"), strict=True))
    chosen = next((name for name, tab in tabs.items() if tab.open), VIEWS[0])  # only what is looked at is drawn
    with tabs[chosen]:
        if chosen == "Columns":
            _draw_columns(actor, dataset, health, lines)
        elif chosen == "Dictionary":
            _draw_dictionary(actor, dataset, lines)
        elif health is None:
            note("The checks have not looked at this table yet. Their result appears here by itself.")
        elif chosen == "Related":
            draw_related(health.correlations)
        elif chosen == "Gaps":
            draw_gaps(health.missingness, dataset.n_columns)
        else:
            draw_time(health.coverage)


def _draw_columns(actor: Actor, dataset: Dataset, health: HealthDocument | None, lines: Lines) -> None:
    actions = ColumnActions(open=partial(_open, dataset.project_id))
    if is_allowed(actor, Permission.EDIT_DATA):
        exclude, include = partial(_exclude, actor, dataset.id), partial(_include, actor, dataset.id)
        actions = ColumnActions(exclude=exclude, include=include, open=actions.open)
    name = st.query_params.get(OPEN)
    if name in {column.name for column in dataset.columns}:
        if st.button("All columns", key="all_columns", icon=":material/arrow_back:"):
            _open(dataset.project_id, None)
        relations = {relation.column: relation for relation in health.relations} if health else {}
        draw_column(
            dataset,
            str(name),
            actions,
            lines=lines,
            save=_saver(actor, dataset.project_id),
            findings=health.findings if health else (),
            relation=relations.get(str(name)),
        )
        return
    flagged, names = flagged_columns(health.findings if health else ()), business_names(lines)
    shown = choose_columns(dataset, ask_choice(dataset), flagged=flagged, names=names)
    draw_columns(dataset, shown, actions, flagged=flagged, names=names)


def _draw_dictionary(actor: Actor, dataset: Dataset, lines: Lines) -> None:
    columns = [column.name for column in dataset.columns]
    save = _saver(actor, dataset.project_id)
    text = "A business name, its meaning and unit; whether it is known in time; how sensitive it is; who can change it"
    with section(describe_progress(columns, lines), text):
        first = next_undescribed(columns, lines) or columns[0]
        with st.container(width=320):
            name = st.selectbox("Column", columns, index=columns.index(first), key=f"describe of {first}")
        if save:
            draw_form(name, lines, save)
        else:
            draw_line(name, lines)
        draw_table(columns, lines)


def _saver(actor: Actor, project_id: str) -> "partial[None] | None":
    return partial(_describe, actor, project_id) if is_allowed(actor, Permission.EDIT_DICTIONARY) else None


def _open(project_id: str, name: str | None) -> None:
    go_to("columns", project=project_id, **({OPEN: name} if name else {}))


def _describe(actor: Actor, project_id: str, column: str, fields: dict[str, str]) -> None:
    done = f"The dictionary knows {column} now."
    carry_out(describe_column, done, actor=actor, project_id=project_id, column=column, **fields)


def _exclude(actor: Actor, dataset_id: str, column: str, reason: str) -> None:
    done = f"{column} is left out."
    carry_out(exclude_column, done, actor=actor, dataset_id=dataset_id, column=column, reason=reason)


def _include(actor: Actor, dataset_id: str, column: str) -> None:
    carry_out(include_column, f"{column} is back in.", actor=actor, dataset_id=dataset_id, column=column)


draw()
