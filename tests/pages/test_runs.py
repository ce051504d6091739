"""The page that starts runs."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import Run
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_models import make_run, make_trial
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


def bring_data(people: dict[str, Actor], project_id: str, target: str | None = "churn") -> None:
    with transaction() as session:
        make_dataset(session, people[Role.DATA_SCIENTIST], project_id, target=target)


def runs() -> list[Run]:
    with reading() as session:
        return list(session.exec(select(Run.id)))  # type: ignore[arg-type]  # only counted


def test_without_data_it_says_what_to_bring(open_page: OpenPage, people: dict[str, Actor], project_id: str) -> None:
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    assert "Bring a table first. Then a search can start." in text_of(app)
    assert [button.label for button in app.main.button] == ["Go to the data"]


def test_without_a_target_it_says_what_to_choose(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id, target=None)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    assert "Choose what to predict first" in text_of(app)


def test_the_plan_is_said_in_words_before_the_start(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    plan = "The search tries 7 kinds of model in about 40 variants, for 5 min at most"
    assert plan in text_of(app)
    app.number_input[0].set_value(2.0).run()
    assert "for 2 min at most" in text_of(app)


def test_a_search_is_started_with_what_was_asked(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    app.number_input[0].set_value(2.0)
    app.number_input[1].set_value(7)
    app.button[0].click().run()
    assert not app.exception
    with reading() as session:
        run = session.exec(select(Run)).one()
        assert (run.budget_seconds, run.n_trials_budget, run.metric) == (120, 7, "roc_auc")


@pytest.mark.parametrize(("field", "sentence"), [(0, "The search needs time"), (1, "between 1 and 1,000 variants")])
def test_a_budget_of_zero_is_refused_with_a_sentence_and_nothing_is_lost(
    open_page: OpenPage, people: dict[str, Actor], project_id: str, field: int, sentence: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    app.number_input[field].set_value(0)
    app.button[0].click().run()
    assert sentence in app.error[0].value
    assert app.number_input[field].value == 0
    assert runs() == []


def test_earlier_runs_are_listed_with_what_they_found(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    with transaction() as session:
        run = make_run(session, people[Role.DATA_SCIENTIST], project_id, n_trials=3)
        make_trial(session, run, 1, score=0.8123)
    app = open_page("runs", people[Role.BUSINESS], project=project_id)
    words = text_of(app)
    assert "Run 1 found a model with AUC 0.812" in words
    assert "1 of 3 variants" in words
    assert "Start the search" not in [button.label for button in app.button]


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER])
def test_others_are_told_who_starts_the_first_run(
    open_page: OpenPage, people: dict[str, Actor], project_id: str, role: Role
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[role], project=project_id)
    assert "A data scientist of this project starts the first." in text_of(app)
    assert not any(button.label == "Start the search" for button in app.button)


def test_an_administrator_and_a_stranger_see_nothing(
    open_page: OpenPage, engine: Engine, people: dict[str, Actor], project_id: str
) -> None:
    with transaction(engine) as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    assert "There is no such project" in open_page("runs", stranger, project=project_id).warning[0].value
    assert "may not see projects" in open_page("runs", people[Role.ADMIN], project=project_id).warning[0].value
    assert "Your session has ended" in open_page("runs", None, project=project_id).info[0].value
