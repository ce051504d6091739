"""Ask the quick model of a task: its ONNX twin answers here, without machine-learning libraries."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from services.audit.actor import Actor
from services.labels.queries.tasks import require_task
from services.models.onnx_scoring import OnnxScorer
from services.models.signature import Signature, validate_rows
from services.people.permissions import Permission


def get_quick_answer(
    session: Session, *, actor: Actor, task_id: str, values: Mapping[str, Any]
) -> dict[str, float] | None:
    """The probability of each class for one row, the most probable first; None where there is no twin to ask.

    Raises
    ------
    InvalidInputError
        A value does not fit its column.
    """
    task = require_task(session, actor, task_id, Permission.LABEL)
    model = task.model or {}
    if not model.get("onnx_sha256"):
        return None
    signature = Signature.from_document(model["signature"])
    frame, _warnings = validate_rows(signature, {name: [values.get(name)] for name in signature.names})
    answer = _scorer(get_database_settings().storage_url, model["onnx_sha256"], signature).predict(frame)[0]
    said = {name: float(share) for name, share in zip(model["classes"], answer, strict=True)}
    return dict(sorted(said.items(), key=lambda item: -item[1]))


@lru_cache(maxsize=16)
def _scorer(_storage: str, digest: str, signature: Signature) -> OnnxScorer:
    return OnnxScorer(get_artifact_store().get(digest), signature)
