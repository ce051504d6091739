"""Refits: what they learn from, whether chance falls otherwise, and when an order counts as unsteady."""

import numpy as np
import pytest

from services.models.pipeline_file import load_pipeline
from services.stories.stability import MOST_TOP, jaccard, judge_stability, refit, reseeded
from tests.makers_automl import finished, prepared

NAMES = [f"c{place}" for place in range(10)]


def test_refits_that_agree_are_steady() -> None:
    order = [float(value) for value in range(10, 0, -1)]
    found = judge_stability(np.array([order] * 4), NAMES, n_folds=2, n_seeds=2, n_rows=60)
    assert found.rank_correlation == pytest.approx(1.0)
    assert found.top_overlap == 1.0
    assert not found.is_amber
    assert [column.column for column in found.columns] == NAMES
    assert found.n_refits == 4
    assert found.n_top == MOST_TOP


def test_an_order_turned_round_is_amber() -> None:
    order = [float(value) for value in range(10, 0, -1)]
    found = judge_stability(np.array([order, order[::-1]]), NAMES, n_folds=2, n_seeds=1, n_rows=60)
    assert found.rank_correlation == pytest.approx(-1.0)
    assert found.top_overlap == 0.0
    assert found.is_amber


def test_other_strongest_columns_are_amber_where_the_whole_order_nearly_stays() -> None:
    one = [20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 3.0, 2.0, 1.0]
    other = [14.0, 15.0, 18.0, 17.0, 16.0, 20.0, 19.0, 3.0, 2.0, 1.0]  # two of five have changed: 3/7
    found = judge_stability(np.array([one, other]), NAMES, n_folds=2, n_seeds=1, n_rows=60)
    assert found.top_overlap == pytest.approx(3 / 7)
    assert found.is_amber


def test_the_reach_of_a_driver_is_from_its_lowest_to_its_highest_refit() -> None:
    found = judge_stability(np.array([[4.0, 1.0], [8.0, 2.0]]), ["a", "b"], n_folds=2, n_seeds=1, n_rows=60)
    assert (found.columns[0].mean, found.columns[0].lowest, found.columns[0].highest) == (6.0, 4.0, 8.0)


def test_a_model_that_nothing_drives_is_steady_and_one_column_has_an_order() -> None:
    assert not judge_stability(np.zeros((3, 4)), NAMES[:4], n_folds=3, n_seeds=1, n_rows=60).is_amber
    assert not judge_stability(np.array([[1.0], [3.0]]), ["a"], n_folds=2, n_seeds=1, n_rows=60).is_amber


def test_overlap_is_what_is_shared_of_what_either_holds() -> None:
    assert jaccard(frozenset({1, 2, 3}), frozenset({2, 3, 4})) == 0.5
    assert jaccard(frozenset(), frozenset()) == 1.0


def test_each_refit_learns_from_what_its_fold_may_learn_from() -> None:
    pipeline, preparation = load_pipeline(finished("lightgbm").pipeline_file), prepared()
    heard: list[tuple[float, str]] = []
    found = list(refit(pipeline, "lightgbm", preparation, 2, lambda share, phase: heard.append((share, phase))))
    assert [(one.fold, one.seed) for one in found] == [(fold, seed) for seed in range(2) for fold in range(3)]
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)
    assert heard[-1][1] == "Fitting the model anew, 6 of 6"
    x = preparation.train.x
    same = [one.pipeline.predict_proba(x)[:, 1] for one in found]
    assert not np.allclose(same[0], same[1]), "Other rows teach otherwise."
    assert not np.allclose(same[0], same[3]), "Chance falls otherwise."


def test_a_copy_with_another_seed_is_the_same_in_all_else() -> None:
    pipeline = load_pipeline(finished("extra_trees").pipeline_file)
    fresh = reseeded(pipeline, 77)
    before, after = pipeline.get_params(), fresh.get_params()
    states = [name for name in after if name.endswith("random_state")]
    assert states
    assert all(after[name] == 77 for name in states)
    assert after["model__n_estimators"] == before["model__n_estimators"]
    assert not hasattr(fresh.named_steps["model"], "estimators_")
