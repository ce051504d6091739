"""What is read of fairness: candidates, the tolerance in force, reports, and what a stranger learns."""

import pytest
from sqlmodel import Session

from db.tables import Job, Model
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.errors import NotFoundError
from services.fairness.commands import agree_tolerance
from services.fairness.queries import (
    find_tolerance,
    get_assessment,
    get_fairness,
    list_assessments,
)
from services.interpretations.commands import skip_expectation
from services.models.commands import choose_threshold
from services.people.permissions import Role
from services.proposals.commands import save_objective
from tests.makers import make_actor
from tests.makers_fairness import declare, make_assessment, make_compared, make_fairness
from tests.makers_models import make_model
from tests.makers_money import reflected


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def world(session: Session) -> tuple[Model, Actor, Actor]:
    """A model, who made it, and a business stakeholder who is still to say what they expect."""
    business = make_actor(session)
    model, _, scientist = make_model(session, business)
    return model, scientist, business


def test_candidates_are_columns_with_groups_those_of_the_dictionary_first(
    session: Session, world: tuple[Model, Actor, Actor]
) -> None:
    model, scientist, _ = world
    describe_column(session, actor=scientist, project_id=model.project_id, column="payment", sensitivity="personal")
    view = get_fairness(session, actor=scientist, model_id=model.id)
    assert view.candidates[0].name == "payment"
    assert view.declared == ("payment",)
    names = {candidate.name: candidate.is_used for candidate in view.candidates}
    assert set(names) == {"payment", "tenure", "charges", "contract"}
    assert (names["tenure"], names["payment"]) == (True, False)
    assert view.obstacle is None
    assert view.tolerance is None


def test_an_assessment_is_read_with_what_it_was_asked_by(session: Session, world: tuple[Model, Actor, Actor]) -> None:
    model, scientist, business = world
    waiting = make_assessment(session, scientist, model.id)
    assert get_assessment(session, actor=scientist, assessment_id=waiting).report is None
    done = make_assessment(session, scientist, model.id, make_fairness(), "payment")
    view = get_assessment(session, actor=scientist, assessment_id=done)
    assert view.report == make_fairness()
    assert not view.is_older
    assert not view.hides_drivers
    choose_threshold(session, actor=business, model_id=model.id, threshold=0.5, reason="Fewer calls")
    assert get_assessment(session, actor=scientist, assessment_id=done).is_older


def test_a_newer_tolerance_makes_an_assessment_older(session: Session, world: tuple[Model, Actor, Actor]) -> None:
    model, scientist, business = world
    done = make_assessment(session, scientist, model.id, make_fairness())
    of = {"harm": "missed", "largest_gap": 0.1, "reason": "Fine", "based_on": 0}
    agree_tolerance(session, actor=business, project_id=model.project_id, **of)  # type: ignore[arg-type]
    assert get_assessment(session, actor=scientist, assessment_id=done).is_older
    assert find_tolerance(session, actor=scientist, project_id=model.project_id) is not None


def test_who_is_still_to_say_what_they_expect_is_told_no_driver(
    session: Session, world: tuple[Model, Actor, Actor]
) -> None:
    model, scientist, business = world
    both = make_fairness(compared=(make_compared(columns=("tenure",)), make_compared()))
    done = make_assessment(session, scientist, model.id, both, "tenure")
    declare(session, scientist, model, "contract", is_before=True)
    declare(session, business, model, "tenure")  # when the model is there already
    view = get_assessment(session, actor=business, assessment_id=done)
    assert view.hides_drivers
    assert view.report is not None
    assert [one.columns for one in view.report.compared] == [("contract",)]
    (line,) = list_assessments(session, actor=business, model_id=model.id)
    assert line.columns == ()
    assert "tenure" not in str(line.sentence)
    assert [one.name for one in get_fairness(session, actor=business, model_id=model.id).candidates] == ["contract"]
    skip_expectation(session, actor=business, model_id=model.id, reason="Seen before")
    shown = get_assessment(session, actor=business, assessment_id=done)
    assert shown.report == both
    assert list_assessments(session, actor=business, model_id=model.id)[0].columns == ("tenure",)


def test_the_list_gives_the_finding_or_why_there_is_none(session: Session, world: tuple[Model, Actor, Actor]) -> None:
    model, scientist, _ = world
    make_assessment(session, scientist, model.id, make_fairness(), "contract")
    failed = session.get_one(Job, make_assessment(session, scientist, model.id, None, "payment"))
    failed.state, failed.failure = "failed", "The data cannot be read."
    session.add(failed)
    session.flush()
    told = {line.columns: line.sentence for line in list_assessments(session, actor=scientist, model_id=model.id)}
    assert "81 are found" in str(told[("contract",)])
    assert told[("payment",)] == "The data cannot be read."


def test_the_checks_follow_from_the_objective_and_what_is_there(
    session: Session, world: tuple[Model, Actor, Actor]
) -> None:
    model, scientist, business = world
    codes = ("selects_cases", "moves_a_group")
    save_objective(session, actor=business, project_id=model.project_id, objective=reflected(*codes), based_on=0)

    def states(code: str) -> list[str]:
        checks = get_fairness(session, actor=scientist, model_id=model.id).checks
        return [check.state for check in checks if check.code == code]

    assert states("selects_cases") == ["passed", "unknown"]
    assert states("moves_a_group") == ["passed", "unknown", "open"]
    make_assessment(session, scientist, model.id, make_fairness())
    assert states("moves_a_group") == ["passed", "unknown", "passed"]
    assert states("selective_labels") == ["open"]


def test_another_job_is_no_assessment(session: Session, world: tuple[Model, Actor, Actor]) -> None:
    model, scientist, _ = world
    job = Job(kind="dataset.read", project_id=model.project_id, request={}, created_by=scientist.user_id)
    session.add(job)
    session.flush()
    for unknown in (job.id, "nowhere"):
        with pytest.raises(NotFoundError, match="no such comparison of groups"):
            get_assessment(session, actor=scientist, assessment_id=unknown)


def test_a_stranger_learns_nothing(session: Session, world: tuple[Model, Actor, Actor], scientist: Actor) -> None:
    model, maker, _ = world
    done = make_assessment(session, maker, model.id, make_fairness())
    with pytest.raises(NotFoundError, match="no such comparison of groups"):
        get_assessment(session, actor=scientist, assessment_id=done)
    for query in (get_fairness, list_assessments):
        with pytest.raises(NotFoundError):
            query(session, actor=scientist, model_id=model.id)
