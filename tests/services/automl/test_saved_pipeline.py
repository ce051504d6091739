"""What a search leaves behind works without the portal."""

import json
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from services.automl.columns import describe_columns, model_frame
from services.automl.families import family_named
from services.automl.preparation import Preparation
from services.automl.raw_columns import answers_with_labels, takes_raw_columns
from services.automl.saved_pipeline import PIPELINE, save_pipeline
from services.automl.task import Task
from services.automl.training import fit_to_everything, new_pipeline, predict
from services.automl.voting import team_of
from tests.makers_automl import CANDIDATES, FEATURES, make_cases, prepared

ALONE = """
import json, sys
import pandas as pd, skops.io
folder = sys.argv[1]
schema = json.load(open(folder + "/schema.json"))
pipeline = skops.io.load(folder + "/pipeline.skops", trusted=schema["trusted_types"])
found = []
for options in ({}, {"dtype": str, "keep_default_na": False}):
    frame = pd.read_csv(folder + "/rows.csv", **options)
    answers = pipeline.predict_proba(frame) if schema["classes"] else pipeline.predict(frame)
    found.append([answers.tolist(), [str(label) for label in pipeline.predict(frame)]])
assert not [name for name in sys.modules if name.split(".")[0] in ("services", "portal", "pages", "db")]
print(json.dumps(found))
"""


@pytest.mark.parametrize("task", list(Task))
def test_a_saved_pipeline_answers_raw_rows_in_a_program_without_the_portal(task: Task, tmp_path: Path) -> None:
    preparation, frame = prepared(task), make_cases()
    fitted = _team(preparation)
    schema = save_pipeline(preparation, fitted, tmp_path, frame)
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    frame.iloc[:40, ::-1].to_csv(tmp_path / "rows.csv", index=False)  # columns in another order, and some too many
    command = [sys.executable, "-I", "-c", ALONE, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    expected = predict(fitted, model_frame(frame.head(40), preparation.columns), len(preparation.classes))
    for answers, labels in json.loads(done.stdout):  # as pandas reads the file, and with every cell as text
        np.testing.assert_allclose(answers, expected, rtol=1e-9)
        if preparation.classes:
            assert labels == [preparation.classes[best] for best in expected.argmax(axis=1)]
    assert schema["classes"] == list(preparation.classes)


def test_the_file_is_compressed(tmp_path: Path) -> None:
    preparation = prepared()
    save_pipeline(preparation, _team(preparation), tmp_path, make_cases())
    with ZipFile(tmp_path / PIPELINE) as content:
        assert sum(part.compress_size for part in content.filelist) < sum(p.file_size for p in content.filelist) / 2


def test_a_model_of_a_team_is_in_the_file_once(tmp_path: Path) -> None:
    preparation = prepared()
    save_pipeline(preparation, _team(preparation, "linear", "extra_trees"), tmp_path, make_cases())
    with ZipFile(tmp_path / PIPELINE) as content:
        trees = [content.read(part) for part in content.filelist if part.filename.endswith(".npy")]
    large = [tree for tree in trees if len(tree) > 1_000]
    assert large
    assert len(large) == len(set(large))


def test_what_is_saved_names_its_columns_classes_and_versions_and_no_part_of_the_portal(tmp_path: Path) -> None:
    schema = save_pipeline(prepared(), _team(prepared()), tmp_path, make_cases())
    kinds = {column["name"]: column["kind"] for column in schema["columns"]}
    assert kinds == {"months": "number", "charges": "number", "plan": "category", "since": "date"}
    assert schema["classes"] == ["No", "Yes"]
    assert {"python", "scikit-learn", "lightgbm", "pandas"} <= set(schema["versions"])
    assert not [name for name in schema["trusted_types"] if name.startswith(("services", "portal"))]


HARD = pd.DataFrame(
    {
        "amount": [" 12 ", "?", "1e3", "inf", "", "-0.5", "N/A", "7"] * 10,
        "whole": [2**60, 3, 4, 5, 6, 7, 8, 9] * 10,
        "endless": [np.inf, -np.inf, np.nan, 1.0, 2.0, 3.0, 4.0, 5.0] * 10,
        "when": ["2020-01-01", "2020-01-02T03:04:05", " ", "2020-01-03T01:00:00+02:00", "?", "1900-01-01", None, ""]
        * 10,
        "grade": ["12", " A3", "b ", "NaN", None, "none", "N/a", "12"] * 10,
        "words": ["a long story of a case", "  two blanks  before", "?", "", "it was late again", "x y z", "null", "w"]
        * 10,
        "left": ["a", "b"] * 40,
    }
)


@pytest.mark.parametrize("frame", [HARD, make_cases()], ids=["hard cells", "cases"])
def test_columns_are_read_inside_the_pipeline_as_the_search_read_them(frame: pd.DataFrame) -> None:
    columns = describe_columns(frame.drop(columns="left"))
    reading = takes_raw_columns(Pipeline([("model", "passthrough")]), columns, frame)
    expected = model_frame(frame, columns)
    read = reading.transform(frame)
    assert set(read.columns) == set(expected.columns)
    for name in expected.columns:
        if expected[name].dtype == "float64":
            np.testing.assert_allclose(read[name].astype("float64"), expected[name])
        else:
            assert read[name].fillna("").tolist() == expected[name].fillna("").tolist()


def test_whole_numbers_among_categories_are_the_same_category_however_they_are_stored() -> None:
    frame = pd.DataFrame({"grade": ["12", "A3", "7", "B"] * 20, "left": ["a", "b"] * 40})
    reading = takes_raw_columns(Pipeline([("model", "passthrough")]), describe_columns(frame[["grade"]]), frame)
    assert reading.transform(pd.DataFrame({"grade": [12, 7]}))["grade"].tolist() == ["12", "7"]
    assert reading.transform(pd.DataFrame({"grade": [12.0, np.nan]}))["grade"].fillna("").tolist() == ["12", ""]


def test_a_pipeline_that_never_saw_a_class_leaves_its_label_out() -> None:
    preparation = prepared(Task.MULTICLASS)
    rows = np.flatnonzero(preparation.train.y != 1)
    family = family_named("linear")
    fitted = _pipeline(preparation, "linear").fit(preparation.train.x.iloc[rows], preparation.train.y[rows])
    assert family.rounds is None
    labelled = answers_with_labels(fitted, preparation.classes)
    expected = [preparation.classes[0], preparation.classes[2]]
    assert list(labelled.classes_) == expected
    assert set(labelled.predict(preparation.holdout.x)) <= set(expected)


def test_reading_one_row_of_twenty_raw_columns_takes_less_than_twenty_milliseconds(tmp_path: Path) -> None:
    frame = make_cases(300)
    wide = pd.concat([frame[list(FEATURES)].add_suffix(f"_{i}") for i in range(1, 6)], axis=1)
    columns = tuple(column for column in describe_columns(wide) if column.is_usable)
    assert len(columns) == 20
    reading = takes_raw_columns(Pipeline([("model", "passthrough")]), columns, wide)
    row = wide.iloc[[0]]
    fastest = min(_milliseconds(lambda: reading.transform(row)) for _ in range(30))  # others use the machine too
    assert fastest < 20


def _milliseconds(call: object) -> float:
    assert callable(call)
    began = time.thread_time()
    call()
    return 1_000 * (time.thread_time() - began)


def _pipeline(preparation: Preparation, family: str) -> Pipeline:
    return new_pipeline(preparation, CANDIDATES[family])


def _team(preparation: Preparation, *names: str) -> Pipeline:
    members = [
        (family_named(name).view(CANDIDATES[name].parameters), fit_to_everything(preparation, CANDIDATES[name]), 0.5)
        for name in names or ("linear", "lightgbm")
    ]
    return team_of(members, range(len(preparation.classes)))
