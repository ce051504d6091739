"""The training script: alone on the file of the data, it finds the stored scores again."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from services.automl.ensemble import blend
from services.automl.preparation import Preparation, prepare
from services.automl.priced_rows import priced_holdout
from services.automl.scoring import score
from services.automl.task import Task
from services.automl.training import predict, train_candidate
from services.datasets.export import csv_of
from services.datasets.tables import read_table_file, stored_types_of, write_table_file
from services.models.finishing import fit_members
from services.models.pipeline_file import dump_pipeline, load_pipeline
from services.models.script_facts import ScriptFacts
from services.models.training_script import training_script
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import CANDIDATES, FEATURES, TARGETS, make_cases, make_goal
from tests.makers_large import look_at

SECONDS = 240


@dataclass(frozen=True)
class Made:
    """A model as a run stores it, and what it scored."""

    pipeline: Pipeline
    out_of_fold: float
    holdout: float
    parameters: dict[str, Any]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "cases.parquet"
    write_table_file(make_cases().astype(dict.fromkeys(("case_id", "charges", "plan", "left", "segment"), "str")), path)
    path.with_suffix(".csv").write_bytes(csv_of(path))
    return path


def prepared(table: Path, task: Task, **options: Any) -> Preparation:
    frame = read_table_file(table)
    return prepare(frame, target=TARGETS[task], feature_columns=FEATURES, n_folds=3, seed=4, **options)


def made(preparation: Preparation, *families: str) -> Made:
    """A model of these families with equal shares, through the file that it is kept in."""
    members, predictions = [], []
    for family in families:
        outcome = train_candidate(preparation, CANDIDATES[family], seconds_limit=600)
        members.append((replace(CANDIDATES[family], parameters=outcome.parameters), 1 / len(families)))
        predictions.append(outcome.predictions)
    pipeline = load_pipeline(dump_pipeline(fit_members(preparation, members)))
    known, holdout = preparation.judged, preparation.holdout
    together = blend(predictions, dict.fromkeys(range(len(families)), 1 / len(families)))
    metric = preparation.metric.name
    return Made(
        pipeline=pipeline,
        out_of_fold=score(metric, preparation.train.y[known], together[known]),
        holdout=score(metric, holdout.y, predict(pipeline, holdout.x, len(preparation.classes))),
        parameters=members[0][0].parameters,
    )


def script_of(table: Path, preparation: Preparation, model: Made, **changes: Any) -> str:
    facts = ScriptFacts(
        name="keep-customers-1",
        run_number=3,
        dataset_version=2,
        table_sha256="0" * 64,
        out_of_fold=model.out_of_fold,
        holdout=model.holdout,
        stored_types=stored_types_of(table),
        versions={"scikit-learn": "1.9.1"},
        python="3.11.7",
        n_learned=len(preparation.train),
    )
    return training_script(model.pipeline, preparation, replace(facts, **changes))


def run(script: str, file: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    """In isolation: no portal on the path, none of the tester's variables."""
    path = file.parent / "train.py"
    path.write_text(script)
    outcome = subprocess.run(
        [sys.executable, "-I", str(path), str(file), *more],
        capture_output=True, text=True, check=False, cwd=file.parent, timeout=SECONDS, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    said = json.loads(outcome.stdout) if outcome.stdout.startswith("{") else {}
    return outcome.returncode, said, outcome.stderr


@pytest.mark.parametrize(
    ("task", "families", "options"),
    [
        (Task.BINARY, ("lightgbm",), {}),
        (Task.BINARY, ("linear",), {"split": {"kind": "time", "time": "since", "gap": 20}}),
        (Task.MULTICLASS, ("linear", "extra_trees"), {"metric": "log_loss"}),
        (Task.REGRESSION, ("lightgbm", "linear"), {"metric": "rmse"}),
    ],
    ids=["boosting", "split by time", "sharpened team", "team for numbers"],
)
def test_alone_on_the_csv_file_it_finds_the_stored_scores_again(
    table: Path, task: Task, families: tuple[str, ...], options: dict[str, Any]
) -> None:
    preparation = prepared(table, task, **options)
    model = made(preparation, *families)
    code, said, errors = run(script_of(table, preparation, model), table.with_suffix(".csv"))
    assert code == 0, (said, errors)
    assert said["is_same"]
    assert said["holdout"] == pytest.approx(model.holdout, abs=1e-9)
    assert said["out_of_fold"] == pytest.approx(model.out_of_fold, abs=1e-9)
    assert said["compared"] == ["out_of_fold", "holdout"]


def test_what_the_search_did_not_look_at_is_learned_from_where_the_model_has(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(monkeypatch, 200)
    preparation = prepared(table, Task.BINARY)
    assert preparation.rest is not None
    small = made(preparation, "lightgbm")
    members = [(replace(CANDIDATES["lightgbm"], parameters=small.parameters), 1.0)]
    pipeline = fit_members(preparation, members, with_rest=True)
    holdout = score(preparation.metric.name, preparation.holdout.y, predict(pipeline, preparation.holdout.x, 2))
    large = replace(small, pipeline=pipeline, holdout=holdout)
    assert large.holdout != small.holdout
    n_all = len(preparation.train) + len(preparation.rest)
    for model, n_learned in ((large, n_all), (small, len(preparation.train))):
        script = script_of(table, preparation, model, n_learned=n_learned)
        code, said, errors = run(script, table.with_suffix(".csv"))
        assert code == 0, (said, errors)
        assert said["holdout"] == pytest.approx(model.holdout, abs=1e-9)


def test_a_model_with_sharpened_probabilities_has_its_own_class_and_no_sharpness_anew(table: Path) -> None:
    preparation = prepared(table, Task.MULTICLASS, metric="log_loss")
    script = script_of(table, preparation, made(preparation, "extra_trees"))
    assert "class Sharpened(ClassifierMixin, BaseEstimator):" in script
    assert "CalibratedClassifierCV" not in script
    plain = script_of(table, preparation, made(prepared(table, Task.BINARY), "linear"))
    assert "Sharpened" not in plain


def test_a_network_is_compared_on_the_rows_kept_aside_only(table: Path) -> None:
    """The search judged it pass by pass, which a plain fit in each fold does not repeat."""
    preparation = prepared(table, Task.BINARY)
    script = script_of(table, preparation, made(preparation, "neural_network"))
    code, said, errors = run(script, table)
    assert (code, said["compared"]) == (0, ["holdout"]), (said, errors)


@pytest.mark.parametrize(
    "amounts",
    [None, AmountRule("where(months > 55, 1 / 0, spend - 20)", 100.0, 0.33)],
    ids=["all alike", "each row its own amount"],
)
def test_in_money_it_finds_the_stored_value_a_year_again(table: Path, amounts: AmountRule | None) -> None:
    """`spend` is no input of the model: the script reads it for the amounts alone."""
    goal = make_goal(amounts=amounts, base_rate=0.3, capacity_rate=0.5)
    preparation = prepared(table, Task.BINARY, money=goal)
    model, holdout = made(preparation, "linear"), priced_holdout(preparation)
    assert holdout is not None
    answers = predict(model.pipeline, preparation.holdout.x, 2)[:, 1]
    worth = holdout.yearly(answers, 0.35)
    script = script_of(table, preparation, model, threshold=0.35, yearly_value=worth)
    code, said, errors = run(script, table.with_suffix(".csv"))
    assert code == 0, (said, errors)
    assert said["compared"] == ["out_of_fold", "holdout", "yearly_value"]
    assert said["yearly_value"] == pytest.approx(worth)
    assert ("'spend': 'float64'" in script) == (amounts is not None)
    code, said, _ = run(script_of(table, preparation, model, threshold=0.35, yearly_value=worth + 1), table)
    assert (code, said["is_same"]) == (1, False)


def test_the_parquet_file_gives_the_same_and_another_score_is_noticed(table: Path) -> None:
    preparation = prepared(table, Task.BINARY)
    model, saved = made(preparation, "linear"), table.parent / "model.skops"
    code, said, errors = run(script_of(table, preparation, model, holdout=0.123), table, "--save", str(saved))
    assert (code, said["is_same"]) == (1, False), errors
    assert said["holdout"] == pytest.approx(model.holdout, abs=1e-9)
    assert said["out_of_fold"] == pytest.approx(model.out_of_fold, abs=1e-9)
    x = preparation.holdout.x
    assert np.array_equal(load_pipeline(saved.read_bytes()).predict_proba(x), model.pipeline.predict_proba(x))


def test_other_rows_are_refused_before_anything_is_fitted(table: Path, tmp_path: Path) -> None:
    preparation = prepared(table, Task.BINARY)
    script = script_of(table, preparation, made(preparation, "linear"))
    lines = table.with_suffix(".csv").read_text().splitlines()
    changed, short, other = tmp_path / "changed.csv", tmp_path / "short.csv", tmp_path / "other.csv"
    changed.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    short.write_text("\n".join(lines[:50]))
    other.write_text("a,b\n1,2\n")
    code, _, errors = run(script, changed)
    assert code == 1
    assert errors.startswith("The rows are not those the model was made from")
    told: dict[str, Any] = {"__name__": "train"}
    exec(compile(script, "train.py", "exec"), told)  # noqa: S102 - code of this test
    for path, cause in ((short, "49 rows"), (other, "lacks the columns"), (tmp_path / "none.csv", "No such file")):
        with pytest.raises(SystemExit, match=cause):
            told["prepare"](told["read_file"](str(path)))


def test_it_imports_nothing_of_the_portal_and_hostile_names_stay_text(table: Path) -> None:
    preparation = prepared(table, Task.BINARY)
    model = made(preparation, "linear")
    script = script_of(table, preparation, model)
    assert not any(line.startswith(("from services", "from portal", "import services")) for line in script.splitlines())
    hostile = replace(preparation, target='x"""\nimport os; os.abort()\n"""', classes=("{0}", "'''"))
    types = {**stored_types_of(table), hostile.target: "str"}
    compile(script_of(table, hostile, model, stored_types=types), "train.py", "exec")
