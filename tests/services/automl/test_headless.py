import json
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import skops.io

from services.automl.errors import UnusableDataError
from services.automl.headless import run_headless
from tests.makers_automl import make_cases


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    frame = make_cases(500).drop(columns=["segment", "spend"])
    frame.head(400).to_csv(tmp_path / "train.csv", index=False)
    frame.tail(100).to_csv(tmp_path / "test.csv", index=False)
    return {"train": tmp_path / "train.csv", "test": tmp_path / "test.csv", "out": tmp_path / "out" / "report.json"}


@pytest.mark.slow
def test_a_search_keeps_its_budget_and_leaves_a_model_and_a_report(files: dict[str, Path], tmp_path: Path) -> None:
    began, age = time.monotonic(), _since_start()
    budget = age / 0.97 + 20  # a share of the whole is kept free, and this process may be old
    report = _run(files, budget=budget, target="left", save=tmp_path / "model")
    assert time.monotonic() - began < (budget - age) * 1.1 + 1
    assert report == json.loads(files["out"].read_text())
    assert {"task", "metric", "score", "train_seconds", "predict_seconds", "leaderboard", "holdout", "row_ms"} <= set(
        report
    )
    on_test, whole = report["expected_on_test"], report["expected"] or report["out_of_fold"]
    assert report["n_test"] == report["holdout"]["n"] == 100
    assert report["score"] == report["holdout"]["value"]
    assert report["out_of_fold"]["n"] == report["n_rows_used"] == 400  # all of them: others test the model
    assert on_test["high"] - on_test["low"] > whole["high"] - whole["low"]  # a hundred rows differ by chance
    assert on_test["value"] == whole["value"]
    assert 0 < report["row_ms"] < 1_000
    assert report["score"] > 0.7
    assert report["holdout"]["low"] < report["holdout"]["value"] < report["holdout"]["high"]
    assert report["columns_left_out"].keys() == {"case_id"}
    assert len(report["leaderboard"]) >= 1  # how many depends on how busy the machine is
    schema = json.loads((tmp_path / "model" / "schema.json").read_text())
    pipeline = skops.io.load(tmp_path / "model" / "pipeline.skops", trusted=schema["trusted_types"])
    assert pipeline.predict_proba(make_cases(20)).shape == (20, 2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"budget": 0.0, "target": "left"}, "needs time"),
        ({"budget": float("nan"), "target": "left"}, "needs time"),
        ({"budget": 5.0, "target": "absent"}, "no column “absent”"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_sentence(
    files: dict[str, Path], options: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnusableDataError, match=says):
        _run(files, **options)
    assert not files["out"].exists()


def test_a_test_file_that_lacks_a_column_is_refused_before_the_search(files: dict[str, Path]) -> None:
    make_cases(50)[["months", "left"]].to_csv(files["test"], index=False)
    began = time.monotonic()
    with pytest.raises(UnusableDataError, match="lacks “charges”, “plan”, “since”"):
        _run(files, budget=600.0, target="left")
    assert time.monotonic() - began < 30


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableDataError, match=r"absent\.csv"):
        run_headless(train=tmp_path / "absent.csv", target="left", budget=5, out=tmp_path / "out.json")


def _since_start() -> float:
    """Seconds since this process began: the clock of a search starts there."""
    return time.time() - float(psutil.Process().create_time())


def _run(files: dict[str, Path], **options: Any) -> dict[str, Any]:
    return run_headless(train=files["train"], test=files["test"], out=files["out"], **options)
