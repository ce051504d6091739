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
from services.valuation.queries import find_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS, RETENTION
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
        number(app, label).set_value(value)
    return app.button[[button.label for button in app.button].index("Save and see what it is worth")].click().run()


def number(app: AppTest, label: str):  # type: ignore[no-untyped-def]  # AppTest's element types are not exported
    """The number field with this label."""
    return next(field for field in app.number_input if field.label == label)


def saved_figures(actor: Actor, project_id: str) -> Assumptions | None:
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    return saved.assumptions if saved else None


def test_an_empty_project_asks_for_the_figures(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("valuation", actor, project=project_id)

    assert "What is it worth to be right?" in text_of(app)
    assert not app.error
    assert len(app.number_input) == 12


def test_figures_that_are_saved_become_a_sentence(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = fill(open_page("valuation", actor, project=project_id), TYPED)

    assert saved_figures(actor, project_id) == replace(CALLS, source="guess")
    words = text_of(app)
    assert "Worth up to €630k a year, €565k after costs: a perfect model pays back within 2 months" in words
    assert "find 23 of 100 cases that matter" in words


def test_words_and_money_come_before_charts(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.MANAGER, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)

    words = text_of(app)
    assert "Customer leaves within 30 days" in words
    assert app.subheader[0].value == "What each outcome is worth"
    for amount in ("+\u2060€150", "−\u2060€47"):
        assert amount in words
    assert len(app.get("plotly_chart")) == 3


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_reads_only(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)

    assert "Worth up to" in text_of(app)
    assert not app.number_input


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_is_told_who_does(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role)
    app = open_page("valuation", actor, project=project_id)

    assert "No figures yet" in text_of(app)
    assert not app.number_input


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
        ({"Value of a caught case": float("nan")}, "The value of a caught case must be a number."),
        ({"Cases a month": None}, "The number of cases a month must be a number."),
        ({"Actions possible a month": 0.0}, "The capacity a month must be more than 0"),
        ({"Cases that matter, %": 120.0}, "must be more than 0% and less than 100%"),
    ],
)
def test_a_figure_that_cannot_be_used_is_named_and_nothing_typed_is_lost(
    engine: Engine, open_page: OpenPage, typed: dict[str, float | None], sentence: str
) -> None:
    actor, project_id = arrange(engine)
    app = fill(open_page("valuation", actor, project=project_id), TYPED | typed)

    assert sentence in app.error[0].value
    assert saved_figures(actor, project_id) is None
    for label, value in TYPED.items():
        if label not in typed:
            assert number(app, label).value == value


def test_a_colleague_who_was_faster_is_not_overwritten(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=CALLS)
    app = open_page("valuation", actor, project=project_id)
    dearer = replace(CALLS, action_amount=60.0)
    with transaction(engine) as session:
        save_valuation(session, actor=actor, project_id=project_id, assumptions=dearer, based_on=1)

    fill(app, {"Cost of acting once": 50.0})

    assert "What you typed is kept" in app.error[0].value
    assert number(app, "Cost of acting once").value == 50.0
    assert saved_figures(actor, project_id) == dearer

    next(button for button in app.button if button.label == "Load the latest version").click().run()
    assert number(app, "Cost of acting once").value == 60.0
    fill(app, {"Cost of acting once": 50.0})
    assert saved_figures(actor, project_id) == replace(CALLS, action_amount=50.0)


def test_figures_under_which_no_model_pays_are_said_so(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, assumptions=replace(CALLS, project_amount=9e7))
    app = open_page("valuation", actor, project=project_id)

    assert "Not worth it as it stands" in text_of(app)
    assert "No model can pay back" in text_of(app)
