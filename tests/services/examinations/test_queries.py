"""What is read of examinations: the latest one, what can be asked, and less for who must first say what they expect."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from db.tables import Job, Run
from db.types import utc_now
from services.audit.actor import Actor
from services.datasets.commands import describe_column, exclude_column
from services.errors import NotFoundError
from services.examinations.assertions import Asked
from services.examinations.queries import (
    find_examination,
    get_asked,
    get_examinable,
    get_examination,
    list_assertions,
)
from services.models.commands import choose_threshold
from services.people.permissions import Role
from tests.makers import make_actor
from tests.makers_examinations import (
    LEAK_WORDS,
    LOYAL,
    assert_of,
    make_examination,
    make_examination_report,
    make_finding,
    make_result,
)
from tests.makers_interpretations import skip
from tests.makers_jobs import make_reading
from tests.makers_models import make_model


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


def test_before_the_first_there_is_none_and_then_the_latest(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    assert find_examination(session, actor=business, model_id=model.id) is None
    assert get_examinable(session, actor=business, model_id=model.id).last is None
    first = make_examination(session, business, model.id, make_examination_report())
    second = make_examination(session, business, model.id, make_examination_report(seconds=9.0))
    session.get_one(Job, first).finished_at = utc_now() - timedelta(hours=1)
    waiting = make_examination(session, business, model.id)
    found = find_examination(session, actor=business, model_id=model.id)
    assert found is not None
    assert found.job.id == second
    last = get_examinable(session, actor=business, model_id=model.id).last
    assert last is not None
    assert last.id in (waiting, second)


def test_it_is_no_longer_current_when_the_threshold_is_another_one(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    assert get_examination(session, actor=business, examination_id=examination_id).is_current
    choose_threshold(session, actor=business, model_id=model.id, threshold=0.41, reason="Fewer calls")
    assert not get_examination(session, actor=business, examination_id=examination_id).is_current


def test_findings_come_in_the_order_of_severity(session: Session, business: Actor) -> None:
    model, _, scientist = make_model(session, business)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    seen = get_examination(session, actor=scientist, examination_id=examination_id)
    assert [one.finding.code for one in seen.findings] == ["leak", "twin", "guess", "todays_rule"]
    assert seen.n_asked == 3


def test_who_made_the_model_sees_all_and_who_judges_it_says_first_what_they_expect(
    session: Session, business: Actor
) -> None:
    model, _, scientist = make_model(session, business)
    asserted = assert_of(session, business, model.id)
    report = make_examination_report(assertions=(make_result(asserted.id, is_direction=True),))
    examination_id = make_examination(session, business, model.id, report)

    def seen_by(actor: Actor) -> Any:
        return get_examination(session, actor=actor, examination_id=examination_id)

    assert seen_by(scientist).report == report
    hidden = seen_by(business)
    assert hidden.hides_drivers
    assert LEAK_WORDS not in str(hidden)
    assert hidden.assertions[0].result.state == "withheld"
    skip(session, business, model)
    assert seen_by(business).report == report


def test_who_only_reads_is_not_asked_first(session: Session, business: Actor) -> None:
    auditor = make_actor(session, Role.AUDITOR)
    model, _, _ = make_model(session, business)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    assert not get_examination(session, actor=auditor, examination_id=examination_id).hides_drivers


def test_a_result_belongs_to_the_version_that_was_checked(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    asserted = assert_of(session, business, model.id)
    examination_id = make_examination(
        session, business, model.id, make_examination_report(assertions=(make_result("of an older version"),))
    )
    (one,) = get_examination(session, actor=business, examination_id=examination_id).assertions
    assert (one.id, one.result) == (asserted.id, None)
    assert one.sentence == "Where “tenure” is more than 24: expect “No” in at least 80% of the cases."


def test_what_can_be_asserted_leaves_out_the_outcome_and_what_people_left_out(
    session: Session, business: Actor
) -> None:
    model, _, scientist = make_model(session, business)
    asked = get_asked(session, actor=business, model_id=model.id)
    assert "churn" not in asked.kinds
    assert asked.inputs == ("tenure", "contract")
    assert asked.kinds["tenure"] == "number"
    assert "payment" in asked.kinds, "Also what the model does not take may be a condition."
    run = session.get_one(Run, model.run_id)
    changed = exclude_column(
        session, actor=scientist, dataset_id=run.dataset_version_id, column="payment", reason="Known too late"
    )
    run.dataset_version_id = changed.id
    session.add(run)
    session.flush()
    assert "payment" not in get_asked(session, actor=business, model_id=model.id).kinds


def test_another_job_is_no_examination(session: Session, business: Actor) -> None:
    model, project, scientist = make_model(session, business)
    waiting = make_examination(session, business, model.id)
    for job_id in (make_reading(session, scientist, project.id).id, waiting, "0" * 32):
        with pytest.raises(NotFoundError, match="no such examination"):
            get_examination(session, actor=business, examination_id=job_id)


def test_a_stranger_cannot_tell_that_there_is_one(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    examination_id = make_examination(session, business, model.id, make_examination_report())
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError, match="no such examination"):
        get_examination(session, actor=stranger, examination_id=examination_id)
    for query in (find_examination, get_examinable, list_assertions, get_asked):
        with pytest.raises(NotFoundError, match="no such model"):
            query(session, actor=stranger, model_id=model.id)


def test_findings_that_only_passed_ask_nobody(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    report = make_examination_report(findings=(make_finding(state="passed"),))
    seen = get_examination(
        session, actor=business, examination_id=make_examination(session, business, model.id, report)
    )
    assert seen.open == ()
    assert isinstance(get_asked(session, actor=business, model_id=model.id), Asked)


def test_columns_are_called_as_the_business_calls_them(session: Session, business: Actor) -> None:
    model, project, scientist = make_model(session, business)
    skip(session, business, model)
    describe_column(session, actor=scientist, project_id=project.id, column="tenure", business_name="Time with us")
    assert_of(session, business, model.id, LOYAL)
    report = make_examination_report(findings=(make_finding(sentence="“tenure” alone has an AUC of 0.98."),))
    seen = get_examination(
        session, actor=business, examination_id=make_examination(session, business, model.id, report)
    )
    assert seen.findings[0].finding.sentence == "“Time with us” alone has an AUC of 0.98."
    assert "“Time with us”" in seen.assertions[0].sentence
    assert "“tenure”" not in list_assertions(session, actor=business, model_id=model.id)[0].sentence
