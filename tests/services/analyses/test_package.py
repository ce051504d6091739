"""The files an analysis leaves."""

import json
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest

from services.analyses.package import MAX_CELLS, write_package, write_table
from services.automl.analysis_task import AnalysisTask


def test_answers_stand_beside_the_rows_they_are_about() -> None:
    found = pd.DataFrame({"row": [1, 2], "score": [0.5, 0.25]})
    frame = pd.DataFrame({"name": ["=SUM(A1)", "Ann"], "score": [1, 2], "+x": [1.5, None]}, index=[8, 9])
    table = pd.read_csv(BytesIO(write_table(found, frame, AnalysisTask.ANOMALY)))
    assert list(table.columns) == ["row", "score", "name", "score (data)", "'+x"]
    assert list(table["name"]) == ["'=SUM(A1)", "Ann"]


def test_a_very_large_table_is_not_repeated() -> None:
    frame = pd.DataFrame({str(number): [0] for number in range(MAX_CELLS + 1)}) if MAX_CELLS < 100 else None
    wide = frame if frame is not None else pd.DataFrame({"a": pd.RangeIndex(MAX_CELLS + 1)})
    content = write_table(pd.DataFrame({"row": [1], "group": [1]}), wide, AnalysisTask.CLUSTERING)
    assert content == b"row,group\n1,1\n"


def test_a_forecast_stands_alone_and_its_series_are_no_formulas() -> None:
    found = pd.DataFrame({"series": ["=A1"], "time": [pd.Timestamp("2024-01-01")], "forecast": [1.0]})
    content = write_table(found, pd.DataFrame({"a": [1]}), AnalysisTask.FORECASTING)
    assert content == b"series,time,forecast\n'=A1,2024-01-01,1.0\n"


@pytest.mark.parametrize("task", list(AnalysisTask))
def test_a_package_says_how_to_use_it_and_is_the_same_bytes_each_time(task: AnalysisTask) -> None:
    one, other = (write_package(task, b"model", {"a": 1}, b"{}", {"x.py": "pass"}) for _ in range(2))
    assert one == other
    with ZipFile(BytesIO(one)) as files:
        assert "skops.io.load" in files.read("README.txt").decode()
        assert files.read("pipeline.skops") == b"model"
        assert json.loads(files.read("schema.json")) == {"a": 1}
        assert files.read("x.py") == b"pass"
