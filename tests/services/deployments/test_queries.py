"""Whether a model may answer: only under an approval that is still true, at every look."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading, transaction
from db.tables import DatasetVersion, Model, Review, Run
from services.deployments.errors import ModelDamagedError, PredictionBlockedError
from services.deployments.queries import (
    find_allowance,
    get_allowance,
    get_served_model,
    get_signature,
    list_deployments,
    list_steps_before,
    read_artifact,
)
from services.errors import NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.reviews.commands import decide, revoke, withdraw_review
from tests.makers import make_actor
from tests.makers_predictions import make_predicting
from tests.makers_reviews import (
    Case,
    approve,
    ask,
    edit_dataset,
    edit_objective,
    edit_payoffs,
    edit_threshold,
    join,
    make_case,
)


def test_the_reason_follows_the_model_through_its_life(session: Session) -> None:
    case = make_case(session)
    name = case.model.name

    def reason() -> str:
        allowance = find_allowance(session, model_name=name)
        assert not allowance.is_allowed
        return allowance.reason

    assert reason().startswith("Nobody has been asked")
    review = ask(session, case)
    assert "waits for a decision" in reason()
    withdraw_review(session, actor=case.scientist, review_id=review.id)
    assert "withdrawn" in reason()
    review = ask(session, case)
    decide(
        session,
        actor=case.manager,
        review_id=review.id,
        verdict="reject",
        reason="No",
        manifest_sha256=review.manifest_sha256,
    )
    assert "rejected" in reason()
    approved = approve(session, case)
    allowance = find_allowance(session, model_name=name)
    assert allowance.is_allowed
    assert allowance.reason.startswith(f"Approved by {case.manager.name} on ")
    revoke(session, actor=case.manager, review_id=approved.id, reason="Complaints")
    assert "revoked" in reason()


@pytest.mark.parametrize("kind", ["objective", "payoffs", "dataset", "threshold", "explanation"])
def test_each_kind_of_change_blocks_at_once(session: Session, kind: str) -> None:
    case = make_case(session)
    approve(session, case)
    assert find_allowance(session, model_name=case.model.name).is_allowed
    _change(session, case, kind)
    allowance = find_allowance(session, model_name=case.model.name)
    assert not allowance.is_allowed
    assert allowance.reason.startswith("The approval is stale: ")
    assert allowance.reason.endswith("Ask for a new sign-off.")


def _change(session: Session, case: Case, kind: str) -> None:
    if kind == "objective":
        edit_objective(session, case.project_id, case.business, target=180.0)
    elif kind == "payoffs":
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    elif kind == "dataset":
        edit_dataset(session, case.project_id, case.scientist)
    elif kind == "threshold":
        edit_threshold(session, case.model, case.scientist)
    else:
        case.model.explanation_sha256 = "0" * 64
        session.add(case.model)


def test_a_changed_payoff_is_told_with_both_values(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    assert find_allowance(session, model_name=case.model.name).reason == (
        "The approval is stale: value of a caught case changed from €190 to €150. Ask for a new sign-off."
    )


def test_a_stale_approval_stays_stale_while_the_next_one_waits(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    ask(session, case)
    assert not find_allowance(session, model_name=case.model.name).is_allowed


def test_another_session_sees_a_change_with_its_next_look(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        approve(session, case)
    with reading(engine) as session:
        assert find_allowance(session, model_name=case.model.name).is_allowed
    with transaction(engine) as session:
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    with reading(engine) as session:
        assert not find_allowance(session, model_name=case.model.name).is_allowed


def test_a_state_that_was_written_without_a_decision_does_not_count(session: Session) -> None:
    case = make_case(session)
    review = session.get_one(Review, ask(session, case).id)
    review.state = "approved"
    session.add(review)
    session.flush()
    assert not find_allowance(session, model_name=case.model.name).is_allowed


def test_a_served_model_is_the_approved_one(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(PredictionBlockedError, match="blocked"):
        get_served_model(session, actor=case.scientist, model_name=case.model.name)
    approve(session, case)
    served = get_served_model(session, actor=case.scientist, model_name=case.model.name)
    assert (served.digest, served.threshold) == (case.model.digest, 0.3)


def test_instead_of_a_derived_column_its_sources_are_asked_for(session: Session) -> None:
    case = make_case(session, **make_predicting())
    run = session.get_one(Run, case.model.run_id)
    version = session.get_one(DatasetVersion, run.dataset_version_id)
    derive = {"kind": "derive", "column": "tenure", "formula": "charges * (payment == 'Card')", "reason": "A test"}
    parts = version.model_dump(exclude={"id", "version", "recipe"})
    another = DatasetVersion(**parts, version=version.version + 1, recipe=[derive])
    session.add(another)
    session.flush()
    run.dataset_version_id = another.id
    signature, _ = get_signature(session, actor=case.scientist, model_name=case.model.name)
    assert [(column.name, column.kind) for column in signature.columns] == [
        ("contract", "category"),
        ("charges", "number"),
        ("payment", "category"),
    ]
    steps = list_steps_before(session, actor=case.scientist, model_name=case.model.name)
    assert [step["column"] for step in steps] == ["tenure"]


def test_a_model_whose_files_were_exchanged_is_refused(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    model = session.get_one(Model, case.model.id)
    model.pipeline_sha256 = "0" * 64
    session.add(model)
    session.flush()
    with pytest.raises(ModelDamagedError):
        get_served_model(session, actor=case.scientist, model_name=case.model.name)


def test_a_changed_file_is_refused_at_every_byte(session: Session, tmp_path: Path) -> None:
    case = make_case(session)
    digest = case.model.pipeline_sha256
    assert read_artifact(digest) == b"pipeline"
    path = next((tmp_path / "var" / "artifacts").rglob(digest))
    for offset in range(len(b"pipeline")):
        damaged = bytearray(b"pipeline")
        damaged[offset] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(ModelDamagedError):
            read_artifact(digest)
    path.unlink()
    with pytest.raises(ModelDamagedError):
        read_artifact(digest)


def test_a_model_of_another_project_does_not_exist_for_a_stranger(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    for name in (case.model.name, "no-such-model"):
        with pytest.raises(NotFoundError):
            get_served_model(session, actor=case.stranger, model_name=name)
        with pytest.raises(NotFoundError):
            get_allowance(session, actor=case.stranger, model_name=name)
    with pytest.raises(NotFoundError):
        list_deployments(session, actor=case.stranger, project_id=case.project_id)


def test_a_role_that_does_not_predict_may_see_but_not_ask(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    auditor = join(session, case.project_id, make_actor(session, Role.AUDITOR))
    assert get_allowance(session, actor=auditor, model_name=case.model.name).is_allowed
    with pytest.raises(NotAllowedError, match="ask a model for predictions"):
        get_served_model(session, actor=auditor, model_name=case.model.name)


def test_the_ledger_tells_who_released_what_and_when_it_ended(session: Session) -> None:
    case = make_case(session)
    first = approve(session, case)
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    second = approve(session, case)
    newest, oldest = list_deployments(session, actor=case.business, project_id=case.project_id)
    assert (newest.review_id, newest.ended_at) == (second.id, None)
    assert oldest.review_id == first.id
    assert oldest.ended_at is not None
    assert {newest.released_by_name, oldest.released_by_name} == {case.manager.name}
