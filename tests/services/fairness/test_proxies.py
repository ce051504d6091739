"""Proxies: a column that gives a sensitive one away is named, and none is where there is none."""

import numpy as np
import pandas as pd

from services.automl.columns import Column, describe_columns, model_frame
from services.fairness.groups import group_by
from services.fairness.proxies import MOST_ROWS, find_proxy
from services.fairness.report import Proxy
from tests.makers_fairness import make_people


def proxy_of(frame: pd.DataFrame, column: str = "group", *, without: tuple[str, ...] = ("churn",)) -> Proxy | None:
    columns = tuple(each for each in describe_columns(frame) if each.name not in without and each.is_usable)
    return find_proxy(group_by(frame[column], column), model_frame(frame, columns), columns)


def test_a_column_that_tells_the_group_is_named_with_its_own_area() -> None:
    found = proxy_of(make_people(1_200))
    assert found is not None
    assert found.is_warning
    assert found.columns[0][0] == "district"
    assert 0.85 < found.columns[0][1] < 0.95
    assert found.low < found.area < found.high
    assert found.n == 1_200


def test_two_columns_that_say_the_same_are_both_named() -> None:
    frame = make_people(1_200)
    found = proxy_of(frame.assign(region=frame["district"].str.upper()))
    assert found is not None
    assert {name for name, _area in found.columns[:2]} == {"district", "region"}


def test_the_sensitive_column_itself_is_no_proxy() -> None:
    found = proxy_of(make_people(800))
    assert found is not None
    assert "group" not in dict(found.columns)


def test_where_nothing_tells_it_there_is_no_warning() -> None:
    frame = make_people(1_000, is_told=False).drop(columns="income")
    found = proxy_of(frame)
    assert found is not None
    assert not found.is_warning
    assert found.area < 0.6
    assert found.columns == ()


def test_of_many_groups_the_one_that_is_told_best_is_named() -> None:
    random = np.random.default_rng(4)
    place = random.choice(["x", "y", "z"], 900)
    frame = pd.DataFrame({"place": place, "mark": np.where(place == "z", 5.0, 0.0) + random.normal(0, 1, 900)})
    found = proxy_of(frame, "place", without=())
    assert found is not None
    assert found.group == "z"
    assert found.columns[0][0] == "mark"


def test_too_few_rows_or_no_other_column_is_no_answer() -> None:
    assert proxy_of(pd.DataFrame({"group": ["a", "b"] * 20, "churn": ["Yes", "No"] * 20})) is None
    assert proxy_of(make_people(300).assign(group="a")) is None


def test_of_a_large_table_a_part_is_looked_at() -> None:
    found = proxy_of(make_people(MOST_ROWS + 500)[["group", "district"]], without=())
    assert found is not None
    assert found.n == MOST_ROWS


def test_columns_that_are_missing_nearly_everywhere_are_no_obstacle() -> None:
    frame = make_people(600)
    sparse = np.full(len(frame), np.nan)
    sparse[[3, 400]] = 1.0, 2.0
    columns = (*describe_columns(frame.drop(columns=["churn"])), Column("sparse", "number"), Column("empty", "number"))
    x = model_frame(frame, columns[:-2]).assign(sparse=sparse, empty=np.nan)
    found = find_proxy(group_by(frame["group"], "group"), x, tuple(each for each in columns if each.is_usable))
    assert found is not None
    assert found.columns[0][0] == "district"


def test_a_group_of_which_hardly_a_row_was_drawn_does_not_hide_the_warning() -> None:
    random = np.random.default_rng(0)
    group = np.array(["a", "b"] * 30_000 + ["c"] * 40)
    frame = pd.DataFrame({"group": group, "told": (group == "a") * 2.0 + random.normal(size=len(group))})
    found = proxy_of(frame)
    assert found is not None
    assert found.is_warning
    assert found.group in ("a", "b")
