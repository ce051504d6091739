"""What people say of a model: asked first, kept as it was said, answered by others, decided on what was seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import (
    AuditEvent,
    DriverVote,
    Expectation,
    InterpretationDecision,
    Model,
    Run,
    SurpriseAnswer,
    VoteAnswer,
)
from services.audit.actor import SYSTEM, Actor
from services.audit.queries import get_chain_report
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, PortalError
from services.interpretations.commands import (
    answer_surprise,
    answer_vote,
    decide_interpretation,
    record_expectation,
    skip_expectation,
    vote_on_driver,
)
from services.interpretations.queries import get_interpretation
from services.models.commands import register_model
from services.people.commands import disable_user
from services.people.permissions import Role
from services.portfolio.history import is_described
from tests.makers import make_actor
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_interpretations import answer_all, expect, judge, make_explained, skip
from tests.makers_models import make_finished, make_run
from tests.makers_reviews import Case, join, make_case

NOWHERE = "0" * 32


def _events(session: Session) -> list[AuditEvent]:
    statement = select(AuditEvent).where(col(AuditEvent.action).startswith("interpretation."))
    return list(session.exec(statement.order_by(col(AuditEvent.id))))


def _vote(
    session: Session, case: Case, actor: Actor, vote: str, reason: str = "", column: str = "tenure"
) -> DriverVote:
    said = vote_on_driver(session, actor=actor, model_id=case.model.id, column=column, vote=vote, reason=reason)
    assert said is not None
    return said


def _state(session: Session, case: Case) -> str:
    acceptance = get_interpretation(session, actor=case.scientist, model_id=case.model.id).acceptance
    return acceptance.state if acceptance else ""


def test_an_expectation_is_kept_once_with_who_and_when(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, tenure="lowers", contract="unknown")
    row = session.exec(select(Expectation)).one()
    assert (row.user_id, row.role_at_time, row.explanation_sha256) == (
        case.business.user_id,
        "business",
        case.model.explanation_sha256,
    )
    assert row.columns == [
        {"column": "tenure", "direction": "lowers"},
        {"column": "contract", "direction": "unknown"},
    ]
    for again in (expect, skip):
        with pytest.raises(ConflictError, match="said already"):
            again(session, case.business, case.model)


def test_who_made_the_model_is_not_asked(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(ConflictError, match="You started the run"):
        expect(session, case.scientist, case.model, tenure="lowers")
    with pytest.raises(ConflictError, match="You started the run"):
        skip(session, case.scientist, case.model)


@pytest.mark.parametrize("column", ["churn", "payment", "", "<b>tenure</b>", "x" * 10_000])
def test_a_column_the_model_does_not_take_is_refused_and_nothing_is_revealed(session: Session, column: str) -> None:
    case = make_case(session)
    with pytest.raises(InvalidInputError, match="does not take a column"):
        record_expectation(session, actor=case.business, model_id=case.model.id, columns=[{"column": column}])
    assert get_interpretation(session, actor=case.business, model_id=case.model.id).revealed is None


def test_who_is_asked_first_chooses_the_class_and_nobody_another_one_later(session: Session) -> None:
    case = make_class_case(session)
    with pytest.raises(InvalidInputError, match="Say first which class matters"):
        expect(session, case.business, case.model, tenure="lowers")
    with pytest.raises(InvalidInputError, match="does not have the class"):
        expect(session, case.business, case.model, of_class="Yes", tenure="lowers")
    assert get_interpretation(session, actor=case.business, model_id=case.model.id).revealed is None
    expect(session, case.business, case.model, of_class=CLASSES[2], tenure="lowers")
    with pytest.raises(ConflictError, match="another class meanwhile"):
        expect(session, case.manager, case.model, of_class=CLASSES[0], tenure="lowers")
    expect(session, case.manager, case.model, tenure="lowers")
    assert {row.towards for row in session.exec(select(Expectation))} == {CLASSES[2]}


def test_who_skips_leaves_it_at_the_most_frequent_class_or_chooses(session: Session) -> None:
    first, second = make_class_case(session), make_class_case(session)
    skip(session, first.manager, first.model)
    skip_expectation(session, actor=second.manager, model_id=second.model.id, reason="I know it", towards=CLASSES[1])
    for case, label in ((first, CLASSES[0]), (second, CLASSES[1])):
        assert get_interpretation(session, actor=case.manager, model_id=case.model.id).towards == label


def test_of_yes_and_no_no_class_can_be_chosen(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(InvalidInputError, match="does not have the class"):
        expect(session, case.business, case.model, of_class="Yes", tenure="lowers")
    expect(session, case.business, case.model, tenure="lowers")
    assert session.exec(select(Expectation)).one().towards is None


def test_skipping_needs_a_reason_which_others_read(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(InvalidInputError, match="Say in a sentence why you skip"):
        skip_expectation(session, actor=case.manager, model_id=case.model.id, reason=" ")
    skip_expectation(session, actor=case.manager, model_id=case.model.id, reason="I saw it <b>in the meeting</b>")
    seen = get_interpretation(session, actor=case.scientist, model_id=case.model.id)
    assert seen.revealed is not None
    assert [one.skip_reason for one in seen.revealed.expectations] == ["I saw it <b>in the meeting</b>"]


Say = Callable[[Session, Case, Actor], object]
SAYINGS: dict[str, Say] = {
    "answer a surprise": lambda s, c, a: answer_surprise(
        s, actor=a, model_id=c.model.id, kind="unexpected", column="tenure", sentence="So it is."
    ),
    "vote": lambda s, c, a: _vote(s, c, a, "sense"),
    "answer a no": lambda s, c, a: answer_vote(s, actor=a, model_id=c.model.id, vote_id=NOWHERE, sentence="So it is."),
    "decide": lambda s, c, a: decide_interpretation(
        s,
        actor=a,
        model_id=c.model.id,
        verdict="accepted",
        reason="Because",
        explanation_sha256=c.model.explanation_sha256,
    ),
}


@pytest.mark.parametrize("name", SAYINGS)
def test_who_has_not_said_what_they_expect_can_say_nothing_of_what_drives_it(session: Session, name: str) -> None:
    case = make_case(session)
    with pytest.raises(ConflictError, match="Say first what you expect"):
        SAYINGS[name](session, case, case.manager)


@pytest.mark.parametrize("name", SAYINGS)
def test_a_stranger_cannot_tell_the_model_from_none(session: Session, name: str) -> None:
    case = make_case(session)
    with pytest.raises(NotFoundError, match="no such model"):
        SAYINGS[name](session, case, case.stranger)


def test_a_surprise_is_answered_once_and_the_answer_is_shown(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, contract="unknown")
    answer = {"model_id": case.model.id, "kind": "unexpected", "column": "tenure"}
    answer_surprise(session, actor=case.scientist, sentence="Bound by contract.", **answer)
    with pytest.raises(ConflictError, match="has answered this already"):
        answer_surprise(session, actor=case.business, sentence="I know better.", **answer)
    with pytest.raises(InvalidInputError, match="no such surprise"):
        answer_surprise(session, actor=case.business, sentence="Why?", **{**answer, "kind": "weak"})
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert seen.revealed is not None
    (surprise,) = seen.revealed.surprises
    assert surprise.answer is not None
    assert (surprise.answer.name, surprise.answer.sentence) == (case.scientist.name, "Bound by contract.")


def test_a_no_blocks_until_another_answers_and_again_when_it_is_kept(session: Session) -> None:
    case = make_case(session)
    for person in (case.business, case.manager):
        skip(session, person, case.model)
    no = _vote(session, case, case.business, "no", "It cannot be tenure")
    with pytest.raises(ConflictError, match="1 vote of no stands"):
        judge(session, case.manager, case.model)
    answer = {"model_id": case.model.id, "vote_id": no.id}
    with pytest.raises(NotAllowedError, match="You have said no yourself"):
        answer_vote(session, actor=case.business, sentence="Fine then.", **answer)
    answer_vote(session, actor=case.scientist, sentence="Contracts end with it.", **answer)
    judge(session, case.manager, case.model)
    assert _state(session, case) == "accepted"
    _vote(session, case, case.business, "kept")
    assert _state(session, case) == "disputed"
    with pytest.raises(ConflictError, match="1 vote of no stands"):
        judge(session, case.manager, case.model)
    _vote(session, case, case.business, "withdrawn")
    assert _state(session, case) == "accepted"
    with pytest.raises(ConflictError, match="does not stand any more"):
        answer_vote(session, actor=case.scientist, sentence="Late.", **answer)
    versions = session.exec(select(DriverVote.vote).order_by(col(DriverVote.version))).all()
    assert versions == ["no", "kept", "withdrawn"]


def test_a_kept_no_of_somebody_who_has_left_does_not_block_for_good(session: Session) -> None:
    case = make_case(session)
    for person in (case.business, case.manager):
        skip(session, person, case.model)
    no = _vote(session, case, case.business, "no", "It cannot be tenure")
    answer_vote(session, actor=case.scientist, model_id=case.model.id, vote_id=no.id, sentence="Contracts end with it.")
    _vote(session, case, case.business, "kept")
    with pytest.raises(ConflictError, match="1 vote of no stands"):
        judge(session, case.manager, case.model)
    disable_user(session, actor=make_actor(session, Role.ADMIN), user_id=case.business.user_id)
    judge(session, case.manager, case.model)
    assert _state(session, case) == "accepted"


def test_the_same_vote_again_is_no_new_one(session: Session) -> None:
    case = make_case(session)
    skip(session, case.business, case.model)
    _vote(session, case, case.business, "sense")
    before = len(_events(session))
    said = vote_on_driver(session, actor=case.business, model_id=case.model.id, column="tenure", vote="sense")
    assert said is None
    assert len(_events(session)) == before


@pytest.mark.parametrize(
    ("column", "vote", "match"), [("charges", "sense", "none of them"), ("tenure", "yes", "makes sense")]
)
def test_a_vote_on_something_else_is_refused(session: Session, column: str, vote: str, match: str) -> None:
    case = make_case(session)
    skip(session, case.business, case.model)
    with pytest.raises(InvalidInputError, match=match):
        _vote(session, case, case.business, vote, column=column)


def test_who_made_the_model_neither_votes_nor_decides(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(NotAllowedError, match="You started the run"):
        _vote(session, case, case.scientist, "sense")
    with pytest.raises(NotAllowedError, match="You started the run"):
        judge(session, case.scientist, case.model)


def test_a_colleague_of_the_maker_is_asked_and_may_judge(session: Session) -> None:
    case = make_case(session)
    peer = join(session, case.project_id, make_actor(session, Role.DATA_SCIENTIST))
    assert get_interpretation(session, actor=peer, model_id=case.model.id).revealed is None
    assert judge(session, peer, case.model).verdict == "accepted"


def test_nothing_is_accepted_while_a_surprise_is_unanswered_but_it_can_be_refused(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, contract="unknown")
    with pytest.raises(ConflictError, match="1 surprise"):
        judge(session, case.manager, case.model)
    judge(session, case.manager, case.model, "not_accepted")
    assert _state(session, case) == "not_accepted"
    answer_all(session, case.scientist, case.model)
    judge(session, case.manager, case.model)
    assert _state(session, case) == "accepted"
    rows = session.exec(select(InterpretationDecision).order_by(col(InterpretationDecision.version))).all()
    assert [(row.version, row.verdict) for row in rows] == [(1, "not_accepted"), (2, "accepted")]
    assert {(row.model_digest, row.explanation_sha256) for row in rows} == {
        (case.model.digest, case.model.explanation_sha256)
    }


def test_an_explanation_that_does_not_add_up_is_not_accepted(session: Session) -> None:
    case = make_case(session, explanation=make_explained(9, 5, is_additive=False))
    with pytest.raises(ConflictError, match="do not add up"):
        judge(session, case.business, case.model)


def test_a_decision_needs_a_reason_a_verdict_and_what_was_seen(session: Session) -> None:
    case = make_case(session)
    skip(session, case.manager, case.model)
    asked = {"actor": case.manager, "model_id": case.model.id, "explanation_sha256": case.model.explanation_sha256}
    for changes, match in (
        ({"reason": ""}, "Give a reason"),
        ({"reason": "x" * 10_000}, "10,000 characters"),
        ({"verdict": "perhaps"}, "accepted or not accepted"),
        ({"explanation_sha256": NOWHERE}, "another explanation"),
        ({"based_on": 3}, "Somebody else has decided"),
    ):
        with pytest.raises(PortalError, match=match):
            decide_interpretation(session, **{"verdict": "accepted", "reason": "Because", **asked, **changes})  # type: ignore[arg-type]


def test_a_newer_explanation_makes_a_decision_stale_and_wants_new_answers(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, contract="unknown")
    answer_all(session, case.scientist, case.model)
    judge(session, case.manager, case.model)
    other = register_model(
        session,
        actor=SYSTEM,
        run_id=make_run(session, case.scientist, case.project_id).id,
        finished=make_finished(explanation=make_explained(9, 5, 3)),
    )
    case.model.explanation_sha256 = other.explanation_sha256
    session.add(case.model)
    session.flush()
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert seen.acceptance is not None
    assert seen.acceptance.state == "stale"
    assert seen.revealed is not None
    assert seen.revealed.n_unanswered == 4  # three strong columns nobody expected, and the one that was is not used


def test_a_newer_model_needs_a_decision_of_its_own_and_takes_nothing_from_the_old_one(session: Session) -> None:
    case = make_case(session)
    judge(session, case.manager, case.model)
    assert _newer(session, case) is None
    run = make_run(session, case.scientist, case.project_id)
    newer = register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
    assert get_interpretation(session, actor=case.business, model_id=newer.id).acceptance is None
    assert (_state(session, case), _newer(session, case)) == ("accepted", newer.number)
    judge(session, case.manager, newer)
    assert _state(session, case) == "accepted", "It is about the model it was about."
    session.get_one(Run, case.model.run_id).generation += 1
    again = register_model(session, actor=SYSTEM, run_id=case.model.run_id, finished=make_finished())
    assert (_state(session, case), _newer(session, case)) == ("accepted", again.number)
    assert get_interpretation(session, actor=case.business, model_id=again.id).acceptance is None


def _newer(session: Session, case: Case) -> int | None:
    acceptance = get_interpretation(session, actor=case.business, model_id=case.model.id).acceptance
    return acceptance.newer_number if acceptance else None


def test_a_constant_model_is_judged_too(session: Session) -> None:
    case = make_case(session, explanation=make_explained())
    expect(session, case.business, case.model, tenure="lowers")
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert seen.revealed is not None
    assert seen.revealed.cards == ()
    assert [one.sentence for one in seen.revealed.surprises] == [
        f"{case.business.name} expected tenure to matter; the model does not use it."
    ]
    with pytest.raises(InvalidInputError, match="none of them"):
        _vote(session, case, case.business, "sense")


def test_each_saying_leaves_one_event_with_a_sentence_that_gives_nothing_away(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, contract="unknown")
    skip(session, case.manager, case.model)
    answer_all(session, case.business, case.model)
    no = _vote(session, case, case.manager, "no", "Never tenure")
    answer_vote(session, actor=case.business, model_id=case.model.id, vote_id=no.id, sentence="Yes, tenure")
    judge(session, case.manager, case.model)
    events = _events(session)
    assert [event.action.removeprefix("interpretation.") for event in events] == [
        "expected",
        "skipped",
        "surprise_answered",
        "voted",
        "vote_answered",
        "accepted",
    ]
    assert all(is_described(event.action) for event in events)
    told = " ".join(str((event.after, event.before, event.reason)) for event in events)
    assert "tenure" not in told.casefold()
    assert "contract" not in told.casefold()
    assert get_chain_report(session).is_intact


TEXTS = {
    "expectation": "skip_reason",
    "surprise_answer": "sentence",
    "driver_vote": "vote",
    "vote_answer": "sentence",
    "interpretation_decision": "verdict",
}


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
@pytest.mark.parametrize("table", TEXTS)
def test_the_database_refuses_to_rewrite_what_was_said(engine: Engine, table: str, verb: str) -> None:
    column = TEXTS[table]
    statement = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"  # noqa: S608
    with transaction(engine) as session:
        case = make_case(session)
        expect(session, case.business, case.model, contract="unknown")
        skip(session, case.manager, case.model)
        answer_all(session, case.business, case.model)
        no = _vote(session, case, case.manager, "no", "Never")
        answer_vote(session, actor=case.business, model_id=case.model.id, vote_id=no.id, sentence="Yes")
        judge(session, case.manager, case.model)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


def test_the_database_refuses_an_answer_by_who_said_no(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        skip(session, case.manager, case.model)
        no = _vote(session, case, case.manager, "no", "Never")
    with pytest.raises(DBAPIError, match="cannot answer"), transaction(engine) as session:
        session.add(VoteAnswer(vote_id=no.id, user_id=case.manager.user_id, role_at_time="manager", sentence="Fine"))
        session.flush()


def _both(engine: Engine, acts: list[Callable[[Session], object]]) -> list[PortalError | None]:
    def run(act: Callable[[Session], object]) -> PortalError | None:
        try:
            with transaction(engine) as session:
                act(session)
        except PortalError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _shared(engine: Engine) -> Case:
    with transaction(engine) as session:
        case = make_case(session)
        expect(session, case.business, case.model, contract="unknown")
        skip(session, case.manager, case.model)
    return case


def test_two_people_vote_at_once_and_both_count(engine: Engine) -> None:
    case = _shared(engine)
    people = (case.business, case.manager)
    refused = _both(engine, [lambda s, who=who: _vote(s, case, who, "sense") for who in people])  # type: ignore[misc]
    assert refused == [None, None]
    with reading(engine) as session:
        assert len(session.exec(select(DriverVote)).all()) == 2
        assert get_chain_report(session).is_intact


def test_of_two_answers_to_one_surprise_at_once_one_is_kept_and_the_other_told(engine: Engine) -> None:
    case = _shared(engine)
    people = (case.business, case.manager)
    refused = _both(engine, [lambda s, who=who: answer_all(s, who, case.model) for who in people])  # type: ignore[misc]
    assert sum(error is None for error in refused) >= 1
    assert all(isinstance(error, ConflictError) for error in refused if error is not None)
    with reading(engine) as session:
        assert len(session.exec(select(SurpriseAnswer)).all()) == 1


def test_of_an_acceptance_and_a_no_at_once_the_model_is_never_undisputedly_accepted(engine: Engine) -> None:
    case = _shared(engine)
    with transaction(engine) as session:
        answer_all(session, case.business, case.model)
    _both(
        engine,
        [lambda s: judge(s, case.business, case.model), lambda s: _vote(s, case, case.manager, "no", "Never")],
    )
    with reading(engine) as session:
        assert _state(session, case) in ("disputed", "")


def test_of_two_decisions_on_the_same_view_the_second_is_told(engine: Engine) -> None:
    case = _shared(engine)
    with transaction(engine) as session:
        answer_all(session, case.business, case.model)
    asked: dict[str, Any] = {
        "model_id": case.model.id,
        "verdict": "accepted",
        "reason": "Because",
        "explanation_sha256": case.model.explanation_sha256,
    }
    people = (case.business, case.manager)
    refused = _both(engine, [lambda s, who=who: decide_interpretation(s, actor=who, **asked) for who in people])  # type: ignore[misc]
    assert sorted(type(error).__name__ for error in refused) == ["ConflictError", "NoneType"]
    with reading(engine) as session:
        assert session.exec(select(Model.id).where(Model.id == case.model.id)).one()
        assert len(session.exec(select(InterpretationDecision)).all()) == 1
