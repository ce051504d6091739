"""The page of the map of a search."""

import pytest
from sqlalchemy import Engine

from db.session import transaction
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run
from tests.makers_trials import make_judged_run, make_judged_trial
from tests.pages.conftest import OpenPage, text_of


@pytest.fixture
def people(engine: Engine) -> dict[str, Actor]:
    with transaction(engine) as session:
        return {role: make_actor(session, role) for role in Role}


@pytest.fixture
def run_id(engine: Engine, people: dict[str, Actor]) -> str:
    """Twelve variants of boosting, whose learning rate varies, and one linear model."""
    with transaction(engine) as session:
        members = [actor for role, actor in people.items() if role != Role.AUDITOR]
        project = make_project(session, *members)
        run = make_judged_run(session, people[Role.DATA_SCIENTIST], project.id)
        for number in range(1, 13):
            make_judged_trial(session, run, number, skill=0.05 * number)
        make_judged_trial(session, run, 13, family="linear")
        return run.id


def test_before_a_model_it_says_so(open_page: OpenPage, engine: Engine, people: dict[str, Actor]) -> None:
    scientist = people[Role.DATA_SCIENTIST]
    with transaction(engine) as session:
        empty = make_run(session, scientist, make_project(session, scientist).id).id
    assert "No variant has given a model yet." in text_of(open_page("search_map", scientist, run=empty))


@pytest.mark.parametrize("view", ["Importance", "Surface", "Slices", "Ranks", "Timeline"])
def test_every_view_opens_from_its_address(
    open_page: OpenPage, people: dict[str, Actor], run_id: str, view: str
) -> None:
    app = open_page("search_map", people[Role.BUSINESS], run=run_id, view=view)
    assert not app.exception
    words = text_of(app)
    assert "Map of run 1" in words
    assert "12 variants were tried; the best reaches" in words


def test_an_address_narrows_to_the_same_variants_for_everybody(
    open_page: OpenPage, people: dict[str, Actor], run_id: str
) -> None:
    app = open_page("search_map", people[Role.DATA_SCIENTIST], run=run_id)
    slider = app.select_slider(key="brush_lightgbm_learning_rate")
    half = slider.options[len(slider.options) // 2]
    slider.set_value((half, slider.options[-1])).run()
    assert "of 12 variants lie inside the brush" in text_of(app)
    narrowed = list(app.dataframe[0].value["Model"])
    assert 0 < len(narrowed) < 12
    again = open_page(
        "search_map",
        people[Role.MANAGER],
        run=run_id,
        brush_lightgbm_learning_rate=[half, slider.options[-1]],
    )
    assert list(again.dataframe[0].value["Model"]) == narrowed


def test_a_kind_with_one_variant_says_that_two_are_needed(
    open_page: OpenPage, people: dict[str, Actor], run_id: str
) -> None:
    app = open_page("search_map", people[Role.BUSINESS], run=run_id, model_kind="Linear model")
    assert not app.exception
    assert "two that differ are needed to draw paths" in text_of(app)


def test_strangers_an_administrator_and_nobody_are_refused(
    open_page: OpenPage, engine: Engine, people: dict[str, Actor], run_id: str
) -> None:
    with transaction(engine) as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    for actor in (stranger, people[Role.ADMIN]):
        assert open_page("search_map", actor, run=run_id).warning
    assert "Your session has ended" in open_page("search_map", None, run=run_id).info[0].value
