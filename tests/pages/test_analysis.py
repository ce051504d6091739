"""Analysis: started from the page of runs, watched, read by every role, and nothing told to a stranger."""

import pytest
from sqlmodel import select

from db.session import reading, transaction
from db.tables import Job
from services.analyses.views import Report
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_analyses import make_analysis, make_forecast_report, make_groups_report, make_unusual_report
from tests.makers_datasets import make_dataset
from tests.makers_series import make_days
from tests.pages.conftest import OpenPage, text_of

REPORTS: dict[AnalysisTask, Report] = {
    AnalysisTask.CLUSTERING: make_groups_report(),
    AnalysisTask.ANOMALY: make_unusual_report(),
    AnalysisTask.FORECASTING: make_forecast_report(),
}


def arrange(role: str = Role.DATA_SCIENTIST) -> tuple[Actor, Actor, str, str]:
    """A person in a project with data; (person, scientist, project, dataset)."""
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        person = scientist if role == Role.DATA_SCIENTIST else make_actor(session, role)
        project = make_project(session, *{scientist.user_id: scientist, person.user_id: person}.values())
        dataset = make_dataset(session, scientist, project.id, frame=make_days(60, kind="a"), target=None)
    return person, scientist, project.id, dataset.id


def made(scientist: Actor, project_id: str, dataset_id: str, task: AnalysisTask, report: Report | None) -> str:
    with transaction() as session:
        if task is not AnalysisTask.FORECASTING:
            return make_analysis(session, scientist, dataset_id, project_id, task, report)
        other = make_dataset(session, scientist, project_id, target=None)
        return make_analysis(session, scientist, other.id, project_id, task, report)


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.BUSINESS, Role.MANAGER])
@pytest.mark.parametrize("task", list(AnalysisTask))
def test_everybody_of_the_project_reads_what_was_found(open_page: OpenPage, task: AnalysisTask, role: str) -> None:
    person, scientist, project_id, dataset_id = arrange(role)
    app = open_page("analysis", person, analysis=made(scientist, project_id, dataset_id, task, REPORTS[task]))
    assert not app.exception
    shown = text_of(app)
    assert task.label in shown
    assert "There is no money here" in shown
    assert {"download_table", "download_package"} <= {button.key for button in app.get("download_button")}


def test_groups_are_cards_and_what_the_clock_cut_is_told(open_page: OpenPage) -> None:
    person, scientist, project_id, dataset_id = arrange()
    task = AnalysisTask.CLUSTERING
    app = open_page("analysis", person, analysis=made(scientist, project_id, dataset_id, task, REPORTS[task]))
    shown = text_of(app)
    assert "The rows fall into 2 groups" in shown
    assert "“tenure” is higher (median 60 against 12)" in shown.replace("\\", "")
    assert "Chance was asked 10 instead of 19 times" in shown.replace("\\", "")


def test_where_there_are_no_groups_the_cards_do_not_claim_any(open_page: OpenPage) -> None:
    person, scientist, project_id, dataset_id = arrange()
    report = make_groups_report(verdict="none", sentence="No clear groups: no better than chance.")
    task = AnalysisTask.CLUSTERING
    app = open_page("analysis", person, analysis=made(scientist, project_id, dataset_id, task, report))
    assert "If the rows must be divided anyway" in text_of(app)


def test_unusual_rows_come_with_reasons_and_the_advice_to_predict_a_label(open_page: OpenPage) -> None:
    person, scientist, project_id, dataset_id = arrange()
    task = AnalysisTask.ANOMALY
    app = open_page("analysis", person, analysis=made(scientist, project_id, dataset_id, task, REPORTS[task]))
    assert "may already say which rows are bad" in text_of(app)
    told = str(app.table[0].value)
    assert "42" in told
    assert "charges" in told


def test_a_waiting_analysis_says_so_and_can_be_stopped(open_page: OpenPage) -> None:
    person, scientist, project_id, dataset_id = arrange()
    waiting = made(scientist, project_id, dataset_id, AnalysisTask.CLUSTERING, None)
    app = open_page("analysis", person, analysis=waiting)
    assert not app.exception
    app.button(key=f"stop_{waiting}").click().run()
    with reading() as session:
        assert session.get_one(Job, waiting).state == "cancelled"


@pytest.mark.parametrize("task", [AnalysisTask.CLUSTERING, AnalysisTask.ANOMALY])
def test_a_data_scientist_starts_one_without_an_outcome(open_page: OpenPage, task: AnalysisTask) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("runs", person, project=project_id, find=task.label)
    app.button(key="analyse").click().run()
    assert not app.exception
    assert the_job().task is task


def test_a_forecast_asks_for_its_columns_first(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("runs", person, project=project_id, find="Forecast")
    assert app.button(key="analyse").disabled
    app.selectbox(key="fc_target").set_value("sold").run()
    app.number_input(key="fc_horizon").set_value(5).run()
    app.button(key="analyse").click().run()
    assert not app.exception
    question = the_job().question
    assert question is not None
    assert (question.target, question.time, question.horizon, question.series) == ("sold", "day", 5, None)


def test_the_page_of_runs_lists_what_there_was(open_page: OpenPage) -> None:
    person, scientist, project_id, dataset_id = arrange(Role.BUSINESS)
    task = AnalysisTask.CLUSTERING
    id_ = made(scientist, project_id, dataset_id, task, REPORTS[task])
    app = open_page("runs", person, project=project_id)
    assert "The rows fall into 2 groups" in text_of(app)
    assert f"open_analysis_{id_}" in {str(button.key) for button in app.button}
    assert "analyse" not in {str(button.key) for button in app.button}


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, scientist, project_id, dataset_id = arrange()
    id_ = made(scientist, project_id, dataset_id, AnalysisTask.CLUSTERING, None)
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    assert "not a member" in text_of(open_page("analysis", stranger, analysis=id_))


def the_job() -> AnalysisRequest:
    with reading() as session:
        (job,) = session.exec(select(Job).where(Job.kind == "analyses.run")).all()
    return AnalysisRequest.from_document(job.request["request"])
