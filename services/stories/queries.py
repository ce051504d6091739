"""Read what was found behind an explanation. Nothing of it is given to who is still to say what they expect."""

import json
from functools import lru_cache

from sqlmodel import Session, col, select

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, get_artifact_store
from db.settings import get_database_settings
from db.tables import Job, Model, Run
from services.audit.actor import Actor
from services.datasets.queries import get_dataset, list_descriptions
from services.errors import ConflictError
from services.interpretations.naming import target_name
from services.interpretations.queries import get_interpretation
from services.jobs.queries import view_of
from services.jobs.views import JobView
from services.models.queries import ModelView, get_model, hides_explanation
from services.people.permissions import Permission, is_allowed
from services.proposals.queries import find_objective
from services.stories.basis import Basis
from services.stories.case_report import CaseStory
from services.stories.changeable import changeable_columns
from services.stories.report import Told
from services.stories.request import CASE, LOOK, StoryRequest
from services.stories.views import CaseStoryView, StoriesView, Teller

ASKED_FIRST = (
    "This would tell what drives the model. Say on its page Explain first what you expect to drive it, then it is "
    "shown."
)
_MOST_LOOKED_AT = 200
_NEVER_A_REASON = ("special",)  # sensitivities


def get_stories(session: Session, *, actor: Actor, model_id: str) -> StoriesView:
    """What was found behind the explanation of a model, and how far a look behind it is.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    teller = _teller(session, actor, model)
    asked = _asked(session, model, LOOK)
    done = next((job for job in asked if job.result is not None), None)
    told = _told(done) if teller is not None else None
    basis = find_basis(session, actor=actor, model=model).digest
    return StoriesView(
        model_id=model.id,
        project_id=model.project_id,
        number=model.number,
        family=model.family,
        may_ask=is_allowed(actor, Permission.JUDGE),
        threshold=model.threshold.threshold if model.threshold else None,
        teller=teller,
        job=asked[0] if asked else None,
        told=told,
        told_at=StoryRequest.from_document(done.request).threshold if done is not None else None,
        is_lost=teller is not None and done is not None and told is None,
        has_other_basis=told is not None and done is not None and done.request.get("basis", "") not in ("", basis),
    )


def get_case_story(session: Session, *, actor: Actor, model_id: str, row: int) -> CaseStoryView:
    """The story of one row at the threshold in force; without one, how far it is being told.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    ConflictError
        The actor has not said yet what they expect to drive the model.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    if hides_explanation(session, actor, session.get_one(Model, model.id)):
        raise ConflictError(ASKED_FIRST)
    dataset_id = session.get_one(Run, model.run_id).dataset_version_id
    n_rows = get_dataset(session, actor=actor, dataset_id=dataset_id).n_rows
    threshold = model.threshold.threshold if model.threshold else None
    asked = [job for job in _asked(session, model, CASE) if job.request["row"] == row]
    asked = [job for job in asked if job.request["threshold"] == threshold]
    done = next((job for job in asked if job.result is not None), None)
    story, job = _told_case(done), asked[0] if asked else None
    source = done
    if story is None:  # the look behind the explanation tells its examples
        source = next((look for look in _asked(session, model, LOOK) if look.result is not None), None)
        told = _told(source)
        if told is not None and source is not None and source.request["threshold"] == threshold:
            story = next((one for one in told.cases if one.row == row), None)
    basis = find_basis(session, actor=actor, model=model).digest
    is_old = story is not None and source is not None and source.request.get("basis", "") not in ("", basis)
    return CaseStoryView(row, n_rows, story, job, has_other_basis=is_old, is_lost=done is not None and story is None)


def find_basis(session: Session, *, actor: Actor, model: ModelView) -> Basis:
    """As objective, data and dictionary of the project say now. Internal: the caller may see the model."""
    dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    objective = find_objective(session, actor=actor, project_id=model.project_id)
    dataset_id = session.get_one(Run, model.run_id).dataset_version_id
    recipe = get_dataset(session, actor=actor, dataset_id=dataset_id).recipe
    declared = objective.objective.levers if objective else ()
    without = [name for name, line in dictionary.items() if line.description.sensitivity in _NEVER_A_REASON]
    return Basis(changeable_columns(declared, dictionary, model.signature, recipe), tuple(without))


def find_asked(session: Session, model: ModelView, request: StoryRequest) -> JobView | None:
    """The newest job that answers, or is about to answer, exactly this. Internal: the caller may see the model."""
    kind = LOOK if request.row is None else CASE
    same = [job for job in _asked(session, model, kind) if StoryRequest.from_document(job.request) == request]
    find = _told if request.row is None else _told_case
    return next((job for job in same if job.is_active or find(job) is not None), None)


def _told(job: JobView | None) -> Told | None:
    """What a job found; None where it found nothing yet, or what it found is lost."""
    if job is None or job.result is None:
        return None
    try:
        return _read_told(get_database_settings().storage_url, str(job.result["report_sha256"]))
    except (ArtifactMissingError, ArtifactDamagedError):
        return None


def _told_case(job: JobView | None) -> CaseStory | None:
    """As `_told`, of one case."""
    if job is None or job.result is None:
        return None
    try:
        return _read_case(get_database_settings().storage_url, str(job.result["story_sha256"]))
    except (ArtifactMissingError, ArtifactDamagedError):
        return None


def _asked(session: Session, model: ModelView, kind: str) -> list[JobView]:
    """Questions about the model and its explanation as they are, newest first."""
    jobs = select(Job).where(Job.project_id == model.project_id, Job.kind == kind, Job.subject_id == model.id)
    newest = session.exec(jobs.order_by(col(Job.created_at).desc(), col(Job.id)).limit(_MOST_LOOKED_AT)).all()
    own = [job for job in newest if StoryRequest.from_document(job.request).is_about(*_key(model))]
    return [view_of(session, job) for job in own]


def _key(model: ModelView) -> tuple[str, str]:
    return model.digest, model.explanation_sha256


def _teller(session: Session, actor: Actor, model: ModelView) -> Teller | None:
    view = get_interpretation(session, actor=actor, model_id=model.id)
    if view.revealed is None:
        return None
    dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    target = target_name(model.signature, dictionary)
    return Teller(view.names, target, view.revealed.scale, view.revealed.explanation)


@lru_cache(maxsize=16)
def _read_told(_storage: str, digest: str) -> Told:
    return Told.from_document(json.loads(_content(digest)))


@lru_cache(maxsize=64)
def _read_case(_storage: str, digest: str) -> CaseStory:
    return CaseStory.from_document(json.loads(_content(digest)))


def _content(digest: str) -> bytes:
    return get_artifact_store().get(digest)
