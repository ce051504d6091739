"""The work of a simulation, end to end: worlds whose truth is known, what is kept, how it ends."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import AuditEvent, Job, Model
from portal.jobs.handlers import HANDLERS
from services.jobs.child_process import ChildInterruptedError
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest, SilentReport
from services.models.run_data import load_preparation
from services.simulation.commands import start_simulation
from services.simulation.execution import run_simulation
from services.simulation.queries import get_simulation, get_simulation_file
from services.simulation.report import SimulationReport
from services.simulation.request import SimulationRequest
from services.simulation.views import SimulationView
from tests.makers_datasets import make_frame
from tests.makers_prepared import SAME_FOR_ALL
from tests.makers_simulation import CONTRACT, PROFIT, Simulatable, make_offers, make_simulatable

on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
YEARLY = 84_000.0  # cases


def asked(world: Simulatable, *levers: str, **changes: Any) -> str:
    with transaction() as session:
        request = SimulationRequest(world.model_id, levers, **changes)
        return start_simulation(session, actor=world.scientist, request=request).id


def look(world: Simulatable, job_id: str) -> SimulationView:
    with reading() as session:
        return get_simulation(session, actor=world.scientist, simulation_id=job_id)


def simulated(world: Simulatable, *levers: str, **changes: Any) -> tuple[str, SimulationReport]:
    job_id = asked(world, *levers, **changes)
    run_job(job_id, HANDLERS, "here")
    found = look(world, job_id)
    assert found.job.state == "done", found.job.failure
    assert found.report is not None
    return job_id, found.report


def list_of(world: Simulatable, job_id: str) -> pd.DataFrame:
    with reading() as session:
        content = get_simulation_file(session, actor=world.scientist, simulation_id=job_id, kind="csv")
    return pd.read_csv(io.BytesIO(content))


def true_gain(world: Simulatable, listed: pd.DataFrame, n_cases: int) -> float:
    """What the listed prices truly bring a case more than those of the data."""
    rows = world.frame.iloc[listed["row"] - 1]
    willingness = rows["willingness"].to_numpy()
    then, now = listed["Price suggested"].to_numpy(dtype=float), rows["price"].to_numpy()
    worth = [(price - 300) * expit(willingness - 0.01 * price) for price in (then, now)]
    return float((worth[0] - worth[1]).sum() / n_cases)


def true_values(world: Simulatable, listed: pd.DataFrame) -> tuple[float, float]:
    """What a known case truly brings with the listed prices, and with the best price for each."""
    with reading() as session:
        run_id = session.get_one(Model, world.model_id).run_id
    rows = world.frame.iloc[load_preparation(run_id).train.positions].copy()
    rows.loc[listed["row"] - 1, "price"] = listed["Price suggested"].to_numpy(dtype=float)
    willingness = rows["willingness"].to_numpy()[:, None]
    prices = np.arange(200.0, 901.0)[None, :]
    best = ((prices - 300) * expit(willingness - 0.01 * prices)).max(axis=1)
    price = rows["price"].to_numpy()
    return float(((price - 300) * expit(willingness[:, 0] - 0.01 * price)).mean()), float(best.mean())


@on_one_engine
@pytest.mark.slow
def test_of_prices_set_at_random_the_gain_is_honest_and_the_list_brings_it(engine: Engine) -> None:
    world = make_offers(engine, "at random", "randomised", n=8_000)
    job_id, report = simulated(world, "Price", value_formula=PROFIT)
    assert report.grade == "A"
    assert report.money is not None
    assert not report.has_wide_edge
    gain = report.money.gains[0]
    truly = YEARLY * true_gain(world, list_of(world, job_id), report.n_cases)
    assert gain.low < truly < gain.high
    assert gain.amount == pytest.approx(truly, rel=0.15)
    true, best = true_values(world, list_of(world, job_id))
    assert true >= 0.95 * best, "The guard is on, and the policy is nearly the best there is."
    assert report.money.value / YEARLY == pytest.approx(true, rel=0.05)
    assert report.money.claim > gain.amount, "Those who choose claim too much."
    assert report.levers[0].light == "green"
    chosen = [point for point in report.money.curve if point.is_chosen]
    assert len(chosen) == 1
    assert chosen[0].amount == pytest.approx(gain.amount)


@on_one_engine
@pytest.mark.slow
def test_of_prices_seen_in_a_narrow_range_the_guard_holds_back_and_warns(engine: Engine) -> None:
    world = make_offers(engine, "narrow", "randomised")
    job_id, report = simulated(world, "Price", value_formula=PROFIT)
    assert report.has_wide_edge
    assert list_of(world, job_id)["Price suggested"].max() <= 450
    _, free = simulated(world, "Price", value_formula=PROFIT, is_guarded=False)
    assert report.money is not None
    assert free.money is not None
    assert free.money.claim > 1.5 * report.money.claim, "Without the guard the model claims what is not there."


@on_one_engine
@pytest.mark.slow
def test_of_prices_set_by_who_knew_more_no_benefit_is_forecast_anywhere(engine: Engine) -> None:
    world = make_offers(engine, "by who knew", "judgement")
    job_id, report = simulated(world, "Price", value_formula=PROFIT)
    assert report.grade == "C"
    assert report.money is None
    assert report.pilot is not None
    assert {"gain", "chance today", "chance then"}.isdisjoint(list_of(world, job_id).columns)
    assert all(case.gain is None and case.chance_then is None for case in report.first)
    sentence = look(world, job_id).job.result
    assert sentence is not None
    assert "No benefit may be forecast" in sentence["sentence"]


@pytest.mark.slow
def test_it_is_kept_recorded_once_and_its_list_has_reasons(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,))
    job_id = asked(world, "Contract", capacity=2_000.0)
    run_job(job_id, HANDLERS, "here")
    run_job(job_id, HANDLERS, "here")  # a worker that takes over does nothing with what is done
    found = look(world, job_id)
    assert found.job.failure is None
    assert found.report is not None
    with reading() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "simulation.finished")).all()
        workbook = get_simulation_file(session, actor=world.scientist, simulation_id=job_id, kind="workbook")
    assert len(events) == 1
    assert found.report.share_changed <= 2_000 / 7_000 + 1 / found.report.n_cases
    listed, sheet = list_of(world, job_id), pd.read_excel(io.BytesIO(workbook), engine="openpyxl")
    assert list(sheet.columns) == list(listed.columns)
    assert len(sheet) == len(listed)
    if len(listed):
        assert listed["customerID"].notna().all()
        assert listed["reasons"].head(10).str.contains("typical").any()
    assert found.report.acts <= 12 * 2_000 + 84_000 / found.report.n_cases


class Impatient(SilentReport):
    """Somebody who stops as soon as something happens."""

    def __init__(self) -> None:
        self.heard: list[tuple[float | None, str]] = []

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))

    def find_interruption(self) -> str | None:
        return "cancel" if len(self.heard) > 2 else None


@on_one_engine
@pytest.mark.slow
def test_it_says_how_far_it_is_and_can_be_stopped(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(3_000), (CONTRACT,))
    job_id, report = asked(world, "Contract"), Impatient()
    with pytest.raises(ChildInterruptedError):
        run_simulation(_request(job_id, world), report)
    shares = [share for share, _ in report.heard if share is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    assert look(world, job_id).report is None


@on_one_engine
@pytest.mark.slow
def test_a_formula_without_a_value_in_some_rows_is_counted_and_said(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,))
    _, report = simulated(world, "Contract", value_formula="-chance * 1000 / tenure")
    assert 0 < report.n_without_value < report.n_cases
    assert f"In {report.n_without_value:,} of {report.n_cases:,} cases" in report.notes[0]


@on_one_engine
@pytest.mark.slow
def test_without_a_budget_nothing_that_costs_is_done(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,))
    _, report = simulated(world, "Contract", budget_amount=0.0)
    assert report.spent == 0.0
    assert report.acts == 0.0


@on_one_engine
@pytest.mark.slow
def test_a_model_that_says_the_same_of_everybody_moves_nothing_and_claims_nothing(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(600), (CONTRACT,), candidate=SAME_FOR_ALL)
    job_id, report = simulated(world, "Contract")
    assert report.moves_nothing
    assert (report.acts, report.spent) == (0.0, 0.0)
    assert list_of(world, job_id).empty
    result = look(world, job_id).job.result
    assert result is not None
    assert result["sentence"]


@on_one_engine
@pytest.mark.slow
def test_an_empty_column_and_500_categories_are_simulated_with_the_others(engine: Engine) -> None:
    frame, random = make_frame(800), np.random.default_rng(1)
    frame["empty"] = np.nan
    frame["gone"] = np.where(np.arange(800) < 2, 1.0, np.nan)
    frame["place"] = pd.Series([f"p{code}" for code in random.integers(0, 500, 800)], dtype="str")
    world = make_simulatable(engine, frame, (CONTRACT,))
    job_id, report = simulated(world, "Contract")
    listed = list_of(world, job_id)
    assert not report.moves_nothing
    assert len(listed) == round(report.share_changed * report.n_cases) > 0
    assert listed["reasons"].head(10).str.contains("typical").any()


@on_one_engine
def test_a_formula_that_cannot_be_read_ends_with_the_sentence(engine: Engine) -> None:
    world = make_simulatable(engine, make_frame(300), (CONTRACT,))
    job_id = asked(world, "Contract", value_formula="chance * nowhere")
    run_job(job_id, HANDLERS, "here")
    found = look(world, job_id)
    assert found.job.state == "failed"
    assert "nowhere" in str(found.job.failure)


def _request(job_id: str, world: Simulatable) -> JobRequest:
    with reading() as session:
        job: Any = session.get_one(Job, job_id)
        return JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, world.scientist)
