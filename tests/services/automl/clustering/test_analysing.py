"""The whole search for groups: textbook tables, tables without groups, invariance, bad input."""

import json
import re
from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris, load_wine, make_moons
from sklearn.metrics import adjusted_rand_score

from services.automl.clustering.analysing import GroupsFound, find_groups
from services.automl.columns import describe_columns, model_frame
from services.automl.errors import UnusableDataError
from services.models.pipeline_file import dump_pipeline, load_pipeline
from tests.makers_automl import make_cases


def hurried(frame: pd.DataFrame, seed: int = 0) -> GroupsFound:
    """A search whose time is up from the beginning: the least it always does."""
    return find_groups(frame, seed=seed, seconds_left=lambda: 0.0)


def three_groups(n_rows: int = 90, seed: int = 0) -> tuple[pd.DataFrame, Any]:
    """Groups that every kind of column tells apart, with gaps in some cells."""
    random = np.random.default_rng(seed)
    truth = np.arange(n_rows) % 3
    text = np.array(["please call me back tomorrow", "the invoice is wrong again", "how can we change plan"])
    frame = pd.DataFrame(
        {
            "months": pd.Series(truth * 30 + random.normal(0, 2, n_rows)).mask(random.random(n_rows) < 0.05),
            "amount": np.exp(truth * 2 + random.normal(0, 0.3, n_rows)),
            "plan": np.array(["month", "year", "none"])[truth],
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(truth * 300 + random.integers(0, 9, n_rows), "D"),
            "said": [f"{text[group]} {number % 5}" for number, group in enumerate(truth)],
            "case_id": [f"K-{number:05d}" for number in random.permutation(n_rows)],
            "always": "same",
        }
    )
    return frame, truth


@cache
def found_in(name: str) -> GroupsFound:
    if name == "three":
        frame = three_groups()[0]
    elif name == "noise":
        frame = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 4)), columns=list("abcd"))
    else:
        frame = {"iris": load_iris, "wine": load_wine}[name](as_frame=True).data
    return find_groups(frame, seconds_left=lambda: 120)


def test_iris_has_two_clear_groups_as_its_silhouettes_say() -> None:
    """The best published silhouette of the standardised iris is 0.58 with two groups: setosa and the others."""
    report = found_in("iris").report
    assert (report.verdict, report.n_groups) == ("clear", 2)
    assert report.silhouette.value == pytest.approx(0.58, abs=0.005)
    assert [card.n_rows for card in report.cards] == [100, 50]
    assert "petal" in report.cards[1].sentence


def test_wine_has_three_groups_that_are_its_growers() -> None:
    found = found_in("wine")
    assert found.report.n_groups == 3
    assert found.report.has_groups
    assert adjusted_rand_score(load_wine().target, found.labels) > 0.85


def test_bent_groups_are_found_by_their_density() -> None:
    z, truth = make_moons(300, noise=0.04, random_state=0)
    found = find_groups(pd.DataFrame(z, columns=["a", "b"]), seconds_left=lambda: 120)
    assert found.report.method.startswith("density")
    assert adjusted_rand_score(truth, found.labels) > 0.9


def test_numbers_categories_texts_and_dates_together_tell_groups_apart() -> None:
    found = found_in("three")
    assert adjusted_rand_score(three_groups()[1], found.labels) == 1.0
    assert (found.report.verdict, found.report.n_groups) == ("clear", 3)
    assert found.report.left_out.keys() == {"case_id", "always"}
    assert {d.column for card in found.report.cards for d in card.differences} >= {"months", "plan", "since", "said"}


def test_noise_has_no_groups_and_the_sentence_gives_the_numbers() -> None:
    report = found_in("noise").report
    assert report.verdict == "none"
    assert not report.has_groups
    assert report.sentence.startswith("No clear groups")
    assert len(re.findall(r"\d\.\d\d", report.sentence)) >= 5
    assert {reference.name for reference in report.by_chance} == {"columns shuffled", "one cloud"}


def test_columns_that_move_together_are_one_cloud() -> None:
    random = np.random.default_rng(3)
    length = random.normal(size=300)
    frame = pd.DataFrame({name: length + random.normal(0, 0.4, 300) for name in "abc"})
    report = find_groups(frame, seconds_left=lambda: 60).report
    assert report.verdict == "one cloud"
    assert "form one cloud without gaps" in report.sentence


def test_independent_categories_are_no_groups() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({name: random.choice(list("xyz"), 300) for name in "ab"})
    report = find_groups(frame, seconds_left=lambda: 60).report
    assert report.verdict == "single columns"
    assert not report.has_groups


def test_the_pipeline_is_plain_takes_rows_of_a_file_and_says_the_same() -> None:
    found = found_in("three")
    frame, _ = three_groups()
    loaded = load_pipeline(dump_pipeline(found.pipeline))
    rows = model_frame(frame, describe_columns(frame))
    assert (loaded.predict(rows) == found.labels).all()
    strange = rows.head(2).assign(plan="never seen", months=np.nan)
    assert set(loaded.predict(strange)) <= {-1, 0, 1, 2}


def test_the_report_is_plain_data() -> None:
    assert json.loads(json.dumps(asdict(found_in("three").report), allow_nan=False))["n_groups"] == 3


def test_a_clock_that_has_run_out_still_gives_a_division_and_says_what_was_cut() -> None:
    frame, _ = three_groups()
    report = hurried(frame).report
    assert report.n_groups == 2
    assert any("divisions were not tried" in sentence for sentence in report.cut)
    assert any("Chance was asked 4 instead of 19 times" in sentence for sentence in report.cut)


def test_one_seed_gives_one_answer() -> None:
    first, second = (hurried(three_groups()[0], seed=4) for _ in range(2))
    assert (first.labels == second.labels).all()
    assert asdict(first.report) | {"seconds": 0} == asdict(second.report) | {"seconds": 0}


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([1e-9, 0.001, 7.0, 1e9]), st.floats(-50, 50))
def test_order_names_and_units_change_nothing(seed: int, unit: float, origin: float) -> None:
    frame, _ = three_groups(60)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(len(frame)), random.permutation(frame.shape[1])
    changed = frame.assign(months=frame["months"] * unit + origin * unit).iloc[rows, columns]
    changed = changed.rename(columns=dict(zip(frame.columns, random.permutation(list("abcdefg")), strict=True)))
    before, after = hurried(frame), hurried(changed)
    assert adjusted_rand_score(before.labels[rows], after.labels) == 1.0
    assert after.report.silhouette.value == pytest.approx(before.report.silhouette.value, abs=1e-6)
    assert after.report.verdict == before.report.verdict


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame({"a": [1.0]}), "has 1 row; at least 20 are needed to look for groups"),
        (pd.DataFrame({"a": [1.0, 2.0, 3.0]}), "has 3 rows"),
        (pd.DataFrame(), "has 0 rows"),
        (pd.DataFrame({"a": [1.0] * 30, "b": ["x"] * 30}), "same value in every row"),
        (pd.DataFrame({"a": [np.nan] * 30}), "It is empty"),
        (pd.DataFrame({"id": [f"K{i}" for i in range(30)]}), "value of its own"),
        (
            pd.DataFrame({"a": [f"{'ab'[i % 2]} {'cd'[i % 2]} {'e' if i % 3 else 'f'} {i % 7}" for i in range(30)]}),
            "words",
        ),
    ],
    ids=["one row", "three rows", "nothing", "identical rows", "empty column", "identifier", "text without words"],
)
def test_what_cannot_be_divided_is_refused_with_a_sentence(frame: pd.DataFrame, says: str) -> None:
    with pytest.raises(UnusableDataError, match=says):
        hurried(frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": np.arange(60.0) ** 2 % 7}),
        pd.DataFrame({"a": [0.0] * 29 + [1.0], "b": ["x"] * 15 + ["y"] * 15}),
        pd.DataFrame({"a": [np.inf, -np.inf] * 15, "b": np.arange(30.0) ** 2}),
        pd.DataFrame({"a": np.r_[np.zeros(29), 1e300], "b": np.arange(30.0) ** 2}),
        pd.DataFrame({f"c{i}": np.random.default_rng(i).normal(size=40) for i in range(300)}),
        pd.DataFrame({"a": ["x", "y"] * 20, "gaps": [np.nan] * 39 + [1.0]}),
        pd.DataFrame({"a": np.repeat([1.0, 2.0], 20)}, index=[7] * 40),
    ],
    ids=["one column", "one unlike", "infinite", "huge", "wide", "gaps", "repeated index"],
)
def test_odd_tables_give_a_sound_result(frame: pd.DataFrame) -> None:
    found = hurried(frame)
    assert len(found.labels) == len(frame)
    assert sum(card.n_rows for card in found.report.cards) == len(frame)
    json.dumps(asdict(found.report), allow_nan=False)


def test_a_large_table_is_searched_on_a_part_and_every_row_gets_a_group() -> None:
    frame = make_cases(12_000).drop(columns=["left", "segment", "spend"])
    report = hurried(frame).report
    assert (report.n_rows, report.n_searched) == (12_000, 4_000)
    assert sum(card.n_rows for card in report.cards) == 12_000
