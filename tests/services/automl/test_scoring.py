import numpy as np
import pytest

from services.automl.metrics import METRICS, default_metric, metrics_for
from services.automl.scoring import score
from services.automl.task import Task

P = np.array([0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95])
Y = np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1])


def test_log_loss_matches_the_published_example() -> None:
    assert score("log_loss", Y, np.column_stack([1 - P, P])) == pytest.approx(0.525745, abs=1e-6)


def test_a_class_that_never_occurs_does_not_stop_the_scores_of_several_classes() -> None:
    probabilities = np.full((10, 3), 1 / 3)
    assert score("log_loss", Y, probabilities) == pytest.approx(np.log(3))
    assert score("roc_auc", Y, probabilities) == 0.5


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
