"""The page of the steps of a run."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.session import reading, transaction
from db.tables import Run
from services.audit.actor import SYSTEM, Actor
from services.models.commands import register_model
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_finished, make_run
from tests.makers_trials import make_judged_run, make_judged_trial
from tests.pages.conftest import OpenPage, text_of


@pytest.fixture
def people(engine: Engine) -> dict[str, Actor]:
    with transaction(engine) as session:
        return {role: make_actor(session, role) for role in Role}


@pytest.fixture
def run_id(engine: Engine, people: dict[str, Actor]) -> str:
    """A finished run of two variants with a model."""
    with transaction(engine) as session:
        members = [actor for role, actor in people.items() if role != Role.AUDITOR]
        project = make_project(session, *members)
        run = make_judged_run(session, people[Role.DATA_SCIENTIST], project.id)
        make_judged_trial(session, run, 1)
        make_judged_trial(session, run, 2, skill=0.5)
        register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
        return run.id


def newest_run() -> Run:
    with reading() as session:
        return session.exec(select(Run).order_by(col(Run.number).desc()).limit(1)).one()


def test_a_queued_run_has_its_data_and_waits_for_the_rest(
    open_page: OpenPage, engine: Engine, people: dict[str, Actor]
) -> None:
    scientist = people[Role.DATA_SCIENTIST]
    with transaction(engine) as session:
        queued = make_run(session, scientist, make_project(session, scientist).id).id
    app = open_page("steps", scientist, run=queued)
    assert "4 of 12 steps are done" in text_of(app)
    assert not [button.key for button in app.button if button.key]


def test_every_step_is_told_with_its_hashes(open_page: OpenPage, people: dict[str, Actor], run_id: str) -> None:
    app = open_page("steps", people[Role.BUSINESS], run=run_id)
    words = text_of(app)
    for part in ("Steps of run 1", "**File**", "**Hold-out check**", "fitted pipeline", "Nobody has asked"):
        assert part in words
    hashes = app.dataframe[0].value
    assert (hashes["sha256"].str.len() == 64).all()
    assert not [button.key for button in app.button if button.key]


@pytest.mark.parametrize(
    ("key", "field", "value", "step"),
    [("again_split", "seed", 7, "split"), ("again_search", "n", 9, "search"), ("again_finishing", "", 0, "finishing")],
)
def test_a_data_scientist_runs_again_from_a_step(
    open_page: OpenPage, people: dict[str, Actor], run_id: str, key: str, field: str, value: int, step: str
) -> None:
    app = open_page("steps", people[Role.DATA_SCIENTIST], run=run_id)
    if field:
        app.number_input(key=field).set_value(value)
    app.button(key=key).click().run()
    assert not app.exception
    again = newest_run()
    assert (again.number, again.rerun_of, again.rerun_from) == (2, run_id, step)
    assert app.query_params["run"] == again.id
    if step == "split":
        assert again.seed == 7
    if step == "search":
        assert again.n_trials_budget == 9


def test_a_repeated_run_leads_to_the_one_it_repeats(open_page: OpenPage, people: dict[str, Actor], run_id: str) -> None:
    app = open_page("steps", people[Role.DATA_SCIENTIST], run=run_id)
    app.button(key="again_search").click().run()
    app = open_page("steps", people[Role.BUSINESS], run=newest_run().id)
    assert "It repeats run 1 from the search on." in text_of(app)
    app.button(key="source").click().run()
    assert app.query_params["run"] == run_id


def test_a_refusal_is_a_sentence_and_nothing_is_queued(
    open_page: OpenPage, people: dict[str, Actor], run_id: str
) -> None:
    app = open_page("steps", people[Role.DATA_SCIENTIST], run=run_id)
    app.number_input(key="minutes").set_value(0.0)
    app.button(key="again_search").click().run()
    assert not app.exception
    assert app.error
    assert newest_run().number == 1


def test_a_stranger_an_administrator_and_nobody_are_refused(
    open_page: OpenPage, engine: Engine, people: dict[str, Actor], run_id: str
) -> None:
    with transaction(engine) as session:
        stranger = make_actor(session, Role.MANAGER)
    for actor in (stranger, people[Role.ADMIN], None):
        app = open_page("steps", actor, run=run_id)
        assert not app.exception
        assert "Hold-out" not in text_of(app)
