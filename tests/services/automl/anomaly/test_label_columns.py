"""A column that may say which rows are bad."""

import numpy as np
import pandas as pd
import pytest

from services.automl.anomaly.label_columns import find_label_column, label_auc, label_hint

RARE = ["no"] * 18 + ["yes"] * 2


@pytest.mark.parametrize("name", ["is_fraud", "Fraud", "fraudulent", "anomaly", "outlier", "label", "machine_failure"])
def test_a_rare_value_in_a_column_with_such_a_name_is_a_label(name: str) -> None:
    assert find_label_column(pd.DataFrame({"a": range(20), name: RARE})) == name


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"plan": RARE}),
        pd.DataFrame({"label": ["a", "b"] * 10}),
        pd.DataFrame({"label": list("abcde") * 4}),
        pd.DataFrame({"defaulted": RARE}),
        pd.DataFrame(),
    ],
    ids=["another name", "as frequent", "five values", "another word", "nothing"],
)
def test_other_columns_are_none(frame: pd.DataFrame) -> None:
    assert find_label_column(frame) is None


def test_the_hint_names_the_column_and_says_what_to_do() -> None:
    assert "“is_fraud”" in label_hint("is_fraud")
    assert "Choose it as the outcome" in label_hint("is_fraud")


def test_scores_are_judged_by_the_labels_where_there_are_two() -> None:
    labels = pd.Series(RARE)
    found = label_auc(labels, np.arange(20.0))
    assert found is not None
    assert found.value == 1.0
    assert label_auc(pd.Series(["no"] * 19 + ["yes"]), np.arange(20.0)) is None
    assert label_auc(pd.Series(["no"] * 20), np.arange(20.0)) is None
