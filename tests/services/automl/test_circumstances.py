"""What a run is made with: named, and the same for the same."""

import platform
from dataclasses import replace
from importlib import metadata
from typing import Any

import pytest

from services.automl.circumstances import describe_environment, describe_split
from services.automl.preparation import Preparation, prepare
from tests.makers_automl import FEATURES, make_cases


def deal(**changes: Any) -> Preparation:
    return prepare(make_cases(), **{"target": "left", "feature_columns": FEATURES, "n_folds": 3, **changes})


def test_the_environment_names_python_and_the_libraries_that_fit_models() -> None:
    found = describe_environment()
    assert found["python"] == platform.python_version()
    assert found["libraries"]["scikit-learn"] == metadata.version("scikit-learn")
    assert "catboost" not in found["libraries"] or metadata.version("catboost")
    assert found["n_processors"] >= 1


def test_the_same_rows_in_the_same_parts_have_the_same_name() -> None:
    one, again = describe_split(deal()), describe_split(deal())
    assert one == again
    assert (one.n_train + one.n_holdout, one.n_folds) == (400, 3)
    assert set(one.document()) == {"sha256", "n_train", "n_holdout", "n_folds", "n_rest", "reason", "warnings"}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"n_folds": 4},
        {"feature_columns": FEATURES[:-1]},
        {"target": "segment"},
        {"split": {"kind": "time", "time": "since"}},
    ],
)
def test_another_split_target_or_set_of_columns_has_another_name(change: dict[str, Any]) -> None:
    assert describe_split(deal()).sha256 != describe_split(deal(**change)).sha256


def test_the_order_of_classes_is_a_part_of_it() -> None:
    dealt = deal()
    turned = replace(dealt, classes=dealt.classes[::-1])
    assert describe_split(dealt).sha256 != describe_split(turned).sha256
