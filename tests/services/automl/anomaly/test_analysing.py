"""The whole search for unusual rows: planted ones, tables without any, invariance, bad input."""

import json
from dataclasses import asdict
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from services.automl.anomaly.analysing import UnusualFound, find_unusual_rows
from services.automl.anomaly.conformal import p_values
from services.automl.anomaly.detectors import unusualness
from services.automl.columns import describe_columns, model_frame
from services.automl.errors import UnusableDataError
from services.models.pipeline_file import dump_pipeline, load_pipeline
from tests.makers_automl import make_cases

PLANTED = (3, 70, 110)


def payments(n_rows: int = 300, *, is_planted: bool = True) -> pd.DataFrame:
    """Payments whose fee goes with the amount; in the planted ones it does not, or the amount is enormous."""
    random = np.random.default_rng(0)
    amount = np.exp(random.normal(4, 0.5, n_rows))
    frame = pd.DataFrame(
        {
            "amount": amount,
            "fee": 0.02 * amount + random.normal(0, 0.02, n_rows),
            "channel": random.choice(["web", "shop", "phone"], n_rows, p=[0.6, 0.3, 0.1]),
            "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 300, n_rows), "D"),
            "number": [f"P-{number:06d}" for number in random.permutation(n_rows)],
        }
    )
    if is_planted:
        frame.loc[PLANTED[0], "amount"] = 90_000.0
        frame.loc[PLANTED[1], "fee"] = 40.0
        frame.loc[PLANTED[2], "channel"] = "telegram"
        frame.loc[PLANTED[2], "fee"] = -9.0
    return frame


def hurried(frame: pd.DataFrame, **options: object) -> UnusualFound:
    """A search whose time is up from the beginning: the least it always does."""
    return find_unusual_rows(frame, seconds_left=lambda: 0.0, **options)  # type: ignore[arg-type]


@cache
def found() -> UnusualFound:
    return find_unusual_rows(payments(), seconds_left=lambda: 120)


def test_planted_rows_come_first_with_the_columns_that_were_changed() -> None:
    first = {row.row: row.reasons for row in found().report.rows[:3]}
    assert set(first) == set(PLANTED)
    assert any("“amount” is 90,000" in reason for reason in first[PLANTED[0]])
    assert any("“fee” is 40" in reason for reason in first[PLANTED[1]])
    assert any("“channel” is telegram" in reason or "“fee” is −9" in reason for reason in first[PLANTED[2]])


def test_the_sentence_says_how_many_stand_apart_and_that_its_measure_is_synthetic() -> None:
    report = found().report
    assert report.n_apart >= 3
    assert report.n_apart > 2 * report.n_apart_by_chance
    assert "far apart" in report.sentence
    assert "synthetic" in report.sentence
    assert report.left_out.keys() == {"number"}


def test_every_way_is_measured_by_halves_by_each_other_and_on_synthetic_rows() -> None:
    report = found().report
    assert {tried.kind for tried in report.tried} == {"forest", "neighbours"}
    for tried in report.tried:
        assert {injected.kind for injected in tried.found} == {"exchanged", "pushed"}
        assert all("synthetic" in injected.auc.method for injected in tried.found)
        assert -1 <= tried.ranking.value <= 1
        assert 0 <= tried.top.value <= 1
    assert report.chosen.agreement == pytest.approx(1.0)


def test_a_share_is_flagged_by_construction_and_the_report_says_how_far_it_may_be_off() -> None:
    one, five = found().report.flagged
    assert (one.share, five.share) == (0.01, 0.05)
    assert one.limit is None, "90 rows of reference cannot tell one in a hundred"
    assert five.n_rows == pytest.approx(0.05 * 300, abs=1)
    assert five.low is not None
    assert five.high is not None
    assert five.low < 0.05 < five.high


def test_the_pipeline_is_plain_and_flags_exactly_the_small_p_values() -> None:
    loaded = load_pipeline(dump_pipeline(found().pipeline))
    frame = payments(800, is_planted=False)
    rows = model_frame(frame, describe_columns(payments()))
    scores = unusualness(loaded, rows)
    p = p_values(scores, np.array(found().report.reference_scores))
    assert ((loaded.predict(rows) == -1) == (p <= 0.05)).all()
    assert 0.0 < (p <= 0.05).mean() < 0.15


def test_further_rows_of_the_same_kind_are_flagged_as_often_as_promised() -> None:
    """Over tables drawn anew: the reference is from rows the detector has not seen, so that 5% are 5%."""
    random = np.random.default_rng(5)
    shares = []
    for seed in range(4):
        table = pd.DataFrame(random.normal(size=(200, 3)), columns=list("abc"))
        pipeline = hurried(table, seed=seed).pipeline
        shares.append((pipeline.predict(pd.DataFrame(random.normal(size=(500, 3)), columns=list("abc"))) == -1).mean())
    assert np.mean(shares) == pytest.approx(0.05, abs=0.03)


def test_where_nothing_is_unusual_nothing_stands_apart() -> None:
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 4)), columns=list("abcd"))
    report = hurried(table).report
    assert report.sentence.startswith("No rows stand far apart")


def test_a_label_column_is_not_learned_from_and_the_report_recommends_to_predict_it() -> None:
    is_bad = pd.Series("no", index=range(300))
    is_bad[list(PLANTED)] = "yes"
    report = find_unusual_rows(payments().assign(is_fraud=is_bad), seconds_left=lambda: 120).report
    assert "is_fraud" not in report.columns
    assert "Choose it as the outcome" in report.label_hint
    assert report.label_auc is not None
    assert report.label_auc.value > 0.95


def test_a_label_column_can_be_named() -> None:
    is_bad = pd.Series(["yes", "no"], index=[0, 1]).reindex(range(120), fill_value="no")
    is_bad[3] = "yes"
    report = hurried(payments(120).assign(bad=is_bad), label_column="bad").report
    assert "bad" not in report.columns
    assert report.label_auc is not None


def test_the_report_is_plain_data() -> None:
    assert json.loads(json.dumps(asdict(found().report), allow_nan=False))["n_rows"] == 300


def test_one_seed_gives_one_answer() -> None:
    first, second = (hurried(payments(120), seed=4) for _ in range(2))
    assert (first.scores == second.scores).all()
    assert asdict(first.report) | {"seconds": 0} == asdict(second.report) | {"seconds": 0}


@settings(max_examples=2)
@given(st.integers(0, 10_000), st.sampled_from([1e-9, 0.01, 1e9]))
def test_the_order_of_rows_names_and_units_change_nothing(seed: int, unit: float) -> None:
    frame = payments(120)
    random = np.random.default_rng(seed)
    rows, names = random.permutation(120), dict(zip(frame.columns, random.permutation(list("abcde")), strict=True))
    changed = frame.assign(fee=frame["fee"] * unit).iloc[rows].rename(columns=names)
    before, after = hurried(frame), hurried(changed)
    assert stats.spearmanr(before.scores[rows], after.scores).statistic > 0.999
    assert [int(rows[row.row]) for row in after.report.rows[:3]] == [row.row for row in before.report.rows[:3]]


def test_the_order_of_columns_does_not_decide_what_is_found() -> None:
    """Trees ask columns at random, so that scores move a little; what stands out does not."""
    reverse = find_unusual_rows(payments().iloc[:, ::-1], seconds_left=lambda: 120).report
    assert {row.row for row in reverse.rows[:3]} == set(PLANTED)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame({"a": [1.0]}), "has 1 row; at least 30 are needed to look for unusual ones"),
        (pd.DataFrame({"a": [1.0] * 40, "b": ["x"] * 40}), "same value in every row"),
        (pd.DataFrame({"a": [np.nan] * 40}), "It is empty"),
        (pd.DataFrame({"is_fraud": ["no"] * 38 + ["yes"] * 2}), "No column tells the rows apart"),
    ],
    ids=["one row", "identical rows", "empty column", "nothing but a label"],
)
def test_what_cannot_be_judged_is_refused_with_a_sentence(frame: pd.DataFrame, says: str) -> None:
    with pytest.raises(UnusableDataError, match=says):
        hurried(frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": np.arange(40.0) ** 2 % 7}),
        pd.DataFrame({"a": [0.0] * 39 + [1.0], "b": ["x"] * 20 + ["y"] * 20}),
        pd.DataFrame({"a": [np.inf, -np.inf] * 20, "b": np.arange(40.0) ** 2}),
        pd.DataFrame({"a": np.r_[np.zeros(39), 1e300], "b": np.arange(40.0) ** 2}),
        pd.DataFrame({f"c{i}": np.random.default_rng(i).normal(size=40) for i in range(200)}),
        pd.DataFrame({"a": ["x", "y"] * 20, "gaps": [np.nan] * 39 + [1.0]}),
        pd.DataFrame({"a": np.repeat([1.0, 2.0], 20), "b": np.repeat([3.0, 4.0], 20)}, index=[7] * 40),
    ],
    ids=["one column", "one unlike", "infinite", "huge", "wide", "gaps", "repeated index"],
)
def test_odd_tables_give_a_sound_result(frame: pd.DataFrame) -> None:
    result = hurried(frame)
    assert np.isfinite(result.scores).all()
    assert ((result.p_values > 0) & (result.p_values <= 1)).all()
    json.dumps(asdict(result.report), allow_nan=False)


def test_a_large_table_is_learned_from_in_part_and_judged_in_full() -> None:
    result = hurried(make_cases(25_000)[["months", "plan", "charges"]])
    assert (len(result.scores), result.report.n_learned, result.report.n_reference) == (25_000, 14_000, 6_000)
    assert (result.p_values <= 0.05).mean() == pytest.approx(0.05, abs=0.02)
