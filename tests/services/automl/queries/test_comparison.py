"""Variants side by side, row by row."""

import pytest
from sqlmodel import Session

from db.tables import Run
from services.audit.actor import Actor
from services.automl.pins import Pin
from services.automl.queries import comparison
from services.automl.queries.comparison import compare_trials
from services.errors import NotFoundError
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import Project, make_actor, make_project
from tests.makers_trials import make_judged_run, make_judged_trial
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
