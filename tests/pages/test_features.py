"""Suggested columns: a stakeholder writes a formula and sees what it gives, a data scientist decides."""

import pytest
from streamlit.testing.v1 import AppTest

from portal.ui.features import describe_all
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.pages.conftest import OpenPage, text_of
from tests.pages.test_datasets import arrange, labels, latest, work


def with_suggestion(open_page: OpenPage, actor: Actor, project_id: str) -> AppTest:
    """The page after the person has suggested a column."""
    app = open_page("features", actor, project=project_id)
    app.text_input(key="suggestion_name_1").set_value("per month")
    app.text_input(key="suggestion_formula_1").set_value("charges / tenure").run()
    app.text_input(key="suggestion_reason_1").set_value("Dear for how long they stay")
    app.button(key="suggest").click().run()
    return app


def test_without_data_there_is_one_sentence(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("features", actor, project=project_id)
    assert not app.exception
    assert "No data yet, so there is nothing to compute a column from." in text_of(app)


def test_a_stakeholder_suggests_a_column_after_seeing_what_it_gives(open_page: OpenPage) -> None:
    actor, project_id = arrange(Role.BUSINESS)
    app = open_page("features", actor, project=project_id)
    assert not app.exception
    assert "Nobody has suggested a column yet" in text_of(app)
    assert app.button(key="suggest").disabled
    app.text_input(key="suggestion_name_1").set_value("per month")
    app.text_input(key="suggestion_formula_1").set_value("charges / tenur").run()
    assert any("Did you mean tenure?" in error.value for error in app.error)
    assert app.button(key="suggest").disabled
    app.text_input(key="suggestion_formula_1").set_value("charges / tenure").run()
    assert list(app.dataframe[0].value) == ["charges", "tenure", "per month"]
    assert "of the first 5 rows of version" in text_of(app)
    app.text_input(key="suggestion_reason_1").set_value("Dear for how long they stay")
    app.button(key="suggest").click().run()
    assert not app.exception
    assert "1 column suggested, 1 waits for a decision" in text_of(app)
    assert "Take it into the data" not in labels(app)
    assert app.text_input(key="suggestion_name_2").value == ""


def test_a_data_scientist_takes_it_and_the_data_have_it(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = with_suggestion(open_page, actor, project_id)
    next(button for button in app.button if button.label == "Take it into the data").click().run()
    assert not app.exception
    assert work() == []
    made = latest(actor, project_id)
    assert "per month" in made.feature_columns
    app.run()
    assert "took it into the data" in text_of(app)
    assert "1 column suggested, all decided on" in text_of(app)


def test_declining_needs_a_reason(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = with_suggestion(open_page, actor, project_id)
    decline = next(button for button in app.button if button.label == "Decline it")
    assert decline.disabled
    next(field for field in app.text_input if field.label == "Why?").set_value("Known too late").run()
    next(button for button in app.button if button.label == "Decline it").click().run()
    assert "Known too late" in text_of(app)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_only_looks_has_no_form(open_page: OpenPage, role: str) -> None:
    actor, project_id = arrange(role)
    app = open_page("features", actor, project=project_id)
    assert not app.exception
    assert "Suggest it" not in labels(app)


def test_a_stranger_sees_nothing(open_page: OpenPage) -> None:
    _, project_id = arrange()
    stranger, _ = arrange()
    app = open_page("features", stranger, project=project_id)
    assert "Nobody has suggested" not in text_of(app)


def test_how_many_wait_is_said_in_one_sentence() -> None:
    assert describe_all([]) == "Nobody has suggested a column yet"
