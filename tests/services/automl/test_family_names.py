"""Names of the kinds of model, and which of them may be chosen."""

import pytest

from services.automl.family_names import SEARCHED, checked_families, describe_families
from services.errors import InvalidInputError


def test_kinds_are_kept_in_one_order_and_everything_is_no_choice() -> None:
    assert checked_families(["lightgbm", "linear"]) == ("linear", "lightgbm")
    assert checked_families([]) == ()
    assert checked_families(list(SEARCHED)) == ()
    assert checked_families(["linear"], among=["linear", "lightgbm"]) == ("linear",)
    assert checked_families(["lightgbm", "linear"], among=["linear", "lightgbm"]) == ()


def test_an_unknown_kind_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidInputError, match="Choose among: Linear model"):
        checked_families(["magic"])


def test_kinds_in_words() -> None:
    assert describe_families(["linear"]) == "linear model"
    assert describe_families(["linear", "extra_trees", "lightgbm"]) == "linear model, extra trees and gradient boosting"
    assert describe_families([]) == ""
