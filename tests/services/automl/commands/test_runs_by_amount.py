"""The value of a caught case by row, as a run freezes it and is refused with it."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from db.tables import Run
from services.audit.actor import Actor
from services.automl.commands import repeat_run
from services.automl.queries import get_run
from services.automl.sentences import describe_run_amounts
from services.errors import InvalidInputError
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from tests.makers import Project, make_actor, make_project
from tests.makers_models import make_run
from tests.services.automl.test_references import PLAIN


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def project(session: Session, scientist: Actor, business: Actor) -> Project:
    return make_project(session, scientist, business)


def value_by_row(session: Session, business: Actor, project: Project, formula: str, *, based_on: int = 0) -> None:
    """Before there are data a formula is only read; saved is what the project's newest data can compute."""
    figures = replace(PLAIN, details=Details(amount_formula=formula) if formula else None)
    save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=based_on)


def test_the_formula_in_force_is_frozen_with_the_run(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    make_run(session, scientist, project.id)
    value_by_row(session, business, project, " tenure * 2 ")
    run = make_run(session, scientist, project.id)
    value_by_row(session, business, project, "tenure * 3", based_on=1)
    assert run.business_inputs == {"amount_formula": "tenure * 2"}
    view = get_run(session, actor=scientist, run_id=run.id)
    assert view.amount_formula == "tenure * 2"
    assert describe_run_amounts(view) == "The value of a caught case is that of its row: tenure * 2."
    run.state = "finished"
    again = repeat_run(session, actor=scientist, run_id=run.id, step="split")
    assert again.business_inputs == {"amount_formula": "tenure * 3"}  # money as it is now, as all payoffs are


def test_without_a_formula_nothing_is_frozen_and_nothing_said(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    value_by_row(session, business, project, "")
    run = make_run(session, scientist, project.id)
    assert run.business_inputs == {}
    assert describe_run_amounts(get_run(session, actor=scientist, run_id=run.id)) == ""


@pytest.mark.parametrize(
    ("formula", "why"),
    [("tenur * 2", "Did you mean tenure"), ("fee", "names fee, which is not known"), ("payment + 1", "payment")],
)
def test_a_run_on_data_that_lack_what_the_formula_names_is_refused(
    session: Session, business: Actor, project: Project, scientist: Actor, formula: str, why: str, monkeypatch: Any
) -> None:
    """The figures were saved when the data had the column."""
    monkeypatch.setattr("services.valuation.commands.try_formula", lambda *_, **__: None)
    value_by_row(session, business, project, formula)
    with pytest.raises(InvalidInputError, match=why) as refused:
        make_run(session, scientist, project.id)
    assert refused.value.sentence.startswith(f"The value of a caught case by row, {formula}, cannot be computed")
    assert session.exec(select(Run)).all() == []


def test_of_a_question_without_a_yes_nothing_is_priced_or_refused(
    session: Session, business: Actor, project: Project, scientist: Actor, monkeypatch: Any
) -> None:
    monkeypatch.setattr("services.valuation.commands.try_formula", lambda *_, **__: None)
    value_by_row(session, business, project, "fee")
    assert make_run(session, scientist, project.id, task="multiclass").business_inputs == {}


def test_what_a_worker_found_is_said_of_the_run_and_moves_what_everyone_is_worth(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    make_run(session, scientist, project.id)
    value_by_row(session, business, project, "tenure * 2")
    run = make_run(session, scientist, project.id)
    before = get_run(session, actor=scientist, run_id=run.id).references
    usual = PLAIN.caught_value_amount
    run.circumstances = {
        "amounts": {
            "formula": "tenure * 2", "usual_amount": usual, "n_rows": 800, "n_without": 3, "n_negative": 0,
            "n_too_large": 0, "mean_amount": 2 * usual, "amounts_sha256": "0" * 64,
        }
    }  # fmt: skip
    session.add(run)
    session.flush()
    view = get_run(session, actor=scientist, run_id=run.id)
    assert "in 3 of 800 rows: 3 without a value" in describe_run_amounts(view)
    assert "(100% more)" in describe_run_amounts(view)
    share = 1.0 if PLAIN.capacity_rate is None else PLAIN.capacity_rate
    more = share * PLAIN.base_rate * PLAIN.success_rate * usual * PLAIN.cases_per_month * 12
    assert view.references["everyone"] == pytest.approx(before["everyone"] + more)
    assert view.references["break_even"] == before["break_even"]
