"""The demo company with its first model found, a sign-off asked for, and everything done that a worker does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from sqlmodel import Session, col, select

from benchmarks.reruns import free_port
from db.engine import get_engine
from db.migrations import migrate
from db.session import reading, transaction
from db.tables import Job, Review
from portal.demo.company import find_demo_run_project, find_person
from services.audit.actor import Actor
from services.examinations.commands import start_examination
from services.fairness.commands import start_assessment
from services.fairness.request import AssessmentRequest
from services.jobs.views import ACTIVE_STATES
from services.models.queries import list_model_labels
from services.people.commands import open_session
from services.simulation.commands import start_simulation
from services.simulation.queries import get_simulator
from services.simulation.request import KIND, SimulationRequest
from services.stories.commands import request_look

COMPARED = ("region", "contract")
_LONGEST_SECONDS = 600.0


class Place(NamedTuple):
    """A page about the model: its address, and what only it says, once it is there."""

    address: str
    words: str


def fill() -> None:
    """Fill the folder that is configured; does nothing where it is filled already."""
    migrate(get_engine())
    if not _find(_simulation):
        with _demo():
            _wait_for(partial(_find, _review))
            with transaction() as session:
                _ask_everything(session)
            _wait_for(_is_idle)


def sign_in() -> str:
    """The session cookie of the data scientist."""
    with transaction() as session:
        return open_session(session, user_id=find_person(session, "tomas").user_id, method="benchmark").token


def list_places() -> dict[str, Place]:
    """Every page about the model, by the name it has in the menu."""
    with reading() as session:
        _, project_id, model_id = _of(session)
        of_model, of_project = f"project={project_id}&model={model_id}", f"project={project_id}"
        return {
            "Model": Place(f"/model?{of_model}", "All columns at once"),
            "Explain": Place(f"/explain?{of_model}", "What drives it, and whether that makes sense"),
            "Shapes": Place(f"/shapes?{of_model}", "Would another model be driven by the same?"),
            "Story": Place(f"/story?{of_model}", "A case like it that went wrong"),
            "Checks": Place(f"/examination?{of_model}", "The most serious first"),
            "Fairness": Place(f"/fairness?{of_model}", "Of 100 cases where"),
            "Sign-off": Place(f"/review?{of_project}&review={_review(session)}", "My decision"),
            "Simulate": Place(f"/simulate?{of_model}", "What may be said of each lever"),
            "One case": Place(f"/what_if?{of_project}&simulation={_simulation(session)}", "with the levers so set"),
        }


def _of(session: Session) -> tuple[Actor, str, str]:
    tomas, project_id = find_person(session, "tomas"), find_demo_run_project(session)
    assert project_id is not None
    return tomas, project_id, next(iter(list_model_labels(session, actor=tomas, project_id=project_id)))


def _ask_everything(session: Session) -> None:
    tomas, _, model_id = _of(session)
    start_examination(session, actor=tomas, model_id=model_id)
    start_assessment(session, actor=tomas, request=AssessmentRequest(model_id, COMPARED))
    request_look(session, actor=tomas, model_id=model_id)
    may = get_simulator(session, actor=tomas, model_id=model_id)
    levers = tuple(lever.name for lever in may.usable)
    start_simulation(session, actor=tomas, request=SimulationRequest(model_id, levers, may.budget_amount, may.capacity))


def _review(session: Session) -> str | None:
    return session.exec(select(Review.id)).first()


def _simulation(session: Session) -> str | None:
    done = select(Job.id).where(Job.kind == KIND, Job.state == "done")
    return session.exec(done.order_by(col(Job.created_at).desc())).first()


def _find(find: Callable[[Session], str | None]) -> bool:
    with reading() as session:
        return find(session) is not None


def _is_idle() -> bool:
    with reading() as session:
        failed = session.exec(select(Job.failure).where(Job.state == "failed")).first()
        if failed is not None:
            raise SystemExit(f"A job failed: {failed}")
        return session.exec(select(Job.id).where(col(Job.state).in_(ACTIVE_STATES))).first() is None


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _LONGEST_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("The demo company was not ready in time.")
        time.sleep(0.5)


@contextmanager
def _demo() -> Iterator[None]:
    """The portal and its worker, as `make demo` starts them."""
    command = [sys.executable, "-m", "portal", "demo", "--port", str(free_port())]
    process = subprocess.Popen(command, env=os.environ | {"PORTAL_DEMO": "true"}, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
