"""Have a model examined, give a reason for a finding, and assert what is expected of every model of a project."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.tables import CheckAnswer, Model, ModelAssertion, Run
from db.types import new_id
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.examinations.assertions import Assertion, checked_assertion
from services.examinations.queries import get_asked, get_examination, latest_assertions
from services.examinations.request import KIND, checked_reason
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.models.queries import UNKNOWN_MODEL, get_model
from services.people.permissions import Permission
from services.projects.queries import authorize_project

MOST_ASSERTIONS = 40
_FASTER = "Somebody else was faster, perhaps you in another window. Open the page again."


def start_examination(session: Session, *, actor: Actor, model_id: str) -> JobView:
    """Ask for an examination with the threshold and the assertions in force."""
    model = _model(session, actor, model_id)
    view = get_model(session, actor=actor, model_id=model.id)
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=KIND,
        request={
            "model_id": model.id,
            "dataset_id": session.get_one(Run, model.run_id).dataset_version_id,
            "threshold": view.threshold.threshold if view.threshold else None,
            "assertion_ids": [row.id for row in latest_assertions(session, model.project_id)],
        },
        subject_id=model.id,
        permission=Permission.EXAMINE,
    )


def answer_finding(session: Session, *, actor: Actor, examination_id: str, code: str, reason: str) -> CheckAnswer:
    """Keep why a red or amber finding is accepted as it is. It stays beside the finding, and nobody can delete it.

    Raises
    ------
    InvalidInputError
        There is no such finding, it asks nothing, or there is no reason.
    ConflictError
        The finding would tell what drives the model, and the actor is still to say what they expect.
    """
    seen = get_examination(session, actor=actor, examination_id=examination_id)
    model = _model(session, actor, str(seen.job.subject_id), is_locked=True)
    found = next((one.finding for one in seen.findings if one.finding.code == code), None)
    if found is None or not found.asks:
        raise InvalidInputError("This finding needs no answer. Open the page again.")
    if found.tells_drivers and seen.hides_drivers:
        raise ConflictError("The finding tells what drives the model. Say on its page Explain first what you expect.")
    earlier = select(CheckAnswer.version).where(CheckAnswer.model_id == model.id, CheckAnswer.code == code)
    version = session.exec(earlier.order_by(col(CheckAnswer.version).desc()).limit(1)).first() or 0
    said = CheckAnswer(
        model_id=model.id,
        code=code,
        version=version + 1,
        state=found.state,
        report_sha256=str((seen.job.result or {})["report_sha256"]),
        reason=checked_reason(reason),
        user_id=actor.user_id,
        role_at_time=actor.role,
    )
    _add(session, said)
    record_event(
        session,
        actor=actor,
        action="examination.answered",
        object_type="model",
        object_id=model.id,
        project_id=model.project_id,
        after={
            "code": code,
            "state": found.state,
            "version": said.version,
            "report_sha256": said.report_sha256,
            "said_id": said.id,
            "said_sha256": sha256_of(said.model_dump(exclude={"created_at"})),
        },
    )
    return said


def save_assertion(
    session: Session, *, actor: Actor, model_id: str, assertion: Assertion, key: str = "", based_on: int = 0
) -> ModelAssertion:
    """Assert something of every model of the project, or a new version of what was asserted under `key`.

    Parameters
    ----------
    model_id
        In whose words it is said: its columns are known, its answers can be expected.
    based_on
        Version that the actor had before their eyes; 0 for a new assertion.

    Raises
    ------
    InvalidInputError
        See `checked_assertion`; or there are too many.
    ConflictError
        It is asserted already, or somebody else has changed it meanwhile.
    """
    model = _model(session, actor, model_id, is_locked=True)
    checked = checked_assertion(assertion, get_asked(session, actor=actor, model_id=model_id))
    standing = latest_assertions(session, model.project_id)
    if any(Assertion.from_document(row.document) == checked for row in standing):
        raise ConflictError("This is asserted already.")
    if not key and len(standing) >= MOST_ASSERTIONS:
        raise InvalidInputError(f"A project has at most {MOST_ASSERTIONS} assertions. Withdraw one first.")
    if key:
        _check_version(standing, key, based_on)
    return _keep_assertion(session, actor, model, checked, key, based_on, is_withdrawn=False)


def withdraw_assertion(session: Session, *, actor: Actor, model_id: str, key: str, based_on: int) -> ModelAssertion:
    """Assert it no longer. What was asserted before, and by whom, stays.

    Raises
    ------
    ConflictError
        It does not stand any more, or somebody else has changed it meanwhile.
    """
    model = _model(session, actor, model_id, is_locked=True)
    row = _check_version(latest_assertions(session, model.project_id), key, based_on)
    checked = Assertion.from_document(row.document)
    return _keep_assertion(session, actor, model, checked, key, based_on, is_withdrawn=True)


def _check_version(standing: list[ModelAssertion], key: str, based_on: int) -> ModelAssertion:
    row = next((row for row in standing if row.key == key), None)
    if row is None:
        raise ConflictError("This assertion was withdrawn, or there never was one. Open the page again.")
    if row.version != based_on:
        raise ConflictError("Somebody else has changed this assertion meanwhile. Open the page again.")
    return row


def _keep_assertion(
    session: Session, actor: Actor, model: Model, assertion: Assertion, key: str, based_on: int, *, is_withdrawn: bool
) -> ModelAssertion:
    row_id = new_id()
    row = ModelAssertion(
        id=row_id,
        project_id=model.project_id,
        key=key or row_id,
        version=based_on + 1,
        document=assertion.document(),
        is_withdrawn=is_withdrawn,
        user_id=actor.user_id,
        role_at_time=actor.role,
    )
    _add(session, row)
    record_event(
        session,
        actor=actor,
        action="assertion.withdrawn" if is_withdrawn else "assertion.saved",
        object_type="assertion",
        object_id=row.key,
        project_id=model.project_id,
        after={"version": row.version, "kind": assertion.kind, "document_sha256": sha256_of(row.document)},
    )
    return row


def _add(session: Session, row: CheckAnswer | ModelAssertion) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(_FASTER) from None


def _model(session: Session, actor: Actor, model_id: str, *, is_locked: bool = False) -> Model:
    model = session.get(Model, model_id)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    project = authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.EXAMINE, unknown=UNKNOWN_MODEL
    )
    if is_locked:
        session.refresh(project, with_for_update=True)  # of two people at once the second sees what the first said
    return model
