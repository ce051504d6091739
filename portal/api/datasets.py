"""Bring a table over HTTP: the raw file as the body, streamed to disk and never held in memory, then read as a job."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading, transaction
from portal.api.deps import Caller, CurrentCaller, require_scope
from portal.api.jobs import DATA_SCOPE, JobAnswer
from portal.api.schemas import Written
from services.audit.actor import Actor
from services.datasets.commands.receiving import receive_file
from services.datasets.limits import get_reading_limits
from services.datasets.queries import require_room
from services.errors import InvalidInputError, PortalError, TooManyRequestsError
from services.jobs.queries import require_waiting_room
from services.people.permissions import Permission
from services.projects.queries import UNKNOWN_PROJECT, authorize_project

router = APIRouter(prefix="/api/v1", tags=["datasets"])

MOST_UPLOADS = 4  # at the same time, in this process
IDLE_SECONDS = 60.0  # a sender that is silent for so long has gone
_PIECE = 1024 * 1024
_GRACE = 1024 * 1024  # so that our own sentence comes before the framework's limit
_BODY = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_uploads: set[object] = set()


class TooLargeError(PortalError):
    """The body is larger than what is read."""

    status = 413
    code = "too_large"


class SilentSenderError(PortalError):
    """The sender stopped in the middle of the body."""

    status = 408
    code = "silent"


class NewFile(Written):
    """The file's project and what it is called."""

    project_id: str = Field(max_length=64)
    file_name: str = Field(max_length=1_000, description="With its ending, which must agree with the content.")


@router.post(
    "/datasets",
    status_code=202,
    max_body_size=get_reading_limits().max_bytes + _GRACE,
    openapi_extra={"requestBody": _BODY},
)
async def post_dataset(new: Annotated[NewFile, Query()], caller: CurrentCaller, request: Request) -> JobAnswer:
    """Store the file and have it read. The answer names the job to ask about: 202, the reading is still to come."""
    actor = require_scope(caller, DATA_SCOPE, project_id=new.project_id, unknown=UNKNOWN_PROJECT)
    _refuse_size(int(request.headers.get("content-length", 0)))
    await run_in_threadpool(_refuse_early, actor, new.project_id)
    with _one_of_few(), scratch_folder() as folder:
        n_bytes = await _write_body(request, folder / "source")
        return await run_in_threadpool(_receive, caller, new, folder / "source", n_bytes)


def _refuse_early(actor: Actor, project_id: str) -> None:
    """Before a byte is read: a stranger, a wrong role, a project without room, a job that could not even wait."""
    with reading() as session:
        authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DATA)
        require_room(session, actor=actor, project_id=project_id, n_bytes=1)
        require_waiting_room(session, actor=actor, project_id=project_id)


def _receive(caller: Caller, new: NewFile, source: Path, n_bytes: int) -> JobAnswer:
    if n_bytes == 0:
        raise InvalidInputError("The body is empty. Send the bytes of the file as they are, without a form.")
    digest = get_artifact_store().put_file(source)
    with transaction() as session:
        job = receive_file(
            session,
            actor=caller.actor,
            project_id=new.project_id,
            file_name=new.file_name,
            source_sha256=digest,
            n_bytes=n_bytes,
        )
    return JobAnswer.of(job)


async def _write_body(request: Request, path: Path) -> int:
    """Write the body to the new file `path` and return its size: a piece at a time, each in a thread."""
    n_bytes, piece, chunks = 0, bytearray(), request.stream()
    with path.open("xb") as file:
        while (chunk := await _next(chunks)) is not None:
            n_bytes += len(chunk)
            _refuse_size(n_bytes)
            piece += chunk
            if len(piece) >= _PIECE:
                await run_in_threadpool(file.write, piece)
                piece = bytearray()
        await run_in_threadpool(file.write, piece)
    return n_bytes


async def _next(chunks: AsyncGenerator[bytes]) -> bytes | None:
    """The next bytes of the body, None at its end. A sender that goes away ends the request and all it has written."""
    try:
        return await asyncio.wait_for(anext(chunks), IDLE_SECONDS)
    except StopAsyncIteration:
        return None
    except ClientDisconnect:
        raise SilentSenderError("The connection ended in the middle of the file. Nothing was kept.") from None
    except TimeoutError:
        raise SilentSenderError(f"Nothing came for {IDLE_SECONDS:.0f} seconds. Send the file again.") from None


def _refuse_size(n_bytes: int) -> None:
    most = get_reading_limits().max_bytes
    if n_bytes > most:
        raise TooLargeError(f"The file is larger than {most // 1024**2:,} MiB, which is the most that is read here.")


@contextmanager
def _one_of_few() -> Iterator[None]:
    if len(_uploads) >= MOST_UPLOADS:
        raise TooManyRequestsError("Too many files are arriving at this moment. Try again in a minute.", 60)
    mark = object()
    _uploads.add(mark)
    try:
        yield
    finally:
        _uploads.discard(mark)
