"""The money page: opens, asks, answers in words first, refuses in words, keeps what was typed."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from services.audit.actor import Actor
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from services.valuation.details import Details, TodaysRule
from services.valuation.forecast_cost import ForecastCost
from services.valuation.queries import find_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS, RETENTION
from tests.makers_plans import benefit, cost
from tests.pages.conftest import OpenPage, text_of

TYPED: dict[str, float | None] = {
    "Value of a caught case": 480.0,
    "Acting works, % of cases": 40.0,
    "Cost of acting once": 42.0,
    "Extra cost of a false alarm": 5.0,
    "Cases a month": 7_000.0,
    "Cases that matter, %": 5.0,
    "Actions possible a month": 860.0,
    "Cost of the project": 90_000.0,
    "Running cost a month": 2_500.0,
}
SIMPLE = (
    "Value of a caught case",
    "Cost of acting once",
    "Cases a month",
    "Cases that matter, %",
    "Cost of the project",
)


def arrange(
    engine: Engine, role: Role = Role.BUSINESS, *, assumptions: Assumptions | None = None, is_member: bool = True
) -> tuple[Actor, str]:
    """A project, with figures where given, and a person who looks at it."""
    with transaction(engine) as session:
        author, actor = make_actor(session), make_actor(session, role)
        project = make_project(session, author, *([actor] if is_member else []))
        if assumptions:
            save_objective(session, actor=author, project_id=project.id, objective=RETENTION, based_on=0)
            save_valuation(session, actor=author, project_id=project.id, assumptions=assumptions, based_on=0)
        return actor, project.id


def fill(app: AppTest, figures: dict[str, float | None]) -> AppTest:
    """Type the figures and press the one button of the form."""
    for label, value in figures.items():
        number(app, label).set_value("" if value is None else str(value))
    return app.button[[button.label for button in app.button].index("Save and see what it is worth")].click().run()


def number(app: AppTest, label: str):  # type: ignore[no-untyped-def]  # AppTest's element types are not exported
    """The field of a figure with this label."""
    return next(field for field in app.text_input if field.label == label)


def button(app: AppTest, label: str):  # type: ignore[no-untyped-def]  # AppTest's element types are not exported
    """The button with this label."""
    return next(one for one in app.button if one.label == label)


def saved_figures(actor: Actor, project_id: str) -> Assumptions | None:
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    return saved.assumptions if saved else None


def test_an_empty_project_asks_for_the_figures(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("valuation", actor, project=project_id)

    assert "What is it worth to be right?" in text_of(app)
    assert not app.error
    assert len(app.text_input) == 5  # Simple; with seven of the objective twelve answers in all
    guided = open_page("valuation", actor, project=project_id, depth="Guided")
    assert len(guided.text_input) == 12 + 6


def test_five_figures_are_enough_and_the_rest_is_usual(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    simple = {label: TYPED[label] for label in TYPED if label in SIMPLE}
    fill(open_page("valuation", actor, project=project_id), simple)

    found = saved_figures(actor, project_id)
    assert found is not None
    assert (found.success_rate, found.miss_amount, found.horizon_months, found.details) == (1.0, 0.0, 36, None)


@pytest.mark.parametrize("depth", ["Simple", "Guided", "Expert"])
def test_every_depth_shows_the_case_and_keeps_what_it_does_not_ask(
    engine: Engine, open_page: OpenPage, depth: str
) -> None:
    details = Details(
        rule=TodaysRule(300, 0.1), metric="roc_auc", forecast_cost=ForecastCost(4, 1), forecast_unit="loaf"
    )
    full = replace(CALLS, details=details)
    actor, project_id = arrange(engine, assumptions=full)
    app = open_page("valuation", actor, project=project_id, depth=depth)
    assert not app.exception
    words = text_of(app)
    assert "Needs to find at least 23 of 100 cases that matter" in words
    assert ("Forecast the 80th percentile" in words) == (depth == "Expert")
    fill(app, {"Cost of acting once": 50.0})
    assert saved_figures(actor, project_id) == replace(full, action_amount=50.0)


def test_details_are_asked_in_words_and_kept(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id, depth="Guided")
    fill(app, {"Actions a month today": 500.0})
    assert "Today's rule needs both" in app.error[0].value
    fill(app, {"Right actions today, %": 9.0, "Budget for actions a month": 21_000.0, "Likely, of 100": 80.0})
    found = saved_figures(actor, project_id)
    assert found is not None and found.details is not None
    assert found.details.rule == TodaysRule(500, 0.09)
    assert found.capacity_rate == pytest.approx(500 / 7_000)  # 21,000 at 42 each is less than the team could do
    assert "what €21k a month pays for at €42 each" in text_of(app)


def test_a_value_by_row_says_that_runs_price_by_it(engine: Engine, open_page: OpenPage) -> None:
    by_row = replace(CALLS, details=Details(amount_formula="12 * 30"))
    actor, project_id = arrange(engine, assumptions=by_row)
    words = text_of(open_page("valuation", actor, project=project_id, depth="Expert"))
    assert "Gives 360 in every row." in words
    assert "Runs from now on price each row by its own value" in words
    assert "The case on this page counts with the usual value." in words
    alike, project_id = arrange(engine, assumptions=CALLS)
    assert "Runs from now on" not in text_of(open_page("valuation", alike, project=project_id, depth="Expert"))


def test_figures_that_are_saved_become_a_sentence(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = fill(open_page("valuation", actor, project=project_id, depth="Guided"), TYPED)

    assert saved_figures(actor, project_id) == replace(CALLS, source="guess")
    words = text_of(app)
    assert "Worth up to €630k a year, €565k after costs: a perfect model pays back within 2 months" in words
    assert "find 23 of 100 cases that matter" in words


def test_words_and_money_come_before_charts(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.MANAGER, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)

    words = text_of(app)
    assert "Customer leaves within 30 days" in words
    assert [one.value for one in app.subheader][:2] == ["What a model must do", "What each outcome is worth"]
    for amount in ("+\u2060€150", "−\u2060€47"):
        assert amount in words
    assert len(app.get("plotly_chart")) == 4


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_reads_only(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)

    assert "Worth up to" in text_of(app)
    assert not app.text_input


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_is_told_who_does(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role)
    app = open_page("valuation", actor, project=project_id)

    assert "No figures yet" in text_of(app)
    assert not app.text_input


@pytest.mark.parametrize(("role", "is_member"), [(Role.BUSINESS, False), (Role.ADMIN, True)])
def test_who_may_not_see_the_project_sees_nothing(
    engine: Engine, open_page: OpenPage, role: Role, is_member: bool
) -> None:
    actor, project_id = arrange(engine, role, assumptions=CALLS, is_member=is_member)
    app = open_page("valuation", actor, project=project_id)

    assert app.warning
    assert "Worth up to" not in text_of(app)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Value of a caught case": float("nan")}, "“nan” is not a number"),
        ({"Value of a caught case": float("inf")}, "“inf” is not a number"),
        ({"Cases a month": -5.0}, "The number of cases a month must be more than 0"),
        ({"Cost of the project": -5.0}, "cannot be negative"),
        ({"Cases a month": None}, "The number of cases a month must be a number."),
        ({"Actions possible a month": 0.0}, "The capacity a month must be more than 0"),
        ({"Cases that matter, %": 120.0}, "must be more than 0% and less than 100%"),
    ],
)
def test_a_figure_that_cannot_be_used_is_named_and_nothing_typed_is_lost(
    engine: Engine, open_page: OpenPage, typed: dict[str, float | None], sentence: str
) -> None:
    actor, project_id = arrange(engine)
    app = fill(open_page("valuation", actor, project=project_id, depth="Guided"), TYPED | typed)

    assert sentence in app.error[0].value
    assert saved_figures(actor, project_id) is None
    for label, value in TYPED.items():
        if label not in typed:
            assert number(app, label).value == str(value)


def test_two_people_at_once_see_the_difference_and_decide(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)
    theirs = replace(CALLS, action_amount=60.0, horizon_months=24)
    with transaction(engine) as session:
        save_valuation(session, actor=actor, project_id=project_id, assumptions=theirs, based_on=1)

    fill(app, {"Cost of acting once": 50.0, "Cases a month": 8_000.0})

    words = text_of(app)
    assert "saved version 2 meanwhile" in words
    assert "It was: 42" in words
    assert "Changed by them alone: The horizon" in words
    assert "By you alone: The number of cases a month" in words
    assert saved_figures(actor, project_id) == theirs
    assert button(app, "Save these together").disabled

    (choice,) = [one for one in app.radio if one.label == "The cost of acting once"]
    choice.set_value("mine").run()
    button(app, "Save these together").click().run()
    assert saved_figures(actor, project_id) == replace(theirs, action_amount=50.0, cases_per_month=8_000.0)
    assert "meanwhile" not in text_of(app)


def test_who_lets_the_other_stand_sees_their_figures(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)
    dearer = replace(CALLS, action_amount=60.0)
    with transaction(engine) as session:
        save_valuation(session, actor=actor, project_id=project_id, assumptions=dearer, based_on=1)
    fill(app, {"Cost of acting once": 50.0})
    button(app, "Forget mine").click().run()
    assert number(app, "Cost of acting once").value == "60"
    fill(app, {"Cost of acting once": 50.0})
    assert saved_figures(actor, project_id) == replace(CALLS, action_amount=50.0)


def test_figures_under_which_no_model_pays_are_said_so(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=replace(CALLS, project_amount=9e7))
    app = open_page("valuation", actor, project=project_id)

    assert "Not worth it as it stands" in text_of(app)
    assert "No model can pay back" in text_of(app)


@pytest.mark.parametrize(
    ("pasted", "amount"),
    [("1.234,56", 1234.56), ("1,234.56", 1234.56), ("1 234,5", 1234.5), ("1.234", None), ("12,345", None)],
)
def test_a_pasted_amount_is_read_in_the_one_way_it_can_be_or_asked_about(
    engine: Engine, open_page: OpenPage, pasted: str, amount: float | None
) -> None:
    actor, project_id = arrange(engine)
    app = open_page("valuation", actor, project=project_id, depth="Guided")
    number(app, "Value of a caught case").set_value(pasted)
    fill(app, {label: value for label, value in TYPED.items() if label != "Value of a caught case"})
    found = saved_figures(actor, project_id)
    if amount is None:
        assert found is None
        assert "can mean" in app.error[0].value
        assert "separator of thousands" in app.error[0].value
        assert number(app, "Value of a caught case").value == pasted
    else:
        assert found is not None
        assert found.caught_value_amount == amount


def test_another_currency_asks_what_becomes_of_the_items(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=replace(CALLS, items=(cost(), benefit())))
    app = open_page("valuation", actor, project=project_id)
    (currency,) = [box for box in app.selectbox if box.label == "Currency"]
    currency.set_value("USD")
    fill(app, {})
    assert "nothing is converted" in app.error[0].value
    assert saved_figures(actor, project_id) == replace(CALLS, items=(cost(), benefit()))
    (keeps,) = [box for box in app.checkbox if "keep their amounts" in box.label]
    keeps.check()
    fill(app, {})
    saved = saved_figures(actor, project_id)
    assert saved is not None
    assert {saved.currency, *(item.currency for item in saved.items)} == {"USD"}
    assert saved.items[0].amount == cost().amount
