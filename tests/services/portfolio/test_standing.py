"""From a model to a sign-off and back: what each person is told at each step."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.portfolio.queries import get_project_overview, list_decisions, list_project_cards
from services.portfolio.views import ProjectOverview
from services.reviews.commands import decide, revoke
from tests.makers_reviews import Case, approve, ask, edit_dataset, edit_payoffs, make_case


def _overview(session: Session, case: Case, actor: Actor) -> ProjectOverview:
    return get_project_overview(session, actor=actor, project_id=case.project_id)


def _states(overview: ProjectOverview) -> dict[str, str]:
    return {stage.name: stage.state for stage in overview.stages}


def test_a_found_model_waits_for_somebody_to_ask(session: Session) -> None:
    case = make_case(session)
    overview = _overview(session, case, case.scientist)
    assert overview.finding == "A model is found and explained. Nobody has been asked to sign it yet."
    assert overview.next_step.destination.page == "model"
    assert overview.next_step.destination.ids["model"] == case.model.id
    assert list_decisions(session, actor=case.manager) == []


def test_a_request_is_the_managers_decision_and_nobody_elses(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    (card,) = list_decisions(session, actor=case.manager)
    assert card.question == review.question
    assert card.destination.ids["review"] == review.id
    assert list_decisions(session, actor=case.business) == []
    assert list_decisions(session, actor=case.stranger) == []
    assert _overview(session, case, case.manager).next_step.is_mine
    assert not _overview(session, case, case.scientist).next_step.is_mine


def test_an_approved_model_answers(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    overview = _overview(session, case, case.business)
    assert overview.finding == "The model is approved and answers."
    assert _states(overview) | {"Sign-off": "done", "Live": "now"} == _states(overview)
    assert list_decisions(session, actor=case.manager) == []
    (project,) = list_project_cards(session, actor=case.business)
    assert (project.status, project.color, project.stage) == ("Answering", "green", "Live")


def test_a_payoff_change_makes_it_stale_and_says_what_changed(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    edit_payoffs(session, case.project_id, case.business, action_amount=30.0)
    overview = _overview(session, case, case.business)
    assert overview.finding.startswith("It must be signed again: ")
    assert "30" in overview.finding
    assert _states(overview) | {"Sign-off": "stale", "Live": "blocked"} == _states(overview)
    assert [card.kind for card in list_decisions(session, actor=case.business)] == ["Stale"]


def test_new_data_after_the_run_makes_the_model_stale(session: Session) -> None:
    case = make_case(session)
    edit_dataset(session, case.project_id, case.scientist)
    overview = _overview(session, case, case.scientist)
    assert overview.finding == "The data changed after the model was trained. Train again before anybody signs."
    assert _states(overview)["Model"] == "stale"
    assert overview.next_step.destination.page == "runs"


def test_a_rejection_is_said_and_the_next_request_is_somebody_elses_turn(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    decide(
        session,
        actor=case.manager,
        review_id=review.id,
        verdict="reject",
        reason="The drivers make no sense.",
        manifest_sha256=review.manifest_sha256,
    )
    overview = _overview(session, case, case.manager)
    assert overview.finding == "A manager decided that this model may not act."
    assert _states(overview)["Sign-off"] == "blocked"
    assert not overview.next_step.is_mine


def test_a_revoked_approval_no_longer_answers(session: Session) -> None:
    case = make_case(session)
    review = approve(session, case)
    revoke(session, actor=case.manager, review_id=review.id, reason="Complaints from customers.")
    overview = _overview(session, case, case.business)
    assert overview.finding == "The approval was revoked. The model no longer answers."
    assert _states(overview)["Live"] == "todo"
