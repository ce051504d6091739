"""What a choice is worth when those who chose do not judge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulation.allocation import allocate
from services.simulation.policy_value import best_action, cautious, value_policy

N, K = 2_000, 8


def noisy(truth: np.ndarray, seed: int, n_models: int = 3, noise: float = 5.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return truth[None] + random.normal(0, noise, (1, *truth.shape)) + random.normal(0, 0.2, (n_models, *truth.shape))


def everything(n: int = N, k: int = K) -> np.ndarray:
    return np.ones((n, k), dtype=bool)


def test_of_pure_noise_the_claim_is_high_and_the_value_is_nothing() -> None:
    truth, half = np.zeros((N, K)), np.arange(N) % 2 == 0
    found = value_policy(noisy(truth, 1), noisy(truth, 2), half, everything())
    assert found.claim > 3
    assert abs(found.value) < 0.3
    gain = found.gains[0]
    assert gain.over == "leaving everything as it is"
    assert gain.low < 0 < gain.high


def test_a_real_difference_is_found_and_the_interval_holds_it() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(0, 8, (N, K))
    truth[:, 0] = 0
    half = np.arange(N) % 2 == 0
    found = value_policy(noisy(truth, 1, noise=1.0), noisy(truth, 2, noise=1.0), half, everything())
    best = truth.max(axis=1).mean()
    assert found.value == pytest.approx(best, rel=0.03)
    assert found.claim > found.value
    over_nothing, over_single, over_chance = found.gains
    assert over_nothing.low < best < over_nothing.high + 0.3
    assert 0 < over_single.amount < over_chance.amount + over_single.amount
    assert found.share_changed > 0.8


def test_only_supported_actions_are_chosen() -> None:
    supported = everything()
    supported[:, 1:] = False
    found = value_policy(noisy(np.zeros((N, K)), 1), noisy(np.zeros((N, K)), 2), np.arange(N) < 900, supported)
    assert found.share_changed == 0
    assert found.gains[0].amount == 0


def test_a_budget_is_kept_by_whoever_decides() -> None:
    truth = np.tile(np.array([0.0, 5.0, 9.0]), (300, 1))
    needs = np.tile(np.array([0.0, 1.0, 4.0]), (300, 1))[:, :, None]

    def decide(values: np.ndarray, supported: np.ndarray) -> np.ndarray:
        return allocate(values, needs, np.array([100.0]), supported=supported).choices

    half = np.arange(300) % 2 == 0
    found = value_policy(truth[None], truth[None], half, everything(300, 3), decide=decide)
    assert needs[np.arange(300), found.choices, 0].sum() <= 100
    assert found.value == pytest.approx(100 * 5 / 300)


def test_who_is_cautious_avoids_what_models_disagree_on() -> None:
    values = np.array([[[0.0, 10.0]], [[0.0, -8.0]], [[0.0, 7.0]]])
    assert best_action(cautious(values), np.ones((1, 2), dtype=bool)).tolist() == [1]
    assert best_action(cautious(values, 1.0), np.ones((1, 2), dtype=bool)).tolist() == [0]


@given(st.integers(0, 1_000))
def test_one_model_for_each_half_is_enough(seed: int) -> None:
    truth = np.random.default_rng(seed).normal(size=(30, 3))
    found = value_policy(truth[None], truth[None], np.arange(30) < 15, everything(30, 3))
    assert found.value == pytest.approx(truth.max(axis=1).mean())
    assert found.claim == pytest.approx(found.value)
