"""Keeping a model and choosing its threshold."""

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Model, Run
from services.audit.actor import SYSTEM
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.models.commands import choose_threshold, register_model
from services.models.queries import find_model_by_name, find_run_model, get_model, list_models, list_thresholds
from services.people.permissions import Role
from tests.makers import make_actor
from tests.makers_models import make_evaluation, make_finished, make_model


def test_a_registered_model_can_be_read_back(session: Session) -> None:
    row, project, scientist = make_model(session)
    model = get_model(session, actor=scientist, model_id=row.id)
    assert model.name == f"{project.slug}-1"
    assert model.evaluation == make_finished().evaluation
    assert model.explanation == make_finished().explanation
    assert model.signature == make_finished().signature
    assert model.created_by == scientist.user_id
    assert not model.has_onnx
    named = find_model_by_name(session, model.name)
    assert named is not None
    assert (named.id, named.explanation) == (model.id, None)  # whoever asks by name is not told what drives it
    assert find_run_model(session, actor=scientist, run_id=row.run_id) == model
    assert list_models(session, actor=scientist, project_id=project.id) == [model]


def test_registering_the_model_of_a_run_again_changes_nothing(session: Session) -> None:
    row, _project, _scientist = make_model(session)
    again = register_model(session, actor=SYSTEM, run_id=row.run_id, finished=make_finished(pipeline_file=b"other"))
    assert again.id == row.id
    assert len(session.exec(select(Model)).all()) == 1
    registered = select(AuditEvent).where(AuditEvent.action == "model.registered")
    assert len(session.exec(registered).all()) == 1


def test_a_run_that_was_continued_has_a_model_for_each_time_it_ended(session: Session) -> None:
    first, _project, scientist = make_model(session)
    session.get_one(Run, first.run_id).generation = 2
    second = register_model(session, actor=SYSTEM, run_id=first.run_id, finished=make_finished(pipeline_file=b"other"))
    again = register_model(session, actor=SYSTEM, run_id=first.run_id, finished=make_finished())
    assert (second.number, again.id) == (first.number + 1, second.id)
    latest = find_run_model(session, actor=scientist, run_id=first.run_id)
    assert latest is not None
    assert latest.id == second.id
    assert get_model(session, actor=scientist, model_id=first.id).digest == first.digest


def test_the_digest_binds_pipeline_twin_and_signature(session: Session) -> None:
    plain, _, _ = make_model(session)
    same, _, _ = make_model(session)
    other, _, _ = make_model(session, pipeline_file=b"other")
    twin, _, _ = make_model(session, onnx=b"twin", onnx_reason=None)
    assert plain.digest == same.digest
    assert len({plain.digest, other.digest, twin.digest}) == 3


def test_the_run_proposes_the_first_threshold(session: Session) -> None:
    row, _project, scientist = make_model(session)
    threshold = get_model(session, actor=scientist, model_id=row.id).threshold
    assert threshold is not None
    assert (threshold.version, threshold.threshold, threshold.created_by_name) == (1, 0.3, "The portal")


def test_a_chosen_threshold_is_a_new_version_with_its_reason(session: Session) -> None:
    row, _project, scientist = make_model(session)
    chosen = choose_threshold(session, actor=scientist, model_id=row.id, threshold=0.4, reason=" We can call  fewer. ")
    assert (chosen.version, chosen.threshold, chosen.reason) == (2, 0.4, "We can call fewer.")
    assert [view.version for view in list_thresholds(session, actor=scientist, model_id=row.id)] == [2, 1]


def test_choosing_the_current_threshold_again_makes_no_version(session: Session) -> None:
    row, _project, scientist = make_model(session)
    assert choose_threshold(session, actor=scientist, model_id=row.id, threshold=0.3, reason="As it is.").version == 1


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_no_probability_is_refused(session: Session, threshold: float) -> None:
    row, _project, scientist = make_model(session)
    with pytest.raises(InvalidInputError, match="from 0 to 1"):
        choose_threshold(session, actor=scientist, model_id=row.id, threshold=threshold, reason="Because.")


def test_a_threshold_needs_a_reason(session: Session) -> None:
    row, _project, scientist = make_model(session)
    with pytest.raises(InvalidInputError, match="Say in a sentence"):
        choose_threshold(session, actor=scientist, model_id=row.id, threshold=0.4, reason="  ")


def test_a_model_that_does_not_say_yes_or_no_has_no_threshold(session: Session) -> None:
    row, _project, scientist = make_model(session, threshold=None, evaluation=make_evaluation(task="regression"))
    row.task = "regression"
    assert get_model(session, actor=scientist, model_id=row.id).threshold is None
    with pytest.raises(ConflictError, match="has no threshold"):
        choose_threshold(session, actor=scientist, model_id=row.id, threshold=0.4, reason="Because.")


def test_a_manager_does_not_choose_and_a_stranger_does_not_see(session: Session) -> None:
    manager = make_actor(session, Role.MANAGER)
    row, _project, _scientist = make_model(session, manager)
    with pytest.raises(NotAllowedError):
        choose_threshold(session, actor=manager, model_id=row.id, threshold=0.4, reason="Because.")
    with pytest.raises(NotFoundError):
        get_model(session, actor=make_actor(session, Role.MANAGER), model_id=row.id)
