"""The page Predictions: blocked with a reason, then a form, a table and a request that work."""

import json
import re

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import transaction
from db.tables import ApiToken, DatasetVersion
from portal.ui.predictions import example_request
from services.deployments.serving import get_scorer_cache
from services.people.permissions import Role
from services.proposals.commands import save_objective
from tests.makers import make_actor, make_project
from tests.makers_models import make_signature
from tests.makers_money import reflected
from tests.makers_predictions import make_predicting
from tests.makers_reviews import Case, approve, edit_payoffs, edit_recipe, join, make_case
from tests.pages.conftest import OpenPage, text_of

pytestmark = pytest.mark.usefixtures("forget_scorers")


@pytest.fixture
def forget_scorers() -> None:
    get_scorer_cache.cache_clear()


@pytest.fixture
def case(engine: Engine) -> Case:
    with transaction(engine) as session:
        return make_case(session, **make_predicting())


def _approve(engine: Engine, case: Case) -> None:
    with transaction(engine) as session:
        approve(session, case)


def test_without_a_model_the_page_says_what_comes_first(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, scientist)
    app = open_page("deployment", scientist, project=project.id)
    assert not app.exception
    assert "No model yet" in text_of(app)


def test_before_an_approval_it_says_why_not_and_offers_no_form(case: Case, open_page: OpenPage) -> None:
    app = open_page("deployment", case.scientist, project=case.project_id)
    assert "may not answer" in app.header[0].value
    assert "Nobody has been asked to approve" in app.header[0].value
    assert "Predict this case" not in [button.label for button in app.button]


def test_what_the_objective_sets_for_the_pilot_is_shown_and_that_nothing_applies_it_yet(
    engine: Engine, case: Case, open_page: OpenPage
) -> None:
    assert "What the objective sets" not in text_of(open_page("deployment", case.scientist, project=case.project_id))
    objective = reflected("selective_labels", "harm", delay=30)
    with transaction(engine) as session:
        save_objective(session, actor=case.business, project_id=case.project_id, objective=objective, based_on=1)
    words = text_of(open_page("deployment", case.scientist, project=case.project_id))
    assert "Pilot: Exploration share, **5%**" in words
    assert "kept with the objective until a pilot is planned" in words
    assert "Check of cases by a person, monthly" in words
    assert "Gap between" not in words


def test_an_approved_model_answers_a_case_in_words(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    assert "may answer" in app.header[0].value
    next(field for field in app.number_input if field.label == "tenure").set_value(1)
    next(field for field in app.selectbox if field.label == "contract").set_value("Month-to-month")
    next(button for button in app.button if button.label == "Predict this case").click()
    app.run()
    assert not app.exception
    assert "Act on this case: the chance of churn Yes is" in text_of(app)


def test_a_value_that_is_not_known_is_a_missing_one(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.manager, project=case.project_id)
    next(field for field in app.selectbox if field.label == "contract").set_value("Not known")
    next(button for button in app.button if button.label == "Predict this case").click()
    app.run()
    assert "“contract” is missing in row 1" in text_of(app)


def test_a_change_takes_the_form_away(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    with transaction(engine) as session:
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    next(button for button in app.button if button.label == "Predict this case").click()
    app.run()
    assert "value of a caught case changed from €190 to €150" in app.header[0].value
    assert "Act on this case" not in text_of(app)


def test_a_table_is_scored_and_offered_for_download(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    table = b"id,tenure,contract\n=1+1,1,Month-to-month\nb,70,Two year\n"
    app.file_uploader[0].upload("customers.csv", table, "text/csv")
    next(button for button in app.button if button.label == "Score the table").click()
    app.run()
    assert not app.exception
    assert "2 rows are scored" in text_of(app)
    result = app.session_state["batch_result"].content.decode("utf-8-sig").splitlines()
    assert result[0].replace('"', "") == "id,tenure,contract,prediction,probability_No,probability_Yes,decision"
    assert result[1].startswith('"\'=1+1",1,"Month-to-month","Yes",')


def test_one_row_as_its_source_spells_it_is_scored_after_the_steps_of_the_data(
    engine: Engine, case: Case, open_page: OpenPage
) -> None:
    with transaction(engine) as session:
        mapping = {"monthly": "Month-to-month"}
        edit_recipe(session, case, {"kind": "merge_spellings", "column": "contract", "mapping": mapping})
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    assert "1 step of the data comes first" in [expander.label for expander in app.expander]
    assert "write “monthly” as “Month-to-month”" in text_of(app).replace("\\", "")
    app.file_uploader[0].upload("customer.csv", b"tenure,contract\n1,monthly\n", "text/csv")
    next(button for button in app.button if button.label == "Score the table").click()
    app.run()
    assert not app.exception
    assert "1 row is scored" in text_of(app)
    result = app.session_state["batch_result"]
    assert result.warnings == ()
    assert result.content.decode("utf-8-sig").splitlines()[1].startswith('1,"monthly","Yes",')


def test_a_faulty_table_is_refused_with_a_sentence(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    app.file_uploader[0].upload("customers.csv", b"id,contract\na,b\nc,d\n", "text/csv")
    next(button for button in app.button if button.label == "Score the table").click()
    app.run()
    assert "lacks “tenure”" in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_chosen_for_the_data_holds_for_a_table_to_score(
    engine: Engine, case: Case, open_page: OpenPage
) -> None:
    _approve(engine, case)
    app = open_page("deployment", case.business, project=case.project_id)
    table = b"tenure,contract,since\n1,Month-to-month,03/04/2024\n70,Two year,05/06/2024\n"
    app.file_uploader[0].upload("customers.csv", table, "text/csv")
    next(button for button in app.button if button.label == "Score the table").click()
    app.run()
    assert not app.exception
    assert "could be day/month or month/day" in app.error[0].value
    with transaction(engine) as session:
        for version in session.exec(select(DatasetVersion)):
            version.origin = {"kind": "upload", "choices": {"date_orders": {"since": "day"}}}
            session.add(version)
    app.file_uploader[0].upload("customers.csv", table, "text/csv")
    next(button for button in app.button if button.label == "Score the table").click()
    app.run()
    assert not app.error
    result = app.session_state["batch_result"].content.decode("utf-8-sig").splitlines()
    assert "2024-04-03" in result[1]


@pytest.mark.parametrize("scope", ["predict", "datasets:write"])
def test_a_data_scientist_issues_a_token_for_one_thing_and_sees_it_once(
    engine: Engine, case: Case, open_page: OpenPage, scope: str
) -> None:
    app = open_page("deployment", case.scientist, project=case.project_id)
    next(field for field in app.text_input if field.label == "What uses it").set_value("Nightly call list")
    app.selectbox(key="token_scope").set_value(scope)
    next(button for button in app.button if button.label == "Issue the token").click()
    app.run()
    shown = [code.value for code in app.code if code.value.startswith("pk_")]
    assert len(shown) == 1
    app.run()
    assert not [code for code in app.code if code.value.startswith("pk_")]
    with transaction(engine) as session:
        token = session.exec(select(ApiToken)).one()
        assert (token.project_id, token.scopes) == (case.project_id, scope)
    next(button for button in app.button if button.label == "Revoke").click()
    app.run()
    with transaction(engine) as session:
        assert session.exec(select(ApiToken)).one().revoked_at is not None


@pytest.mark.parametrize("who", ["business", "manager"])
def test_other_roles_are_not_offered_a_token(case: Case, open_page: OpenPage, who: str) -> None:
    app = open_page("deployment", getattr(case, who), project=case.project_id)
    assert "Issue the token" not in [button.label for button in app.button]


def test_an_auditor_sees_the_state_but_no_form(engine: Engine, case: Case, open_page: OpenPage) -> None:
    _approve(engine, case)
    with transaction(engine) as session:
        auditor = join(session, case.project_id, make_actor(session, Role.AUDITOR))
    app = open_page("deployment", auditor, project=case.project_id)
    assert "may answer" in app.header[0].value
    assert "Predict this case" not in [button.label for button in app.button]


def test_a_stranger_learns_nothing(case: Case, open_page: OpenPage) -> None:
    app = open_page("deployment", case.stranger, project=case.project_id)
    assert "There is no such project" in app.warning[0].value
    assert case.model.name not in text_of(app)


def test_the_example_is_a_request_the_protocol_takes() -> None:
    command = example_request("churn-1", make_signature(), "https://portal.example.com")
    found = re.search(r"-d '(.*)'$", command, re.DOTALL)
    assert found is not None
    body = json.loads(found.group(1))
    assert [tensor["name"] for tensor in body["inputs"]] == ["tenure", "contract"]
    assert command.startswith("curl https://portal.example.com/v2/models/churn-1/infer")
