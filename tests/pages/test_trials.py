"""The page where variants are compared."""

import pytest
from sqlalchemy import Engine

from db.session import transaction
from db.tables import Run
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial
from tests.makers_trials import make_judged_run, make_judged_trial
from tests.pages.conftest import OpenPage, text_of


@pytest.fixture
def people(engine: Engine) -> dict[str, Actor]:
    with transaction(engine) as session:
        return {role: make_actor(session, role) for role in Role}


@pytest.fixture
def project_id(engine: Engine, people: dict[str, Actor]) -> str:
    with transaction(engine) as session:
        members = [actor for role, actor in people.items() if role != Role.AUDITOR]
        return make_project(session, *members).id


@pytest.fixture
def filled(people: dict[str, Actor], project_id: str) -> str:
    with transaction() as session:
        run = make_judged_run(session, people[Role.DATA_SCIENTIST], project_id)
        for number, skill in ((1, 0.1), (2, 0.6), (3, 0.3)):
            make_judged_trial(session, run, number, skill=skill)
        make_trial(session, run, 4, state="failed", score=None, failure="It took longer than 25 s.")
    return project_id


def test_without_a_model_it_says_where_one_comes_from(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    app = open_page("trials", people[Role.BUSINESS], project=project_id)
    assert "No model was tried yet." in text_of(app)
    app.button[0].click().run()
    assert not app.exception


def test_nothing_is_pinned_at_first(open_page: OpenPage, people: dict[str, Actor], filled: str) -> None:
    app = open_page("trials", people[Role.BUSINESS], project=filled)
    assert "Pin two to five variants" in text_of(app)
    assert app.multiselect(key="pins").options == ["1.2", "1.3", "1.1"]
    assert "3 models of 1 run" in text_of(app)
    assert not app.exception


def test_an_address_shows_the_same_to_every_member(open_page: OpenPage, people: dict[str, Actor], filled: str) -> None:
    said = []
    for role in (Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR):
        app = open_page("trials", people[role], project=filled, pins=["1.1", "1.2"], sort="Newest")
        assert not app.exception
        assert app.multiselect(key="pins").value == ["1.1", "1.2"]
        assert app.selectbox(key="sort").value == "Newest"
        said.append(text_of(app).split("Not measured")[0])  # then comes who is signed in
    assert len(set(said)) == 1
    assert "Gradient boosting 1.2 is better than Gradient boosting 1.1 by" in said[0]
    assert "properties set them apart" in said[0]
    assert "is ahead in 3 of 3 folds" in said[0]


def test_all_properties_are_a_click_away_and_have_an_address(
    open_page: OpenPage, people: dict[str, Actor], filled: str
) -> None:
    pins = ["1.1", "1.2"]
    app = open_page("trials", people[Role.BUSINESS], project=filled, pins=pins)
    few = len(app.dataframe[0].value)
    app.toggle(key="differences").set_value(False).run()
    assert len(app.dataframe[0].value) > few
    again = open_page("trials", people[Role.BUSINESS], project=filled, pins=pins, differences="false")
    assert len(again.dataframe[0].value) > few


def test_what_the_address_names_wrongly_is_passed_over(
    open_page: OpenPage, people: dict[str, Actor], filled: str
) -> None:
    app = open_page("trials", people[Role.BUSINESS], project=filled, pins=["9.9", "<b>", "1.2"])
    assert not app.exception
    assert app.multiselect(key="pins").value == ["1.2"]
    assert "1.2 is pinned; pin another" in text_of(app)


def test_a_kind_of_model_narrows_the_list(open_page: OpenPage, people: dict[str, Actor], filled: str) -> None:
    with transaction() as session:
        run = make_run(session, people[Role.DATA_SCIENTIST], filled)
        make_trial(session, run, 1, family="linear")
    app = open_page("trials", people[Role.BUSINESS], project=filled)
    assert len(app.dataframe[0].value) == 4
    app.selectbox(key="kind").set_value("Linear model").run()
    assert list(app.dataframe[0].value["Model"]) == ["Linear model 2.1"]


def test_strangers_an_administrator_and_nobody_are_refused(
    open_page: OpenPage, engine: Engine, people: dict[str, Actor], filled: str
) -> None:
    with transaction(engine) as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    pins = ["1.1", "1.2"]
    for actor in (stranger, people[Role.ADMIN]):
        app = open_page("trials", actor, project=filled, pins=pins)
        assert "may not see" in app.warning[0].value or "no such project" in app.warning[0].value
        assert not app.multiselect
    assert "Your session has ended" in open_page("trials", None, project=filled).info[0].value


def test_a_run_that_goes_on_is_among_them(open_page: OpenPage, people: dict[str, Actor], filled: str) -> None:
    with transaction() as session:
        run = make_run(session, people[Role.DATA_SCIENTIST], filled)
        make_trial(session, session.get_one(Run, run.id), 1, score=0.99)
    app = open_page("trials", people[Role.BUSINESS], project=filled)
    assert app.dataframe[0].value["Model"][0] == "Linear model 2.1"
