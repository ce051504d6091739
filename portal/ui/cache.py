"""What many clicks read alike, kept until something has changed.

Every change of anything is an audit event, so the number of the latest one says whether a picture is still true. Only
two things change without an event: the trials of a search that goes on, which are counted or not kept, and the age of
things ("asked 5 minutes ago"); hence the time limit. Whether the person may see it is asked at every look. Everybody
gets the same frozen objects.
"""

from typing import NamedTuple

import streamlit as st

from portal.ui.session import reading
from services.audit.actor import Actor
from services.audit.queries import get_head_id
from services.automl.comparison import TrialComparison
from services.automl.pins import Pin
from services.automl.queries import count_ended_trials, get_run, get_run_state, list_run_events, list_runs
from services.automl.queries.comparison import compare_trials
from services.automl.turns.queries import get_turn
from services.automl.turns.views import TurnView
from services.automl.views import ENDED_STATES, RunEvent, RunView
from services.deployments.queries import ServedModel, get_simulated_model
from services.jobs.queries import get_job
from services.models.queries import ModelView, find_run_model
from services.portfolio.choice.answering import Answer, Outlook, answer, look_beside
from services.portfolio.choice.wish import Wish
from services.portfolio.queries import get_home, get_project_overview
from services.portfolio.records.queries import get_portfolio
from services.portfolio.records.views import Portfolio
from services.portfolio.views import Home, ProjectOverview
from services.simulation.guard_table import GuardTable
from services.simulation.queries import get_case, get_guard
from services.simulation.views import CaseView

KEPT_SECONDS = 60
MOST_KEPT = 2_000
_FEW_KEPT = 50  # of what holds every trial of a project


def read_home(actor: Actor) -> Home:
    """The home page of a person, as of the latest change."""
    return _read_home(actor.user_id, actor.role, _head_id(), actor)


def read_overview(actor: Actor, project_id: str) -> ProjectOverview:
    """The overview of a project for a person, as of the latest change.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    return _read_overview(actor.user_id, actor.role, project_id, _as_of(actor, project_id), actor)


def read_portfolio(actor: Actor) -> Portfolio:
    """Every project of a person as a record, and their initiatives, as of the latest change."""
    return _read_portfolio(actor.user_id, actor.role, _head_id(), actor)


def read_answer(actor: Actor, wish: Wish, initiative: str) -> Answer:
    """What to fund of the open projects of a person, or of one initiative, as of the latest change.

    Raises
    ------
    InvalidInputError
        A limit is negative, or there is more than can be compared.
    """
    return _read_answer(actor.user_id, actor.role, _head_id(), wish, initiative, actor)


def read_outlook(actor: Actor, wish: Wish, initiative: str) -> Outlook:
    """What lies beside the answer of `read_answer`; raises as it does."""
    return _read_outlook(actor.user_id, actor.role, _head_id(), wish, initiative, actor)


def _head_id() -> int:
    """The latest change of all: what a picture of everything is true of."""
    with reading() as session:
        return get_head_id(session)


class RunPicture(NamedTuple):
    """A run, the model it produced, what people did with it, newest first, and its turn until it has ended."""

    run: RunView
    model: ModelView | None
    events: tuple[RunEvent, ...]
    turn: TurnView | None = None


def read_run(actor: Actor, run_id: str) -> RunPicture:
    """A run as it is now. Kept from its end on.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    with reading() as session:
        if get_run_state(session, actor=actor, run_id=run_id) not in ENDED_STATES:
            run = get_run(session, actor=actor, run_id=run_id)
            events = list_run_events(session, actor=actor, run_id=run_id)
            return RunPicture(run, None, events, get_turn(session, actor=actor, run_id=run_id))
        head_id = get_head_id(session)
    return _read_ended_run(actor.user_id, actor.role, run_id, head_id, actor)


def read_runs(actor: Actor, project_id: str) -> tuple[RunView, ...]:
    """All runs of a project with their trials, newest first, as of the latest change.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    return _read_runs(actor.user_id, actor.role, project_id, _as_of(actor, project_id), actor)


def read_comparison(actor: Actor, project_id: str, pins: tuple[Pin, ...]) -> TrialComparison:
    """Variants side by side, as of the latest change; raises as `read_runs`."""
    return _read_comparison(actor.user_id, actor.role, project_id, pins, _as_of(actor, project_id), actor)


class CasePicture(NamedTuple):
    """One case of a simulation, which settings of it may be believed, and the model that is asked."""

    case: CaseView
    guard: GuardTable
    model: ServedModel


def read_case(actor: Actor, simulation_id: str, row: int) -> CasePicture:
    """What each move of a lever asks again, as of the latest change: the row is not looked up in its table each time.

    Raises
    ------
    NotFoundError
        There is no such simulation or row, it is not done, or the actor is not a member of its project.
    NotAllowedError
        The role of the actor does not simulate.
    """
    with reading() as session:
        get_job(session, actor=actor, job_id=simulation_id)
        head_id = get_head_id(session)
    return _read_case(actor.user_id, actor.role, simulation_id, row, head_id, actor)


def _as_of(actor: Actor, project_id: str) -> tuple[int, int]:
    """What a picture of a project is true of; asks whether the person may see it."""
    with reading() as session:
        n_trials = count_ended_trials(session, actor=actor, project_id=project_id)
        return get_head_id(session), n_trials


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_home(user_id: str, role: str, head_id: int, _actor: Actor) -> Home:  # noqa: ARG001 - the key
    with reading() as session:
        return get_home(session, actor=_actor)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=_FEW_KEPT, show_spinner=False)
def _read_portfolio(user_id: str, role: str, head_id: int, _actor: Actor) -> Portfolio:  # noqa: ARG001 - the key
    with reading() as session:
        return get_portfolio(session, actor=_actor)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=_FEW_KEPT, show_spinner=False)
def _read_answer(
    user_id: str,
    role: str,
    head_id: int,
    wish: Wish,
    initiative: str,
    _actor: Actor,
) -> Answer:
    portfolio = _read_portfolio(user_id, role, head_id, _actor)
    return answer((one for one in portfolio.records if not initiative or one.initiative_id == initiative), wish)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=_FEW_KEPT, show_spinner=False)
def _read_outlook(
    user_id: str,
    role: str,
    head_id: int,
    wish: Wish,
    initiative: str,
    _actor: Actor,
) -> Outlook:
    return look_beside(_read_answer(user_id, role, head_id, wish, initiative, _actor))


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_overview(
    user_id: str,  # noqa: ARG001 - the key
    role: str,  # noqa: ARG001 - the key
    project_id: str,
    as_of: tuple[int, int],  # noqa: ARG001 - the key
    _actor: Actor,
) -> ProjectOverview:
    with reading() as session:
        return get_project_overview(session, actor=_actor, project_id=project_id)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_ended_run(
    user_id: str,  # noqa: ARG001 - the key
    role: str,  # noqa: ARG001 - the key
    run_id: str,
    head_id: int,  # noqa: ARG001 - the key
    _actor: Actor,
) -> RunPicture:
    with reading() as session:
        return RunPicture(
            get_run(session, actor=_actor, run_id=run_id),
            find_run_model(session, actor=_actor, run_id=run_id),
            list_run_events(session, actor=_actor, run_id=run_id),
        )


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_case(
    user_id: str,  # noqa: ARG001 - the key
    role: str,  # noqa: ARG001 - the key
    simulation_id: str,
    row: int,
    head_id: int,  # noqa: ARG001 - the key
    _actor: Actor,
) -> CasePicture:
    with reading() as session:
        case = get_case(session, actor=_actor, simulation_id=simulation_id, row=row)
        guard = get_guard(session, actor=_actor, simulation_id=simulation_id)
        model = get_simulated_model(session, actor=_actor, model_id=case.model_id)
        return CasePicture(case, guard, model)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=_FEW_KEPT, show_spinner=False)
def _read_runs(
    user_id: str,  # noqa: ARG001 - the key
    role: str,  # noqa: ARG001 - the key
    project_id: str,
    as_of: tuple[int, int],  # noqa: ARG001 - the key
    _actor: Actor,
) -> tuple[RunView, ...]:
    with reading() as session:
        return tuple(list_runs(session, actor=_actor, project_id=project_id))


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=_FEW_KEPT, show_spinner=False)
def _read_comparison(
    user_id: str,  # noqa: ARG001 - the key
    role: str,  # noqa: ARG001 - the key
    project_id: str,
    pins: tuple[Pin, ...],
    as_of: tuple[int, int],  # noqa: ARG001 - the key
    _actor: Actor,
) -> TrialComparison:
    with reading() as session:
        return compare_trials(session, actor=_actor, project_id=project_id, pins=pins)
