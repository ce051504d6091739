"""Objective: what should get better, which levers move it, and which decision a model informs."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.canvas import draw_model, draw_objective, stage
from portal.ui.forms.collection import Kind, edit_collection
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.lever import ask_for_data, ask_for_lever, data_card, lever_card
from portal.ui.forms.objective import objective_form
from portal.ui.layout import FORM_WIDTH, WORKING_WIDTH, empty_state, facts, head, note, page, section
from portal.ui.session import reading, transaction
from portal.ui.state import flash, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import ConflictError, PortalError
from services.people.permissions import Permission, is_allowed
from services.projects.queries import authorize_project
from services.proposals.commands import save_objective
from services.proposals.objective import Constraints, DataNeed, Lever, Objective
from services.proposals.queries import SavedObjective, find_objective
from services.proposals.sentences import opening_sentence, understood

PROMISE = "What should get better, and which decision a model informs"
LEVERS: Kind[Lever] = Kind("levers", "lever", lever_card, ask_for_lever, Lever)
DATA: Kind[DataNeed] = Kind("data", "source", data_card, ask_for_data, DataNeed)


def draw() -> None:
    """The objective as it is, the form to write it, or who can."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        sentence = authorize_project(
            session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT
        ).sentence
        saved = find_objective(session, actor=actor, project_id=project_id)
    draft = Draft(f"objective of {project_id}")
    may_edit = is_allowed(actor, Permission.EDIT_OBJECTIVE)
    with page(WORKING_WIDTH if saved else FORM_WIDTH):
        if saved:
            _draw_saved(actor, project_id, saved, draft, may_edit=may_edit)
        elif may_edit:
            head("Objective", PROMISE, finding="What should get better, and by how much?")
            note("Fill in what you know. Levers and data come next; each save is a new version, nothing is lost.")
            _draw_form(actor, project_id, draft, None, sentence)
        else:
            head("Objective", PROMISE)
            empty_state(":material/flag:", "No objective yet. A business stakeholder of this project writes it.")


def _draw_saved(actor: Actor, project_id: str, saved: SavedObjective, draft: Draft, *, may_edit: bool) -> None:
    objective = saved.objective
    based_on = draft.version_seen(saved.version)
    save = partial(_save, actor, project_id, draft, based_on)
    _draw_head(saved)
    with section(
        "From objective to model", "A lever is something the organisation decides: a price, an offer, an order"
    ):
        for gap in objective.gaps:
            note(gap, "orange")
        with stage(1):
            draw_objective(objective)
        with stage(2):
            edit = (lambda levers: save(replace(objective, levers=levers))) if may_edit else None
            edit_collection(LEVERS, objective.levers, owner=project_id, save=edit)
        with stage(3):
            edit = (lambda data: save(replace(objective, data_needed=data))) if may_edit else None
            edit_collection(DATA, objective.data_needed, owner=project_id, save=edit)
        with stage(4):
            draw_model(objective)
    with section("What we understood"):
        facts({name: escape_markdown(text) for name, text in understood(objective).items()})
    if may_edit:
        with st.expander("Change the objective", icon=":material/edit:"):
            _draw_form(actor, project_id, draft, saved, objective.sentence)


def _draw_head(saved: SavedObjective) -> None:
    n_gaps = len(saved.objective.gaps)
    complete = Badge("Complete", "green", ":material/check:")
    head(
        "Objective",
        f"Version {saved.version} by {escape_markdown(saved.created_by_name)}, "
        f"{saved.created_at.day} {saved.created_at:%B}",
        badges=[Badge(f"{n_gaps} open", "orange", ":material/edit:") if n_gaps else complete],
        finding=escape_markdown(opening_sentence(saved.objective)),
    )


def _draw_form(actor: Actor, project_id: str, draft: Draft, saved: SavedObjective | None, sentence: str) -> None:
    based_on = draft.version_seen(saved.version if saved else 0)
    known = saved.objective if saved else None
    typed = objective_form(draft, known, sentence=sentence, button="Save and draw the canvas")
    if typed is None:
        return
    try:
        objective = _made_from(typed, known)
    except PortalError as error:
        show_problems(error)
        return
    if _save(actor, project_id, draft, based_on, objective):
        st.rerun()


def _made_from(typed: dict[str, Any], known: Objective | None) -> Objective:
    """The objective as typed, with the levers and data it has already."""
    constraints = Constraints(**typed.pop("limits"))
    if known:
        return replace(known, **typed, constraints=constraints)
    return Objective(**typed, constraints=constraints)


def _save(actor: Actor, project_id: str, draft: Draft, based_on: int, objective: Objective) -> bool:
    try:
        with transaction() as session:
            version = save_objective(
                session, actor=actor, project_id=project_id, objective=objective, based_on=based_on
            ).version
    except PortalError as error:
        show_problems(error)
        if isinstance(error, ConflictError):
            st.button("Load the latest version", on_click=draft.reload)
        return False
    draft.saved(version)
    flash(f"Saved as version {version}.")
    return True


draw()
