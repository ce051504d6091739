"""What is asked of a table without an outcome, or of values in time. Loads nothing that learns."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.automl.analysis_task import AnalysisTask
from services.automl.forecasting.panel import Question


@dataclass(frozen=True)
class AnalysisRequest:
    """What is asked of a table.

    Attributes
    ----------
    feature_columns
        What groups and unusual rows are looked for in; None for every column.
    label_column
        A column that may say which rows are unusual.
    question
        Of a forecast only.
    """

    task: AnalysisTask
    seed: int = 0
    feature_columns: tuple[str, ...] | None = None
    label_column: str | None = None
    question: Question | None = None

    def document(self) -> dict[str, Any]:
        """As JSON: what it reads from a database is equal to it."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "AnalysisRequest":
        """The request that was stored."""
        question, features = document["question"], document["feature_columns"]
        return cls(
            task=AnalysisTask(document["task"]),
            seed=document["seed"],
            feature_columns=None if features is None else tuple(features),
            label_column=document["label_column"],
            question=None if question is None else Question(**{**question, "known": tuple(question["known"])}),
        )
