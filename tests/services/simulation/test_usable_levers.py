"""Which levers can be moved in a model, and the sentence where one cannot."""

from dataclasses import replace
from typing import Any

import pytest

from services.models.signature import Signature, SignatureColumn
from services.proposals.lever import Lever
from services.simulation.usable_levers import computed_from, examine_levers, scope_problem
from tests.makers_simulation import CONTRACT, PRICE

KINDS = {"price": "number", "contract": "category", "twice": "number", "signed": "date"}
SIGNATURE = Signature(
    columns=tuple(SignatureColumn(name, kind, False, (), None, None, None) for name, kind in KINDS.items()),
    task="binary",
    classes=("No", "Yes"),
    positive_label="Yes",
    target="churn",
)
SWITCH = Lever("Newsletter", "yes_no", column="contract")


def problem_of(lever: Lever, *recipe: dict[str, Any]) -> str:
    (found,) = examine_levers([lever], SIGNATURE, recipe)
    assert found.is_usable == (found.problem == "")
    return found.problem


def derived(column: str, formula: str) -> dict[str, Any]:
    return {"kind": "derive", "column": column, "formula": formula, "reason": "A test"}


@pytest.mark.parametrize("lever", [PRICE, CONTRACT, SWITCH], ids=lambda lever: lever.kind)
def test_a_lever_whose_column_the_model_takes_can_be_moved(lever: Lever) -> None:
    assert problem_of(lever) == ""


@pytest.mark.parametrize(
    ("lever", "says"),
    [
        (replace(PRICE, column=None), "has no column in the data. Say on the objective which column holds it"),
        (replace(PRICE, column="absent"), "“absent”, which this model does not take"),
        (replace(PRICE, column="contract"), "holds no numbers"),
        (replace(CONTRACT, column="price"), "holds no categories"),
        (replace(SWITCH, column="signed"), "holds neither"),
    ],
)
def test_one_that_cannot_is_refused_with_what_to_do(lever: Lever, says: str) -> None:
    assert says in problem_of(lever)


@pytest.mark.parametrize("scope", ["segment", "global"])
def test_one_that_many_cases_share_can_be_moved(scope: Any) -> None:
    assert problem_of(replace(PRICE, scope=scope)) == ""


@pytest.mark.parametrize(
    ("levers", "column", "says"),
    [
        ((PRICE, replace(CONTRACT, scope="global")), "", "Simulate one kind of them at a time"),
        ((replace(PRICE, scope="segment"),), "", "Choose the column whose values are the groups"),
        ((replace(PRICE, scope="global"),), "city", "leave the column of the groups empty"),
        ((replace(PRICE, scope="segment"),), "price", "holds a lever"),
        ((replace(PRICE, scope="segment"), replace(CONTRACT, scope="global")), "city", ""),
        ((PRICE, CONTRACT), "", ""),
    ],
)
def test_which_scopes_may_be_moved_together(levers: tuple[Lever, ...], column: str, says: str) -> None:
    found = scope_problem(levers, column)
    assert says in found
    assert bool(found) == bool(says)


def test_a_lever_that_another_column_of_the_model_is_computed_from_is_refused() -> None:
    assert "also takes “twice”, which the data compute from “price”" in problem_of(PRICE, derived("twice", "price * 2"))


def test_a_column_that_the_model_does_not_take_may_be_computed_from_it() -> None:
    assert problem_of(PRICE, derived("thrice", "price * 3")) == ""


def test_a_lever_in_a_computed_column_cannot_be_set_by_itself() -> None:
    assert "cannot be set by itself" in problem_of(replace(PRICE, column="twice"), derived("twice", "price * 2"))


def test_what_is_computed_from_a_column_also_by_way_of_others_is_found() -> None:
    recipe = [derived("twice", "price * 2"), derived("more", "twice + tenure"), derived("other", "tenure * 2")]
    assert computed_from(("price", "nowhere"), recipe) == ("twice", "more")
    assert computed_from((), recipe) == computed_from(("price",), [{"kind": "trim_text", "columns": ["price"]}]) == ()
