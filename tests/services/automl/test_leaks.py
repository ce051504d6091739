"""Leaks that are planted: each is told in the report, or does no harm."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from services.automl.columns import model_frame
from services.automl.features import features_for, layout_of
from services.automl.leaks import doubt, find_leaks
from services.automl.preparation import prepare
from services.automl.scoring import area_under_roc
from services.automl.task import Task
from services.automl.training import train_candidate
from tests.makers_automl import CANDIDATES, make_cases
from tests.makers_search import run_here, search_here

RANDOM = np.random.default_rng(3)


def _sentences(frame: pd.DataFrame, target: str = "left") -> str:
    return " ".join(find_leaks(frame, prepare(frame, target=target)))


def _cases(target: str = "left") -> pd.DataFrame:
    others = [name for name in ("left", "segment", "spend") if name != target]
    return make_cases().drop(columns=others)


def test_a_table_without_leaks_is_not_suspected() -> None:
    assert not _sentences(_cases())


@pytest.mark.parametrize("target", ["left", "segment", "spend"])
def test_a_copy_of_the_outcome_is_told(target: str) -> None:
    frame = _cases(target)
    assert "“copy”" in _sentences(frame.assign(copy=frame[target]), target)


@pytest.mark.parametrize("target", ["left", "segment"])
def test_a_copy_with_other_names_for_the_classes_is_told(target: str) -> None:
    frame = _cases(target)
    names = {label: f"code {i}" for i, label in enumerate(sorted(frame[target].unique(), reverse=True))}
    assert "“status”" in _sentences(frame.assign(status=frame[target].map(names)), target)


def test_the_outcome_with_noise_on_it_is_told() -> None:
    frame = _cases("spend")
    noisy = frame["spend"] * -3 + RANDOM.normal(0, 10, len(frame))
    assert "“invoice”" in _sentences(frame.assign(invoice=noisy), "spend")
    frame = _cases()
    noisy = (frame["left"] == "Yes") + RANDOM.normal(0, 0.2, len(frame))
    assert "“score”" in _sentences(frame.assign(score=noisy))


def test_a_column_that_is_filled_in_afterwards_is_told() -> None:
    frame = _cases()
    later = pd.Series(frame["since"] + pd.Timedelta(days=40)).where(frame["left"] == "Yes")
    assert "“end”" in _sentences(frame.assign(end=later))


def test_a_column_with_a_name_from_after_the_outcome_is_told() -> None:
    assert "“closed_by”" in _sentences(_cases().assign(closed_by=RANDOM.choice(["a", "b"], 400)))


def test_the_order_of_a_sorted_file_is_no_column_to_learn_from_and_told() -> None:
    frame = _cases().sort_values("left", ignore_index=True)
    numbered = frame.assign(row=range(400), serial=np.cumsum(RANDOM.integers(1, 9, 400)))
    preparation = prepare(numbered, target="left")
    assert {"row", "case_id"} <= {column.name for column in preparation.left_out}
    assert "“serial”" in _sentences(numbered)
    assert "sorted by the outcome" in _sentences(numbered)
    plain = prepare(frame.drop(columns="since"), target="left", seed=1)
    assert abs(plain.train.y.mean() - plain.holdout.y.mean()) < 0.02


def test_an_identifier_that_hides_the_outcome_is_left_out() -> None:
    frame = _cases()
    order = np.argsort(frame["left"].to_numpy(), kind="stable")
    names = np.empty(400, dtype=object)
    names[order] = [f"K{number:04d}" for number in range(400)]
    left_out = {column.name for column in prepare(frame.assign(account=names), target="left").left_out}
    assert "account" in left_out


def test_rows_that_are_there_twice_are_told() -> None:
    frame = _cases().drop(columns="case_id")
    twice = pd.concat([frame, frame.head(100)], ignore_index=True)
    said = _sentences(twice)
    assert "100 rows are exact copies" in said
    assert "rows kept aside say in every column what a row that was learned from says" in said
    apart = prepare(frame.head(300), target="left", holdout_rate=0.0)
    tested = model_frame(frame.iloc[250:400], apart.columns)
    assert "50 of the 150 rows kept aside say" in " ".join(find_leaks(frame.head(300), apart, tested=tested))
    few = twice[["plan", "left"]].assign(size=RANDOM.choice(["s", "m"], 500))
    assert "kept aside say in every column" not in _sentences(few)


def test_means_of_the_outcome_are_learned_inside_folds_so_that_noise_stays_noise() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"city": random.integers(0, 150, 600).astype(str), "left": random.integers(0, 2, 600)})
    frame["city"] = "c" + frame["city"]
    preparation = prepare(frame, target="left")
    honest = train_candidate(preparation, CANDIDATES["linear"], seconds_limit=120).score
    assert abs(honest - 0.5) < 0.08
    x, y = preparation.train.x, preparation.train.y
    means = pd.Series(y).groupby(x["city"]).transform("mean").to_numpy()  # over all rows, those judged included
    assert area_under_roc(y == 1, means) > 0.65
    layout = layout_of(x, preparation.columns)
    model = make_pipeline(features_for("means", layout, preparation.task, seed=0), LogisticRegression())
    inside = model.fit(x, y).predict_proba(preparation.holdout.x)[:, 1]
    assert abs(area_under_roc(preparation.holdout.y == 1, inside) - 0.5) < 0.12


def test_wide_tables_are_searched_for_the_columns_that_follow_the_outcome_most() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(200, 1_500))).add_prefix("x")
    frame["left"] = random.integers(0, 2, 200)
    frame["x1400"] = frame["left"] + random.normal(0, 0.01, 200)
    assert "“x1400”" in _sentences(frame)


def test_a_model_that_is_almost_never_wrong_is_doubted() -> None:
    preparation = prepare(_cases(), target="left")
    y = preparation.holdout.y
    right, guess = np.eye(2)[y], np.full((len(y), 2), 0.5)
    assert "almost never wrong" in " ".join(doubt(Task.BINARY, y, right))
    assert not doubt(Task.BINARY, y, guess)


def test_the_report_of_a_search_tells_its_leaks_and_how_rows_were_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_here(monkeypatch)
    frame = _cases()
    report = run_here(tmp_path, frame.assign(copy=frame["left"]))
    said = " ".join(report["warnings"])
    assert "“copy”" in said
    assert "almost never wrong" in said
    assert "“since”" in said
    assert report["split"]["kind"] == "random"
    assert model_frame(frame, ()).empty
