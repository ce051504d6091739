"""One case: its levers set otherwise, greyed where the guard does not believe it, without money where none may be."""

import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from db.session import transaction
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.deployments import what_if
from services.people.permissions import Role
from services.simulation.report import SimulationReport
from tests.makers import make_actor
from tests.makers_simulation import CONTRACT, make_adjusted_report, make_report, make_report_without_forecast
from tests.pages.conftest import OpenPage, text_of
from tests.pages.test_simulate import arrange, simulated


@pytest.fixture(autouse=True)
def _scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cache:
        """Two years make it half as likely."""

        def get(self, _model: object) -> "Cache":
            return self

        def predict(self, frame: object) -> np.ndarray:
            chance = np.where(frame["contract"] == "Two year", 0.2, 0.4)  # type: ignore[index]
            return np.column_stack([1 - chance, chance])

    monkeypatch.setattr(what_if, "get_scorer_cache", Cache)


def opened(open_page: OpenPage, report: SimulationReport, role: str = Role.BUSINESS) -> AppTest:
    person, business, project_id, model_id = arrange(role)
    simulation_id = simulated(business, model_id, replace(report, learned_at=None))
    return open_page("what_if", person, project=project_id, simulation=simulation_id)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: str(metric.value) for metric in app.metric}


def test_a_setting_shows_chance_and_money_at_once(open_page: OpenPage) -> None:
    app = opened(open_page, make_report())
    assert not app.exception
    app.selectbox(key="what_if_7_0").set_value("Two year").run()
    assert not app.exception
    told = metrics(app)
    assert (told["Chance today"], told["Chance then"]) in (("40%", "20%"), ("20%", "20%"))
    assert told["Cost"] in ("€20", "€0")


def test_what_was_never_seen_is_grey_with_its_reason(open_page: OpenPage) -> None:
    app = opened(open_page, make_report())
    shown = text_of(app).replace("\\", "")
    assert "Not believed here: One year. Cases like this one were never treated so" in shown


def test_without_a_forecast_no_money_is_shown(open_page: OpenPage) -> None:
    app = opened(open_page, make_report_without_forecast())
    assert metrics(app)["Gain"] == "–"
    assert "what-if by association" in text_of(app).replace("\\", "")


def test_of_grade_b_no_gain_of_a_case_is_shown(open_page: OpenPage) -> None:
    app = opened(open_page, make_adjusted_report())
    app.selectbox(key="what_if_7_0").set_value("Two year").run()
    assert not app.exception
    assert metrics(app)["Gain"] == "–"
    shown = text_of(app).replace("\\", "")
    assert "Grade B: adjusted estimate; hidden causes could change it" in shown
    assert "told of all cases together only" in shown


def test_a_row_that_was_not_looked_at_is_not_believed(open_page: OpenPage) -> None:
    app = opened(open_page, make_report())
    app.number_input(key="row").set_value(12).run()
    assert not app.exception
    assert "not among the cases looked at" in text_of(app)
    assert metrics(app)["Gain"] == "–"


def test_who_may_not_simulate_is_refused(open_page: OpenPage) -> None:
    app = opened(open_page, make_report(), Role.MANAGER)
    assert "you may not try what levers would change" in text_of(app).replace("\\", "")
    assert not app.metric


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, business, project_id, model_id = arrange()
    simulation_id = simulated(business, model_id, make_report())
    with transaction() as session:
        stranger: Actor = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("what_if", stranger, project=project_id, simulation=simulation_id)
    assert "not a member" in text_of(app)


def test_the_case_is_told_with_business_names_and_units(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    with transaction() as session:
        said = {"column": "tenure", "business_name": "Time with us", "unit": "months"}
        describe_column(session, actor=business, project_id=project_id, **said)
    simulation_id = simulated(business, model_id, make_report())
    app = open_page("what_if", person, project=project_id, simulation=simulation_id)
    assert not app.exception
    told = dict(app.table[0].value.to_numpy().tolist())
    assert re.fullmatch(r"\d+ months?", told["Time with us"])
    assert told["contract"] in CONTRACT.choices


def test_two_columns_that_the_business_calls_alike_are_told_apart(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    with transaction() as session:
        said = {"column": "tenure", "business_name": "contract"}
        describe_column(session, actor=business, project_id=project_id, **said)
    simulation_id = simulated(business, model_id, make_report())
    app = open_page("what_if", person, project=project_id, simulation=simulation_id)
    assert not app.exception
    told = {name.replace("\\", ""): value for name, value in app.table[0].value.to_numpy().tolist()}
    assert told["contract"] in CONTRACT.choices
    assert told["contract (tenure)"].isdigit()
