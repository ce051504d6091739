"""Chances that were recorded: used where they can be, counted where they cannot, near a truth that others miss."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from services.automl.preparation import prepare
from services.automl.training import fit_pipeline, new_pipeline
from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of
from services.simulation.cases import Cases
from services.simulation.common_settings import CommonSettings
from services.simulation.findings import Limited
from services.simulation.logged import DR, IPS, SNIPS, look_at_cases, look_at_common
from services.simulation.logged_settings import LoggedSettings
from services.simulation.recorded_chances import read_chances
from services.simulation.report import OffPolicyFound
from services.simulation.searching_common import Common
from services.simulation.segments import deal_segments
from services.simulation.sentences import describe_agreement
from services.simulation.simulating import simulate
from tests.makers_simulation import BOOSTED, CONTRACT
from tests.services.simulation.test_logged_worlds import COPIES, OFFER, PER_YEAR, make_cases

N = 6_000
RECORDED = replace(OFFER, chance_column="chance")
TRUTH = 0.5 * 0.2 * 2 + 0.5 * 0.8 * 1  # of offering to all: who were offered seldom, gain least


def make_unequal() -> pd.DataFrame:
    """Of kind 1, whom an offer brings 2, 8 in 10 got it; of kind 0, whom it brings 1, 2 in 10."""
    random = np.random.default_rng(11)
    kind = random.integers(0, 2, N).astype(float)
    likely = np.where(kind == 1, 0.8, 0.2)
    offered = random.random(N) < likely
    brought = 3 + 4 * kind + offered * (1 + kind) + random.normal(0, 0.1, N)
    words = pd.Series(np.where(offered, "yes", "no"), dtype="str")
    chance = np.where(offered, likely, 1 - likely)
    return pd.DataFrame({"kind": kind, "offer": words, "chance": chance, "brought": brought})


def cases_of(frame: pd.DataFrame, *levers: Lever) -> Cases:
    cases = make_cases(frame.drop(columns="chance"), *(levers or (RECORDED,)))
    told = frame["chance"].iloc[cases.preparation.train.positions[cases.positions]].reset_index(drop=True)
    cases.rows = cases.rows.assign(chance=told)
    return cases


def all_offered(cases: Cases, *, knows: float = 1.0) -> OffPolicyFound:
    """Offers to all by who `knows` that share of what an offer brings."""
    kind, offered = cases.rows["kind"].to_numpy(), (cases.rows["offer"] == "yes").to_numpy()
    brings = knows * (1 + kind)
    values = np.tile(np.column_stack([brings * offered, 0 * kind, brings]), (2, 1, 1))
    costs = cases.actions.costs(cases.rows)
    return look_at_cases(cases, limited_of(cases, values - costs, costs))


def limited_of(cases: Cases, values: Any, costs: Any) -> Limited:
    n, k = costs.shape
    return Limited(
        first=values,
        second=values,
        in_first=np.arange(n) % 2 == 0,
        supported=np.ones((n, k), dtype=np.bool_),
        costs=costs,
        acts=cases.actions.changes(cases.rows).astype(np.float64),
        budget=np.inf,
        capacity=np.inf,
    )


@pytest.mark.parametrize("knows", [1.0, 0.1], ids=["a good model", "a poor model"])
def test_unequal_chances_that_were_recorded_lead_to_the_truth(knows: float) -> None:
    found = all_offered(cases_of(make_unequal()), knows=knows)
    by_name = {one.over: one for one in found.estimates}
    assert list(by_name) == [IPS, SNIPS, DR], found.sentence
    for one in by_name.values():
        assert one.low < TRUTH < one.high
        assert one.amount == pytest.approx(TRUTH, abs=0.25)
    assert by_name[DR].amount == pytest.approx(TRUTH, abs=0.12)
    assert "Chances are those recorded in “chance”." in found.sentence


def test_a_whole_simulation_is_held_against_the_cases_by_them() -> None:
    frame = make_unequal()
    preparation = prepare(frame, target="brought", feature_columns=["kind", "offer"])
    pipeline = fit_pipeline(new_pipeline(preparation, BOOSTED), BOOSTED, preparation.train.x, preparation.train.y)
    found = simulate(pipeline, "lightgbm", preparation, frame, (RECORDED,), PER_YEAR)
    told, rows = found.report.off_policy, [int(str(line[0])) - 1 for line in found.lines]
    assert (frame["offer"].iloc[rows] == "no").all()
    truth = float((1 + frame["kind"].iloc[rows]).sum()) / found.report.n_cases
    assert truth == pytest.approx(TRUTH, abs=0.05)
    assert told is not None
    assert [one.over for one in told.estimates] == [IPS, SNIPS, DR], told.sentence
    assert all(one.low < truth < one.high for one in told.estimates)
    assert "recorded in “chance”" in told.sentence
    assert describe_agreement(found.report) is not None


def test_without_the_column_the_same_cases_are_not_weighed() -> None:
    found = all_offered(cases_of(make_unequal(), OFFER))
    assert found.estimates == ()
    assert "its chances differ from case to case" in found.sentence
    missing = cases_of(make_unequal(), replace(OFFER, chance_column="nowhere"))
    assert read_chances(missing).chances is None
    assert "no column “nowhere”, so the chances are estimated" in read_chances(missing).sentence


def test_a_choice_that_depends_on_what_a_case_got_is_weighed_by_the_other_chance_of_two() -> None:
    """Moving costs 1.5, so only of kind 1 who have no offer get one; who has one keeps it."""
    found = all_offered(cases_of(make_unequal(), replace(RECORDED, unit_cost_amount=1.5)))
    truth = 0.5 * 0.2 * (2 - 1.5)
    assert found.estimates, found.sentence
    assert all(one.low < truth < one.high for one in found.estimates)
    assert [one.amount for one in found.estimates] == pytest.approx([truth] * 3, abs=0.1)


def offered_to_all_alike(cases: Cases) -> OffPolicyFound:
    """As `all_offered`, of a setting for all."""
    kind = cases.rows["kind"].to_numpy()
    settings = CommonSettings(
        cases.rows,
        cases.actions.levers,
        [["no", "yes"]],
        [np.ones((len(kind), 2), dtype=np.bool_)],
        ask=lambda rows: np.tile(3 + 4 * kind + (rows["offer"] == "yes").to_numpy() * (1 + kind), (COPIES, 1)),
        worth=cases.terms.worth,
    )
    common = SimpleNamespace(
        case=cases,
        settings=settings,
        copies=SimpleNamespace(in_first=np.arange(len(kind)) % 2 == 0),
        segments=deal_segments(cases.rows, ""),
        policy=SimpleNamespace(halves=(((1,),), ((1,),))),
    )
    return look_at_common(cast("Common", common))


def test_the_same_for_a_setting_for_all() -> None:
    found = offered_to_all_alike(cases_of(make_unequal(), replace(RECORDED, scope="global")))
    assert found.estimates, found.sentence
    assert all(one.low < TRUTH < one.high for one in found.estimates)


def make_certain(share: float) -> pd.DataFrame:
    """Of a `share`, who lose 100 whatever is done, it was certain that they get no offer; others drew; no effect."""
    random = np.random.default_rng(12)
    certain = random.random(N) < share
    offered = ~certain & (random.random(N) < 0.5)
    frame = pd.DataFrame({"kind": certain.astype(float), "chance": np.where(certain, 1.0, 0.5)})
    frame["offer"] = pd.Series(np.where(offered, "yes", "no"), dtype="str")
    frame["brought"] = np.where(certain, -100.0, 0.0) + random.normal(0, 0.1, N)
    return frame


@pytest.mark.parametrize("near", [1.0, 0.9999])
def test_who_could_never_have_got_it_says_nothing_of_it(near: float) -> None:
    frame = make_certain(0.08)
    frame["chance"] = frame["chance"].replace(1.0, near)
    alike = cases_of(frame, replace(RECORDED, scope="global"))
    for found in (all_offered(cases_of(frame)), offered_to_all_alike(alike)):
        assert found.estimates == (), "Weighed at nothing, those who lose would seem to be saved by it."
        assert "8% of the cases would be set as none was" in found.sentence
        assert "as their recorded chance of 1 says that they never are" in found.sentence


def test_who_could_never_have_got_anything_else_and_keeps_it_is_weighed() -> None:
    cases = cases_of(make_certain(0.08))
    kind, offered = cases.rows["kind"].to_numpy(), (cases.rows["offer"] == "yes").to_numpy()
    values = np.tile(np.column_stack([np.where(offered, 1 - kind, kind), kind, 1 - kind]), (2, 1, 1))
    found = look_at_cases(cases, limited_of(cases, values, np.zeros(values.shape[1:])))
    assert found.estimates, found.sentence
    assert found.estimates[0].low < 0 < found.estimates[0].high


def test_fewer_than_one_in_a_hundred_of_them_are_left_out() -> None:
    cases = cases_of(make_certain(0.005))
    found = all_offered(cases, knows=0.1)
    assert found.estimates, found.sentence
    assert found.n < len(cases.rows)
    assert all(abs(one.amount) < 0.05 for one in found.estimates), "At a weight of 0 it would be half a unit."


@pytest.mark.parametrize("bad", [np.nan, 0.0, -0.2, 1.5, np.inf])
def test_chances_that_cannot_be_are_counted_and_left_out(bad: float) -> None:
    frame = make_unequal()
    frame.loc[::50, "chance"] = bad
    found = all_offered(cases_of(frame))
    n_bad = read_chances(cases_of(frame)).n_bad
    assert n_bad > 50
    assert f"; {n_bad:,} cases are left out, whose chance is missing or not above 0 and at most 1." in found.sentence
    assert found.n == len(cases_of(frame).rows) - n_bad
    assert found.estimates[-1].low < TRUTH < found.estimates[-1].high


def test_too_many_that_cannot_be_make_no_claim() -> None:
    found = all_offered(cases_of(make_unequal().assign(chance=lambda table: 100 * table["chance"])))
    assert found.estimates == ()
    assert "do not stand for all" in found.sentence
    words = all_offered(cases_of(make_unequal().assign(chance="half")))
    assert "do not stand for all" in words.sentence


def test_chances_of_something_else_are_found_out() -> None:
    found = all_offered(cases_of(make_unequal().assign(chance=lambda table: 1 - table["chance"])))
    assert found.estimates == ()
    assert "do not fit how often each value was seen" in found.sentence


def test_of_three_values_the_chances_of_the_others_are_not_made_up() -> None:
    random = np.random.default_rng(3)
    frame = make_unequal()
    words = np.array(CONTRACT.choices, dtype=object)[random.integers(0, 3, N)]
    frame = frame.assign(offer=pd.Series(words, dtype="str"), chance=1 / 3)
    lever = replace(CONTRACT, name="Offer", column="offer", chance_column="chance", unit_cost_amount=0.5)
    cases = cases_of(frame, lever)
    n, k = len(cases.rows), len(cases.actions)
    values, costs = np.zeros((2, n, k)), np.zeros((n, k))
    values[:, :, k - 1] = 1.0  # the last one for all, whatever they got
    assert look_at_cases(cases, limited_of(cases, values, costs)).estimates
    brings = dict(zip(CONTRACT.choices, (0.0, 0.8, 1.0), strict=True))  # the first is worth leaving, at a cost of 0.5
    costs = cases.actions.costs(cases.rows)
    own = cases.rows["offer"].map(brings).to_numpy(dtype=float)
    held = np.tile(np.column_stack([own, *(np.full(n, each) for each in brings.values())]), (2, 1, 1)) - costs
    found = look_at_cases(cases, limited_of(cases, held, costs))
    assert found.estimates == ()
    assert "the chances of what else they might have got were not recorded" in found.sentence


def test_a_value_that_shares_its_group_is_not_weighed_and_two_levers_are_estimated() -> None:
    frame = make_unequal().assign(size=np.random.default_rng(2).random(N))
    size = Lever("Size", "number", low=0.0, high=1.0, column="size", assignment="randomised", chance_column="chance")
    cases = cases_of(frame, size)
    recorded = read_chances(cases)
    logged = LoggedSettings(cases.rows, cases.actions, recorded.chances)
    assert "too many values to set each apart" in recorded.problem(cases, logged)
    both = cases_of(frame, RECORDED, replace(size, chance_column=""))
    assert read_chances(both).chances is None
    assert "used where “Offer” is simulated alone" in read_chances(both).sentence


def test_chances_are_told_by_group() -> None:
    rows = pd.DataFrame({"offer": pd.Series(["yes", "no", "yes", None], dtype="str")})
    actions: Actions = actions_of([OFFER], observed={})
    estimated = LoggedSettings(rows, actions)
    yes, no = estimated.of([("yes",), ("no",)])
    assert estimated.chances[:3].tolist() == pytest.approx([2 / 3, 1 / 3, 2 / 3])
    assert np.isnan(estimated.chances[3])
    recorded = LoggedSettings(rows, actions, np.array([0.9, 0.4, 0.5, 0.5]))
    assert recorded.chances_of(int(yes))[:3].tolist() == pytest.approx([0.9, 0.6, 0.5])
    assert recorded.chances_of(int(no))[:3].tolist() == pytest.approx([0.1, 0.4, 0.5])
