"""Datasets: opens, is empty, is filled, changes only for those who may, and refuses with a sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from db.session import transaction
from services.audit.actor import Actor
from services.datasets.queries import find_dataset
from services.datasets.views import Dataset
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.pages.conftest import OpenPage, text_of


def arrange(role: str = Role.DATA_SCIENTIST, *, target: str | None = "churn", filled: bool = True) -> tuple[Actor, str]:
    """A person of `role` in a project whose data a data scientist brought; (person, project id)."""
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        person = scientist if role == Role.DATA_SCIENTIST else make_actor(session, role)
        members = {scientist.user_id: scientist, person.user_id: person}
        project = make_project(session, *members.values())
        if filled:
            make_dataset(session, scientist, project.id, target=target)
    return person, project.id


def latest(actor: Actor, project_id: str) -> Dataset:
    with transaction() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
    assert dataset is not None
    return dataset


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_an_empty_project_asks_for_a_table(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "No data yet" in text_of(app)
    assert "Upload a table" in labels(app)


def test_an_uploaded_file_becomes_the_first_version(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    app.file_uploader[0].upload("customers.csv", make_frame().to_csv(index=False).encode(), "text/csv")
    app.button(key="upload_now_first").click().run()
    assert not app.exception
    assert "customers.csv" in text_of(app)
    assert latest(actor, project_id).n_rows == 200


def test_a_faulty_file_is_refused_where_it_was_chosen(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    app.file_uploader[0].upload("customers.csv", b"a,b\n1,2\n3\n", "text/csv")
    app.button(key="upload_now_first").click().run()
    assert (
        app.error[0].value == "Line 3 has 1 value, but the header names 2 columns. Correct that line and upload again."
    )
    assert "No data yet" in text_of(app)


def test_a_missing_file_is_asked_for(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    app.button(key="upload_now_first").click().run()
    assert app.info[0].value == "Choose a file first."


def test_a_filled_page_opens_with_its_finding(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    text = text_of(app)
    assert "A model will predict “churn”. It is Yes in" in text
    assert "Rows 200" in text
    assert "Nearly every row has its own value" in text
    assert "Start AutoML" in labels(app)


def test_the_profile_is_sentences_and_not_a_table(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    assert not app.dataframe
    assert "3 categories, most often One year" in text_of(app)


def test_a_column_is_left_out_with_a_reason_and_taken_back(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    app.text_input(key="reason_tenure").set_value("Known too late")
    app.button(key="exclude_tenure_now").click().run()
    assert latest(actor, project_id).excluded == {"tenure": "Known too late"}
    assert "Known too late" in text_of(app)
    app.button(key="in_tenure").click().run()
    assert latest(actor, project_id).excluded == {}


def test_a_column_is_not_left_out_without_a_reason(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    app.button(key="exclude_tenure_now").click().run()
    assert app.error[0].value.startswith("Say why the model may not see “tenure”")
    assert latest(actor, project_id).excluded == {}


def test_the_target_is_chosen_with_the_case_to_act_on(open_page: OpenPage) -> None:
    actor, project_id = arrange(target=None)
    app = open_page("datasets", actor, project=project_id)
    assert "Choose the column that a model should predict." in text_of(app)
    assert "Start AutoML" not in labels(app)
    app.selectbox(key="target_column").set_value("churn").run()
    app.button(key="target_now").click().run()
    assert (latest(actor, project_id).target, latest(actor, project_id).positive_label) == ("churn", "Yes")


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_others_look_and_cannot_change(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role)
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "A model will predict “churn”." in text_of(app)
    assert not app.file_uploader
    assert not {"Upload a table", "Leave it out", "Predict this column", "Start AutoML"} & set(labels(app))


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_others_see_who_brings_the_table(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role, filled=False)
    app = open_page("datasets", actor, project=project_id)
    assert "A data scientist of this project brings the table." in text_of(app)
    assert not app.file_uploader


def test_a_stranger_sees_nothing(open_page: OpenPage) -> None:
    _actor, project_id = arrange()
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("datasets", stranger, project=project_id)
    assert "There is no such project" in text_of(app)
    assert "churn" not in text_of(app)


def test_an_administrator_sees_nothing(open_page: OpenPage) -> None:
    _actor, project_id = arrange()
    with transaction() as session:
        administrator = make_actor(session, Role.ADMIN)
    app = open_page("datasets", administrator, project=project_id)
    assert "churn" not in text_of(app)
