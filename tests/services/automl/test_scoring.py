import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from services.automl.metrics import METRICS, default_metric, metrics_for
from services.automl.scoring import average_ranks, score
from services.automl.task import Task

P = np.array([0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95])
Y = np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1])


def test_log_loss_matches_the_published_example() -> None:
    assert score("log_loss", Y, np.column_stack([1 - P, P])) == pytest.approx(0.525745, abs=1e-6)


def test_a_class_that_never_occurs_does_not_stop_the_scores_of_several_classes() -> None:
    probabilities = np.full((10, 3), 1 / 3)
    assert score("log_loss", Y, probabilities) == pytest.approx(np.log(3))
    assert score("roc_auc", Y, probabilities) == 0.5


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    values = np.random.default_rng(0).integers(0, 40, 300).astype(float)
    assert np.array_equal(average_ranks(values), stats.rankdata(values))


@pytest.mark.parametrize("task", list(Task))
def test_a_perfect_prediction_has_the_best_score_of_every_metric(task: Task) -> None:
    y = Y.astype(float) if task is Task.REGRESSION else Y
    n_classes = 3 if task is Task.MULTICLASS else 2
    perfect = y if task is Task.REGRESSION else np.eye(n_classes)[Y]
    poor = y[::-1] if task is Task.REGRESSION else np.full((10, n_classes), 1 / n_classes)
    for metric in metrics_for(task):
        assert metric.is_better(score(metric.name, y, perfect), score(metric.name, y, poor)), metric.name


def test_every_task_has_a_default_metric_and_every_metric_a_sentence() -> None:
    assert {default_metric(task).name for task in Task} == {"roc_auc", "log_loss", "rmse"}
    assert all(metric.sentence.endswith(".") and metric.name == name for name, metric in METRICS.items())


@pytest.mark.parametrize("seed", range(3))
def test_scores_agree_with_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    y, p = random.integers(0, 2, 200), np.round(random.random(200), 1)  # rounded, so that there are ties
    both = np.column_stack([1 - p, p])
    assert score("roc_auc", y, both) == pytest.approx(sk.roc_auc_score(y, p))
    assert score("average_precision", y, both) == pytest.approx(sk.average_precision_score(y, p))
    assert score("accuracy", y, both) == pytest.approx(sk.accuracy_score(y, both.argmax(axis=1)))
    safe = np.clip(both, 0.05, 0.95)
    assert score("log_loss", y, safe) == pytest.approx(sk.log_loss(y, safe))
    values, guesses = random.normal(size=200), random.normal(size=200)
    assert score("rmse", values, guesses) == pytest.approx(sk.root_mean_squared_error(values, guesses))
    assert score("mae", values, guesses) == pytest.approx(sk.mean_absolute_error(values, guesses))
    assert score("r2", values, guesses) == pytest.approx(sk.r2_score(values, guesses))


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_rows_of_a_single_class_cannot_be_ranked(metric: str) -> None:
    with pytest.raises(ValueError, match="Rows"):
        score(metric, np.zeros(3, dtype=int), np.full((3, 2), 0.5))
