"""Models: the list opens, is empty, is filled, and shows strangers nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from db.session import transaction
from db.tables import Model, Project
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_evaluation, make_model
from tests.pages.conftest import OpenPage, text_of

MEMBERS = [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR]


def arrange(role: str) -> tuple[Actor, Project, Model]:
    """A member of `role` in a project with one model."""
    with transaction() as session:
        person = make_actor(session, role)
        model, project, _scientist = make_model(session, person)
    return person, project, model


def words_of(app: AppTest) -> str:
    """What a person reads: the text without the escapes of Markdown."""
    return text_of(app).replace("\\", "")


@pytest.mark.parametrize("role", MEMBERS)
def test_a_model_is_a_card_with_its_value_score_and_status(open_page: OpenPage, role: Role) -> None:
    actor, project, model = arrange(role)
    app = open_page("models", actor, project=project.id)
    assert not app.exception
    text = words_of(app)
    assert "Worth about €298k a year: acting on 35 of 100 cases" in text
    assert "Worth a year €298k" in text
    assert "AUC 0.840 on 40 rows kept aside" in text
    assert app.button(key=f"open_{model.id}").label == "Open the model"


def test_a_model_without_money_shows_its_score(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session, Role.BUSINESS)
        _model, project, _scientist = make_model(session, person, evaluation=make_evaluation(), threshold=None)
    app = open_page("models", person, project=project.id)
    assert not app.exception
    assert "AUC 0.840 on rows kept aside, where a guess scores 0.500." in words_of(app)


def test_a_card_opens_its_model(open_page: OpenPage) -> None:
    actor, project, model = arrange(Role.BUSINESS)
    app = open_page("models", actor, project=project.id)
    app.button(key=f"open_{model.id}").click().run()
    assert not app.exception
    assert app.title[0].value == "Model 1"


def test_an_empty_list_offers_the_first_run_to_those_who_may_start_one(open_page: OpenPage) -> None:
    with transaction() as session:
        scientist, manager = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.MANAGER)
        project = make_project(session, scientist, manager)
    app = open_page("models", scientist, project=project.id)
    assert "No model yet." in words_of(app)
    assert "Start AutoML" in [button.label for button in app.button]
    app = open_page("models", manager, project=project.id)
    assert "A data scientist of this project starts a run." in words_of(app)
    assert "Start AutoML" not in [button.label for button in app.button]


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.ADMIN])
def test_a_stranger_sees_nothing(open_page: OpenPage, role: Role) -> None:
    _actor, project, _model = arrange(Role.BUSINESS)
    with transaction() as session:
        stranger = make_actor(session, role)
    app = open_page("models", stranger, project=project.id)
    assert "€298k" not in words_of(app)
    assert app.warning
