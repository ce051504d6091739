"""A run made again from its file has the same scores; other data are refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.automl.circumstances import describe_environment, describe_split
from services.automl.errors import UnusableDataError
from services.automl.preparation import prepare
from services.automl.project_file import RunProject, TriedCandidate, read_project, write_project
from services.automl.training import train_candidate
from services.datasets.export import csv_of
from services.datasets.tables import read_table_file, stored_types_of, write_table_file
from services.models.choosing import Tried
from services.models.finishing import finish
from services.models.recreating import recreate
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import CANDIDATES, FEATURES, make_cases, make_goal
from tests.makers_large import look_at


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "cases.parquet"
    write_table_file(make_cases().astype(dict.fromkeys(("case_id", "charges", "plan", "left", "segment"), "str")), path)
    path.with_suffix(".csv").write_bytes(csv_of(path))
    return path


@pytest.fixture(scope="module")
def project(table: Path) -> RunProject:
    """A run of two candidates on the table, as its page would write it down."""
    goal = make_goal()
    preparation = prepare(
        read_table_file(table), target="left", feature_columns=FEATURES, seed=5, money=goal, positive_label="Yes"
    )
    tried, ranked = [], []
    for number, family in enumerate(("linear", "lightgbm"), start=1):
        outcome = train_candidate(preparation, CANDIDATES[family], seconds_limit=600)
        candidate = replace(CANDIDATES[family], parameters=outcome.parameters)
        tried.append(TriedCandidate(number, candidate, outcome.score, outcome.value_amount))
        ranked.append((outcome.value_amount or 0.0, Tried(candidate, outcome.predictions)))
    model = finish(preparation, [found for _, found in sorted(ranked, key=lambda pair: -pair[0])])
    types = stored_types_of(table)
    numbers = {found.candidate.family: found.number for found in tried}
    members = tuple((numbers[found.family], weight) for found, weight in model.members)
    return RunProject(
        name="keep-customers 1", file="cases.csv", dataset_version=1, table_sha256="0" * 64, target="left",
        positive_label="Yes", task="binary", metric="roc_auc", columns=FEATURES,
        types={name: types[name] for name in (*FEATURES, "left")}, seed=5,
        split_sha256=describe_split(preparation).sha256, n_trials=2, seconds=600.0, money=goal,
        environment=describe_environment(), candidates=tuple(tried), members=members,
        holdout_score=model.evaluation.score.value,
    )  # fmt: skip


@pytest.mark.slow
def test_the_same_data_and_seed_give_the_same_scores(table: Path, project: RunProject) -> None:
    told: list[str] = []
    report = recreate(project, table.with_suffix(".csv"), say=told.append)
    assert report["is_same"]
    assert [found["is_same"] for found in report["candidates"]] == [True, True]
    assert report["holdout_score"] == pytest.approx(project.holdout_score, abs=1e-9)
    assert told[:2] == ["1 of 2: linear model 1", "2 of 2: gradient boosting 2"]


@pytest.mark.slow
def test_a_model_that_learned_from_more_than_the_search_comes_out_the_same(
    table: Path, project: RunProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(monkeypatch, 200)
    preparation = prepare(
        read_table_file(table),
        target="left",
        feature_columns=FEATURES,
        seed=5,
        money=project.money,
        positive_label="Yes",
    )
    outcome = train_candidate(preparation, CANDIDATES["linear"], seconds_limit=600)
    model = finish(preparation, [Tried(CANDIDATES["linear"], outcome.predictions)])
    assert model.learns_from_all
    large = replace(
        project, candidates=(TriedCandidate(1, CANDIDATES["linear"], outcome.score, outcome.value_amount),),
        split_sha256=describe_split(preparation).sha256, members=((1, 1.0),),
        holdout_score=model.evaluation.score.value, learns_from_all=True,
    )  # fmt: skip
    report = recreate(read_project(write_project(large)), table.with_suffix(".csv"))
    assert report["is_same"]
    small = recreate(replace(large, learns_from_all=False), table.with_suffix(".csv"))
    assert small["holdout_score"] != report["holdout_score"]


@pytest.mark.slow
def test_by_the_amounts_of_rows_the_same_money_comes_out(table: Path, project: RunProject) -> None:
    """`spend` is no input: the file of the project names it beside them."""
    goal = make_goal(amounts=AmountRule("where(months > 55, 1 / 0, spend - 20)", 100.0, 0.33))
    frame = read_table_file(table)
    preparation = prepare(frame, target="left", feature_columns=FEATURES, seed=5, money=goal, positive_label="Yes")
    outcome = train_candidate(preparation, project.candidates[0].candidate, seconds_limit=600)
    assert outcome.score == project.candidates[0].score
    assert outcome.value_amount != project.candidates[0].value
    tried = replace(project.candidates[0], value=outcome.value_amount)
    types = {**project.types, "spend": stored_types_of(table)["spend"]}
    by_row = replace(project, money=goal, types=types, candidates=(tried,), members=(), holdout_score=None)
    report = recreate(read_project(write_project(by_row)), table.with_suffix(".csv"))
    (found,) = report["candidates"]
    assert report["is_same"]
    assert found["value"] == pytest.approx(found["stored_value"]) == pytest.approx(outcome.value_amount)


@pytest.mark.slow
def test_a_score_that_is_not_the_stored_one_is_named(table: Path, project: RunProject) -> None:
    first, other = replace(project.candidates[0], score=0.5), replace(project.candidates[0], number=2)
    report = recreate(replace(project, candidates=(first, other), members=()), table.with_suffix(".csv"))
    assert not report["is_same"]
    assert [found["is_same"] for found in report["candidates"]] == [False, True]
    assert report["holdout_score"] is None
    report = recreate(
        replace(project, candidates=(other,), members=((2, 1.0),), holdout_score=0.5), table.with_suffix(".csv")
    )
    assert report["candidates"][0]["is_same"]
    assert not report["is_same"]


def test_another_file_or_other_rows_are_refused(table: Path, project: RunProject, tmp_path: Path) -> None:
    with pytest.raises(UnusableDataError, match="its hash is another"):
        recreate(project, table)
    with pytest.raises(UnusableDataError, match="There is no file"):
        recreate(project, tmp_path / "gone.csv")
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join(table.with_suffix(".csv").read_text().splitlines(keepends=True)[:300]))
    with pytest.raises(UnusableDataError, match="dealt otherwise"):
        recreate(project, fewer)
    with pytest.raises(UnusableDataError, match="dealt otherwise"):
        recreate(replace(project, seed=6), table.with_suffix(".csv"))
    with pytest.raises(UnusableDataError, match="lacks the columns"):
        recreate(replace(project, types={**project.types, "more": "str"}), table.with_suffix(".csv"))
