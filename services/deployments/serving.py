"""Ask a model: its verified ONNX twin in this process, or else the scoring process. Loads no training library."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from threading import Lock
from typing import Any, Protocol

import pandas as pd

from services.datasets.recipe.keys import hashing_key
from services.datasets.recipe.new_rows import prepare_rows
from services.deployments.answers import Answers, Scores, to_answers
from services.deployments.asked_columns import without_sources
from services.deployments.queries import ServedModel, read_artifact
from services.deployments.scoring_process import get_scoring_process
from services.models.onnx_scoring import OnnxScorer
from services.models.signature import name_rows, validate_rows

LOADED_MODELS = 8


class Scorer(Protocol):
    """Anything that turns rows into scores: (n, k) class probabilities or (n,) numbers."""

    def predict(self, frame: pd.DataFrame) -> Scores:
        """Score rows in the model's column order."""


class PipelineScorer:
    """A model without a twin: its scikit-learn Pipeline, asked in the scoring process."""

    def __init__(self, pipeline_sha256: str) -> None:
        self._sha256 = pipeline_sha256

    def predict(self, frame: pd.DataFrame) -> Scores:
        """Score rows in the scoring process, which asks for the model's file when it does not hold it."""
        return get_scoring_process().score(self._sha256, frame, partial(read_artifact, self._sha256))


class ScorerCache:
    """The scorers used last, by digest.

    Safe to keep: a digest names one content forever, and whether a model may answer is decided before, at each request.
    """

    def __init__(self, load: Callable[[ServedModel], Scorer], size: int = LOADED_MODELS) -> None:
        self._load = load
        self._size = size
        self._scorers: OrderedDict[str, Scorer] = OrderedDict()
        self._lock = Lock()

    def get(self, model: ServedModel) -> Scorer:
        """The scorer of a model, loaded (and its file verified) at the first request."""
        with self._lock:
            scorer = self._scorers.pop(model.digest, None) or self._load(model)
            self._scorers[model.digest] = scorer
            while len(self._scorers) > self._size:
                self._scorers.popitem(last=False)
            return scorer


def load_scorer(model: ServedModel) -> Scorer:
    """The twin if the model has one, else the way to its pipeline."""
    if model.onnx_sha256 is None:
        return PipelineScorer(model.pipeline_sha256)
    return OnnxScorer(read_artifact(model.onnx_sha256), model.signature)


@lru_cache
def get_scorer_cache() -> ScorerCache:
    """The scorers of this process."""
    return ScorerCache(load_scorer)


def predict(model: ServedModel, columns: Mapping[str, Sequence[Any]]) -> tuple[Answers, tuple[str, ...]]:
    """Answers for rows given as columns, and warnings such as a category the model never saw.

    A row may be given as its source spells it: the steps of the data that the model learned from are taken first.

    Raises
    ------
    InvalidInputError
        The rows do not fit the signature; names columns and row numbers.
    ModelDamagedError, ScoringUnavailableError
        The model cannot answer.
    """
    prepared, remarks = _prepared(model, columns)
    frame, warnings = validate_rows(model.signature, prepared)
    scores = get_scorer_cache().get(model).predict(frame)
    return to_answers(model.signature, scores, model.threshold), (*remarks, *warnings)


def _prepared(
    model: ServedModel, columns: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, Sequence[Any]], tuple[str, ...]]:
    if not model.steps:
        return dict(columns), ()
    inputs = model.takes.columns
    rows = prepare_rows(
        columns,
        model.steps,
        known={column.name: column.categories for column in inputs},
        dates={column.name for column in inputs if column.kind == "date"},
        numbers={column.name for column in inputs if column.kind == "number"},
        key=hashing_key(model.steps),
    )
    remarks = (
        f"“{name}” cannot be read in {name_rows(positions)} and is taken for missing, as in the data of the model."
        for name, positions in rows.unread.items()
    )
    return without_sources(rows.columns, model.signature, model.takes), tuple(remarks)
