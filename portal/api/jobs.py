"""Jobs over HTTP: how far one is, what it asks, what came of it, and its end.

A token with the scope `datasets:write` reaches the readings of its project; a signed-in person reaches every job.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from portal.api.deps import CurrentCaller, Reading, Transaction, require_scope
from portal.api.schemas import Written
from portal.guard.access import Caller
from services.datasets.choices import Question
from services.datasets.commands.receiving import answer_questions
from services.datasets.receiving.request import KIND, find_received, open_questions
from services.errors import NotFoundError
from services.jobs.commands import cancel_job
from services.jobs.queries import UNKNOWN_JOB, get_job
from services.jobs.views import JobView

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

DATA_SCOPE = "datasets:write"


class OptionAnswer(BaseModel):
    """One possible answer to a question: send the value."""

    value: str
    label: str


class QuestionAnswer(BaseModel):
    """What a file leaves open. `preview` shows cells of the file."""

    code: str
    column: str | None
    sentence: str
    options: list[OptionAnswer]
    preview: list[list[str]]

    @classmethod
    def of(cls, question: Question) -> "QuestionAnswer":
        """The question as it is asked on the page."""
        return cls(
            code=question.code,
            column=question.column,
            sentence=question.sentence,
            options=[OptionAnswer(value=value, label=label) for value, label in question.options],
            preview=[list(row) for row in question.preview],
        )


class JobAnswer(BaseModel):
    """A job: `state` is queued, running, done, failed or cancelled. Done with questions means: answer them."""

    id: str
    kind: str
    project_id: str
    state: str
    phase: str
    progress: float | None = Field(description="0 to 1; null while that cannot be said.")
    eta_seconds: float | None
    failure: str | None
    questions: list[QuestionAnswer]
    dataset_id: str | None = Field(description="The version of the data that a reading made.")

    @classmethod
    def of(cls, job: JobView) -> "JobAnswer":
        """What a caller sees of a job."""
        received = find_received(job) if job.kind == KIND else None
        return cls(
            id=job.id,
            kind=job.kind,
            project_id=job.project_id,
            state=job.state,
            phase=job.phase,
            progress=job.progress,
            eta_seconds=job.eta_seconds,
            failure=job.failure,
            questions=[QuestionAnswer.of(question) for question in open_questions(job)] if job.kind == KIND else [],
            dataset_id=received.dataset_id if received else None,
        )


class NewAnswers(Written):
    """One value for each question, in the order in which they were asked."""

    answers: list[Annotated[str, Field(max_length=10_000)]] = Field(max_length=1_000)


@router.get("/{job_id}")
def get_one_job(job_id: str, caller: CurrentCaller, session: Reading) -> JobAnswer:
    """One job; 404 for everybody who is not a member of its project."""
    return JobAnswer.of(_find(session, caller, job_id))


@router.post("/{job_id}/answers", status_code=202)
def post_answers(job_id: str, new: NewAnswers, caller: CurrentCaller, session: Transaction) -> JobAnswer:
    """Have the file read again with these answers; the answer is the new job."""
    job = _find(session, caller, job_id)
    return JobAnswer.of(answer_questions(session, actor=caller.actor, job_id=job.id, answers=new.answers))


@router.delete("/{job_id}")
def delete_job(job_id: str, caller: CurrentCaller, session: Transaction) -> JobAnswer:
    """Stop a job; 409 where it has ended already."""
    job = _find(session, caller, job_id)
    return JobAnswer.of(cancel_job(session, actor=caller.actor, job_id=job.id))


def _find(session: Session, caller: Caller, job_id: str) -> JobView:
    job = get_job(session, actor=caller.actor, job_id=job_id)
    require_scope(caller, DATA_SCOPE, project_id=job.project_id, unknown=UNKNOWN_JOB)
    if caller.is_token and job.kind != KIND:
        raise NotFoundError(UNKNOWN_JOB)
    return job
