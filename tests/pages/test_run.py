"""The page of one run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Job, Run
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.tracking.file_names import CARD, SCHEMA
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.objective import Constraints
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from tests.makers import make_actor, make_project
from tests.makers_mlflow import forget_server, name_server
from tests.makers_models import make_model, make_run, make_trial
from tests.makers_money import DISCOUNT, RETENTION
from tests.makers_trials import make_circumstances
from tests.pages.conftest import OpenPage, text_of
from tests.services.automl.test_references import PLAIN
from tests.statements import counting_statements


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def business(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.BUSINESS)


@pytest.fixture
def run_id(engine: Engine, scientist: Actor, business: Actor) -> str:
    with transaction(engine) as session:
        project = make_project(session, scientist, business)
        return make_run(session, scientist, project.id, n_trials=5, budget_seconds=100).id


def change(run_id: str, **values: object) -> None:
    with transaction() as session:
        run = session.get_one(Run, run_id)
        for name, value in values.items():
            setattr(run, name, value)
        session.add(run)


def try_some(run_id: str, **changes: object) -> None:
    change(run_id, state="running", started_at=utc_now() - timedelta(seconds=20), phase="Trying extra trees")
    with transaction() as session:
        run = session.get_one(Run, run_id)
        make_trial(session, run, 1, score=0.81, **changes)
        make_trial(session, run, 2, score=0.84, family="lightgbm", **changes)
        make_trial(session, run, 3, state="failed", score=None, failure="It took longer than 25 s.")


def press_label(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def words_of(app: AppTest) -> str:
    """What a person reads, tables included: the text without the escapes of Markdown."""
    cells = [str(cell) for table in app.table for cell in table.value.to_numpy().flat]
    return "\n".join([text_of(app), *cells]).replace("\\", "").replace("\u2060", "")


def test_a_run_says_by_which_amounts_it_prices_and_where_not(
    engine: Engine, open_page: OpenPage, scientist: Actor, business: Actor
) -> None:
    figures = replace(PLAIN, details=Details(amount_formula="tenure * 2"))
    with transaction(engine) as session:
        project = make_project(session, scientist, business)
        make_run(session, scientist, project.id)
        save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=0)
        run_id = make_run(session, scientist, project.id).id
    found = {
        "formula": "tenure * 2", "usual_amount": 500.0, "n_rows": 800, "n_without": 2, "n_negative": 1,
        "n_too_large": 0, "mean_amount": 700.0, "amounts_sha256": "0" * 64,
    }  # fmt: skip
    try_some(run_id, value_amount=12_000.0)
    change(run_id, circumstances={**make_circumstances(), "amounts": found})
    words = words_of(open_page("run", scientist, project=project.id, run=run_id))
    assert "The value of a caught case is that of its row: tenure * 2." in words
    assert "Priced at the usual value of €500 in 3 of 800 rows: 2 without a value" in words
    assert "worth €700 on average in these rows (40% more), where the business case counts with €500" in words


def labels(app: object) -> list[str]:
    return [button.label for button in app.main.button]  # type: ignore[attr-defined]


def test_a_queued_run_says_what_it_waits_for(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    app = open_page("run", scientist, run=run_id)
    words = text_of(app)
    assert "Waiting for a worker" in words
    assert "No worker is running. The run starts as soon as one does." in words
    assert "You may close this page; the run goes on." in words
    assert "Nothing has been tried yet" in words
    assert labels(app) == ["Stop and keep the best", "Pause", "Add 10 minutes", "Cancel"]
    assert app.button[0].disabled


def test_a_running_search_shows_how_far_it_is_and_what_leads(
    open_page: OpenPage, scientist: Actor, run_id: str
) -> None:
    try_some(run_id)
    app = open_page("run", scientist, run=run_id)
    words = text_of(app)
    assert "Trying extra trees" in words
    assert "Gradient boosting leads by 0.030 in AUC" in words
    assert "AUC 0.840" in words
    assert "Variants tried 3 of 5" in words
    assert "It took longer than 25 s" in words
    assert "A first usable model after 2 s: Linear model, AUC 0.810." in words
    assert "Gradient boosting 2, AUC 0.840, the best so far." in words
    assert not app.exception


def test_each_further_press_is_recorded_and_said(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    app = open_page("run", scientist, run=run_id)
    press_label(app, "Add 10 minutes")
    assert "of 11 min 40 s (10 min added)" in app.get("progress")[0].proto.text
    app.menu_button[0].click("Gradient boosting").run()
    assert not app.exception
    words = text_of(app)
    assert "Only gradient boosting is tried now." in words
    assert "Gave the search ten more minutes" in words
    assert "Let the search try only gradient boosting from here on" in words
    app.menu_button[0].click("All kinds again").run()
    assert "is tried now" not in text_of(app)


def test_a_press_that_came_too_late_adds_nothing(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    app = open_page("run", scientist, run=run_id)
    button = next(button for button in app.button if button.label == "Add 10 minutes")
    change(run_id, budget_seconds=700)
    button.click().run()
    assert not app.exception
    with reading() as session:
        assert session.get_one(Run, run_id).budget_seconds == 700


def test_a_finished_search_goes_on_for_ten_minutes(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    change(run_id, state="finished", finished_at=utc_now(), used_seconds=80.0)
    app = open_page("run", scientist, run=run_id)
    press_label(app, "Continue with 10 more minutes")
    assert "Waiting for a worker" in text_of(app)
    with reading() as session:
        run = session.get_one(Run, run_id)
        assert (run.state, run.generation, run.budget_seconds) == ("queued", 2, 680)


def test_a_variant_is_looked_at_fold_by_fold_beside_the_best(
    open_page: OpenPage, scientist: Actor, run_id: str
) -> None:
    try_some(run_id)
    app = open_page("run", scientist, run=run_id)
    assert "Fold by fold" in text_of(app)
    assert app.selectbox[0].value is None
    shared = open_page("run", scientist, run=run_id, variant="Linear model 1")
    assert not shared.exception
    assert shared.selectbox[0].value == "Linear model 1"


def test_a_search_that_stands_still_says_so(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    with transaction() as session:
        for number in range(4, 24):
            make_trial(session, session.get_one(Run, run_id), number, score=0.8)
    app = open_page("run", scientist, run=run_id)
    assert "No better model in the last 20 of 22 variants" in app.info[0].value


def test_with_payoffs_the_best_is_said_in_money(
    open_page: OpenPage, engine: Engine, scientist: Actor, business: Actor
) -> None:
    with transaction(engine) as session:
        project = make_project(session, scientist, business)
        save_valuation(session, actor=business, project_id=project.id, assumptions=ASSUMPTIONS, based_on=0)
        run_id = make_run(session, scientist, project.id, n_trials=5).id
    try_some(run_id, value_amount=298_000.0)
    words = text_of(open_page("run", scientist, run=run_id))
    assert "Best so far, a year €298k" in words
    assert "above break-even" in words


@pytest.mark.parametrize(
    ("label", "wish"), [("Stop and keep the best", "stop"), ("Pause", "pause"), ("Cancel", "cancel")]
)
def test_a_button_leaves_the_wish_for_the_workers(
    open_page: OpenPage, scientist: Actor, run_id: str, label: str, wish: str
) -> None:
    try_some(run_id)
    app = open_page("run", scientist, run=run_id)
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    with reading() as session:
        assert session.get_one(Run, run_id).wish == wish


def test_a_paused_run_can_be_resumed(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    change(run_id, state="paused", phase="Paused")
    app = open_page("run", scientist, run=run_id)
    assert labels(app) == ["Resume", "Stop and keep the best", "Add 10 minutes", "Cancel"]
    app.button[0].click().run()
    with reading() as session:
        run = session.get_one(Run, run_id)
        assert (run.state, run.generation) == ("queued", 2)


def test_a_failed_run_says_why(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    change(run_id, state="failed", failure="None of the variants gave a model.", finished_at=utc_now())
    app = open_page("run", scientist, run=run_id)
    assert "None of the variants gave a model" in app.error[0].value
    assert labels(app) == ["Continue with 10 more minutes"]


def test_a_finished_run_leads_to_its_model(open_page: OpenPage, engine: Engine, business: Actor) -> None:
    with transaction(engine) as session:
        model, _project, _scientist = make_model(session, business)
    app = open_page("run", business, run=model.run_id)
    assert "The best model is ready" in text_of(app)
    assert labels(app) == ["Open the model"]
    app.button[0].click().run()
    assert app.query_params["model"] == model.id


def test_a_business_stakeholder_watches_and_does_not_steer(open_page: OpenPage, business: Actor, run_id: str) -> None:
    try_some(run_id)
    app = open_page("run", business, run=run_id)
    assert "Gradient boosting leads" in text_of(app)
    assert labels(app) == []


def test_a_run_says_its_turn_and_who_steers_it_may_let_others_go_first(
    open_page: OpenPage, scientist: Actor, run_id: str
) -> None:
    app = open_page("run", scientist, run=run_id)
    assert "Normal priority · the next free place is its" in text_of(app)
    app.menu_button[-1].click("Low priority").run()
    assert not app.exception
    assert "Low priority" in text_of(app)
    with reading() as session:
        assert session.get_one(Run, run_id).priority == "low"


def test_a_manager_puts_a_run_before_others(open_page: OpenPage, engine: Engine, scientist: Actor) -> None:
    with transaction(engine) as session:
        manager = make_actor(session, Role.MANAGER)
        run_id = make_run(session, scientist, make_project(session, scientist, manager).id).id
    app = open_page("run", manager, run=run_id)
    assert labels(app) == []
    app.menu_button[0].click("High priority").run()
    assert not app.exception
    assert "High priority" in text_of(app)
    with reading() as session:
        assert session.get_one(Run, run_id).priority == "high"


def test_a_stranger_an_administrator_and_nobody_are_refused(open_page: OpenPage, engine: Engine, run_id: str) -> None:
    with transaction(engine) as session:
        stranger, administrator = make_actor(session, Role.MANAGER), make_actor(session, Role.ADMIN)
    for actor in (stranger, administrator):
        assert "not a member" in open_page("run", actor, run=run_id).warning[0].value
    assert "Your session has ended" in open_page("run", None, run=run_id).info[0].value


ASSUMPTIONS = Assumptions(
    currency="EUR",
    caught_value_amount=480.0,
    success_rate=0.4,
    false_alarm_amount=5.0,
    miss_amount=0.0,
    action_amount=30.0,
    cases_per_month=2_000.0,
    base_rate=0.27,
    capacity_per_month=None,
    project_amount=60_000.0,
    running_amount_per_month=2_000.0,
    horizon_months=24,
    yearly_discount_rate=0.08,
    source="guess",
)


@pytest.mark.parametrize("n_trials", [1, 12])
def test_a_click_asks_the_database_little_however_many_trials_there_are(
    engine: Engine, open_page: OpenPage, n_trials: int
) -> None:
    with transaction() as session:
        model, project, scientist = make_model(session)
        for number in range(1, n_trials + 1):
            make_trial(session, session.get_one(Run, model.run_id), number)
        ids = {"project": project.id, "run": model.run_id}
    app = open_page("run", scientist, **ids)
    with counting_statements(engine) as statements:
        app.run()
    assert len(statements) <= 8


@pytest.mark.parametrize("state", ["running", "finished"])
def test_the_page_says_how_rows_were_dealt_and_what_else_the_columns_suggest(
    open_page: OpenPage, scientist: Actor, run_id: str, state: str
) -> None:
    try_some(run_id)
    warning = "The rows have a date (“since”), and were not split by it."
    split = {"reason": "Rows were dealt at random.", "warnings": [warning]}
    change(run_id, state=state, circumstances={"split": split})
    app = open_page("run", scientist, run=run_id)
    words = text_of(app) + "".join(str(table.value.to_numpy()) for table in app.table)
    assert "Rows were dealt at random" in words
    assert "were not split by it" in words


def test_from_a_run_that_has_ended_one_comes_to_its_map_and_to_the_comparison(
    open_page: OpenPage, business: Actor, run_id: str
) -> None:
    try_some(run_id)
    change(run_id, state="finished")
    app = open_page("run", business, run=run_id)
    assert app.button(key="compare").disabled
    assert list(app.dataframe[0].value["Model"]) == ["Gradient boosting 2", "Linear model 1"]
    app.button(key="search_map").click().run()
    assert not app.exception


def test_an_ended_run_offers_the_file_that_makes_it_again(
    open_page: OpenPage, scientist: Actor, business: Actor, run_id: str
) -> None:
    try_some(run_id)
    assert not open_page("run", business, run=run_id).get("download_button")
    change(run_id, state="finished", circumstances=make_circumstances())
    app = open_page("run", business, run=run_id)
    assert [getattr(button, "label", "") for button in app.get("download_button")] == [
        "Download project.yml",
        "Download its data",
    ]
    assert "recreate" in text_of(app)


@pytest.fixture
def tracking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A portal whose settings name a tracking server; nobody asks it."""
    name_server(monkeypatch, "https://mlflow.example.com", token="t0ken")
    yield
    forget_server()


def test_without_a_tracking_server_it_says_what_one_brings_and_how_to_set_it(
    open_page: OpenPage, scientist: Actor, business: Actor, run_id: str
) -> None:
    forget_server()
    try_some(run_id)
    change(run_id, state="finished")
    app = open_page("run", scientist, run=run_id)
    assert "PORTAL_MLFLOW_URL" in text_of(app)
    assert "nothing has to be installed" in text_of(app)
    assert "Write to MLflow" not in labels(app)
    assert "MLflow" not in text_of(open_page("run", business, run=run_id))


def test_a_data_scientist_writes_an_ended_run_to_the_tracking_server(
    open_page: OpenPage, scientist: Actor, run_id: str, tracking: None
) -> None:
    try_some(run_id)
    change(run_id, state="finished")
    app = open_page("run", scientist, run=run_id)
    assert "go to https://mlflow.example.com; no row of the data" in words_of(app)
    press_label(app, "Write to MLflow")
    assert "Write to MLflow" not in labels(app)
    with transaction() as session:
        (job,) = session.exec(select(Job).where(Job.kind == "automl.export", Job.subject_id == run_id))
        job.state, job.result = "done", {"address": "https://mlflow.example.com", "source_id": "abc", "n_trials": 3}
        session.add(job)
    words = words_of(open_page("run", scientist, run=run_id))
    assert "It is on https://mlflow.example.com as run abc." in words
    assert "t0ken" not in words


def test_the_files_of_the_model_go_along_only_where_somebody_says_so_and_what_did_not_go_is_said(
    open_page: OpenPage, scientist: Actor, run_id: str, tracking: None
) -> None:
    try_some(run_id)
    change(run_id, state="finished")
    app = open_page("run", scientist, run=run_id)
    assert not app.checkbox(key="with_files").value
    app.checkbox(key="with_files").check()
    press_label(app, "Write to MLflow")
    with transaction() as session:
        (job,) = session.exec(select(Job).where(Job.kind == "automl.export", Job.subject_id == run_id))
        assert job.request["with_files"] is True
        files = {"files": [CARD, SCHEMA], "file_problems": ["The pipeline was *not* written."]}
        job.state = "done"
        job.result = {"address": "https://mlflow.example.com", "source_id": "abc", "n_trials": 3, **files}
        session.add(job)
    words = words_of(open_page("run", scientist, run=run_id))
    assert "On the server with it: the model card, the schema." in words
    assert "The pipeline was *not* written." in words


def test_what_goes_along_with_the_files_is_said_rows_of_the_data_too(
    open_page: OpenPage, scientist: Actor, run_id: str, tracking: None
) -> None:
    try_some(run_id)
    with transaction() as session:
        run = session.get_one(Run, run_id)
        make_trial(session, run, 4, score=0.8, family="neighbours")
        make_trial(session, run, 5, score=0.8, family="kernel")
    change(run_id, state="finished", circumstances={"model": {"members": [[2, 0.5], [4, 0.5]]}})
    app = open_page("run", scientist, run=run_id)
    assert "no row of the data does" in words_of(app)
    assert "Rows of the data go along" not in words_of(app)
    app.checkbox(key="with_files").check().run()
    words = words_of(app)
    assert "no row of the data" not in words
    for named in ("pipeline", "ONNX twin", "schema", "training script", "model card", "project file", "payoffs"):
        assert named in words
    assert "Rows of the data go along. Nearest neighbours keep every row" in words
    assert "Support vectors are rows" not in words  # tried, but no part of the model
    change(run_id, circumstances={"model": {"members": [[2, 1.0]]}})
    app = open_page("run", scientist, run=run_id)
    app.checkbox(key="with_files").check().run()
    assert "Rows of the data go along" not in words_of(app)
    change(run_id, circumstances={})  # nobody wrote down which are in it: any of them may be
    app = open_page("run", scientist, run=run_id)
    app.checkbox(key="with_files").check().run()
    assert "Support vectors are rows" in words_of(app)


def test_files_that_came_with_an_imported_run_can_be_saved(open_page: OpenPage, scientist: Actor, run_id: str) -> None:
    try_some(run_id)
    imported = {"address": "https://mlflow.example.com", "source_id": "abc", "name": "Theirs"}
    files = {"files": [{"name": CARD, "sha256": "a" * 64, "n_bytes": 7}], "problems": []}
    change(run_id, state="finished", circumstances={"imported": imported, "imported_files": files})
    app = open_page("run", scientist, run=run_id)
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["Download card.md"]
    assert "None was opened here or is a model here." in words_of(app)
    assert "with_files" not in [box.key for box in app.checkbox]


def test_an_imported_run_says_where_it_is_from_and_offers_nothing_that_only_its_maker_can_do(
    open_page: OpenPage, scientist: Actor, run_id: str
) -> None:
    try_some(run_id)
    imported = {"address": "https://mlflow.example.com", "source_id": "abc", "name": "Theirs"}
    change(run_id, state="finished", circumstances={"imported": imported})
    app = open_page("run", scientist, run=run_id)
    words = words_of(app)
    assert "Imported: 2 variants, tried elsewhere; none is a model here" in words
    assert "run abc on https://mlflow.example.com" in words
    assert not app.get("download_button")
    assert not {"Continue with 10 more minutes", "See every step"} & set(labels(app))
    assert "Open the map of the search" in labels(app)


@pytest.mark.parametrize("state", ["running", "finished"])
def test_three_models_worth_a_look_and_what_each_costs(
    open_page: OpenPage, business: Actor, run_id: str, state: str
) -> None:
    try_some(run_id, latency_ms=4.0, size_bytes=2e6)
    change(run_id, state=state)
    app = open_page("run", business, run=run_id)
    words = text_of(app).replace("\\", "")
    for title in ("Best score", "Simplest within 2%", "Fastest within 2%"):
        assert title in words
    assert "Gradient boosting 2 is best with" in words
    assert "Gradient boosting 2 is worth the most and costs least: it takes 4.0 ms" in words
    app.segmented_control(key="cost").set_value("simplicity").run()
    assert not app.exception
    assert "Linear model 1 is one formula; Gradient boosting 2 is trees and gives" in text_of(app).replace("\\", "")


def test_one_model_alone_is_compared_with_nothing(open_page: OpenPage, business: Actor, run_id: str) -> None:
    change(run_id, state="running", started_at=utc_now())
    with transaction() as session:
        make_trial(session, session.get_one(Run, run_id), 1)
    assert "within 2%" not in text_of(open_page("run", business, run=run_id))


def test_what_the_objective_and_people_demand_stands_above_the_leaderboard(
    open_page: OpenPage, scientist: Actor, business: Actor
) -> None:
    lever = replace(DISCOUNT, column="charges", direction=-1)
    objective = replace(RETENTION, levers=(lever,), constraints=Constraints(max_latency_ms=20.0))
    with transaction() as session:
        project = make_project(session, scientist, business)
        save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
        demanding = make_run(session, scientist, project.id, n_trials=5, budget_seconds=100).id
    try_some(demanding, beyond_limits="too slow: 63 ms, at most 20 ms")
    words = text_of(open_page("run", business, run=demanding))
    assert "The objective allows an answer within 20 ms" in words
    assert "None of the models tried so far keeps that" in words
    assert "the answer only falls with “charges”" in words
