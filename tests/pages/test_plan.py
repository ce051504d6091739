"""The page of costs and benefits: opens, asks, says what they are worth, refuses in words."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from db.session import transaction
from portal.ui.forms.items import read_items
from services.audit.actor import Actor
from services.errors import InvalidInputError
from services.people.permissions import Role
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost
from tests.pages.conftest import OpenPage, text_of

ITEMIZED = replace(CALLS, items=(cost(), benefit(), cost("Hosting *and* more", 100, 300, rhythm="monthly")))
ROW = {"Kind": "Benefit", "Name": "Calls saved", "Low": 100.0, "High": 900.0, "Range": "pert", "When": "Every month"}


def arrange(
    engine: Engine, role: Role, assumptions: Assumptions | None, *, is_member: bool = True
) -> tuple[Actor, str]:
    """A project with these figures, and a person who looks at it."""
    with transaction(engine) as session:
        author, actor = make_actor(session), make_actor(session, role)
        project = make_project(session, author, *([actor] if is_member else []))
        if assumptions:
            save_valuation(session, actor=author, project_id=project.id, assumptions=assumptions, based_on=0)
        return actor, project.id


def test_without_figures_it_says_what_comes_first(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, None)
    app = open_page("plan", actor, project=project_id)
    assert "Say first what a right or wrong call is worth" in text_of(app)


def test_without_items_it_asks_for_them(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    app = open_page("plan", actor, project=project_id)
    assert "What does it cost, and what does it bring?" in text_of(app)
    app.button[[button.label for button in app.button].index("Save the items")].click().run()
    assert not app.exception


def test_items_are_summed_up_in_words_first(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, ITEMIZED)
    app = open_page("plan", actor, project=project_id)
    text = text_of(app)
    assert not app.exception
    assert "in money of today over 36 months; 8 in 10 simulations above" in text
    assert "of 100 simulations gain" in text
    assert "“Leavers kept” moves the worth most" in text
    assert "wider than shown" in text


def test_those_who_may_not_change_it_see_it_without_the_form(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.DATA_SCIENTIST, ITEMIZED)
    app = open_page("plan", actor, project=project_id)
    assert "simulations gain" in text_of(app)
    assert "Save the items" not in [button.label for button in app.button]


def test_who_is_not_a_member_is_refused(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, ITEMIZED, is_member=False)
    app = open_page("plan", actor, project=project_id)
    assert "simulations gain" not in text_of(app)
    assert not app.exception


def test_rows_become_items_and_empty_ones_are_left_out() -> None:
    empty: dict[str, Any] = {"Kind": "Cost", "Name": "Storage", "Low": None, "High": float("nan")}
    (item,) = read_items([empty, {**ROW, "Happens, %": 50.0, "To month": 9.0}], "EUR")
    assert (item.name, item.is_benefit, item.chance, item.end_month, item.quantity) == ("Calls saved", True, 0.5, 9, 1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"High": None}, "Row 1, “Calls saved”: fill in both low and high"),
        ({"Low": 1_000.0}, "Row 1, “Calls saved”: Low (1000) is above high (900)"),
        ({"Units": 0.0}, "must be more than 0"),
        ({"Name": ""}, "Give each item a name"),
        ({"Range": "lognormal", "Low": 0.0}, "more than 0 where the range is lognormal"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_items([{**ROW, **changed}], "EUR")
    assert sentence in " ".join(refused.value.problems)
