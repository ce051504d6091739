"""The page of costs and benefits: opens, asks, says what they are worth, refuses in words."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from db.session import reading, transaction
from portal.ui.forms.amounts import shown_amount
from portal.ui.forms.items import read_items
from services.audit.actor import Actor
from services.errors import InvalidInputError
from services.people.permissions import Role
from services.valuation.adoption import Stage
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from services.valuation.money_lines import counted_flows
from services.valuation.queries import find_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost
from tests.pages.conftest import OpenPage, text_of

ITEMIZED = replace(CALLS, items=(cost(), benefit(), cost("Hosting *and* more", 100, 300, rhythm="monthly")))
ROW = {"Kind": "Benefit", "Name": "Calls saved", "Low": "100", "High": "900", "Range": "pert", "When": "Every month"}


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


def saved_version(actor: Actor, project_id: str) -> int:
    """Number of the latest version."""
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    return saved.version if saved else 0


def test_without_figures_it_says_what_comes_first(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, None)
    app = open_page("plan", actor, project=project_id)
    assert "Say first what a right or wrong call is worth" in text_of(app)


def test_without_items_the_plan_is_what_money_says(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    app = open_page("plan", actor, project=project_id)
    assert "So far the plan is what Money says" in text_of(app)
    assert "of 100 simulations gain" in text_of(app)
    app.button[[button.label for button in app.button].index("Save the items")].click().run()
    assert not app.exception
    assert saved_version(actor, project_id) == 1  # nothing was said, so there is no new version


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
        ({"High": ""}, "Row 1, “Calls saved”: Fill in both low and high"),
        ({"Low": "1000"}, "Row 1, “Calls saved”: Low (1000) is above high (900)"),
        ({"Units": "0"}, "must be more than 0"),
        ({"Units": "-3"}, "must be more than 0"),
        ({"Name": ""}, "Give each item a name"),
        ({"Name": "n" * 200}, "has 200 characters"),
        ({"Low": "1.234"}, "can mean 1.234 or 1234"),
        ({"High": "12,345"}, "can mean 12.345 or 12345"),
        ({"Low": "many"}, "“many” is not a number"),
        ({"Range": "lognormal", "Low": "0"}, "more than 0 where the range is lognormal"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_items([{**ROW, **changed}], "EUR")
    assert sentence in " ".join(refused.value.problems)


@pytest.mark.parametrize("typed", ["1.234,56", "1,234.56", "1234.56", "1 234,56", "1\u202f234.56"])
def test_a_pasted_amount_with_one_meaning_is_read_as_that(typed: str) -> None:
    (item,) = read_items([{**ROW, "Low": typed, "High": "9999"}], "EUR")
    assert item.amount.low == 1234.56


@given(st.floats(0, 1e11))
def test_what_the_table_shows_of_an_amount_is_read_as_that_amount(amount: float) -> None:
    (item,) = read_items([{**ROW, "Low": shown_amount(amount), "High": shown_amount(1e12)}], "EUR")
    assert item.amount.low == pytest.approx(amount, rel=1e-14, abs=1e-6)


@pytest.mark.parametrize("depth", ["Simple", "Guided", "Expert"])
def test_every_depth_opens_with_its_figures_and_files(engine: Engine, open_page: OpenPage, depth: str) -> None:
    details = Details(stages=(Stage("Pilot", 20_000, 0.6),))
    actor, project_id = arrange(engine, Role.BUSINESS, replace(ITEMIZED, details=details))
    app = open_page("plan", actor, project=project_id, depth=depth)
    assert not app.exception
    words = text_of(app)
    assert ("Versions side by side" in words or "side by side" in words) == (depth != "Simple")
    assert ("Every line in figures" in words) == (depth == "Expert")
    labels = [one.label for one in app.get("download_button")]  # type: ignore[union-attr]  # each is a button
    assert labels.count("Numbers as CSV") == {"Simple": 2, "Guided": 3, "Expert": 4}[depth]
    assert {"Case on one page", "Workbook with formulas"} <= set(labels)


def test_both_places_that_count_are_warned_about(engine: Engine, open_page: OpenPage) -> None:
    twice = replace(ITEMIZED, details=Details(counted=("calls", "project", "running")))
    actor, project_id = arrange(engine, Role.BUSINESS, twice)
    app = open_page("plan", actor, project=project_id)
    assert "it counts twice" in app.warning[0].value


def test_a_slider_moves_the_worth_and_saves_only_when_told(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    app = open_page("plan", actor, project=project_id)
    assert "All stand as saved" in text_of(app)
    (slider,) = [one for one in app.slider if one.label == "Acting works, % of cases"]
    slider.set_value(80.0).run()
    assert "against the saved figures" in text_of(app)
    assert saved_version(actor, project_id) == 1
    next(one for one in app.button if one.label == "Save these as a new version").click().run()
    assert saved_version(actor, project_id) == 2
    app.run()
    assert "All stand as saved" in text_of(app)


def test_a_slider_that_leaves_nothing_to_gain_is_answered_in_words(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    app = open_page("plan", actor, project=project_id)
    (slider,) = [one for one in app.slider if one.label == "Value of a caught case"]
    slider.set_value(0.0).run()
    assert not app.exception
    assert "no model can help" in app.error[0].value


def test_two_versions_stand_side_by_side(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    with transaction(engine) as session:
        better = replace(CALLS, success_rate=0.9)
        save_valuation(session, actor=actor, project_id=project_id, assumptions=better, based_on=1)
    app = open_page("plan", actor, project=project_id, depth="Guided")
    assert "Versions side by side" in text_of(app)
    assert "**The share of cases in which acting works**: 40% → 90%" in text_of(app)


def test_two_people_who_change_items_at_once_lose_nothing(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, ITEMIZED)
    app = open_page("plan", actor, project=project_id, depth="Guided")
    with transaction(engine) as session:
        theirs = replace(ITEMIZED, items=(*ITEMIZED.items, cost("Licences", 1, 2)))
        save_valuation(session, actor=actor, project_id=project_id, assumptions=theirs, based_on=1)
    (months,) = [one for one in app.number_input if one.label == "Months until everybody uses it"]
    months.set_value(12)
    app.button[[button.label for button in app.button].index("Save the items")].click().run()
    assert not app.exception
    words = text_of(app)
    assert "saved version 2 meanwhile" in words
    assert "Changed by them alone: Licences" in words
    assert "By you alone: Adoption" in words
    assert saved_version(actor, project_id) == 2
    next(one for one in app.button if one.label == "Save these together").click().run()
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    assert saved is not None and saved.assumptions.adoption is not None
    assert (saved.version, len(saved.assumptions.items), saved.assumptions.adoption.ramp_months) == (3, 4, 12)


@pytest.mark.parametrize("column", ["From month", "To month"])
@pytest.mark.parametrize("month", [1.5, -0.5, 1e308])
def test_half_a_month_is_refused_and_never_cut_off(column: str, month: float) -> None:
    with pytest.raises(InvalidInputError, match=f"{column} must be a whole number of months"):
        read_items([ROW | {column: month}], "EUR")


def test_what_is_ticked_is_what_counts(engine: Engine, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    label = [ROW | {"Kind": "Cost", "Name": "Labelling", "Low": "5000", "High": "5000", "When": "Once"}]
    monkeypatch.setattr("portal.ui.forms.items.items_table", lambda *_: label)
    app = open_page("plan", actor, project=project_id, depth="Guided")
    next(one for one in app.button if one.label == "Save the items").click().run()
    assert not app.exception
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    assert saved is not None
    assert set(counted_flows(saved.assumptions)) == {"calls", "project", "running"}
    assert "it counts twice" in app.warning[0].value  # and that is said


def test_sliders_that_are_saved_leave_what_is_typed_into_the_items(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.BUSINESS, CALLS)
    app = open_page("plan", actor, project=project_id, depth="Guided")
    (before,) = [one.key for one in app.number_input if one.label == "Live after month"]
    (slider,) = [one for one in app.slider if one.label == "Acting works, % of cases"]
    slider.set_value(80.0).run()
    next(one for one in app.button if one.label == "Save these as a new version").click().run()
    app.run()
    assert saved_version(actor, project_id) == 2
    assert [one.key for one in app.number_input if one.label == "Live after month"] == [before]  # another is empty
