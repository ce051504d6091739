"""Groups, unusual rows, forecasts: one request in, and out come the report, the pipeline and a row of result per row.

The same for the command line and for a worker; nothing here knows of a database or a web.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.errors import UnusableDataError
from services.automl.forecasting.panel import Question
from services.automl.unlabelled import Clock, Say

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class Analysis:
    """What came of it.

    Attributes
    ----------
    report
        As JSON; `services.automl.<task>.report` has its shape.
    pipeline
        A plain scikit-learn pipeline on typed rows, or on the lag table.
    schema
        What the pipeline takes, as JSON.
    table
        A group, a score or a forecast in each row.
    files
        Further files that belong beside the pipeline, by name.
    """

    report: dict[str, Any]
    pipeline: "Pipeline"
    schema: dict[str, Any]
    table: pd.DataFrame
    files: Mapping[str, str] = field(default_factory=dict)


def analyse(
    frame: pd.DataFrame, request: AnalysisRequest, *, seconds_left: Clock, say: Say = lambda _share, _phase: None
) -> Analysis:
    """Answer the request within the time.

    Raises
    ------
    UnusableDataError
        The table does not allow it: the sentence says why and what to do.
    """
    if request.task is AnalysisTask.CLUSTERING:
        return _groups(frame, request, seconds_left, say)
    if request.task is AnalysisTask.ANOMALY:
        return _unusual(frame, request, seconds_left, say)
    if request.question is None:
        raise UnusableDataError("A forecast needs a column to forecast and a column with the time. Choose both.")
    return _forecast(frame, request, request.question, seconds_left, say)


def _groups(frame: pd.DataFrame, request: AnalysisRequest, seconds_left: Clock, say: Say) -> Analysis:
    from services.automl.clustering.analysing import find_groups

    found = find_groups(
        frame, seconds_left=seconds_left, seed=request.seed, feature_columns=request.feature_columns, say=say
    )
    table = pd.DataFrame({"row": np.arange(1, len(frame) + 1), "group": found.labels + 1})
    return Analysis(asdict(found.report), found.pipeline, _columns(frame, found.report.columns), table)


def _unusual(frame: pd.DataFrame, request: AnalysisRequest, seconds_left: Clock, say: Say) -> Analysis:
    from services.automl.anomaly.analysing import find_unusual_rows

    found = find_unusual_rows(
        frame,
        seconds_left=seconds_left,
        seed=request.seed,
        feature_columns=request.feature_columns,
        label_column=request.label_column,
        say=say,
    )
    columns = {"row": np.arange(1, len(frame) + 1), "score": found.scores, "p_value": found.p_values}
    schema = _columns(frame, found.report.columns) | {"reference_scores": list(found.report.reference_scores)}
    return Analysis(asdict(found.report), found.pipeline, schema, pd.DataFrame(columns))


def _forecast(
    frame: pd.DataFrame, request: AnalysisRequest, question: Question, seconds_left: Clock, say: Say
) -> Analysis:
    from services.automl.forecasting.analysing import make_forecast
    from services.automl.forecasting.portable import portable_files

    made = make_forecast(frame, question, seconds_left=seconds_left, seed=request.seed, say=say)
    return Analysis(asdict(made.report), made.pipeline, made.schema, made.table, portable_files())


def _columns(frame: pd.DataFrame, used: tuple[str, ...]) -> dict[str, Any]:
    """The columns that a pipeline takes, in their order, each with its kind."""
    from services.automl.columns import describe_columns

    described = describe_columns(frame[list(used)])
    return {"columns": [{"name": column.name, "kind": column.kind} for column in described]}
