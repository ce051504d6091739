"""Figures of a table draw what is in the column, and never read a value as markup."""

import pandas as pd

from portal.ui.figures.dataset import column_card, has_card, target_shares
from services.datasets.profiling import profile_column


def test_a_number_is_a_histogram_between_its_ends() -> None:
    profile = profile_column(pd.Series([float(n) for n in range(101)], name="x"))
    figure = column_card(profile)
    assert list(figure.data[0].y) == [bin_.count for bin_ in profile.histogram]
    assert [annotation.text for annotation in figure.layout.annotations] == ["0", "100"]


def test_a_category_is_a_bar_per_value() -> None:
    figure = column_card(profile_column(pd.Series(["b", "a", "b"], dtype="str", name="x")))
    assert list(figure.data[0].y) == [2, 1]
    assert [annotation.text for annotation in figure.layout.annotations] == ["b", "a"]


def test_classes_that_look_like_numbers_stay_names() -> None:
    profile = profile_column(pd.Series([0, 1, 0], name="x"))
    figure = target_shares(profile, "1")
    assert figure.layout.yaxis.type == "category"
    assert list(figure.data[0].y) == ["0", "1"]


def test_only_the_case_that_is_acted_on_has_the_accent() -> None:
    figure = target_shares(profile_column(pd.Series([0, 1, 0], name="x")), "1")
    first, second = figure.data[0].marker.color
    assert first != second


def test_a_value_is_never_markup() -> None:
    figure = column_card(profile_column(pd.Series(["<b>x</b>", "<b>x</b>", "y"], dtype="str", name="x")))
    assert figure.layout.annotations[0].text == "&lt;b&gt;x&lt;/b&gt;"


def test_a_row_name_has_no_chart() -> None:
    assert not has_card(profile_column(pd.Series([f"{n}-A" for n in range(50)], dtype="str", name="customer_id")))
