"""What kind of question a model answers."""

from enum import StrEnum


class Task(StrEnum):
    """The kind of answer: yes or no, one of several classes, or a number."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def is_classification(self) -> bool:
        """Whether the outcome is one of several classes."""
        return self is not Task.REGRESSION

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS = {
    Task.BINARY: "Yes or no",
    Task.MULTICLASS: "One of several classes",
    Task.REGRESSION: "A number",
}
