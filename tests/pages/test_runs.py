"""The page that starts runs."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Job, Run
from services.audit.actor import Actor
from services.automl.family_names import SEARCHED
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from services.valuation.queries import find_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_mlflow import forget_server, name_server
from tests.makers_models import make_run, make_trial
from tests.makers_money import CALLS, reflected
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


def start(app: AppTest) -> None:
    next(button for button in app.button if button.label == "Start the search").click().run()
    assert not app.exception


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


def started() -> Run:
    with reading() as session:
        return session.exec(select(Run)).one()


def test_the_plan_is_said_in_words_before_the_start(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    words = text_of(app)
    assert f"I will try {len(SEARCHED)} kinds of model, up to 40 variants, at most 5 min, then check" in words
    assert "What counts is AUC" in words
    app.select_slider(key="minutes").set_value(2).run()
    app.select_slider(key="simplicity").set_value("plain").run()
    app.select_slider(key="thoroughness").set_value("quick").run()
    words = text_of(app)
    assert "I will try only linear model, up to 12 variants, at most 2 min" in words
    assert "Why we ask: More time finds better models" in words
    assert "Only linear model will be tried." in words


def test_three_answers_start_what_they_say(open_page: OpenPage, people: dict[str, Actor], project_id: str) -> None:
    bring_data(people, project_id)
    app = open_page(
        "runs", people[Role.DATA_SCIENTIST], project=project_id, minutes="2 min", simplicity="Easy to explain"
    )
    start(app)
    run = started()
    assert (run.depth, run.budget_seconds, run.n_trials_budget, run.families) == ("guided", 120, 40, ["linear"])


def test_one_button_starts_a_search_for_the_best_of_all(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Simple")
    assert [len(widgets) for widgets in (app.main.select_slider, app.main.number_input, app.main.button)] == [0, 0, 1]
    assert "up to 80 variants, at most 15 min" in text_of(app)
    start(app)
    run = started()
    assert (run.depth, run.families, run.split["kind"]) == ("simple", [], "auto")


def test_todays_rule_is_asked_for_and_refused_in_words_where_it_cannot_be_computed(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    app.text_input(key="todays_rule").set_value("tenur < 12")
    start(app)
    assert "tenure" in text_of(app)
    assert runs() == []
    app.text_input(key="todays_rule").set_value("tenure < 12")
    start(app)
    assert started().business_inputs["todays_rule"] == "tenure < 12"


def test_by_row_the_goal_says_so_and_data_that_lack_a_column_are_refused(
    open_page: OpenPage, people: dict[str, Actor], project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_data(people, project_id)
    monkeypatch.setattr("services.valuation.commands.try_formula", lambda *_, **__: None)
    by_row = replace(CALLS, details=Details(amount_formula="fee * 12"))
    with transaction() as session:
        business = people[Role.BUSINESS]
        saved = find_valuation(session, actor=business, project_id=project_id)
        based_on = saved.version if saved else 0
        save_valuation(session, actor=business, project_id=project_id, assumptions=by_row, based_on=based_on)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id)
    assert "The value of a caught case is that of its row: fee * 12." in text_of(app).replace("\\", "")
    start(app)
    assert "cannot be computed on these data" in app.error[0].value
    assert "names fee, which is not known" in app.error[0].value
    assert runs() == []


def test_an_expert_sets_everything(open_page: OpenPage, people: dict[str, Actor], project_id: str) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Expert")
    for key, value in (
        ("expert_minutes", 2.0),
        ("variants", 7),
        ("variant_seconds", 30),
        ("memory", 512),
        ("parallel", 1),
        ("seed", 5),
    ):
        app.number_input(key=key).set_value(value)
    app.multiselect(key="kinds").set_value(["lightgbm", "linear"])
    app.selectbox(key="metric").set_value("log_loss")
    start(app)
    run = started()
    assert (run.depth, run.budget_seconds, run.n_trials_budget, run.metric) == ("expert", 120, 7, "log_loss")
    assert (run.trial_seconds_limit, run.trial_memory_mb_limit, run.n_lanes, run.seed) == (30, 512, 1, 5)
    assert run.families == ["linear", "lightgbm"]


def test_each_way_to_split_says_what_it_is_right_for_and_is_followed(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Expert")
    assert "Rows that share the value of an identifier stay together" in text_of(app)
    app.selectbox(key="split").set_value("group_time").run()
    app.selectbox(key="split_time").set_value("tenure").run()
    app.selectbox(key="split_group").set_value("contract").run()
    app.number_input(key="split_gap").set_value(3.0).run()
    words = text_of(app)
    assert "the last fifth by “tenure” is kept aside" in words
    assert "Right where new cases bring a new “contract”" in words
    start(app)
    assert started().split == {"kind": "group_time", "time": "tenure", "group": "contract", "gap": 3.0}


def test_a_search_begins_with_what_the_objective_sets(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    objective = reflected("harm", delay=30)
    with transaction() as session:
        save_objective(session, actor=people[Role.BUSINESS], project_id=project_id, objective=objective, based_on=0)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Simple")
    assert "keeps a quarter of the rows aside, because a wrong prediction can harm somebody" in text_of(app)
    start(app)
    assert started().split["kept_aside_rate"] == 0.25
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Expert")
    assert app.selectbox(key="kept_aside").value == 0.25
    app.selectbox(key="kept_aside").set_value(0.1).run()
    assert "this search keeps a tenth" in text_of(app)


def test_with_payoffs_the_goal_is_money_and_names_the_break_even(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    bring_data(people, project_id)
    with transaction() as session:
        save_valuation(session, actor=people[Role.BUSINESS], project_id=project_id, assumptions=CALLS, based_on=0)
    words = text_of(open_page("runs", people[Role.DATA_SCIENTIST], project=project_id))
    assert "What counts is money" in words
    assert re.search(r"pays for itself from €[\d.]+[km]? a year on", words)


@pytest.mark.parametrize(
    ("key", "sentence"), [("expert_minutes", "The search needs time"), ("variants", "between 1 and 1,000 variants")]
)
def test_a_budget_of_zero_is_refused_with_a_sentence_and_nothing_is_lost(
    open_page: OpenPage, people: dict[str, Actor], project_id: str, key: str, sentence: str
) -> None:
    bring_data(people, project_id)
    app = open_page("runs", people[Role.DATA_SCIENTIST], project=project_id, depth="Expert")
    app.number_input(key=key).set_value(0)
    start(app)
    assert sentence in app.error[0].value
    assert app.number_input(key=key).value == 0
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


def test_from_the_second_run_on_a_chart_says_whether_the_newer_is_better(
    open_page: OpenPage, people: dict[str, Actor], project_id: str
) -> None:
    with transaction() as session:
        run = make_run(session, people[Role.DATA_SCIENTIST], project_id)
        make_trial(session, run, 1, score=0.80)
        run.state = "finished"
    app = open_page("runs", people[Role.BUSINESS], project=project_id)
    assert "Once two runs have found a model, a chart here shows" in text_of(app)
    assert not app.get("plotly_chart")
    with transaction() as session:
        run = make_run(session, people[Role.DATA_SCIENTIST], project_id)
        make_trial(session, run, 1, score=0.84)
        run.state = "finished"
    app = open_page("runs", people[Role.BUSINESS], project=project_id)
    assert not app.exception
    assert "Run 2 is better than run 1 by 0.040 in AUC" in text_of(app)
    assert len(app.get("plotly_chart")) == 1


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


def test_a_run_is_taken_over_from_the_tracking_server_by_its_id(
    open_page: OpenPage, people: dict[str, Actor], project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_data(people, project_id)
    scientist = people[Role.DATA_SCIENTIST]
    assert "PORTAL_MLFLOW_URL" in text_of(open_page("runs", scientist, project=project_id))
    name_server(monkeypatch, "https://mlflow.example.com")
    try:
        assert "MLflow" not in text_of(open_page("runs", people[Role.BUSINESS], project=project_id))
        app = open_page("runs", scientist, project=project_id)
        app.text_input(key="source_id").set_value("not an id")
        app.button(key="import_now").click().run()
        assert "no id of a run" in app.error[0].value
        app.text_input(key="source_id").set_value("abc")
        app.selectbox(key="import_metric").set_value("AUC")
        app.selectbox(key="import_version").set_value("Version 1")
        app.button(key="import_now").click().run()
        assert not app.exception
        with transaction() as session:
            (job,) = session.exec(select(Job).where(Job.kind == "automl.import"))
            assert (job.request["source_id"], job.request["metric"]) == ("abc", "roc_auc")
            assert job.request["dataset_id"] is not None
            job.state, job.result = "done", {"run_id": "0" * 32, "number": 4, "n_trials": 2}
            session.add(job)
        app = open_page("runs", scientist, project=project_id)
        assert "Run 4 was taken over with 2 variants." in text_of(app)
    finally:
        forget_server()
