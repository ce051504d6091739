"""The variants of one kind of model as the map looks at them."""

import pytest

from services.automl.search_map import SearchMap
from tests.makers_search_map import N_VARIANTS, make_searched


def test_it_holds_one_kind_of_model_and_tells_what_gave_no_model_apart() -> None:
    shown = SearchMap(make_searched(), "lightgbm", in_money=True)
    assert (len(shown.trials), len(shown.complete)) == (N_VARIANTS, N_VARIANTS - 4)
    assert shown.currency == "EUR"
    assert [axis.label for axis in shown.results] == ["AUC", "Money a year"]


@pytest.mark.parametrize("in_money", [True, False])
def test_the_parameter_that_decides_comes_first_in_money_and_metric(in_money: bool) -> None:
    shown = SearchMap(make_searched(), "lightgbm", in_money=in_money)
    assert shown.axes[0].name == "learning_rate"
    assert next(iter(shown.shares)) == "learning_rate"
    assert sum(shown.shares.values()) == pytest.approx(1.0)


def test_a_kind_with_one_variant_has_nothing_that_varies() -> None:
    shown = SearchMap(make_searched(), "linear", in_money=False)
    assert (shown.axes, shown.shares, shown.currency) == ([], {}, None)
