"""Objective: what should get better, which levers move it, and which decision a model informs."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.canvas import draw_canvas, draw_head, draw_model, draw_next, draw_objective, stage
from portal.ui.change import carry_out, on_press, show_refused
from portal.ui.forms.collection import Kind, edit_collection
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.lever import ask_for_data, ask_for_lever, data_card, lever_card
from portal.ui.forms.merging import ask_to_merge
from portal.ui.forms.proposal_path import Path, asked_step, choose_depth, draw_path, steer
from portal.ui.layout import FORM_WIDTH, WORKING_WIDTH, empty_state, facts, head, note, page, section
from portal.ui.proposal import Proposal, read_proposal, try_in_words
from portal.ui.session import transaction
from portal.ui.state import flash, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import Permission, is_allowed
from services.proposals.answers import objective_from
from services.proposals.commands import forget_draft, keep_answer, move_draft, save_objective
from services.proposals.objective import DataNeed, Lever, Objective
from services.proposals.queries import SavedObjective
from services.proposals.sentences import understood

PROMISE = "What should get better, and which decision a model informs"


def draw() -> None:
    """The objective as it is, the questions to write it, or who can."""
    actor, project_id = get_actor(), require_open_id("project")
    proposal = read_proposal(actor, project_id)
    may_edit = is_allowed(actor, Permission.EDIT_OBJECTIVE)
    with page(WORKING_WIDTH if proposal.saved else FORM_WIDTH):
        show_refused()
        if proposal.saved:
            _draw_saved(actor, project_id, proposal, proposal.saved, may_edit=may_edit)
        elif may_edit:
            head("Objective", PROMISE, finding="What should get better, and by how much?")
            _draw_questions(actor, project_id, proposal)
        else:
            head("Objective", PROMISE)
            empty_state(":material/flag:", "No objective yet. A business stakeholder of this project writes it.")


def _draw_saved(actor: Actor, project_id: str, proposal: Proposal, saved: SavedObjective, *, may_edit: bool) -> None:
    objective = saved.objective
    save = partial(_save, actor, project_id, saved.version, is_from_draft=False)
    draw_head(saved)
    is_asked = may_edit and bool(proposal.comparison or asked_step())
    if not is_asked and not proposal.draft:
        draw_next(actor, project_id)
    if is_asked:
        _draw_questions(actor, project_id, proposal)
    with section(
        "From objective to model", "A lever is something the organisation decides: a price, an offer, an order"
    ):
        if objective.gaps:
            note("  \n".join(objective.gaps), "orange")
        draw_canvas(saved, project_id)
        with stage(1):
            draw_objective(objective)
        with stage(2):
            ask = partial(ask_for_lever, trial=partial(try_in_words, actor, project_id))
            levers: Kind[Lever] = Kind("levers", "lever", lever_card, ask, Lever)
            change = (lambda new: save(replace(objective, levers=new))) if may_edit else None
            edit_collection(levers, objective.levers, owner=project_id, save=change)
        with stage(3):
            ask_data = partial(ask_for_data, levers=[lever.name for lever in objective.levers])
            sources: Kind[DataNeed] = Kind("data", "source", data_card, ask_data, DataNeed)
            change_data = (lambda new: save(replace(objective, data_needed=new))) if may_edit else None
            edit_collection(sources, objective.data_needed, owner=project_id, save=change_data)
        with stage(4):
            draw_model(objective)
    with section("What we understood"):
        facts({escape_markdown(name): escape_markdown(text) for name, text in understood(objective).items()})
    if may_edit and not is_asked:
        with st.expander("Change the objective", icon=":material/edit:", expanded=proposal.draft is not None):
            _draw_questions(actor, project_id, proposal)


def _draw_questions(actor: Actor, project_id: str, proposal: Proposal) -> None:
    if proposal.comparison and proposal.saved:
        who, version = proposal.saved.created_by_name, proposal.version
        answers = ask_to_merge(proposal.comparison, who=who, version=version)
        if answers is not None:
            done = "Compared. Now save, or go on changing."
            carry_out(move_draft, done, actor=actor, project_id=project_id, answers=answers, based_on=version)
        return
    known = proposal.saved.objective if proposal.saved else None

    def keep(name: str, value: Any) -> None:
        on_press(keep_answer, actor=actor, project_id=project_id, name=name, value=value, based_on=proposal.based_on)

    form = Draft(f"objective {proposal.based_on} of {project_id}")
    path = Path(
        prefix=form.key(""),
        depth=choose_depth(actor.role),
        answers=proposal.answers,
        keep=keep,
        has_levers=bool(known and known.levers),
        similar=proposal.similar,
    )
    typed, step = draw_path(path, asked_step())
    if steer(step, "Save and draw the canvas"):
        try:
            objective = objective_from({**proposal.answers, **typed}, known)
        except PortalError as error:
            show_problems(error)
        else:
            if _save(actor, project_id, proposal.based_on, objective):
                st.query_params.pop("ask", None)
                st.rerun()
    if proposal.draft:
        note("Your answers are kept as you type; nobody else sees them until you save.")
        if st.button("Forget what I typed", type="tertiary", icon=":material/undo:"):
            form.reload()
            carry_out(forget_draft, "Forgotten.", actor=actor, project_id=project_id)


def _save(actor: Actor, project_id: str, based_on: int, objective: Objective, **draft: bool) -> bool:
    try:
        with transaction() as session:
            version = save_objective(
                session, actor=actor, project_id=project_id, objective=objective, based_on=based_on, **draft
            ).version
    except PortalError as error:
        show_problems(error)
        return False
    flash(f"Saved as version {version}.")
    return True


draw()
