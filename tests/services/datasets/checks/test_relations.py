"""The target along a column."""

import json

import numpy as np
import pandas as pd
import pytest

from services.datasets.checks.chart_data import Relation
from services.datasets.checks.relations import MAX_BINS, MAX_COLUMNS, MAX_LABELS, relate_columns
from tests.makers_checks import make_subject

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=1000)
Y = np.where(X + DRAW.normal(size=1000) > 0, "Yes", "No")


def relation(values: object, **of: object) -> Relation:
    (found,) = relate_columns(make_subject({"x": values, "y": Y}, target="y", positive_label="Yes", **of))
    return found


def test_parts_hold_all_rows_and_average_to_the_whole() -> None:
    found = relation(X)
    assert len(found.bins) == MAX_BINS
    assert sum(bin_.n_rows for bin_ in found.bins) == 1000
    assert np.average([bin_.target_mean for bin_ in found.bins], weights=[bin_.n_rows for bin_ in found.bins]) == (
        pytest.approx(found.overall, abs=1e-6)
    )
    assert found.bins[0].target_mean < 0.2 < 0.8 < found.bins[-1].target_mean
    assert 0.2 < found.strength < 0.5


def test_edges_ascend_and_are_written_for_people() -> None:
    found = relation(X)
    lows = [bin_.low for bin_ in found.bins if bin_.low is not None]
    assert lows == sorted(lows)
    assert " to " in found.bins[3].label


def test_missing_cells_are_a_part_of_their_own() -> None:
    found = relation(np.where(DRAW.random(1000) < 0.2, np.nan, X))
    assert found.bins[-1].label == "missing"
    assert 100 < found.bins[-1].n_rows < 300


def test_categories_come_with_the_most_frequent_first_and_the_rest_together() -> None:
    found = relation([f"c{int(abs(value) * 10)}" for value in X])
    counts = [bin_.n_rows for bin_ in found.bins if bin_.label not in ("others", "missing")]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == MAX_LABELS
    assert found.bins[-1].label == "others"


def test_few_numbers_are_listed_in_their_order() -> None:
    assert [bin_.label for bin_ in relation(DRAW.choice([1, 2, 10], 1000)).bins] == ["1", "2", "10"]


def test_dates_are_written_as_days() -> None:
    found = relation(pd.Series(pd.date_range("2024-01-01", periods=1000).astype("datetime64[us]")))
    assert found.bins[0].label.startswith("1 Jan 2024 to ")


def test_values_of_personal_columns_are_no_labels() -> None:
    subject = make_subject({"mail": [f"a{n % 40}@b.co" for n in range(1000)], "y": Y}, target="y")
    assert relate_columns(subject) == ()


def test_an_amount_has_means_instead_of_shares() -> None:
    (found,) = relate_columns(make_subject({"x": X, "y": 100 * X + 7.5}, target="y"))
    assert found.overall == pytest.approx(float((100 * X + 7.5).mean()), rel=1e-5)
    assert found.strength > 0.9


def test_many_columns_stay_few_points_and_survive_their_document() -> None:
    columns = {f"x{number}": DRAW.normal(size=1000) for number in range(60)}
    found = relate_columns(make_subject({**columns, "y": Y}, target="y"))
    assert len(found) == MAX_COLUMNS
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)
    document = {"column": found[0].column, "bins": [vars_of(bin_) for bin_ in found[0].bins]}
    again = {**document, "overall": found[0].overall, "strength": found[0].strength}
    assert Relation.from_document(json.loads(json.dumps(again))) == found[0]


def vars_of(bin_: object) -> dict[str, object]:
    return {name: getattr(bin_, name) for name in ("label", "n_rows", "target_mean", "low", "high")}


def test_without_a_target_there_is_no_relation() -> None:
    assert relate_columns(make_subject({"x": X})) == ()
