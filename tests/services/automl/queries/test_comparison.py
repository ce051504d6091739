"""Variants side by side, row by row."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Run
from services.audit.actor import Actor
from services.automl.money import money_goal
from services.automl.pins import Pin
from services.automl.priced_rows import PricedRows
from services.automl.queries import comparison
from services.automl.queries.comparison import compare_trials
from services.errors import NotFoundError
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from services.valuation.row_amounts import AmountRule
from tests.makers import Project, make_actor, make_project
from tests.makers_trials import make_judged_run, make_judged_trial, make_truth, store
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


@pytest.fixture
def run(session: Session, scientist: Actor, project: Project) -> Run:
    run = make_judged_run(session, scientist, project.id)
    make_judged_trial(session, run, 1, skill=0.1)
    make_judged_trial(session, run, 2, skill=0.6)
    return run


def test_variants_of_one_run_are_compared_on_the_rows_both_were_judged_on(
    session: Session, business: Actor, project: Project, run: Run
) -> None:
    found = compare_trials(session, actor=business, project_id=project.id, pins=[Pin(1, 1), Pin(1, 2)])
    assert [str(item.pin) for item in found.pinned] == ["1.1", "1.2"]
    (against,) = found.against
    assert against.score is not None
    assert against.score.n_rows == 300
    assert against.score.is_clear
    assert against.score.value > 0.1
    assert (against.money, found.currency) == (None, None)


def test_with_payoffs_they_are_compared_in_money_too(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
    run = make_judged_run(session, scientist, project.id)
    for number, skill in ((1, 0.1), (2, 0.6)):
        make_judged_trial(session, run, number, skill=skill)
    found = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(1, 2)])
    assert found.currency == PLAIN.currency
    assert found.against[0].money is not None
    assert found.against[0].money.value > 0


def by_row(session: Session, scientist: Actor, business: Actor, project: Project, *, is_written: bool) -> list[Run]:
    """A run of before rows had amounts, and one after; `is_written`: the latter's worker wrote the amounts down."""
    save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
    before = make_judged_run(session, scientist, project.id)
    figures = replace(PLAIN, details=Details(amount_formula="charges"))
    save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=1)
    after = make_judged_run(session, scientist, project.id)
    for item in (before, after):
        for number, skill in ((1, 0.1), (2, 0.6)):
            make_judged_trial(session, item, number, skill=skill)
    if is_written:
        amounts = np.where(make_truth() == 1, np.nan, 1.0)
        amounts[np.flatnonzero(make_truth())[:20]] = 9_000.0
        written = {"formula": "charges", "amounts_sha256": store(amounts)}
        after.circumstances = {**(after.circumstances or {}), "amounts": written}
        session.add(after)
        session.flush()
    return [before, after]


def test_variants_are_compared_by_the_amounts_of_the_rows_they_were_judged_on(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    by_row(session, scientist, business, project, is_written=True)
    alike = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(1, 2)])
    apart = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(2, 1), Pin(2, 2)])
    both = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(2, 2)])
    money = [found.against[0].money for found in (alike, apart, both)]
    assert money[0] is not None
    assert money[1] is not None
    assert money[2] is not None
    assert money[1].value != money[0].value
    assert money[2].value == money[1].value  # the same rows, amounts and predictions
    assert both.against[0].reason == ""
    y, (one, other) = (
        make_truth() == 1,
        (np.load(BytesIO(get_artifact_store().get(item.trial.prediction_sha256 or "")))[:, 1] for item in apart.pinned),
    )
    rule = AmountRule("charges", PLAIN.caught_value_amount, PLAIN.success_rate)
    amounts = np.where(y, np.nan, 1.0)
    amounts[np.flatnonzero(y)[:20]] = 9_000.0
    priced = PricedRows(replace(money_goal(PLAIN), amounts=rule), y, amounts)
    assert money[1].value == pytest.approx(priced.best_yearly(other) - priced.best_yearly(one))


def test_where_no_run_wrote_the_amounts_down_no_money_is_said_and_why(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    by_row(session, scientist, business, project, is_written=False)
    found = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(2, 2)])
    (against,) = found.against
    assert against.score is not None
    assert against.money is None
    assert "neither run wrote the amounts of its rows down" in against.reason


def test_runs_with_the_same_rows_can_be_compared_and_others_say_why_not(
    session: Session, scientist: Actor, project: Project, run: Run
) -> None:
    again = make_judged_run(session, scientist, project.id)
    make_judged_trial(session, again, 1, skill=0.6)
    other = make_judged_run(session, scientist, project.id, seed=5)
    make_judged_trial(session, other, 1)
    pins = [Pin(1, 1), Pin(2, 1), Pin(3, 1)]
    same, different = compare_trials(session, actor=scientist, project_id=project.id, pins=pins).against
    assert same.score is not None
    assert different.score is None
    assert "same rows" in different.reason


def test_a_run_from_before_the_portal_kept_outcomes_says_so(
    session: Session, scientist: Actor, project: Project, run: Run
) -> None:
    run.circumstances = None
    (against,) = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(1, 2)]).against
    assert "older" in against.reason


def test_what_is_too_large_for_a_page_is_not_read(
    session: Session, scientist: Actor, project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MAX_BYTES", 100)
    (against,) = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(1, 1), Pin(1, 2)]).against
    assert "too many" in against.reason


def test_pins_that_lead_nowhere_are_passed_over(session: Session, scientist: Actor, project: Project, run: Run) -> None:
    found = compare_trials(session, actor=scientist, project_id=project.id, pins=[Pin(9, 9), Pin(1, 2)])
    assert [str(item.pin) for item in found.pinned] == ["1.2"]
    assert found.against == ()
    assert compare_trials(session, actor=scientist, project_id=project.id, pins=[]).pinned == ()


def test_a_stranger_is_refused_as_if_there_were_no_project(session: Session, project: Project, run: Run) -> None:
    with pytest.raises(NotFoundError):
        compare_trials(session, actor=make_actor(session, Role.MANAGER), project_id=project.id, pins=[Pin(1, 1)])
