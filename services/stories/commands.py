"""Ask a worker to look behind an explanation, or to tell the story of a case. What is known is not sought again."""

from sqlmodel import Session

from db.tables import Model, Run
from services.audit.actor import Actor
from services.datasets.queries import get_dataset
from services.errors import ConflictError, InvalidInputError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.models.queries import UNKNOWN_MODEL, ModelView, get_model, hides_explanation
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.stories.queries import ASKED_FIRST, find_asked, find_basis
from services.stories.request import CASE, LOOK, StoryRequest


def request_look(session: Session, *, actor: Actor, model_id: str) -> JobView:
    """Ask for shapes, clusters, pairs, stability and segments of a model, and the stories of its examples.

    Raises
    ------
    ConflictError
        The actor has not said yet what they expect to drive the model.
    """
    return _ask(session, actor, _judged(session, actor, model_id), None)


def request_story(session: Session, *, actor: Actor, model_id: str, row: int) -> JobView:
    """Ask for the story of one row of the data, counted from 1.

    Raises
    ------
    ConflictError
        The actor has not said yet what they expect to drive the model.
    InvalidInputError
        The data have no such row.
    """
    model = _judged(session, actor, model_id)
    dataset_id = session.get_one(Run, model.run_id).dataset_version_id
    n_rows = get_dataset(session, actor=actor, dataset_id=dataset_id).n_rows
    if not 1 <= row <= n_rows:
        raise InvalidInputError(f"The data have {n_rows:,} rows. Choose one of them.")
    return _ask(session, actor, model, row)


def _judged(session: Session, actor: Actor, model_id: str) -> ModelView:
    """The model, for who may judge it and has said what they expect."""
    model = get_model(session, actor=actor, model_id=model_id)
    judge = Permission.JUDGE
    authorize_project(session, actor=actor, project_id=model.project_id, permission=judge, unknown=UNKNOWN_MODEL)
    if hides_explanation(session, actor, session.get_one(Model, model.id)):
        raise ConflictError(ASKED_FIRST)
    return model


def _ask(session: Session, actor: Actor, model: ModelView, row: int | None) -> JobView:
    threshold = model.threshold.threshold if model.threshold else None
    basis = find_basis(session, actor=actor, model=model).digest
    request = StoryRequest(model.id, model.digest, model.explanation_sha256, threshold, row, basis)
    found = find_asked(session, model, request)
    if found is not None:
        return found
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=LOOK if row is None else CASE,
        request=request.document(),
        subject_id=model.id,
        permission=Permission.JUDGE,
    )
