"""Which kind of question a target column asks."""

from services.automl.task import Task
from services.datasets.profile import ColumnProfile

MAX_NUMBER_CLASSES = 20  # a number with more different values than this is predicted as a number


def task_of(target: ColumnProfile) -> Task:
    """Two values: yes or no. A number with many values: a number. Anything else: one of several classes."""
    if target.n_distinct == 2:
        return Task.BINARY
    if target.kind == "number" and target.n_distinct > MAX_NUMBER_CLASSES:
        return Task.REGRESSION
    return Task.MULTICLASS
