"""Grade B through the real job: a world whose truth is known, and what is missing in others, on both databases."""

import io
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine

from db.session import reading, transaction
from portal.jobs.handlers import HANDLERS
from services.datasets.commands import describe_column
from services.jobs.execution import run_job
from services.proposals.lever import Lever
from services.simulation.comparison import differences
from services.simulation.queries import get_simulation_file
from services.simulation.report import SimulationReport
from services.simulation.sentences import explain_finding, finding_of
from tests.makers_money import CALLS
from tests.makers_simulation import DOSE, Simulatable, make_doses, make_simulatable
from tests.services.simulation.test_execution import YEARLY, asked, list_of, look, on_one_engine, simulated

WORTH = "predicted * 10"
KNOWN = {"need": "yes", "size": "yes", "later": "no"}


def make_world(engine: Engine, frame: pd.DataFrame, lever: Lever = DOSE, *others: Lever, **known: str) -> Simulatable:
    """Doses with what the dictionary says; what was measured later is not learned from."""
    figures = replace(CALLS, capacity_per_month=None)
    world = make_simulatable(engine, frame, (lever, *others), target="outcome", figures=figures)
    with transaction(engine) as session:
        for column, said in (KNOWN | known).items():
            if column in frame:
                describe_column(
                    session,
                    actor=world.scientist,
                    project_id=world.project_id,
                    column=column,
                    known_before_decision=said,
                )
    return world


def without(*columns: str) -> pd.DataFrame:
    return make_doses().drop(columns=list(columns))


def only_lower_ends(report: SimulationReport) -> None:
    """No amount in the report has a middle or an upper end."""
    assert report.money is not None
    (gain,) = report.money.gains
    assert gain.amount == gain.low == gain.high == report.money.claim
    assert all(point.amount == point.low == point.high for point in report.money.curve)
    assert (report.money.budget_price, report.money.capacity_price) == (None, None)
    assert all(case.gain is None and case.chance_then is None for case in report.first)
    assert all(found.curve == () for found in report.segments)


@pytest.mark.slow
def test_what_is_adjusted_for_all_that_decided_it_is_told_at_an_end_below_the_truth(engine: Engine) -> None:
    world = make_world(engine, without("later"))
    job_id, report = simulated(world, "Dose", value_formula=WORTH)
    assert report.grade == "B", report.levers[0].reason
    only_lower_ends(report)
    (lever,), listed = report.levers, list_of(world, job_id)
    assert lever.adjusted is not None
    assert lever.adjusted.controls == ("need",)
    assert lever.adjusted.low < 2 < lever.adjusted.high
    assert lever.adjusted.robustness > 0.1
    then = listed["Dose suggested"].astype(str).str.replace("−", "-").to_numpy(dtype=float)
    moved = then - world.frame["dose"].to_numpy()[listed["row"] - 1]
    truly = YEARLY * 10 * 2 * float(moved.sum()) / report.n_cases
    assert report.money is not None
    assert 0.5 * truly < report.money.gains[0].low < truly
    assert finding_of(report).startswith("Worth at least ")
    assert "adjusted estimate; hidden causes could change it" in explain_finding(report)
    assert {"gain", "predicted today", "predicted then"}.isdisjoint(listed.columns)
    assert listed["row"].is_monotonic_increasing, "In the order of the data, not by a gain that nobody may say."
    with reading() as session:
        workbook = get_simulation_file(session, actor=world.scientist, simulation_id=job_id, kind="workbook")
    worth = pd.read_excel(io.BytesIO(workbook), sheet_name="Worth", engine="openpyxl")
    assert worth.iloc[:, 1].isna().all()
    assert worth.iloc[:, 3].isna().all()
    kept = look(world, job_id).job.result
    assert kept is not None
    assert kept["sentence"] == f"{finding_of(report)}."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frame", "lever", "known", "says"),
    [
        (without("need", "later"), DOSE, {}, "“need” decided it and is not in the data."),
        (without("later"), DOSE, {"need": "unknown"}, "does not say that “need” was known before the decision"),
        (
            make_doses(),
            replace(DOSE, deciding_columns=("need", "later")),
            {},
            "the dictionary says that it is known only afterwards",
        ),
    ],
    ids=["not in the data", "not said", "measured afterwards"],
)
def test_with_something_missing_no_benefit_is_forecast_and_the_report_says_what(
    engine: Engine, frame: pd.DataFrame, lever: Lever, known: dict[str, Any], says: str
) -> None:
    world = make_world(engine, frame, lever, **known)
    job_id, report = simulated(world, "Dose", value_formula=WORTH)
    assert (report.grade, report.money, report.levers[0].adjusted) == ("C", None, None)
    assert says in report.levers[0].reason
    assert says in explain_finding(report)
    assert report.pilot is not None
    assert {"gain", "predicted then"}.isdisjoint(list_of(world, job_id).columns)


@on_one_engine
@pytest.mark.slow
def test_what_was_measured_after_the_lever_is_no_control_though_the_data_hold_it(engine: Engine) -> None:
    world = make_world(engine, make_doses())
    _, report = simulated(world, "Dose", value_formula=WORTH)
    (lever,) = report.levers
    if lever.adjusted is not None:
        assert lever.adjusted.controls == ("need",)
    assert "“later”" not in lever.reason


@on_one_engine
@pytest.mark.slow
def test_another_lever_of_the_objective_is_no_control_though_the_dictionary_says_it_was_known(engine: Engine) -> None:
    other = Lever("Size", "number", low=-3.0, high=3.0, step=1.0, column="size")
    world = make_world(engine, without("later"), replace(DOSE, deciding_columns=("need", "size")), other)
    _, report = simulated(world, "Dose", value_formula=WORTH)
    (lever,) = report.levers
    assert (lever.grade, lever.adjusted) == ("C", None)
    assert "“size” decided it and is a lever itself" in lever.reason


@on_one_engine
@pytest.mark.slow
def test_one_dose_for_all_and_for_groups_is_told_at_its_lower_end_too(engine: Engine) -> None:
    lever = replace(DOSE, scope="segment", low=-1.0, high=1.0, step=0.5)
    frame = without("later").assign(place=lambda table: (table["size"] > 0).map({True: "Basel", False: "Bern"}))
    world = make_world(engine, frame, lever)
    job_id, report = simulated(world, "Dose", value_formula=WORTH, segment_column="place", is_guarded=False)
    assert report.grade == "B", report.levers[0].reason
    only_lower_ends(report)
    assert {found.then for found in report.segments} == {("1",)}
    inside = list_of(world, job_id)
    assert [name for name in inside.columns if "gain" in name or "most" in name] == ["gain a year at least"]
    assert report.money is not None
    truly = YEARLY * 10 * 2 * float(1 - frame["dose"].mean())
    assert report.money.gains[0].low < truly * 1.02
    assert sum(found.gain.low for found in report.segments if found.gain) <= report.money.gains[0].low + 1e-6
    assert all(found.gain and found.gain.amount == found.gain.low == found.gain.high for found in report.segments)


@on_one_engine
@pytest.mark.slow
def test_two_adjusted_simulations_are_compared_at_their_lower_ends(engine: Engine) -> None:
    world = make_world(engine, without("later"))
    one, first = simulated(world, "Dose", value_formula=WORTH)
    other, _ = simulated(world, "Dose", value_formula=WORTH, capacity=500.0)
    told = {line.name: line for line in differences(look(world, one), look(world, other))}
    assert told["Gain a year over today's way"].one.startswith("at least ")
    assert told["Gain a year over today's way"].other.startswith("at least ")
    assert first.money is not None


@on_one_engine
@pytest.mark.slow
def test_a_dictionary_that_changes_while_it_waits_changes_nothing(engine: Engine) -> None:
    world = make_world(engine, without("later"))
    job_id = asked(world, "Dose", value_formula=WORTH)
    with transaction(engine) as session:
        describe_column(
            session,
            actor=world.scientist,
            project_id=world.project_id,
            column="need",
            known_before_decision="no",
        )
    run_job(job_id, HANDLERS, "here")
    found = look(world, job_id)
    assert found.job.request["known"] == {"before": ["need", "size"], "after": []}
    assert found.report is not None
    assert found.report.grade == "B"
    assert json.loads(json.dumps(found.report.document())) == found.report.document()
