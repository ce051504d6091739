import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.preparation import prepare
from services.automl.task import Task
from tests.makers_automl import FEATURES, make_cases, make_goal, prepared
from tests.makers_large import look_at


def test_hold_out_and_training_rows_share_nothing_and_lose_nothing() -> None:
    preparation = prepared()
    positions = np.concatenate([preparation.train.positions, preparation.holdout.positions])
    assert sorted(positions) == list(range(400))
    assert len(preparation.holdout) == 80


@pytest.mark.parametrize(("rate", "n_rows"), [(None, 80), (0.25, 100), (1 / 3, 133)])
def test_the_split_says_how_many_rows_are_sealed(rate: float | None, n_rows: int) -> None:
    split = {"kind": "random", "kept_aside_rate": rate}
    preparation = prepare(make_cases(), target="left", feature_columns=FEATURES, split=split)
    assert abs(len(preparation.holdout) - n_rows) <= 1


def test_folds_cover_the_training_rows_once() -> None:
    preparation = prepared()
    assert sorted(np.concatenate(preparation.folds)) == list(range(len(preparation.train)))


def test_the_hold_out_has_the_same_share_of_positives() -> None:
    preparation = prepared()
    assert abs(preparation.train.y.mean() - preparation.holdout.y.mean()) < 0.01


def test_an_identifier_is_left_out_with_a_reason_even_if_it_was_asked_for() -> None:
    (left_out,) = prepared().left_out
    assert (left_out.name, left_out.kind) == ("case_id", "identifier")
    assert left_out.note


def test_positions_point_at_rows_of_the_table_where_some_have_no_target() -> None:
    frame = make_cases()
    frame.loc[:19, "left"] = None
    preparation = prepare(frame, target="left", feature_columns=FEATURES)
    row = preparation.holdout.positions[0]
    assert preparation.holdout.x.iloc[0]["months"] == frame.loc[row, "months"]
    assert min(preparation.train.positions.min(), preparation.holdout.positions.min()) >= 20


def test_the_same_seed_gives_the_same_rows() -> None:
    frame = make_cases()
    first, again = (prepare(frame, target="left", seed=3) for _ in range(2))
    assert np.array_equal(first.holdout.positions, again.holdout.positions)
    assert not np.array_equal(first.holdout.positions, prepare(frame, target="left", seed=4).holdout.positions)


def test_money_is_for_yes_or_no_questions_only() -> None:
    assert prepare(make_cases(), target="left", money=make_goal()).money is not None
    assert prepare(make_cases(), target="spend", money=make_goal()).money is None


def test_a_class_with_a_single_row_does_not_stop_the_preparation() -> None:
    frame = make_cases()
    frame.loc[0, "segment"] = "unique"
    assert prepare(frame, target="segment", feature_columns=FEATURES).task is Task.MULTICLASS


def _only_identifiers() -> pd.DataFrame:
    return make_cases()[["case_id", "left"]]


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        (make_cases(), {"target": "absent"}, "no column “absent”"),
        (make_cases(1), {"target": "left"}, "1 row"),
        (make_cases().head(0), {"target": "left"}, "0 rows"),
        (make_cases(30), {"target": "left"}, "at least 40"),
        (make_cases().assign(left="No"), {"target": "left"}, "same value in every row"),
        (make_cases().assign(left=["Yes"] * 3 + ["No"] * 397), {"target": "left"}, "rarer class of “left” has 3 rows"),
        (_only_identifiers(), {"target": "left"}, "“case_id”: Almost every row has a value of its own"),
        (make_cases()[["left"]], {"target": "left"}, "no column but the target"),
        (make_cases(), {"target": "left", "feature_columns": ["gone"]}, "no column “gone”"),
        (make_cases(), {"target": "left", "metric": "rmse"}, "cannot score this task"),
    ],
)
def test_a_table_that_nothing_can_be_learned_from_is_refused_with_a_sentence(
    frame: pd.DataFrame, options: dict[str, object], says: str
) -> None:
    with pytest.raises(UnusableDataError, match=says) as refused:
        prepare(frame, **options)  # type: ignore[arg-type] # keyword arguments of a table of cases
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "split", [None, {"kind": "time", "time": "since", "gap": 10}, {"kind": "group", "group": "plan"}]
)
def test_of_a_large_table_a_search_gets_a_part_and_the_final_model_the_rest(
    monkeypatch: pytest.MonkeyPatch, split: dict[str, object] | None
) -> None:
    look_at(monkeypatch, 200)
    cases = make_cases(600)
    cases["plan"] = np.random.default_rng(1).integers(0, 30, 600)
    cases.loc[:19, "left"] = None
    preparation = prepare(cases, target="left", feature_columns=FEATURES, split=split)
    train, holdout, rest = preparation.train, preparation.holdout, preparation.rest
    assert rest is not None
    looked_at = np.concatenate([train.positions, holdout.positions])
    assert len(looked_at) <= 200
    assert not np.isin(rest.positions, looked_at).any()
    assert min(*looked_at, *rest.positions) >= 20
    assert "looks at 200 of 580 rows" in preparation.split.reason
    assert np.array_equal(rest.y == 1, cases["left"].to_numpy()[rest.positions] == "Yes")
    assert np.array_equal(rest.x["months"], cases["months"].to_numpy()[rest.positions])
    assert list(rest.x.columns) == list(train.x.columns)
    assert rest.x.dtypes.equals(train.x.dtypes)
    if split is None:
        assert len(looked_at) + len(rest) == 580
    elif split["kind"] == "time":
        assert rest.x["since"].max() < holdout.x["since"].min() - 10
    else:
        groups = cases["plan"].to_numpy()
        assert not np.isin(groups[rest.positions], groups[holdout.positions]).any()
