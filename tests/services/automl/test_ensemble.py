import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.automl.ensemble import (
    MAX_CANDIDATES,
    MAX_OF_FAMILY,
    Cost,
    Limits,
    blend,
    candidates_for_team,
    choose_bagged_team,
    choose_team,
    more_diverse_team,
)
from services.automl.metrics import METRICS
from services.automl.scoring import score

RMSE, AUC = METRICS["rmse"], METRICS["roc_auc"]


def test_two_models_that_err_in_opposite_directions_become_one_that_does_not() -> None:
    y = np.arange(10.0)
    assert choose_team([y + 2, y - 2, y + 9], y, RMSE) == {0: 0.5, 1: 0.5}


def test_many_variants_of_one_model_leave_places_for_others() -> None:
    """Thirty linear models in front say the same thirty times; the first forest may err elsewhere."""
    found = candidates_for_team(["linear"] * 30 + ["forest", "linear", "boosting"])
    assert found == [*range(MAX_OF_FAMILY), 30, 32]
    assert len(candidates_for_team([f"family {i}" for i in range(50)])) == MAX_CANDIDATES


def test_a_model_that_nobody_improves_stays_alone() -> None:
    y = np.arange(10.0)
    assert choose_team([y, y + 1, y - 1], y, RMSE) == {0: 1.0}


def test_a_member_that_helps_but_costs_too_much_is_left_out() -> None:
    y = np.arange(10.0)
    predictions, costs = [y + 2, y - 2, y - 1.5], [Cost(5.0), Cost(50.0), Cost(4.0)]
    weights = choose_team(predictions, y, RMSE, costs=costs, limits=Limits(row_ms=10.0))
    assert set(weights) == {0, 2}


def test_members_of_one_view_share_the_time_its_features_take() -> None:
    limits = Limits(row_ms=12.0)
    assert limits.allow([Cost(1.0, "codes", 8.0), Cost(2.0, "codes", 8.0)])
    assert not limits.allow([Cost(1.0, "codes", 8.0), Cost(2.0, "scaled", 8.0)])


def test_only_the_rows_that_may_be_looked_at_decide() -> None:
    y = np.array([0.0, 1.0, 2.0, 3.0])
    first = np.array([0.0, 1.0, 9.0, 9.0])
    second = np.array([5.0, 5.0, 2.0, 3.0])
    assert choose_team([first, second], y, RMSE, rows=np.array([0, 1])) == {0: 1.0}
    assert choose_team([second, first], y, RMSE, rows=np.array([2, 3])) == {0: 1.0}


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n_models=st.integers(1, 6))
def test_a_team_is_never_worse_than_its_best_model_on_the_rows_it_was_chosen_on(seed: int, n_models: int) -> None:
    random = np.random.default_rng(seed)
    y = np.r_[np.zeros(20, dtype=int), np.ones(20, dtype=int)]
    scores = [np.clip(0.5 + 0.2 * (y - 0.5) + random.normal(0, 0.2, 40), 0, 1) for _ in range(n_models)]
    predictions = sorted((np.column_stack([1 - p, p]) for p in scores), key=lambda p: -score("roc_auc", y, p))
    weights = choose_team(predictions, y, AUC)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert score("roc_auc", y, blend(predictions, weights)) >= score("roc_auc", y, predictions[0]) - 1e-12


def test_one_strange_row_does_not_decide_who_is_in_a_team() -> None:
    """All rows but one are predicted best by the first model, and in all draws of rows both have their say."""
    random = np.random.default_rng(0)
    y = random.normal(size=200)
    first, second = y + random.normal(0, 0.1, 200), y + random.normal(0, 0.3, 200)
    second[0] = y[0]
    first[0] = y[0] + 3.5
    rows = np.arange(200)
    weights = choose_bagged_team([first, second], y, RMSE, costs=[Cost()] * 2, limits=Limits(), rows=rows)
    assert set(weights) == {0, 1}
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_bagged_team_keeps_its_limits_by_leaving_out_the_smallest_shares() -> None:
    y = np.arange(50.0)
    predictions = [y + 2, y - 2, y + 1.9]
    costs = [Cost(5.0), Cost(4.0), Cost(50.0)]
    limits = Limits(row_ms=10.0)
    weights = choose_bagged_team(predictions, y, RMSE, costs=costs, limits=limits, rows=np.arange(50))
    assert 2 not in weights
    assert limits.allow(costs[member] for member in weights)
    alone = choose_bagged_team(predictions, y, RMSE, costs=costs, limits=Limits(row_ms=0.0), rows=np.arange(50))
    assert alone == {0: 1.0}


def _diverse(spread: float) -> dict[int, float]:
    random = np.random.default_rng(3)
    y = random.normal(0, 1, 300)
    predictions = [y + random.normal(0, 0.30, 300), y + random.normal(0, spread, 300), random.normal(0, 1, 300)]
    return more_diverse_team(
        {0: 1.0},
        predictions,
        ["linear", "lightgbm", "kernel"],
        y,
        RMSE,
        guess=np.zeros(300),
        costs=[Cost()] * 3,
        limits=Limits(),
        rows=np.arange(300),
    )


def test_a_kind_of_model_that_is_as_good_joins_and_one_that_knows_nothing_does_not() -> None:
    assert _diverse(0.05 + 0.25) == {0: 0.5, 1: 0.5}


def test_a_kind_of_model_that_is_clearly_worse_stays_outside() -> None:
    assert _diverse(0.9) == {0: 1.0}
