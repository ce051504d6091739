"""What the cases say of a policy in worlds whose truth is known: levers left alone, limits, guards, chances."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from services.automl.preparation import prepare
from services.proposals.lever import Lever
from services.simulation.cases import Cases
from services.simulation.common_settings import AS_IT_IS, Choice, CommonSettings
from services.simulation.findings import Limited
from services.simulation.logged import DR, IPS, SNIPS, look_at_cases, look_at_common
from services.simulation.report import OffPolicyFound
from services.simulation.searching_common import Common
from services.simulation.segments import deal_segments
from services.simulation.support import foreseen_share
from services.simulation.worth import PREDICTED, Worth
from tests.services.simulation.test_simulating_common import TERMS

N, COPIES = 4_000, 4
SIZE = Lever("Size", "number", low=0.0, high=1.0, step=0.1, column="size", assignment="randomised")
OFFER = Lever("Offer", "choice", choices=("no", "yes"), column="offer", assignment="randomised")
PER_YEAR = replace(
    TERMS, worth=Worth(0.0, PREDICTED, answer_name=PREDICTED), worth_in_words=PREDICTED, cases_per_month=1 / 12
)


def make_cases(frame: pd.DataFrame, *levers: Lever, **terms: Any) -> Cases:
    columns = [name for name in frame.columns if name != "brought"]
    preparation = prepare(frame, target="brought", positive_label=None, feature_columns=columns)
    return Cases(preparation, frame, levers, replace(PER_YEAR, **terms))


def make_offers_of_a_size(chances: Any = 0.5) -> pd.DataFrame:
    random = np.random.default_rng(1)
    size, offered, kind = random.random(N), random.random(N) < chances, random.random(N)
    brought = 3 + offered + random.normal(0, 0.1, N)
    words = pd.Series(np.where(offered, "yes", "no"), dtype="str")
    return pd.DataFrame({"size": size, "offer": words, "kind": kind, "brought": brought})


def look_at_shared(choice: Choice, size: Lever = SIZE, **terms: Any) -> OffPolicyFound:
    """Of a setting for all cases, as the true answers say."""
    levers = (replace(size, scope="global"), replace(OFFER, scope="global"))
    case = make_cases(make_offers_of_a_size(), *levers, **terms)
    values: list[list[Any]] = [[0.25, 0.75], ["no", "yes"]]
    flags = [np.ones((len(case.rows), 2), dtype=np.bool_)] * 2
    settings = CommonSettings(
        case.rows,
        levers,
        values,
        flags,
        ask=lambda rows: np.tile(3.0 + (rows["offer"] == "yes").to_numpy(), (COPIES, 1)),
        worth=case.terms.worth,
    )
    common = SimpleNamespace(
        case=case,
        settings=settings,
        copies=SimpleNamespace(in_first=np.arange(len(case.rows)) % 2 == 0),
        segments=deal_segments(case.rows, ""),
        policy=SimpleNamespace(halves=((choice,), (choice,))),
    )
    return look_at_common(cast("Common", common))


def test_a_lever_that_is_left_as_it_is_agrees_with_every_case() -> None:
    found = look_at_shared((AS_IT_IS, 1))
    by_name = {one.over: one for one in found.estimates}
    assert list(by_name) == [IPS, SNIPS, DR]
    assert by_name[IPS].amount == pytest.approx(0.5, abs=0.12)
    assert by_name[SNIPS].amount == by_name[DR].amount == pytest.approx(0.5, abs=0.03)
    assert found.effective_n == pytest.approx(len(make_offers_of_a_size()) * 0.8 / 2, rel=0.3)


def test_a_farthest_change_that_the_guard_keeps_is_not_weighed() -> None:
    near = replace(SIZE, max_change=0.2)
    found = look_at_shared((0, 1), near)
    assert found.estimates == ()
    assert "“Size” may be moved only so far from what a case got" in found.sentence
    assert look_at_shared((0, 1), near, is_guarded=False).estimates


def make_gifts() -> pd.DataFrame:
    """An offer brings what the case is fit for."""
    random = np.random.default_rng(2)
    fit, offered = random.random(N), random.random(N) < 0.5
    words = pd.Series(np.where(offered, "yes", "no"), dtype="str")
    return pd.DataFrame({"fit": fit, "offer": words, "brought": fit * offered + random.normal(0, 0.05, N)})


def make_limited(case: Cases, *, most: float = np.inf) -> Limited:
    """With the true values, and of the offers no more than a share of the cases."""
    fit, offered = case.rows["fit"].to_numpy(), (case.rows["offer"] == "yes").to_numpy()
    values = np.tile(np.column_stack([fit * offered, 0 * fit, fit]), (2, 1, 1))
    needs = np.column_stack([offered, 0 * fit, 0 * fit + 1])[:, :, None].astype(np.float64)
    n = len(fit)
    return Limited(
        first=values,
        second=values,
        in_first=np.arange(n) % 2 == 0,
        supported=np.ones((n, 3), dtype=np.bool_),
        costs=np.zeros((n, 3)),
        acts=case.actions.changes(case.rows).astype(np.float64),
        budget=np.inf,
        capacity=np.inf,
        further=(needs, np.array([most * n])) if np.isfinite(most) else None,
    )


def test_a_further_limit_has_its_price_in_the_policy_that_is_weighed() -> None:
    case = make_cases(make_gifts(), OFFER)
    found = look_at_cases(case, make_limited(case, most=0.2))
    truth = (1 - 0.8**2) / 2 - 0.25
    by_name = {one.over: one for one in found.estimates}
    assert by_name[IPS].amount == pytest.approx(truth, abs=0.03)
    assert by_name[DR].amount == pytest.approx(truth, abs=0.01)
    free = look_at_cases(case, make_limited(case))
    assert free.estimates[0].amount == pytest.approx(0.25, abs=0.03)


def test_a_farthest_change_counts_only_where_the_guard_is_on() -> None:
    frame = pd.DataFrame({"size": np.random.default_rng(3).random(N)})
    frame["brought"] = frame["size"] + np.random.default_rng(4).normal(0, 0.05, N)
    near = replace(SIZE, max_change=0.1)
    found = {}
    for is_guarded in (True, False):
        case = make_cases(frame, near, is_guarded=is_guarded)
        k, n = len(case.actions), len(case.rows)
        own = case.rows["size"].to_numpy()
        values = np.tile(np.column_stack([own, *(np.full(n, float(s[0])) for s in case.actions.settings)]), (2, 1, 1))
        limited = Limited(
            first=values,
            second=values,
            in_first=np.arange(n) % 2 == 0,
            supported=np.ones((n, k), dtype=np.bool_),
            costs=np.zeros((n, k)),
            acts=case.actions.changes(case.rows).astype(np.float64),
            budget=np.inf,
            capacity=np.inf,
        )
        found[is_guarded] = look_at_cases(case, limited)
    assert found[True].estimates == ()
    assert "may be moved only so far" in found[True].sentence
    assert found[False].estimates[1].amount == pytest.approx(0.45, abs=0.03), "From a mean of 0.5 to the top tenth."


def make_chances(chances: Any, kind: Any) -> pd.DataFrame:
    frame = make_offers_of_a_size(chances)
    return frame.assign(kind=kind).drop(columns="size")


def test_chances_that_differ_from_case_to_case_are_seen_though_the_most_frequent_is_the_same() -> None:
    kind = np.random.default_rng(5).integers(0, 2, N).astype(float)
    frame = make_chances(np.where(kind == 1, 0.9, 0.6), kind)
    assert foreseen_share(frame, OFFER, ["offer", "kind"]) == pytest.approx(0.112, abs=0.03)
    case = make_cases(frame, OFFER)
    found = look_at_cases(case, make_limited_of_kind(case))
    assert found.estimates == ()
    assert "its chances differ from case to case" in found.sentence


@pytest.mark.parametrize("seed", range(3))
def test_what_chance_set_is_not_foreseen(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = make_offers_of_a_size().assign(**{f"x{place}": random.normal(size=N) for place in range(8)})
    columns = [name for name in frame.columns if name != "brought"]
    assert foreseen_share(frame, OFFER, columns, seed=seed) <= 0.01
    assert foreseen_share(frame, SIZE, columns, seed=seed) <= 0.01
    case = make_cases(make_offers_of_a_size().drop(columns="size"), OFFER)
    assert look_at_cases(case, make_limited_of_kind(case)).estimates


def test_a_small_difference_of_chances_is_seen_among_many_columns() -> None:
    random = np.random.default_rng(6)
    kind = random.integers(0, 2, N).astype(float)
    frame = make_chances(np.where(kind == 1, 0.65, 0.35), kind)
    frame = frame.assign(**{f"x{place}": random.normal(size=N) for place in range(8)})
    assert foreseen_share(frame, OFFER, [name for name in frame.columns if name != "brought"]) > 0.03


def make_limited_of_kind(case: Cases) -> Limited:
    return make_limited(cast("Cases", SimpleNamespace(rows=case.rows.assign(fit=1.0), actions=case.actions)))


def test_settings_that_no_case_got_together_are_not_weighed() -> None:
    """Each lever was set so, both together never: the cases say nothing of it, however many others they are."""
    random = np.random.default_rng(7)
    first = random.random(N) < 0.5
    second = ~first & (random.random(N) < 0.5)
    frame = pd.DataFrame({"fit": random.random(N), "brought": random.random(N)})
    for name, flags in (("offer", first), ("call", second)):
        frame[name] = pd.Series(np.where(flags, "yes", "no"), dtype="str")
    case = make_cases(frame, OFFER, replace(OFFER, name="Call", column="call"))
    n, k = len(case.rows), len(case.actions)
    best = case.actions.settings.index(("yes", "yes")) + 1
    values = np.zeros((2, n, k))
    values[:, case.rows["fit"] > 0.5, best] = 1.0
    limited = replace(
        make_limited(case),
        first=values,
        second=values,
        supported=np.ones((n, k), dtype=np.bool_),
        costs=np.zeros((n, k)),
        acts=case.actions.changes(case.rows).astype(np.float64),
    )
    found = look_at_cases(case, limited)
    assert found.estimates == ()
    assert "of the cases would be set as none was" in found.sentence
