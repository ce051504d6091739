"""Files that came with a run from a tracking server: kept by their hash, and given to who asks as they came."""

from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.automl.queries.runs import get_run
from services.errors import NotFoundError


def get_imported_file(session: Session, *, actor: Actor, run_id: str, name: str) -> bytes:
    """The bytes of a file that was taken over with a run, verified by their hash once more.

    Raises
    ------
    NotFoundError
        There is no such run or file, or the actor is not a member of its project.
    """
    run = get_run(session, actor=actor, run_id=run_id)
    found = next((file for file in run.imported_files if file["name"] == name), None)
    if found is None:
        raise NotFoundError("No such file came with this run.")
    return get_artifact_store().get(str(found["sha256"]))
