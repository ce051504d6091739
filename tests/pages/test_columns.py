"""Columns: opens, is empty, is filled, leaves out with a reason; a stakeholder writes the dictionary, nothing else."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from services.audit.actor import Actor
from services.datasets.queries import list_descriptions
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.pages.conftest import OpenPage, text_of
from tests.pages.test_datasets import HOSTILE, arrange, labels, latest, work


def name_of(actor: Actor, project_id: str, column: str) -> str | None:
    with reading() as session:
        line = list_descriptions(session, actor=actor, project_id=project_id).get(column)
    return line.description.business_name if line else None


def test_without_data_there_is_one_sentence_and_a_way_back(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("columns", actor, project=project_id)
    assert not app.exception
    assert "No data yet, so there are no columns." in text_of(app)
    assert labels(app)[0] == "Back to the data"


def test_each_column_is_a_card_with_a_sentence(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id)
    assert not app.exception
    text = text_of(app)
    assert "The model may learn from 7 of 8 columns" in text
    assert "3 categories, most often" in text
    assert "This is what a model predicts" in text
    assert not app.dataframe


def test_a_search_finds_by_name_and_by_business_name(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id, column="charges")
    app.text_input(key="business_name_charges").set_value("Monthly bill")
    app.button(key="describe_charges_now").click().run()
    app = open_page("columns", actor, project=project_id)
    app.text_input(key="find").set_value("bill").run()
    assert "**Monthly bill**" in text_of(app)
    assert "**tenure**" not in text_of(app)
    app.text_input(key="find").set_value("nothing like it").run()
    assert "No column fits." in text_of(app)


def test_a_column_is_left_out_with_a_reason_and_taken_back(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id)
    app.text_input(key="reason_tenure").set_value("Known too late")
    app.button(key="exclude_tenure_now").click().run()
    assert latest(actor, project_id).excluded == {"tenure": "Known too late"}
    assert "Left out: Known too late" in text_of(app)
    app.button(key="in_tenure").click().run()
    assert latest(actor, project_id).excluded == {}


def test_a_column_is_not_left_out_without_a_reason(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id)
    app.button(key="exclude_tenure_now").click().run()
    assert app.error[0].value.startswith("Say why the model may not see “tenure”")
    assert latest(actor, project_id).excluded == {}


def test_what_is_predicted_cannot_be_left_out(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id)
    assert not [button for button in app.button if button.key == "exclude_churn_now"]


def test_one_column_is_shown_with_its_outcome_and_its_meaning(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    app = open_page("columns", actor, project=project_id, column="tenure")
    assert not app.exception
    assert "churn is Yes in" in text_of(app)
    assert "What is tenure?" in text_of(app)
    assert "**contract**" not in text_of(app)


def test_an_unknown_column_in_the_address_shows_them_all(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("columns", actor, project=project_id, column="'; drop table")
    assert not app.exception
    assert "**tenure**" in text_of(app)


@pytest.mark.parametrize(
    ("view", "words"),
    [("Related", "go together"), ("Gaps", "columns has gaps"), ("Time", "No column says when a row is from")],
)
def test_maps_of_many_columns_open_with_their_finding(open_page: OpenPage, view: str, words: str) -> None:
    actor, project_id = arrange()
    assert work() == []
    app = open_page("columns", actor, project=project_id, view=view)
    assert not app.exception
    assert words in text_of(app) or (view == "Related" and "No columns say nearly the same" in text_of(app))
    assert "**tenure**" not in text_of(app)


def test_rows_over_time_are_drawn_where_there_is_a_date(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        dates = pd.date_range("2024-01-01", periods=200, freq="D").astype("datetime64[us]")
        make_dataset(session, actor, project_id, frame=make_frame().assign(signed=dates))
    assert work() == []
    app = open_page("columns", actor, project=project_id, view="Time")
    assert not app.exception
    assert "Rows from" in text_of(app)


def test_a_stakeholder_writes_the_dictionary(open_page: OpenPage) -> None:
    actor, project_id = arrange(Role.BUSINESS)
    app = open_page("columns", actor, project=project_id, view="Dictionary")
    assert "0 of 8 columns have a business name" in text_of(app)
    app.text_input(key="business_name_customerID").set_value("Customer number")
    app.radio(key="known_before_decision_customerID").set_value("yes")
    app.button(key="describe_customerID_now").click().run()
    assert not app.exception
    assert name_of(actor, project_id, "customerID") == "Customer number"
    assert "1 of 8 columns have a business name" in text_of(app)
    assert "What is tenure?" in text_of(app)  # the next one without a name


def test_a_stakeholder_leaves_nothing_out(open_page: OpenPage) -> None:
    actor, project_id = arrange(Role.BUSINESS)
    for view in ("Columns", "Dictionary"):
        app = open_page("columns", actor, project=project_id, view=view)
        assert not [button for button in app.button if str(button.key).startswith(("exclude_", "in_", "out_"))]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_others_only_read(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role)
    for view in ("Columns", "Dictionary"):
        app = open_page("columns", actor, project=project_id, view=view)
        assert not app.exception
        assert not [button for button in app.button if str(button.key).endswith("_now")]
    assert "Nobody has said yet what this column means." in text_of(app)


def forge(app: AppTest, key: str, value: object) -> AppTest:
    """Put a value where only a widget that this person never got could have put it."""
    app.session_state[key] = value
    return app.run()


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_a_forged_press_of_a_button_that_is_not_there_has_no_effect(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role)
    app = open_page("columns", actor, project=project_id)
    before = latest(actor, project_id).sha256
    for key in ("reason_tenure", "out_tenure", "business_name_tenure"):
        forge(app, key, "forged")
    app = open_page("datasets", actor, project=project_id)
    for key in ("health_way", "target_column", "label_churn"):
        forge(app, key, "forged")
    assert not app.exception
    assert latest(actor, project_id).sha256 == before
    assert name_of(actor, project_id, "tenure") is None


def test_a_hostile_column_name_stays_text(open_page: OpenPage) -> None:
    actor, project_id = arrange(hostile=True)
    assert work() == []
    for address in ({}, {"column": HOSTILE}, {"view": "Related"}, {"view": "Dictionary"}):
        app = open_page("columns", actor, project=project_id, **address)
        assert not app.exception
        assert HOSTILE not in text_of(app)
        assert "](http" not in text_of(app)


def test_two_thousand_columns_are_cut_into_pages(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        frame = pd.DataFrame({f"c{n:04d}": [n, n + 1, n + 2] * 7 for n in range(2_000)})
        make_dataset(session, actor, project_id, frame=frame, target=None)
    app = open_page("columns", actor, project=project_id)
    assert not app.exception
    assert len([button for button in app.button if str(button.key).startswith("open_")]) == 24
    app.text_input(key="find").set_value("c1999").run()
    assert len([button for button in app.button if str(button.key).startswith("open_")]) == 1


def test_a_stranger_sees_nothing(open_page: OpenPage) -> None:
    _actor, project_id = arrange()
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("columns", stranger, project=project_id)
    assert "There is no such project" in text_of(app)
    assert "tenure" not in text_of(app)
