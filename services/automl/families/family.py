"""What a search must know of a kind of model: which features it takes, how it is built, and what may be varied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.automl.features import View
from services.automl.search_domains import Space
from services.automl.task import Task

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class TableShape:
    """What of a table decides which models are worth their time.

    Attributes
    ----------
    n_features
        Columns a model takes, before they are encoded.
    n_classes
        0 for a number to predict.
    has_text
        Whether a column holds free text.
    is_skewed
        Whether a number to predict is positive with a long tail, so that its logarithm may be easier to learn.
    is_directed
        Whether a lever demands that the answer only rises or only falls with a column.
    """

    task: Task
    n_rows: int
    n_features: int
    n_classes: int
    has_text: bool
    is_skewed: bool
    is_directed: bool = False


@dataclass(frozen=True)
class Family:
    """One kind of model.

    Attributes
    ----------
    view
        The features it takes, for these parameters.
    build
        The unfitted model, for parameters, task and seed: a plain scikit-learn estimator on a matrix.
    space
        What a search may vary on a table of this shape.
    portfolio
        Parameters known to do well on tables of this shape, best value per second first. Empty where the family is not
        worth its time there.
    rounds
        The parameter that counts its rounds (trees, epochs), where a fit can be judged after each of them.
    keeps_directions
        Whether it can promise that an answer only rises, or only falls, with a number.
    """

    name: str
    view: Callable[[Parameters], View]
    build: Callable[[Parameters, Task, int], Any]
    space: Callable[[TableShape], Space]
    portfolio: Callable[[TableShape], list[dict[str, Any]]]
    rounds: str | None = None
    keeps_directions: bool = False
