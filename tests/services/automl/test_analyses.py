"""One request for groups, unusual rows and forecasts."""

import json

import pandas as pd
import pytest

from services.automl.analyses import analyse
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.errors import UnusableDataError
from services.automl.forecasting.panel import Question
from tests.makers_automl import make_cases
from tests.makers_series import make_shops

REQUESTS = [
    AnalysisRequest(AnalysisTask.CLUSTERING, feature_columns=("months", "plan")),
    AnalysisRequest(AnalysisTask.ANOMALY, seed=3, label_column="left"),
    AnalysisRequest(AnalysisTask.FORECASTING, question=Question("sold", "day", 7, "shop", ("price",), 2, 7)),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.task.value)
def test_a_request_survives_being_stored(request_: AnalysisRequest) -> None:
    assert AnalysisRequest.from_document(json.loads(json.dumps(request_.document()))) == request_


@pytest.mark.parametrize(
    ("task", "columns"), [(AnalysisTask.CLUSTERING, {"group"}), (AnalysisTask.ANOMALY, {"score", "p_value"})]
)
def test_every_row_gets_an_answer(task: AnalysisTask, columns: set[str]) -> None:
    phases: list[float] = []
    frame = make_cases(120).drop(columns=["left"])
    found = analyse(
        frame, AnalysisRequest(task), seconds_left=lambda: 0.0, say=lambda share, _phase: phases.append(share)
    )
    assert set(found.table.columns) == {"row", *columns}
    assert list(found.table["row"]) == list(range(1, 121))
    assert phases == sorted(phases)
    assert 0 < phases[0] < phases[-1] < 1
    json.dumps(found.report, allow_nan=False)
    assert {column["name"] for column in found.schema["columns"]} == set(found.report["columns"])


def test_every_series_gets_its_next_values() -> None:
    request = AnalysisRequest(AnalysisTask.FORECASTING, question=Question("sold", "day", 3, "shop"))
    found = analyse(make_shops(60, 2), request, seconds_left=lambda: 0.0)
    assert len(found.table) == 6
    assert found.files.keys() == {"lag_table.py", "time_axis.py"}


def test_a_forecast_without_a_question_is_refused() -> None:
    with pytest.raises(UnusableDataError, match="Choose both"):
        analyse(pd.DataFrame(), AnalysisRequest(AnalysisTask.FORECASTING), seconds_left=lambda: 0.0)


def test_every_task_has_words() -> None:
    assert [task.label for task in AnalysisTask] == ["Groups", "Unusual rows", "Forecast"]
    assert all(task.sentence.endswith("?") for task in AnalysisTask)
