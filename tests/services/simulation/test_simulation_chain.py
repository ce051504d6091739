"""From prices in the data to a price for each case: the truth is known, so the chain can be caught lying.

Whether a customer accepts depends on a willingness (normal, mean 5, spread 1) and on the price; a case brings
price - 300 if accepted. Prices were drawn at random, or from a narrow range, or by somebody who knew the willingness.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from scipy.special import expit

from services.proposals.causal import causal_status
from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of
from services.simulation.policy_value import PolicyValue, value_policy
from services.simulation.support import WIDE_EDGE, Support, explained_share, find_support, share_on_edge

N, COST, SENSITIVITY = 8_000, 300.0, 0.01
N_MODELS = 3  # of each half


@dataclass(frozen=True)
class World:
    """What was tried, what the models and the guard say, and what is true."""

    frame: pd.DataFrame
    actions: Actions
    truth: np.ndarray
    first: np.ndarray
    second: np.ndarray
    support: Support
    in_first: np.ndarray

    def value(self, *, guarded: bool) -> PolicyValue:
        supported = self.support.supported if guarded else np.ones_like(self.support.supported)
        return value_policy(self.first, self.second, self.in_first, supported)

    def true_value(self, found: PolicyValue) -> float:
        return float(self.truth[np.arange(N), found.choices].mean())


@cache
def make_world(how: str) -> World:
    random = np.random.default_rng(7)
    willingness = random.normal(5, 1, N)
    prices = {
        "at random": random.uniform(200, 900, N),
        "narrow": random.uniform(200, 450, N),
        "by who knew": np.clip(100 * willingness + random.normal(0, 20, N), 200, 900),
    }[how]
    is_accepted = random.random(N) < expit(willingness - SENSITIVITY * prices)
    frame = pd.DataFrame({"price": prices, "willingness": willingness, "size": random.normal(size=N)})
    known = ["price", "size"] if how == "by who knew" else ["price", "willingness", "size"]
    lever = Lever("Price", "number", low=200.0, high=900.0, step=25.0, column="price", direction=-1)
    actions = actions_of([lever], observed={})
    tables = [actions.applied(frame, action) for action in range(len(actions))]
    truth = np.column_stack(
        [(table["price"] - COST) * expit(willingness - SENSITIVITY * table["price"]) for table in tables]
    )
    in_first = random.permutation(N) % 2 == 0

    def values(rows: np.ndarray) -> np.ndarray:
        found = []
        for _ in range(N_MODELS):
            drawn = random.choice(rows, len(rows))
            signs = [-1 if name == "price" and how != "by who knew" else 0 for name in known]
            model = LGBMClassifier(
                n_estimators=60, num_leaves=8, learning_rate=0.1, verbose=-1, n_jobs=1, monotone_constraints=signs
            ).fit(frame.iloc[drawn][known], is_accepted[drawn])
            found.append(
                np.column_stack([(t["price"] - COST) * np.asarray(model.predict_proba(t[known]))[:, 1] for t in tables])
            )
        return np.array(found)

    first, second = values(np.flatnonzero(in_first)), values(np.flatnonzero(~in_first))
    support = find_support(frame, frame, actions, learned_from=known)
    return World(frame, actions, truth, first, second, support, in_first)


def test_of_randomised_prices_the_policy_is_nearly_the_best_and_its_value_is_honest() -> None:
    world = make_world("at random")
    found = world.value(guarded=False)
    optimum = float(world.truth.max(axis=1).mean())
    true = world.true_value(found)
    assert true >= 0.95 * optimum
    assert found.value == pytest.approx(true, rel=0.05)
    assert found.claim > found.value
    over_nothing = found.gains[0]
    truly = true - float(world.truth[:, 0].mean())
    assert over_nothing.low < truly < over_nothing.high
    assert causal_status("randomised").grade == "A"
    guarded = world.value(guarded=True)
    assert world.true_value(guarded) >= 0.9 * optimum
    assert share_on_edge(guarded.choices, world.support, world.actions) < WIDE_EDGE


def test_where_prices_were_seen_in_a_narrow_range_the_guard_holds_back_and_warns() -> None:
    world = make_world("narrow")
    free, guarded = world.value(guarded=False), world.value(guarded=True)
    assert free.claim > 2.5 * world.true_value(free), "Beyond what was tried the models claim what is not there."
    assert world.true_value(guarded) > 2 * world.true_value(free)
    assert guarded.claim == pytest.approx(world.true_value(guarded), rel=0.1)
    assert share_on_edge(guarded.choices, world.support, world.actions) > WIDE_EDGE


def test_where_somebody_who_knew_more_set_the_price_no_benefit_is_forecast() -> None:
    world = make_world("by who knew")
    found = world.value(guarded=False)
    assert found.claim > 3 * world.true_value(found)
    status = causal_status("judgement")
    assert status.grade == "C"
    assert "No benefit is forecast" in status.consequence


def test_a_price_that_follows_from_the_willingness_is_told() -> None:
    world = make_world("by who knew")
    assert explained_share(world.frame, world.actions.levers[0], ["price", "willingness", "size"]) > 0.3
    assert explained_share(make_world("at random").frame, world.actions.levers[0], ["price", "willingness"]) < 0.1
