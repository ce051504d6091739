"""The metrics a search can aim for, in words. The arithmetic is in `scoring`."""

from dataclasses import dataclass

from services.automl.errors import UnusableDataError
from services.automl.task import Task


@dataclass(frozen=True)
class Metric:
    """One way of scoring predictions.

    Attributes
    ----------
    name
        As scikit-learn calls it.
    label
        As a page calls it.
    sentence
        What the number means, for somebody who has never heard of it.
    greater_is_better
        False for errors and losses.
    tasks
        The tasks it can score.
    """

    name: str
    label: str
    sentence: str
    greater_is_better: bool
    tasks: tuple[Task, ...]

    def is_better(self, score: float, than: float) -> bool:
        """True where `score` beats `than` in the direction of this metric."""
        return score > than if self.greater_is_better else score < than


_CLASSES = (Task.BINARY, Task.MULTICLASS)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "roc_auc",
            "AUC",
            "How often a random positive case is ranked above a random negative one: 0.5 is a coin, 1 is perfect.",
            True,
            _CLASSES,
        ),
        Metric(
            "log_loss",
            "Log loss",
            "How surprised the probabilities are by what really happened: lower is better, 0 is perfect.",
            False,
            _CLASSES,
        ),
        Metric(
            "average_precision",
            "Average precision",
            "How pure the top of the ranking is: a model without skill scores the share of positive cases.",
            True,
            (Task.BINARY,),
        ),
        Metric("accuracy", "Accuracy", "The share of cases that are labelled correctly.", True, _CLASSES),
        Metric(
            "rmse",
            "Root mean squared error",
            "The typical error in units of the target; large errors count more.",
            False,
            (Task.REGRESSION,),
        ),
        Metric(
            "mae",
            "Mean absolute error",
            "The average error in units of the target.",
            False,
            (Task.REGRESSION,),
        ),
        Metric(
            "r2",
            "Variance explained",
            "The share of the target's variation that the model explains: 0 is always guessing the mean, 1 is perfect.",
            True,
            (Task.REGRESSION,),
        ),
    )
}

_DEFAULTS = {Task.BINARY: "roc_auc", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


def default_metric(task: Task) -> Metric:
    """What a search aims for where nobody chose: AUC, log loss or root mean squared error."""
    return METRICS[_DEFAULTS[task]]


def metric_for(task: Task, name: str | None) -> Metric:
    """The metric that was chosen, or the default of the task.

    Raises
    ------
    UnusableDataError
        There is no such metric, or it cannot score this task.
    """
    metric = default_metric(task) if name is None else METRICS.get(name)
    if metric is None or task not in metric.tasks:
        raise UnusableDataError(f"The metric “{name}” cannot score this task ({task.label.lower()}). Choose another.")
    return metric


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """The metrics that can score `task`, in the order they are shown."""
    return tuple(metric for metric in METRICS.values() if task in metric.tasks)
