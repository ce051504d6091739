"""Estimates of a policy from actions that were drawn with known chances."""

import numpy as np
import pytest

from services.errors import InvalidInputError
from services.simulation.off_policy import estimate_gain, estimate_off_policy

ACTIONS = np.array([0, 1, 2, 0, 1, 2])
OUTCOMES = np.array([1.0, 0, 1, 0, 1, 1])
CHANCES = np.array([0.5, 0.25, 0.25, 0.5, 0.25, 0.25])
POLICY = np.array([1, 1, 2, 0, 0, 2])


def test_six_rows() -> None:
    found = estimate_off_policy(ACTIONS, OUTCOMES, CHANCES, POLICY)
    assert found.ips == pytest.approx(1.3333333, abs=1e-7)
    assert found.snips == pytest.approx(0.5714286, abs=1e-7)
    assert found.effective_n == pytest.approx(3.7692308, abs=1e-7)
    assert not found.is_enough
    assert found.sentence.startswith("Not enough cases were treated as this policy would: 4 effective cases of 6")


def test_with_right_chances_all_three_find_what_the_policy_brings() -> None:
    random = np.random.default_rng(0)
    n = 20_000
    x = random.uniform(size=n)
    e = np.where(x > 0.5, 0.8, 0.2)
    actions = (random.random(n) < e).astype(int)
    effects = np.column_stack([np.ones(n), 1 + 2 * (x - 0.5)])
    outcomes = effects[np.arange(n), actions] + random.normal(0, 0.5, n)
    policy = (x > 0.5).astype(int)
    truth = effects[np.arange(n), policy].mean()
    wrong_model = np.zeros((n, 2))
    found = estimate_off_policy(actions, outcomes, np.where(actions == 1, e, 1 - e), policy, predicted=wrong_model)
    assert found.ips == pytest.approx(truth, abs=0.03)
    assert found.snips == pytest.approx(truth, abs=0.02)
    assert found.dr_low is not None
    assert found.dr_high is not None
    assert found.dr_low <= truth <= found.dr_high
    assert found.is_enough
    assert "effective cases of 20,000" in found.sentence


def test_a_right_model_makes_the_robust_estimate_narrow() -> None:
    random = np.random.default_rng(1)
    n = 2_000
    actions, policy = random.integers(0, 2, n), np.ones(n, dtype=int)
    predicted = np.column_stack([np.zeros(n), np.full(n, 3.0)])
    outcomes = predicted[np.arange(n), actions]
    found = estimate_off_policy(actions, outcomes, np.full(n, 0.5), policy, predicted=predicted)
    assert (found.dr, found.dr_low, found.dr_high) == (3.0, 3.0, 3.0)
    assert found.ips != 3.0


def test_rare_actions_are_cut_and_that_is_said() -> None:
    n = 1_000
    chances = np.full(n, 0.5)
    chances[:7] = 0.001
    found = estimate_off_policy(np.zeros(n, int), np.ones(n), chances, np.zeros(n, int))
    assert found.n_clipped == 7
    assert "7 weights above 20 were cut" in found.sentence


def test_where_no_case_agrees_nothing_is_claimed() -> None:
    found = estimate_off_policy(np.zeros(5, int), np.ones(5), np.full(5, 0.5), np.ones(5, int))
    assert (found.ips, found.snips, found.effective_n) == (0.0, None, 0.0)


def test_a_gain_has_three_estimators_and_each_its_interval() -> None:
    random = np.random.default_rng(3)
    n, hits = 4_000, {"ips": 0, "snips": 0, "dr": 0}
    for _ in range(40):
        actions = random.integers(0, 4, n)
        outcomes = 10.0 + 2.0 * (actions == 3) + random.normal(0, 3, n)
        weights = np.where(actions == 3, 4.0, 0.0)
        found = estimate_gain(
            weights, outcomes, np.full(n, 0.5), then=np.full(n, 11.0), now=np.where(actions == 3, 11.0, 10.0)
        )
        truth = 12.0 - 0.5 - (10.0 + 2.0 / 4)
        for name in hits:
            one = getattr(found, name)
            hits[name] += one.low <= truth <= one.high
    assert all(count >= 34 for count in hits.values()), hits
    assert found.effective_n == pytest.approx(n / 4, rel=0.1)


def test_a_policy_that_leaves_all_as_it_is_gains_nothing() -> None:
    outcomes = np.arange(200.0)
    found = estimate_gain(np.ones(200), outcomes, np.zeros(200), then=outcomes, now=outcomes)
    assert (found.ips.amount, found.dr.low, found.dr.high) == (0.0, 0.0, 0.0)
    assert found.effective_n == 200


def test_of_a_gain_weights_are_cut_too_and_without_cases_there_is_none() -> None:
    assert estimate_gain(np.array([50.0, 0.0]), np.ones(2), np.zeros(2), then=np.ones(2), now=np.ones(2)).n_clipped == 1
    nobody = estimate_gain(np.zeros(3), np.ones(3), np.zeros(3), then=np.ones(3), now=np.ones(3))
    assert nobody.snips is None
    assert not nobody.is_enough
    empty = np.zeros(0)
    with pytest.raises(InvalidInputError, match="no case"):
        estimate_gain(empty, empty, empty, then=empty, now=empty)


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.1, np.nan])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(InvalidInputError, match="above 0 and at most 1"):
        estimate_off_policy(np.zeros(1, int), np.ones(1), np.array([chance]), np.zeros(1, int))


def test_no_case_is_refused() -> None:
    empty = np.zeros(0)
    with pytest.raises(InvalidInputError, match="no case"):
        estimate_off_policy(empty.astype(int), empty, empty, empty.astype(int))
