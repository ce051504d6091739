"""Groups, unusual rows and forecasts from the command line."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import skops.io

from services.automl.columns import describe_columns, model_frame
from services.automl.errors import UnusableDataError
from services.automl.headless_analysis import request_of, run_headless_analysis
from tests.makers_automl import make_cases
from tests.makers_series import make_days


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    make_cases(200).drop(columns=["left", "segment", "spend"]).to_csv(tmp_path / "cases.csv", index=False)
    make_days(120).to_csv(tmp_path / "days.csv", index=False)
    return {"cases": tmp_path / "cases.csv", "days": tmp_path / "days.csv", "out": tmp_path / "out" / "report.json"}


def run(*options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal", "automl", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["clustering", "anomaly"])
def test_a_table_without_a_target_gives_a_report_a_pipeline_and_a_line_for_each_row(
    files: dict[str, Path], tmp_path: Path, task: str
) -> None:
    budget, folder = 60, tmp_path / "found"
    began = time.monotonic()
    ended = run("--train", files["cases"], "--task", task, "--budget", budget, "--out", files["out"], "--save", folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.monotonic() - began < budget + 2
    report = json.loads(files["out"].read_text())
    assert report["task"] == task
    assert report["sentence"]
    assert report["train_seconds"] <= budget
    assert len(pd.read_csv(folder / "result.csv")) == 200
    content = (folder / "pipeline.skops").read_bytes()
    pipeline = skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))
    frame = pd.read_csv(files["cases"])
    rows = model_frame(frame, describe_columns(frame))
    assert len(pipeline.predict(rows)) == 200
    assert [column["name"] for column in json.loads((folder / "schema.json").read_text())["columns"]] == list(rows)


@pytest.mark.slow
def test_a_forecast_is_saved_with_what_makes_it_without_the_portal(files: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "found"
    options = ("--target", "sold", "--time", "day", "--horizon", 7, "--out", files["out"], "--save", folder)
    ended = run("--train", files["days"], "--task", "forecasting", "--budget", 60, *options)
    assert (ended.returncode, ended.stderr) == (0, "")
    names = {"pipeline.skops", "schema.json", "report.json", "result.csv", "lag_table.py", "time_axis.py"}
    assert {path.name for path in folder.iterdir()} == names
    assert len(pd.read_csv(folder / "result.csv")) == 7


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"task": "clustering", "target": "left"}, "without a target"),
        ({"task": "forecasting", "target": "sold"}, "needs --target"),
        ({"task": "forecasting", "target": "sold", "time": "day"}, "--horizon"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UnusableDataError, match=says):
        request_of(**options)


@pytest.mark.parametrize(("budget", "name", "says"), [(0, "days", "needs time"), (5, "absent", "no file")])
def test_what_cannot_be_answered_is_refused_with_a_sentence(
    files: dict[str, Path], budget: float, name: str, says: str
) -> None:
    train = files.get(name, files["out"].parent / "absent.csv")
    with pytest.raises(UnusableDataError, match=says):
        run_headless_analysis(request_of("clustering"), train=train, budget=budget, out=files["out"])
    assert not files["out"].exists()


def test_a_column_to_predict_is_needed_for_a_model(files: dict[str, Path]) -> None:
    ended = run("--train", files["cases"], "--budget", 5, "--out", files["out"])
    assert ended.returncode == 1
    assert ended.stderr.startswith("Name the column to predict with --target")
