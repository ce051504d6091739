"""What the cases themselves say of a policy: near the truth where chance set the levers, silent where it did not."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from services.simulation.actions import actions_of
from services.simulation.logged import DR, IPS, SNIPS
from services.simulation.logged_settings import LoggedSettings
from services.simulation.report import OffPolicyFound, SimulationReport
from services.simulation.sentences import describe_agreement
from services.simulation.simulated import Simulated
from services.simulation.worth_sheet import worth_sheet
from tests.makers_simulation import CONTRACT, PRICE, make_report
from tests.services.simulation.test_simulating import run as run_customers
from tests.services.simulation.test_simulating_common import GROUPED, SHARED, prepared, run

ONE_BY_ONE = replace(SHARED, scope="per_row")


@cache
def priced(scope: str) -> SimulationReport:
    lever = {"per_row": ONE_BY_ONE, "global": SHARED}[scope]
    return run(lever).report


def true_gain_of(found: Simulated) -> float:
    """Of the listed prices, a year."""
    frame = prepared()[0]
    rows = frame.iloc[[int(str(line[0])) - 1 for line in found.lines]]
    then = np.array([float(str(line[found.header.index("Price suggested")])) for line in found.lines])
    willingness, now = rows["willingness"].to_numpy(), rows["price"].to_numpy()
    worth = [(price - 300) * expit(willingness - 0.01 * price) for price in (then, now)]
    return float((worth[0] - worth[1]).sum() / found.report.n_cases * found.report.yearly_cases)


def test_the_cases_say_what_a_price_for_each_truly_brings() -> None:
    found = run(ONE_BY_ONE)
    told = found.report.off_policy
    assert told is not None
    assert [one.over for one in told.estimates] == [IPS, SNIPS, DR]
    truth = true_gain_of(found)
    assert all(one.low < truth < one.high for one in told.estimates[1:])
    assert 100 <= told.effective_n < told.n
    assert "A number counts as set alike within a tenth" in told.sentence
    assert describe_agreement(found.report) is not None


def test_one_price_for_all_is_held_against_the_cases_in_its_tenth() -> None:
    report = run(SHARED).report
    told = report.off_policy
    assert told is not None
    assert told.estimates
    assert told.effective_n == pytest.approx(0.1 * told.n, rel=0.35)
    assert told.estimates[-1].low < told.estimates[-1].amount < told.estimates[-1].high


def test_groups_are_held_against_the_cases_too() -> None:
    told = run(GROUPED, segment_column="group").report.off_policy
    assert told is not None
    assert told.n > 1_000


def test_too_few_alike_make_no_claim() -> None:
    told = run(ONE_BY_ONE, n=400).report.off_policy
    assert told is not None
    assert told.estimates == ()
    assert "100 are needed for a claim" in told.sentence


def test_where_chance_did_not_set_the_lever_the_cases_are_not_asked() -> None:
    assert run_customers(replace(CONTRACT, assignment="judgement")).report.off_policy is None


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"base_rate": 0.1}, "no longer stand for those they were drawn from"),
        ({}, "effective cases"),
    ],
)
def test_cases_that_were_left_out_by_their_outcome_are_not_weighed(terms: dict[str, Any], says: str) -> None:
    told = run(ONE_BY_ONE, **terms).report.off_policy if terms else priced("per_row").off_policy
    assert told is not None
    assert says in told.sentence


def test_settings_of_two_levers_are_joined_and_a_missing_one_has_none() -> None:
    random = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "price": random.uniform(200, 900, 1_000),
            "contract": pd.Series(random.choice(["Month-to-month", "One year", "Two year"], 1_000), dtype="str"),
        }
    )
    rows.loc[0, "price"] = np.nan
    actions = actions_of([PRICE, CONTRACT], observed={})
    logged = LoggedSettings(rows, actions)
    assert logged.codes[0] == -1
    assert logged.shares.sum() == pytest.approx(1.0)
    assert len(np.flatnonzero(logged.shares)) == 30
    assert logged.of([(500.0, "One year")])[0] in logged.codes
    assert logged.of([(500.0, "Never")])[0] == -1


def test_what_the_cases_say_is_in_the_workbook() -> None:
    told = OffPolicyFound(make_money(), 640.0, 1_000, 0, "The cases say so.")
    lines = worth_sheet(make_report(off_policy=told))
    assert ["gain over today's way, cases and model together (DR)", 110_000.0, 70_000.0, 150_000.0] in lines
    assert ["The cases say so.", None, None, None] in lines
    lower = worth_sheet(make_report(grade="B"))
    assert all(line[1] is None and line[3] is None for line in lower[1:])


def make_money() -> Any:
    gain = make_report().money.gains[0]  # type: ignore[union-attr]
    return tuple(replace(gain, over=name, amount=110_000.0, low=70_000.0, high=150_000.0) for name in (IPS, SNIPS, DR))


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(100_000.0, 140_000.0, "lies within"), (10_000.0, 20_000.0, "beyond chance"), (130_000.0, 200_000.0, "overlap")],
)
def test_model_and_cases_are_held_against_each_other(low: float, high: float, says: str) -> None:
    robust = replace(make_money()[-1], low=low, amount=(low + high) / 2, high=high)
    told = OffPolicyFound((robust,), 640.0, 1_000, 0, "")
    assert says in str(describe_agreement(make_report(off_policy=told)))
