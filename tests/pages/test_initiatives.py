"""Initiatives: opens, is empty, is filled by forms, refuses in words and by role."""

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from services.audit.actor import Actor
from services.people.permissions import Role
from services.portfolio.initiatives.commands import plan_project, save_initiative
from services.portfolio.initiatives.facts import InitiativeFacts
from services.portfolio.initiatives.queries import list_initiatives
from services.portfolio.records.queries import get_portfolio
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.pages.conftest import OpenPage, text_of


def _arrange(engine: Engine, role: Role = Role.BUSINESS) -> Actor:
    with transaction(engine) as session:
        actor = make_actor(session, role)
        make_project(session, actor, sentence="Fewer returns")
        return actor


def _press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def _fill(app: AppTest, name: str, budget: float | None) -> None:
    next(box for box in app.text_input if box.label == "Name").set_value(name)
    if budget is not None:
        next(box for box in app.text_input if box.label == "Budget").set_value(f"{budget:.0f}")
    _press(app, "Start the initiative")


def test_an_administrator_is_refused_and_a_scientist_cannot_start_one(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("initiatives", _arrange(engine, Role.DATA_SCIENTIST))
    assert "A business stakeholder or a manager starts one." in text_of(app)
    assert not [button for button in app.button if button.label == "Start the initiative"]
    with transaction(engine) as session:
        admin = make_actor(session, Role.ADMIN)
    assert "you may not see projects" in open_page("initiatives", admin).warning[0].value


def test_an_initiative_is_started_and_a_project_put_into_it(engine: Engine, open_page: OpenPage) -> None:
    ana = _arrange(engine)
    app = open_page("initiatives", ana)
    assert "There is no initiative yet." in text_of(app)
    _fill(app, "Better *service*", 50_000.0)
    assert not app.exception
    assert "One initiative may spend €50k." in text_of(app)
    assert "No project is in it yet." in text_of(app)
    assert next(box for box in reversed(app.text_input) if box.label == "Name").value == ""  # once more is not the same
    with reading(engine) as session:
        (initiative,) = list_initiatives(session, actor=ana)
    next(box for box in app.selectbox if box.label == "Initiative").set_value(initiative.id)
    next(box for box in app.number_input if box.label == "Person-days left").set_value(12.5)
    _press(app, "Keep the plan")
    assert not app.exception
    assert "1 of your project" in text_of(app)
    with reading(engine) as session:
        (record,) = get_portfolio(session, actor=ana).records
    assert (record.initiative_name, record.person_days) == ("Better *service*", 12.5)


def test_what_somebody_else_saves_meanwhile_does_not_empty_the_form(engine: Engine, open_page: OpenPage) -> None:
    ana = _arrange(engine)
    app = open_page("initiatives", ana)
    with transaction(engine) as session:
        mia = make_actor(session, Role.MANAGER)
        row = save_initiative(session, actor=mia, facts=InitiativeFacts("Lean depots", mia.email, "EUR", 1_000.0))
        project_id = get_portfolio(session, actor=ana).records[0].project_id
        plan_project(session, actor=ana, project_id=project_id, initiative_id=None, person_days=1.0)
        assert row.id
    _fill(app, "Better service", 50_000.0)
    assert not app.exception
    with reading(engine) as session:
        assert [one.name for one in list_initiatives(session, actor=ana)] == ["Better service"]


def test_what_is_missing_is_said_and_what_was_typed_is_kept(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("initiatives", _arrange(engine))
    _fill(app, "", None)
    assert "The name of the initiative is missing." in app.error[0].value
    assert "The budget must be a number" in app.error[0].value
    next(box for box in app.text_input if box.label == "E-mail address of its owner").set_value("nobody@example.com")
    _fill(app, "Service", 5.0)
    assert "Nobody with this e-mail address has an account." in app.error[0].value
    assert next(box for box in app.text_input if box.label == "Name").value == "Service"


@pytest.mark.parametrize(("currency", "limits"), [("EUR", {"currency": "EUR", "budget": "500000"}), ("USD", {})])
def test_a_budget_goes_to_what_to_fund_in_its_currency_and_only_where_a_project_has_it(
    engine: Engine, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, currency: str, limits: dict[str, str]
) -> None:
    with transaction(engine) as session:
        ana = make_actor(session)
        project = make_project(session, ana)
        save_valuation(session, actor=ana, project_id=project.id, assumptions=CALLS, based_on=0)
        row = save_initiative(session, actor=ana, facts=InitiativeFacts("Service", ana.email, currency, 500_000.0))
        plan_project(session, actor=ana, project_id=project.id, initiative_id=row.id, person_days=None)
    asked: list[dict[str, str]] = []
    monkeypatch.setattr("portal.ui.state.go_to", lambda page, **ids: asked.append({"page": page, **ids}))
    _press(open_page("initiatives", ana), "What to fund")
    assert asked == [{"page": "prioritisation", "initiative": "Service", **limits}]
