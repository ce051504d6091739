"""Predictions over HTTP, by the Open Inference Protocol, version 2: the same answers as in the browser.

A token with the scope `predict` may ask; a signed-in person may read what a model takes and whether it may answer.
Every request looks at the approval again: a change of the evidence blocks the very next one.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from db.session import reading
from portal.api.deps import Caller, CurrentCaller, Reading, get_caller, require_scope
from portal.api.inference import InferenceRequest, describe_answers, describe_model
from services.audit.actor import Actor
from services.datasets.recipe.new_rows import spelled_as_text
from services.deployments.queries import get_allowance, get_project_id, get_served_model, get_signature
from services.deployments.serving import predict
from services.errors import NotAllowedError
from services.models.queries import UNKNOWN_MODEL

router = APIRouter(tags=["predictions"])

SCOPE = "predict"


class ServerAnswer(BaseModel):
    """Which protocol is spoken here."""

    name: str = "drivetrain-portal"
    version: str = "2"
    extensions: list[str] = []


class ReadyAnswer(BaseModel):
    """Whether a model may answer now, and why not."""

    name: str
    ready: bool
    reason: str


class AllowedAnswer(BaseModel):
    """For a pipeline that wants to know before it deploys: is the model approved as it is now?"""

    name: str
    allowed: bool
    reason: str
    digest: str
    review_id: str | None


async def read_body(request: Request) -> bytes:
    """The body as it came: the protocol is parsed by its own strict models. Its size is limited for all routes."""
    return await request.body()


_REQUEST_BODY = {
    "required": True,
    "content": {"application/json": {"schema": InferenceRequest.model_json_schema(ref_template="#/$defs/{model}")}},
}


@router.get("/v2", dependencies=[Depends(get_caller)])
def get_server() -> ServerAnswer:
    """The server's metadata."""
    return ServerAnswer()


@router.get("/v2/models/{name}")
def get_model_metadata(name: str, caller: CurrentCaller, session: Reading) -> dict[str, Any]:
    """What the model takes and gives; also before it is approved, so that a client can be written meanwhile."""
    signature, number = get_signature(session, actor=_authorize(session, caller, name), model_name=name)
    return describe_model(name, number, signature)


@router.get("/v2/models/{name}/ready", responses={503: {"model": ReadyAnswer}})
def get_model_ready(name: str, caller: CurrentCaller, session: Reading, response: Response) -> ReadyAnswer:
    """200 where the model may answer now, 503 with the reason where not."""
    allowance = get_allowance(session, actor=_authorize(session, caller, name), model_name=name)
    response.status_code = 200 if allowance.is_allowed else 503
    return ReadyAnswer(name=name, ready=allowance.is_allowed, reason=allowance.reason)


@router.get("/api/v1/models/{name}/allowed")
def get_model_allowed(name: str, caller: CurrentCaller, session: Reading) -> AllowedAnswer:
    """Whether an approval covers the model as it is now."""
    allowance = get_allowance(session, actor=_authorize(session, caller, name), model_name=name)
    return AllowedAnswer(
        name=name,
        allowed=allowance.is_allowed,
        reason=allowance.reason,
        digest=allowance.digest,
        review_id=allowance.review_id,
    )


@router.post("/v2/models/{name}/infer", openapi_extra={"requestBody": _REQUEST_BODY})
def post_infer(
    name: str, caller: CurrentCaller, response: Response, body: Annotated[bytes, Depends(read_body)]
) -> dict[str, Any]:
    """Predict rows sent as one tensor per column."""
    if not caller.is_token:
        raise NotAllowedError("Send an API token. In the browser, use the page Predictions.")
    with reading() as session:
        model = get_served_model(session, actor=_authorize(session, caller, name), model_name=name)
    asked = InferenceRequest.parse(body)
    answers, warnings = predict(model, asked.columns(model.takes, also_text=spelled_as_text(model.steps)))
    response.headers["X-Model-Digest"] = model.digest
    response.headers["X-Model-Version"] = str(model.number)
    return describe_answers(name, model.number, asked, answers, warnings)


def _authorize(session: Session, caller: Caller, name: str) -> Actor:
    """Who asks, after the reach of their token: a model of another project does not exist for it."""
    project_id = get_project_id(session, model_name=name)
    return require_scope(caller, SCOPE, project_id=project_id, unknown=UNKNOWN_MODEL)
