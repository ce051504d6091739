"""Levers that many cases share, through the job: a world whose best price is known, groups, limits, refusals."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading
from db.settings import get_database_settings
from portal.jobs.handlers import HANDLERS
from services.automl.preparation import Preparation, prepare
from services.automl.training import fit_pipeline, new_pipeline
from services.errors import InvalidInputError
from services.jobs.execution import run_job
from services.proposals.lever import Lever
from services.simulation.cases import Terms
from services.simulation.constraint import Constraint
from services.simulation.copies import Copies
from services.simulation.queries import get_guard
from services.simulation.report import SimulationReport
from services.simulation.searching_common import Common
from services.simulation.segments import Segment
from services.simulation.simulated import Simulated
from services.simulation.simulating import simulate
from services.simulation.simulating_common import moves_nothing
from services.simulation.worth import Worth
from tests.makers_money import CALLS
from tests.makers_simulation import BOOSTED, PRICE, PROFIT, Simulatable, make_prices, make_simulatable
from tests.services.simulation.test_execution import YEARLY, asked, list_of, look, on_one_engine, simulated

TERMS = Terms(
    worth=Worth(0.0, PROFIT),
    worth_in_words=PROFIT,
    currency="EUR",
    base_rate=None,
    cases_per_month=1_000.0,
    budget_amount=None,
    capacity=None,
    is_guarded=True,
)
SHARED = replace(PRICE, scope="global", assignment="randomised")
GROUPED = replace(SHARED, scope="segment")


def make_world(engine: Engine, how: str, *levers: Lever, n: int = 4_000) -> Simulatable:
    frame = with_groups(make_prices(how, n))
    figures = replace(CALLS, base_rate=float((frame["accepted"] == "Yes").mean()), capacity_per_month=None)
    return make_simulatable(engine, frame, levers, target="accepted", figures=figures)


def with_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Customers who are willing, customers who are not, and a handful of others."""
    names = np.where(frame["willingness"] < 5, "careful", "willing").astype(object)
    names[:60] = "few"
    return frame.assign(group=pd.Series(names, dtype="str"))


def true_profit(frame: pd.DataFrame, price: Any) -> float:
    return float(((price - 300) * expit(frame["willingness"] - 0.01 * price)).mean())


@on_one_engine
@pytest.mark.slow
def test_one_price_for_all_is_nearly_the_best_and_its_gain_is_honest(engine: Engine) -> None:
    world = make_world(engine, "at random", SHARED, n=8_000)
    job_id, report = simulated(world, "Price", value_formula=PROFIT)
    (found,) = report.segments
    assert report.money is not None
    assert found.gain is not None
    assert not found.on_edge
    best = max(true_profit(world.frame, price) for price in np.arange(200.0, 901.0))
    chosen = [point for point in found.curve if point.is_chosen]
    assert len(chosen) == 1
    true = true_profit(world.frame, chosen[0].value)
    assert true >= 0.92 * best, "The curve is flat at its top, and trees are steps: which step wins is partly chance."
    truly = YEARLY * (true - true_profit(world.frame, world.frame["price"])) * found.believed
    assert found.gain.low < truly < found.gain.high
    assert report.money.value / YEARLY == pytest.approx(true, rel=0.05)
    assert [gain.over for gain in report.money.gains] == ["leaving everything as it is", "a supported action by chance"]
    listed = list_of(world, job_id)
    assert listed["number of cases"].tolist() == [report.n_cases]
    assert listed["Price suggested"].astype(float).tolist() == [chosen[0].value]
    assert listed["grade"].tolist() == ["A"]
    with reading() as session:
        guard = get_guard(session, actor=world.scientist, simulation_id=job_id)
    assert guard.values(0)[0] == 200.0, "A single case can still be looked at."


@on_one_engine
@pytest.mark.slow
def test_of_prices_seen_in_a_narrow_range_the_edge_is_told(engine: Engine) -> None:
    world = make_world(engine, "narrow", SHARED)
    job_id, report = simulated(world, "Price", value_formula=PROFIT)
    assert report.has_wide_edge
    assert report.segments[0].on_edge
    assert float(list_of(world, job_id)["Price suggested"].iloc[0]) <= 450


@on_one_engine
@pytest.mark.slow
def test_of_a_price_that_people_set_no_money_is_told(engine: Engine) -> None:
    world = make_world(engine, "at random", replace(GROUPED, assignment="judgement"))
    job_id, report = simulated(world, "Price", value_formula=PROFIT, segment_column="group")
    assert (report.grade, report.money) == ("C", None)
    assert report.pilot is not None
    assert all(found.gain is None and found.curve == () for found in report.segments)
    assert not [name for name in list_of(world, job_id).columns if "gain" in name or "least" in name]


@on_one_engine
@pytest.mark.slow
def test_two_searches_find_the_same_and_leave_nothing_behind(engine: Engine) -> None:
    world = make_world(engine, "at random", GROUPED, n=1_500)
    first = simulated(world, "Price", value_formula=PROFIT, segment_column="group")[1]
    again = simulated(world, "Price", value_formula=PROFIT, segment_column="group")[1]
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)
    assert not list((get_database_settings().data_dir / "unfinished").iterdir())


@on_one_engine
@pytest.mark.slow
def test_groups_that_cannot_be_told_end_with_the_sentence(engine: Engine) -> None:
    frame = make_prices("at random", 800).assign(word=pd.Series([f"w{number}" for number in range(800)], dtype="str"))
    world = make_simulatable(engine, frame, (GROUPED,), target="accepted")
    job_id = asked(world, "Price", value_formula=PROFIT, segment_column="word")
    run_job(job_id, HANDLERS, "here")
    assert "at most 12 groups are set apart" in str(look(world, job_id).job.failure)


def prepared(n: int = 1_500) -> tuple[pd.DataFrame, Preparation]:
    frame = with_groups(make_prices("at random", n))
    return frame, prepare(
        frame, target="accepted", positive_label="Yes", feature_columns=["price", "willingness", "group"]
    )


def run(
    *levers: Lever, said: list[float] | None = None, n: int = 1_500, unfinished: Path | None = None, **terms: Any
) -> Simulated:
    frame, preparation = prepared(n)
    pipeline = fit_pipeline(new_pipeline(preparation, BOOSTED), BOOSTED, preparation.train.x, preparation.train.y)
    shares = [] if said is None else said
    say, asked = lambda share, _: shares.append(share), replace(TERMS, **terms)
    return simulate(pipeline, "lightgbm", preparation, frame, levers, asked, say, unfinished)


def test_each_group_has_its_price_and_a_small_one_none() -> None:
    shares: list[float] = []
    report = run(GROUPED, segment_column="group", said=shares).report
    by_name = {found.name: found for found in report.segments}
    assert by_name["few"].is_small
    assert by_name["few"].then == ("as it is",)
    assert by_name["few"].gain is None
    assert float(by_name["careful"].then[0]) < float(by_name["willing"].then[0])
    assert "Too few cases to say: few" in " ".join(report.notes)
    assert report.money is not None
    assert [gain.over for gain in report.money.gains][1] == "the best single action for all"
    assert sum(found.n_cases for found in report.segments) == report.n_cases
    assert shares == sorted(shares)


def test_what_must_hold_on_average_is_kept() -> None:
    free = run(SHARED).report
    held = run(SHARED, constraints=(Constraint("chance", "mean", "at least", 0.7),)).report
    assert float(held.segments[0].then[0]) < float(free.segments[0].then[0])
    assert held.constraints == ("chance is at least 0.7 on average",)


def test_a_capacity_is_kept_by_the_groups_together() -> None:
    report = run(GROUPED, segment_column="group", capacity=500.0).report
    assert report.acts <= 12 * 500 + 1e-6
    assert 0 < len([found for found in report.segments if found.then != ("as it is",)]) < 3


def test_without_a_budget_nothing_that_costs_is_set() -> None:
    report = run(replace(SHARED, unit_cost_amount=2.0), budget_amount=0.0).report
    assert (report.spent, report.acts) == (0.0, 0.0)
    assert report.segments[0].then == ("as it is",)


def test_for_each_case_and_for_all_are_not_moved_together() -> None:
    other = Lever("Size", "number", low=-1.0, high=1.0, column="willingness", assignment="randomised")
    with pytest.raises(InvalidInputError, match="Simulate one kind of them at a time"):
        run(SHARED, other)


def test_levers_of_each_case_keep_what_must_hold_too() -> None:
    lever: Lever = replace(SHARED, scope="per_row")
    free, held = run(lever).report, run(lever, constraints=(Constraint("chance", "mean", "at least", 0.65),)).report
    assert free.money is not None
    assert held.money is not None
    assert held.money.claim < free.money.claim
    each = run(lever, constraints=(Constraint("price", "each", "at most", 400.0),))
    assert max(float(str(line[each.header.index("Price suggested")])) for line in each.lines) <= 400
    with pytest.raises(InvalidInputError, match="keeps this: chance is at least 2 on average"):
        run(lever, constraints=(Constraint("chance", "mean", "at least", 2.0),))


def make_tried(said: float, believed: float) -> SimpleNamespace:
    is_believed = np.arange(100) < 100 * believed
    return SimpleNamespace(answers=np.where(is_believed, said, 0.5), is_believed=is_believed)


@pytest.mark.parametrize(
    ("tried", "says"),
    [
        ([], False),
        ([make_tried(0.7, 0.0), make_tried(0.5, 0.5)], False),
        ([make_tried(0.7, 0.0), make_tried(0.5, 0.9)], True),
        ([make_tried(0.5, 1.0), make_tried(0.7, 0.9)], False),
        ([make_tried(0.5, 1.0), make_tried(0.7, 0.3)], False),
    ],
)
def test_only_settings_the_model_was_asked_about_can_move_nothing(tried: list[SimpleNamespace], says: bool) -> None:
    settings = SimpleNamespace(today=make_tried(0.5, 1.0), all_tried=(make_tried(0.5, 1.0), *tried))
    segments = (Segment("all", np.arange(100)),)
    assert moves_nothing(cast("Common", SimpleNamespace(settings=settings, segments=segments))) is says


def test_a_document_of_it_is_read_as_it_was_written(session: Session) -> None:
    report = run(SHARED).report
    assert SimulationReport.from_document(report.document()) == report


def test_a_search_that_was_killed_goes_on_with_what_it_had_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, dies_at, ask = 0, 6, Copies.ask

    def counted(copies: Copies, rows: pd.DataFrame) -> Any:
        nonlocal asked
        if asked == dies_at:
            raise KeyboardInterrupt  # nothing in between may catch it, as with a kill
        asked += 1
        return ask(copies, rows)

    monkeypatch.setattr(Copies, "ask", counted)
    with pytest.raises(KeyboardInterrupt):
        run(SHARED, unfinished=tmp_path)
    assert len(list(tmp_path.iterdir())) == dies_at
    asked, dies_at = 0, 10_000
    again = run(SHARED, unfinished=tmp_path)
    n_again, asked = asked, 0
    whole = run(SHARED)
    assert n_again == asked - 6 > 0
    assert replace(again.report, seconds=0.0) == replace(whole.report, seconds=0.0)
    assert again.lines == whole.lines
