"""The top of the data page: what was found, what is being done, and the one thing to do next."""

from collections.abc import Callable

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.dataset_picture import Picture
from portal.ui.health import describe_safe, find_safe, summarize
from portal.ui.jobs import job_status
from portal.ui.layout import action_bar, head, note
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.sentences import describe_target
from services.people.permissions import Permission, is_allowed


def draw_head(picture: Picture) -> None:
    """Title, where the table is from, and the finding: what the checks say, or what is predicted until they do."""
    dataset = picture.dataset
    written = f"{dataset.created_at.day} {dataset.created_at:%B}"
    finding = describe_target(dataset)
    if dataset.target is not None and picture.findings is not None:
        finding = f"{summarize(picture.findings)}."
    head(
        "Data",
        f"{escape_markdown(dataset.file_name)}, changed by {escape_markdown(dataset.created_by_name)} on {written}",
        badges=[Badge(f"Version {dataset.version}", "gray")],
        finding=escape_markdown(finding),
    )
    if dataset.notes:
        note(escape_markdown(" ".join(dataset.notes)))


def draw_status(
    actor: Actor, picture: Picture, *, stop: Callable[[str], None], examine: Callable[[], None] | None
) -> None:
    """Work on this table that goes on or failed; the page stays usable meanwhile."""
    if picture.change is not None:
        job_status(actor, picture.change, stop=stop)
    if picture.health is not None and picture.health.is_current:
        return
    if picture.check is not None and picture.check.is_active:
        job_status(actor, picture.check, stop=stop)
    elif examine is not None:
        text = "The checks stopped before they were done" if picture.check else "The checks have not looked at this yet"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            note(f"{text}.")
            if st.button("Check the table", key="examine", icon=":material/health_and_safety:"):
                examine()


def draw_next_step(actor: Actor, picture: Picture, fix_safe: Callable[[list[str]], None]) -> None:
    """One primary action by role: mend what is safe, then start; the business says what columns mean."""
    dataset = picture.dataset
    safe = find_safe(picture.findings or ())
    if dataset.target is None and is_allowed(actor, Permission.EDIT_DATA):
        return  # to choose it comes first
    if is_allowed(actor, Permission.EDIT_DATA) and safe and not picture.is_busy:
        n = "one safe thing" if len(safe) == 1 else f"{len(safe)} safe things"
        text = f"{describe_safe(safe)}. Each becomes a step that you can undo."
        if action_bar(
            f"{n.capitalize()} can be fixed at once",
            text,
            "Fix what is safe",
            icon=":material/auto_fix_high:",
            key="next",
        ):
            fix_safe(sorted({finding.code for finding in safe}))
    elif is_allowed(actor, Permission.START_RUN):
        text = "AutoML tries several kinds of model on these columns and checks the best one on rows kept aside."
        if action_bar(
            "The data are ready for a model", text, "Start AutoML", icon=":material/model_training:", key="next"
        ):
            go_to("runs", project=dataset.project_id)
    elif is_allowed(actor, Permission.EDIT_DICTIONARY) and not is_allowed(actor, Permission.EDIT_DATA):
        _draw_dictionary_step(picture)


def _draw_dictionary_step(picture: Picture) -> None:
    n_columns, n_left = picture.dataset.n_columns, picture.dataset.n_columns - picture.n_described
    if n_left <= 0:
        return
    title = "Say what the columns mean" if not picture.n_described else f"{n_left} columns still have no business name"
    text = (
        f"{picture.n_described} of {n_columns} are described. Your words appear in charts, reasons and the sign-off, "
        "and tell which columns are known in time."
    )
    if action_bar(title, text, "Describe the columns", icon=":material/edit_note:", key="next"):
        go_to("columns", project=picture.dataset.project_id, view="Dictionary")
