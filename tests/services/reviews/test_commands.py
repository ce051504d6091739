"""Sign-off in the services: who may, on what, exactly once, and what is left in the records."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db.session import transaction
from db.tables import AuditEvent, Decision, Deployment, EvidenceAuthor, Project, Review, User
from services.audit.actor import Actor
from services.audit.queries import get_chain_report
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, PortalError
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.reviews import commands
from services.reviews.commands import decide, record_opening, request_review, revoke, withdraw_review
from services.reviews.errors import AlreadyDecidedError, EvidenceMissingError, SelfApprovalError, StaleEvidenceError
from services.reviews.queries import get_review, get_standing
from services.reviews.rules import SECTIONS
from tests.makers import make_actor
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_fairness import make_assessment, make_compared, make_fairness
from tests.makers_interpretations import judge, skip
from tests.makers_models import make_model
from tests.makers_money import reflected
from tests.makers_reviews import (
    Case,
    approve,
    ask,
    edit_dataset,
    edit_objective,
    edit_payoffs,
    edit_threshold,
    edit_tolerance,
    join,
    make_case,
    understand,
)


def _decide(session: Session, review: Review, actor: Actor, verdict: str = "approve", **changes: str) -> Review:
    values = {"reason": "The money holds.", "manifest_sha256": review.manifest_sha256, **changes}
    return decide(session, actor=actor, review_id=review.id, verdict=verdict, **values)


def _events(session: Session, review_id: str) -> list[AuditEvent]:
    statement = select(AuditEvent).where(AuditEvent.object_id == review_id).order_by(col(AuditEvent.id))
    return list(session.exec(statement))


def test_an_approval_is_signed_released_and_recorded(session: Session) -> None:
    case = make_case(session)
    review = approve(session, case)
    assert review.state == "approved"
    decision = session.exec(select(Decision).where(Decision.review_id == review.id)).one()
    assert (decision.user_id, decision.verdict, decision.role_at_time) == (case.manager.user_id, "approve", "manager")
    assert decision.manifest_sha256 == review.manifest_sha256
    deployment = session.exec(select(Deployment)).one()
    assert (deployment.review_id, deployment.ended_at) == (review.id, None)
    events = _events(session, review.id)
    assert [event.action for event in events] == ["review.requested", "review.approved"]
    assert {event.manifest_sha256 for event in events} == {review.manifest_sha256}
    assert get_chain_report(session).is_intact


@pytest.mark.parametrize(
    ("verdict", "state"), [("request_changes", "changes_requested"), ("reject", "rejected"), ("approve", "approved")]
)
def test_each_verdict_has_its_state_and_only_an_approval_releases(session: Session, verdict: str, state: str) -> None:
    case = make_case(session)
    review = _decide(session, ask(session, case), case.manager, verdict)
    assert review.state == state
    assert bool(session.exec(select(Deployment)).all()) == (verdict == "approve")


def test_everybody_who_wrote_evidence_is_named_with_what_they_wrote(session: Session) -> None:
    case = make_case(session)
    helper = join(session, case.project_id, make_actor(session, Role.BUSINESS))
    edit_threshold(session, case.model, helper)
    review = ask(session, case)
    rows = session.exec(select(EvidenceAuthor).where(EvidenceAuthor.review_id == review.id))
    authored = {row.user_id: row.authored for row in rows}
    assert set(authored) == {case.business.user_id, case.scientist.user_id, helper.user_id}
    assert "wrote the payoffs on" in authored[case.business.user_id]
    assert "chose the threshold on" in authored[helper.user_id]
    assert "started the model run on" in authored[case.scientist.user_id]
    assert "asked for this sign-off on" in authored[case.scientist.user_id]


def _as_manager(session: Session, actor: Actor) -> Actor:
    user = session.get_one(User, actor.user_id)
    user.role = Role.MANAGER
    session.add(user)
    return Actor(user_id=actor.user_id, name=actor.name, role=Role.MANAGER)


@pytest.mark.parametrize("author", ["business", "scientist"])
def test_an_author_who_became_a_manager_is_refused_by_the_service(session: Session, author: str) -> None:
    case = make_case(session)
    review = ask(session, case)
    with pytest.raises(SelfApprovalError, match=r"You cannot decide on this: you .* on \d+ \w+"):
        _decide(session, review, _as_manager(session, getattr(case, author)))


@pytest.mark.parametrize("kind", ["objective", "payoffs", "threshold"])
def test_the_author_of_an_older_version_is_an_author_too(session: Session, kind: str) -> None:
    case = make_case(session)
    former = join(session, case.project_id, make_actor(session, Role.DATA_SCIENTIST))
    for author, value in ((former, 150.0), (case.scientist, 250.0)):
        if kind == "objective":
            edit_objective(session, case.project_id, author, target=value)
        elif kind == "payoffs":
            edit_payoffs(session, case.project_id, author, caught_value_amount=value)
        else:
            edit_threshold(session, case.model, author, value / 1000)
    with pytest.raises(SelfApprovalError):
        _decide(session, ask(session, case), _as_manager(session, former))


def test_an_author_is_refused_by_the_database_too(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        review = ask(session, case)
    forged = Decision(
        review_id=review.id,
        user_id=case.business.user_id,
        role_at_time="manager",
        verdict="approve",
        reason="Mine",
        manifest_sha256=review.manifest_sha256,
    )
    with pytest.raises(DBAPIError, match="wrote the evidence"), transaction(engine) as session:
        session.add(forged)
    with transaction(engine) as session:
        assert not session.exec(select(Decision)).all()


def test_a_decision_cannot_be_rewritten(engine: Engine) -> None:
    with transaction(engine) as session:
        decision_id = session.exec(
            select(Decision.id).where(Decision.review_id == approve(session, make_case(session)).id)
        ).one()
    with pytest.raises(DBAPIError, match="append-only"), transaction(engine) as session:
        decision = session.get_one(Decision, decision_id)
        decision.reason = "Something else"
        session.add(decision)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.AUDITOR, Role.ADMIN])
def test_only_a_role_that_signs_can_sign(session: Session, role: Role) -> None:
    case = make_case(session)
    review, actor = ask(session, case), join(session, case.project_id, make_actor(session, role))
    with pytest.raises(NotAllowedError):
        _decide(session, review, actor)


def test_a_manager_of_another_project_does_not_learn_that_the_round_exists(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    attempts: list[Callable[[], object]] = [
        lambda: _decide(session, review, case.stranger),
        lambda: get_review(session, actor=case.stranger, review_id=review.id),
        lambda: record_opening(session, actor=case.stranger, review_id=review.id, section="money"),
        lambda: withdraw_review(session, actor=case.stranger, review_id=review.id),
        lambda: revoke(session, actor=case.stranger, review_id=review.id, reason="No"),
        lambda: request_review(session, actor=case.stranger, model_id=case.model.id, question="May it?"),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()


def test_a_manager_cannot_ask_for_a_sign_off(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(NotAllowedError):
        request_review(session, actor=case.manager, model_id=case.model.id, question="May it?")


Edit = Callable[[Session, Case], object]


def _tamper_explanation(session: Session, case: Case) -> None:
    case.model.explanation_sha256 = "0" * 64
    session.add(case.model)
    session.flush()


def _tamper_evaluation(session: Session, case: Case) -> None:
    case.model.evaluation_sha256 = "0" * 64
    session.add(case.model)
    session.flush()


def _tamper_model(session: Session, case: Case) -> None:
    case.model.digest = "0" * 64
    session.add(case.model)
    session.flush()


EDITS: dict[str, tuple[Edit, str]] = {
    "objective": (
        lambda session, case: edit_objective(session, case.project_id, case.business, target=180.0),
        "target changed from 200 customers to 180 customers",
    ),
    "payoffs": (
        lambda session, case: edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0),
        "value of a caught case changed from €190 to €150",
    ),
    "dataset": (
        lambda session, case: edit_dataset(session, case.project_id, case.scientist),
        "excluded columns changed from none to payment (Known too late)",
    ),
    "threshold": (
        lambda session, case: edit_threshold(session, case.model, case.business, 0.5),
        "threshold changed from 0.3 to 0.5",
    ),
    "tolerance": (
        lambda session, case: edit_tolerance(session, case.project_id, case.business),
        "largest gap accepted was added (version 1)",
    ),
    "fairness": (
        lambda session, case: make_assessment(session, case.scientist, case.model.id, make_fairness()),
        "fairness was added (version 1)",
    ),
    "explanation": (_tamper_explanation, "explanation changed from version 1"),
    "evaluation": (_tamper_evaluation, "evaluation changed from version 1"),
    "model": (_tamper_model, "digest changed from"),
}


@pytest.mark.parametrize("kind", EDITS)
def test_each_kind_of_change_makes_an_approval_stale_and_says_what_changed(session: Session, kind: str) -> None:
    case = make_case(session)
    review = approve(session, case)
    edit, words = EDITS[kind]
    edit(session, case)
    view = get_review(session, actor=case.manager, review_id=review.id)
    assert view.state == "stale"
    assert words in view.changed_words


@pytest.mark.parametrize("kind", EDITS)
def test_each_kind_of_change_stops_a_waiting_round(session: Session, kind: str) -> None:
    case = make_case(session)
    review = ask(session, case)
    EDITS[kind][0](session, case)
    for verdict in ("approve", "request_changes", "reject"):
        with pytest.raises(StaleEvidenceError):
            _decide(session, review, case.manager, verdict)


def test_a_comparison_with_another_outcome_is_told_in_words(session: Session) -> None:
    case = make_case(session)
    edit_tolerance(session, case.project_id, case.business)
    make_assessment(session, case.scientist, case.model.id, make_fairness())
    review = approve(session, case)
    again = make_fairness(compared=(make_compared(standing="beyond"),))
    edit_tolerance(session, case.project_id, case.business, largest_gap=0.05)
    make_assessment(session, case.scientist, case.model.id, again, "payment")
    words = get_review(session, actor=case.manager, review_id=review.id).changed_words
    assert "largest gap between groups changed from 10 points to 5 points" in words
    assert "against the largest gap changed from no gap agreed to beyond the gap agreed" in words


def test_a_comparison_by_another_gap_or_threshold_is_not_called_within_the_gap(session: Session) -> None:
    case = make_case(session)
    edit_tolerance(session, case.project_id, case.business)
    within = make_fairness(compared=(make_compared(standing="within"),))
    make_assessment(session, case.scientist, case.model.id, within)

    def judged() -> str:
        manifest = get_review(session, actor=case.manager, review_id=ask(session, case).id).manifest
        item = manifest.find("fairness")
        assert item is not None
        return dict(item.facts)["Against the largest gap"]

    assert judged() == "within the gap agreed"
    edit_threshold(session, case.model, case.business, 0.4)
    assert judged().startswith("judged by another gap or threshold")
    make_assessment(session, case.scientist, case.model.id, within, "payment")
    assert judged() == "within the gap agreed"
    edit_tolerance(session, case.project_id, case.business, largest_gap=0.02)
    assert judged().startswith("judged by another gap or threshold")


def test_a_comparison_of_several_classes_says_which_are_good_to_be_given(session: Session) -> None:
    case = make_class_case(session)
    report = make_fairness(task="multiclass", favourable=CLASSES[1:])
    make_assessment(session, case.scientist, case.model.id, report, favourable=CLASSES[1:])
    item = get_review(session, actor=case.manager, review_id=ask(session, case).id).manifest.find("fairness")
    assert item is not None
    assert dict(item.facts)["Classes good to be given"] == f"“{CLASSES[1]}”, “{CLASSES[2]}”"


def test_a_comparison_beyond_the_gap_is_not_covered_by_a_later_one(session: Session) -> None:
    case = make_case(session)
    for standing in ("beyond", "within"):
        report = make_fairness(compared=(make_compared(standing=standing),))
        make_assessment(session, case.scientist, case.model.id, report, "payment")
    item = get_review(session, actor=case.manager, review_id=ask(session, case).id).manifest.find("fairness")
    assert item is not None
    assert dict(item.facts)["Other comparisons of the model"] == "1 of 1 comparison beyond the gap"


def test_the_words_of_a_comparison_name_no_column(session: Session) -> None:
    """They are read by people who are still to say what they expect to drive the model."""
    case = make_case(session)
    make_assessment(session, case.scientist, case.model.id, make_fairness(), "contract", "tenure")
    item = get_review(session, actor=case.manager, review_id=ask(session, case).id).manifest.find("fairness")
    assert item is not None
    assert dict(item.facts)["Comparison of groups"] == "number 1, by 2 columns"
    assert not {"contract", "tenure"} & set(str(item.facts).replace("'", " ").split())


def test_who_agreed_on_the_gap_does_not_sign(session: Session) -> None:
    case = make_case(session)
    edit_tolerance(session, case.project_id, case.manager)
    review = ask(session, case)
    with pytest.raises(NotAllowedError, match="you agreed on the largest gap on"):
        _decide(session, review, case.manager)


def test_who_had_groups_compared_does_not_sign(session: Session) -> None:
    """The comparison is an item of the manifest, and they chose what it compares."""
    case = make_case(session)
    skip(session, case.manager, case.model)
    make_assessment(session, case.manager, case.model.id, make_fairness())
    review = ask(session, case)
    with pytest.raises(SelfApprovalError, match=r"You cannot decide on this: you had groups compared on \d+ \w+"):
        _decide(session, review, case.manager)
    other = join(session, case.project_id, make_actor(session, Role.MANAGER))
    assert _decide(session, review, other).state == "approved"


def test_who_asked_for_a_comparison_that_found_nothing_yet_wrote_no_evidence(session: Session) -> None:
    case = make_case(session)
    skip(session, case.manager, case.model)
    make_assessment(session, case.manager, case.model.id)
    assert _decide(session, ask(session, case), case.manager).state == "approved"


def test_a_signature_on_another_manifest_than_the_waiting_one_is_refused(session: Session) -> None:
    case = make_case(session)
    old = ask(session, case)
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    new = ask(session, case)
    assert (old.state, new.round) == ("superseded", old.round + 1)
    with pytest.raises(StaleEvidenceError, match="Open this round again"):
        _decide(session, new, case.manager, manifest_sha256=old.manifest_sha256)
    with pytest.raises(AlreadyDecidedError):
        _decide(session, old, case.manager)


def test_exactly_this_evidence_is_not_asked_twice(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    with pytest.raises(ConflictError, match="waits for a decision"):
        ask(session, case)
    _decide(session, review, case.manager)
    with pytest.raises(ConflictError, match="is approved"):
        ask(session, case)


def test_a_new_approval_supersedes_the_stale_one(session: Session) -> None:
    case = make_case(session)
    first = approve(session, case)
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    waiting = ask(session, case)
    assert first.state == "approved"
    second = _decide(session, waiting, case.manager)
    assert (first.state, second.state) == ("superseded", "approved")
    ended = {row.review_id: row.ended_at is not None for row in session.exec(select(Deployment))}
    assert ended == {first.id: True, second.id: False}
    changes = get_review(session, actor=case.manager, review_id=second.id).changes_since_approval
    assert changes is not None
    assert [change.sentence for change in changes] == ["value of a caught case changed from €190 to €150"]


def test_high_risk_needs_every_section_opened_by_the_one_who_approves(session: Session) -> None:
    case = make_case(session)
    project = session.get_one(Project, case.project_id)
    project.risk_tier = "high"
    session.add(project)
    understand(session, case)
    review = ask(session, case)
    second = join(session, case.project_id, make_actor(session, Role.MANAGER))
    for manager in (case.manager, second):
        skip(session, manager, case.model)
    for section in SECTIONS:
        record_opening(session, actor=second, review_id=review.id, section=section)
    for section in SECTIONS[:-1]:
        assert record_opening(session, actor=case.manager, review_id=review.id, section=section)
        assert not record_opening(session, actor=case.manager, review_id=review.id, section=section)
        with pytest.raises(InvalidInputError, match="Explanation"):
            _decide(session, review, case.manager)
    assert record_opening(session, actor=case.manager, review_id=review.id, section=SECTIONS[-1])
    assert _decide(session, review, case.manager).state == "approved"
    opened = [event for event in _events(session, review.id) if event.action == "review.evidence_opened"]
    assert len(opened) == 2 * len(SECTIONS)


@pytest.mark.parametrize(
    ("risk", "tier"), [({"has_legal_effect": True, "is_automatic": True}, "critical"), ({}, "low")]
)
def test_the_tier_of_the_questionnaire_reaches_the_evidence_and_the_gate(
    session: Session, risk: dict[str, bool], tier: str
) -> None:
    case = make_case(session)
    objective = reflected("selects_cases", delay=30, risk=risk)
    save_objective(session, actor=case.business, project_id=case.project_id, objective=objective, based_on=1)
    review = ask(session, case)
    view = get_review(session, actor=case.manager, review_id=review.id)
    assert view.risk_tier == tier
    facts = {name: words for item in review.manifest["items"] for name, words in item["facts"]}
    assert facts["Risk"].startswith(f"{tier.capitalize()} risk")
    assert facts["Set for the pilot"].startswith("Exploration share: 2%")
    assert facts["Set for searches"].startswith("Gap between training and test: 30 days")
    if tier == "critical":
        understand(session, case)
        skip(session, case.manager, case.model)
        with pytest.raises(InvalidInputError, match="an approval at critical risk needs all evidence opened"):
            _decide(session, review, case.manager)
        for section in SECTIONS:
            record_opening(session, actor=case.manager, review_id=review.id, section=section)
    assert _decide(session, review, case.manager).state == "approved"


def _at_high_risk(session: Session) -> tuple[Case, Review]:
    case = make_case(session)
    project = session.get_one(Project, case.project_id)
    project.risk_tier = "high"
    session.add(project)
    return case, ask(session, case)


def _read(session: Session, actor: Actor, review: Review) -> None:
    for section in SECTIONS:
        record_opening(session, actor=actor, review_id=review.id, section=section)


def test_high_risk_needs_a_model_that_is_understood(session: Session) -> None:
    case, review = _at_high_risk(session)
    skip(session, case.manager, case.model)
    _read(session, case.manager, review)
    with pytest.raises(ConflictError, match="interpretability of the model must be accepted first"):
        _decide(session, review, case.manager)
    judge(session, case.business, case.model, "not_accepted")
    with pytest.raises(ConflictError, match="must be accepted first"):
        _decide(session, review, case.manager)
    judge(session, case.business, case.model)
    view = get_review(session, actor=case.manager, review_id=review.id)
    assert view.acceptance is not None
    assert (view.acceptance.name, view.interpretability_refusal) == (case.business.name, None)
    assert _decide(session, review, case.manager).state == "approved"


def test_who_accepted_the_interpretability_is_not_the_only_one_who_approves(session: Session) -> None:
    case, review = _at_high_risk(session)
    judge(session, case.manager, case.model)
    _read(session, case.manager, review)
    with pytest.raises(NotAllowedError, match="somebody else must approve"):
        _decide(session, review, case.manager)
    second = join(session, case.project_id, make_actor(session, Role.MANAGER))
    skip(session, second, case.model)
    _read(session, second, review)
    assert _decide(session, review, second).state == "approved"


def test_a_low_risk_needs_no_decision_about_interpretability(session: Session) -> None:
    case = make_case(session)
    judge(session, case.manager, case.model, "not_accepted")
    assert approve(session, case).state == "approved"


def test_an_approval_does_not_become_stale_by_what_is_said_of_the_explanation(session: Session) -> None:
    case = make_case(session)
    review = approve(session, case)
    judge(session, case.manager, case.model, "not_accepted")
    assert get_review(session, actor=case.manager, review_id=review.id).state == "approved"


def test_what_is_hidden_does_not_count_as_opened(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    assert not record_opening(session, actor=case.manager, review_id=review.id, section="explanation")
    skip(session, case.manager, case.model)
    assert record_opening(session, actor=case.manager, review_id=review.id, section="explanation")


def test_an_author_who_looks_at_the_evidence_is_not_counted_as_a_reader(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    assert not record_opening(session, actor=case.business, review_id=review.id, section="money")
    assert get_review(session, actor=case.manager, review_id=review.id).openings == ()


def test_a_decision_needs_a_reason_also_when_it_is_yes(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    with pytest.raises(InvalidInputError, match="reason"):
        _decide(session, review, case.manager, reason="  ")
    with pytest.raises(InvalidInputError, match="approve, request changes, or reject"):
        _decide(session, review, case.manager, "revoke")
    assert review.state == "in_approval"


def test_only_who_asked_can_withdraw_and_only_while_it_waits(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    with pytest.raises(NotAllowedError, match="Only the person who asked"):
        withdraw_review(session, actor=case.business, review_id=review.id)
    assert withdraw_review(session, actor=case.scientist, review_id=review.id).state == "withdrawn"
    with pytest.raises(AlreadyDecidedError):
        withdraw_review(session, actor=case.scientist, review_id=review.id)
    with pytest.raises(AlreadyDecidedError):
        _decide(session, review, case.manager)


def test_an_approver_can_revoke_with_a_reason_and_that_is_final(session: Session) -> None:
    case = make_case(session)
    review = approve(session, case)
    with pytest.raises(InvalidInputError, match="reason"):
        revoke(session, actor=case.manager, review_id=review.id, reason="")
    assert revoke(session, actor=case.manager, review_id=review.id, reason="Complaints").state == "revoked"
    assert session.exec(select(Deployment)).one().ended_at is not None
    verdicts = [decision.verdict for decision in get_review(session, actor=case.manager, review_id=review.id).decisions]
    assert verdicts == ["approve", "revoke"]
    with pytest.raises(ConflictError):
        revoke(session, actor=case.manager, review_id=review.id, reason="Again")
    assert ask(session, case).state == "in_approval"


def test_evidence_that_is_missing_is_named(session: Session) -> None:
    model, _, scientist = make_model(session)
    with pytest.raises(EvidenceMissingError) as refused:
        request_review(session, actor=scientist, model_id=model.id, question="May it?")
    assert any("objective" in problem for problem in refused.value.problems)
    assert any("Money" in problem for problem in refused.value.problems)


def test_a_model_trained_on_older_data_must_be_trained_again_first(session: Session) -> None:
    case = make_case(session)
    edit_dataset(session, case.project_id, case.scientist)
    with pytest.raises(EvidenceMissingError, match="train again"):
        ask(session, case)


@pytest.mark.parametrize("question", ["", " \n", "x" * 161])
def test_a_question_is_needed_and_short(session: Session, question: str) -> None:
    case = make_case(session)
    with pytest.raises(InvalidInputError):
        ask(session, case, question=question)


def test_of_two_managers_at_the_same_moment_exactly_one_decides(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        managers = [case.manager, join(session, case.project_id, make_actor(session, Role.MANAGER))]
    for _ in range(50):
        with transaction(engine) as session:
            edit_payoffs(session, case.project_id, case.business)
            review = ask(session, case)
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(_try_to_decide, [engine] * 2, [review] * 2, managers))
        assert sorted(outcomes) == ["AlreadyDecidedError", "approved"]
    with transaction(engine) as session:
        winners = session.exec(select(Decision.review_id)).all()
        assert len(winners) == len(set(winners)) == 50
        assert get_chain_report(session).is_intact


def _try_to_decide(engine: Engine, review: Review, manager: Actor) -> str:
    try:
        with transaction(engine) as session:
            return str(_decide(session, review, manager).state)
    except PortalError as error:
        return type(error).__name__


def test_an_approval_and_a_change_at_the_same_moment_never_leave_a_valid_stale_approval(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
    for _ in range(10):
        with transaction(engine) as session:
            edit_payoffs(session, case.project_id, case.business)
            review = ask(session, case)

        def change() -> None:
            with transaction(engine) as session:
                edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)

        with ThreadPoolExecutor(2) as pool:
            deciding = pool.submit(_try_to_decide, engine, review, case.manager)
            pool.submit(change).result()
            deciding.result()
        with transaction(engine) as session:
            state = get_review(session, actor=case.manager, review_id=review.id).state
        assert state == "stale"


def test_without_the_guard_in_the_update_a_race_would_have_several_winners(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one statement is what decides: where the round was read before it moved on, nothing else refuses."""
    case = make_case(session)
    review = ask(session, case)
    second = join(session, case.project_id, make_actor(session, Role.MANAGER))
    read_before = get_standing(session, actor=second, review_id=review.id)
    _decide(session, review, case.manager)
    monkeypatch.setattr(commands, "get_standing", lambda *_, **__: read_before)
    with pytest.raises(AlreadyDecidedError, match="faster"):
        _decide(session, review, second)
