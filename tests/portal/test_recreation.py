"""`python -m portal recreate`: the report, the exit code, and refusals as sentences."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from portal.__main__ import app
from services.automl.circumstances import describe_environment, describe_split
from services.automl.preparation import prepare
from services.automl.project_file import RunProject, TriedCandidate, write_project
from services.automl.training import train_candidate
from services.datasets.tables import read_table_file, stored_types_of, write_table_file
from services.errors import PortalError
from tests.makers_automl import CANDIDATES, FEATURES, make_cases


def recreate(folder: Path, project: str) -> Result:
    (folder / "project.yml").write_text(project)
    files = [str(folder / name) for name in ("project.yml", "cases.parquet", "report.json")]
    return CliRunner().invoke(app, ["recreate", files[0], "--train", files[1], "--out", files[2]])


@pytest.mark.slow
def test_the_exit_code_says_whether_every_score_is_the_stored_one(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    outcome = recreate(tmp_path, write_project(project))
    assert outcome.exit_code == 0
    assert "1 of 1 variants have the stored score." in outcome.output
    assert json.loads((tmp_path / "report.json").read_text())["is_same"]
    other = replace(project, candidates=(replace(project.candidates[0], score=0.5),))
    assert recreate(tmp_path, write_project(other)).exit_code == 1


def test_a_file_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    outcome = recreate(tmp_path, "[1, 2]")
    assert isinstance(outcome.exception, PortalError)
    assert "no project file" in outcome.exception.sentence
    absent = CliRunner().invoke(app, ["recreate", "gone.yml", "--train", "a.csv", "--out", "b.json"])
    assert isinstance(absent.exception, PortalError)
    assert absent.exception.sentence == "gone.yml cannot be read."


def make_project(folder: Path) -> RunProject:
    """A run of one candidate on a table in the folder."""
    table = folder / "cases.parquet"
    write_table_file(
        make_cases().astype(dict.fromkeys(("case_id", "charges", "plan", "left", "segment"), "str")), table
    )
    preparation = prepare(read_table_file(table), target="left", feature_columns=FEATURES, positive_label="Yes")
    outcome = train_candidate(preparation, CANDIDATES["linear"], seconds_limit=600)
    types, digest = stored_types_of(table), hashlib.sha256(table.read_bytes()).hexdigest()
    return RunProject(
        name="keep-customers 1", file="cases.csv", dataset_version=1, table_sha256=digest, target="left",
        positive_label="Yes", task="binary", metric=preparation.metric.name, columns=FEATURES,
        types={name: types[name] for name in (*FEATURES, "left")}, seed=preparation.seed,
        split_sha256=describe_split(preparation).sha256, n_trials=1, seconds=600.0, money=None,
        environment=describe_environment(),
        candidates=(TriedCandidate(1, CANDIDATES["linear"], outcome.score, outcome.value_amount),),
    )  # fmt: skip
