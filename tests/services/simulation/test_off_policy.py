"""Estimates of a policy from actions that were drawn with known chances."""

import numpy as np
import pytest

from services.errors import InvalidInputError
from services.simulation.off_policy import estimate_off_policy

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


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.1, np.nan])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(InvalidInputError, match="above 0 and at most 1"):
        estimate_off_policy(np.zeros(1, int), np.ones(1), np.array([chance]), np.zeros(1, int))


def test_no_case_is_refused() -> None:
    empty = np.zeros(0)
    with pytest.raises(InvalidInputError, match="no case"):
        estimate_off_policy(empty.astype(int), empty, empty, empty.astype(int))
