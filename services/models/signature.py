"""What a model takes and gives, and the check that rows fit before they are scored. Loads no machine learning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.models.report import Document


@dataclass(frozen=True)
class SignatureColumn(Document):
    """One input of a model.

    Attributes
    ----------
    kind
        "number", "category", "text" or "date".
    nullable
        Whether the value was ever missing in training; a model predicts without it either way.
    categories
        Values seen in training, most frequent first; empty unless a category.
    low, high
        Range seen in training; None unless a number (or a date, in days since 1970-01-01).
    example
        A typical value.
    """

    name: str
    kind: str
    nullable: bool
    categories: tuple[str, ...]
    low: float | None
    high: float | None
    example: str | float | None


@dataclass(frozen=True)
class Signature(Document):
    """The contract of a model.

    Attributes
    ----------
    classes
        Class labels in the order of the model's probabilities; empty for a regression.
    positive_label
        The class a yes-or-no model gives the probability of: the last of `classes`.
    onnx_inputs
        Column of each input of the ONNX twin, in order; empty where there is no twin.
    """

    columns: tuple[SignatureColumn, ...]
    task: str
    classes: tuple[str, ...]
    positive_label: str | None
    target: str
    onnx_inputs: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def validate_rows(signature: Signature, columns: dict[str, Sequence[Any]]) -> tuple[Any, tuple[str, ...]]:
    """The rows as a typed frame in the model's column order, and warnings.

    Raises
    ------
    InvalidInputError
        Columns are missing, unknown or of different lengths, or values do not fit; names columns and row numbers.
    """
    raise NotImplementedError
