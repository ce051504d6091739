"""A comparison in words."""

from services.automl.comparison import Against, TrialComparison
from services.automl.comparison_sentences import describe_comparison, describe_folds, format_difference
from services.automl.differences import Difference
from services.automl.pins import Pinned
from tests.services.automl.test_sentences import make_trial, make_view

CLEAR = Difference(0.02, 0.01, 0.03, "paired DeLong", 300)
CHANCE = Difference(0.02, -0.01, 0.05, "paired DeLong", 300)
MONEY = Difference(-14_000.0, -25_000.0, -3_000.0, "paired bootstrap", 300)


def pinned(number: int, family: str = "lightgbm", **changes: object) -> Pinned:
    trial = make_trial(number, family, **changes)
    return Pinned(make_view(trial), trial)


FIRST, SECOND = pinned(1), pinned(2, "linear")


def compare(*against: Against, currency: str | None = None) -> str:
    return describe_comparison(TrialComparison((FIRST, *(item.pinned for item in against)), against, currency))


def test_what_to_do_is_said_until_there_are_two() -> None:
    assert "Pin two to five variants" in describe_comparison(TrialComparison((), (), None))
    assert compare() == "Gradient boosting 14.1 is pinned; pin another to compare it with"


def test_a_clear_difference_names_the_better_one_and_how_sure_that_is() -> None:
    assert compare(Against(SECOND, CLEAR)) == (
        "Linear model 14.2 is better than Gradient boosting 14.1 by 0.020 in AUC: between 0.010 and 0.030 at 95%"
    )


def test_where_chance_explains_it_nobody_is_called_better() -> None:
    assert compare(Against(SECOND, CHANCE)) == (
        "Linear model 14.2 and Gradient boosting 14.1 cannot be told apart: between −0.010 and 0.050 at 95%"
    )


def test_money_comes_before_the_metric() -> None:
    said = compare(Against(SECOND, CLEAR, MONEY), currency="EUR")
    assert said.startswith("Linear model 14.2 earns €14k a year less than Gradient boosting 14.1: between −")
    comparison = TrialComparison((FIRST, SECOND), (), "EUR")
    assert "€14k (" in format_difference(comparison, MONEY, in_money=True)


def test_rows_that_differ_are_no_fair_comparison() -> None:
    assert "not judged on the same rows" in compare(Against(SECOND, reason="It was not judged on the same rows."))


def test_folds_are_counted_in_the_direction_of_the_metric() -> None:
    ahead = pinned(1, fold_scores=(0.9, 0.7, 0.9))
    behind = pinned(2, fold_scores=(0.8, 0.8, 0.8))
    assert describe_folds([behind, ahead]) == "Gradient boosting 14.1 is ahead in 2 of 3 folds"
