"""Stored explanations, by the hash of their file. Whoever reads one has looked whether it may be shown."""

import json
from functools import lru_cache

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, get_artifact_store
from db.settings import get_database_settings
from services.errors import ConflictError
from services.models.report import Explanation

_LOST = (
    "The explanation of this model is missing or damaged where files are kept, so nobody can judge it. Whoever runs "
    "the portal restores it from the backup."
)


def read_explanation(digest: str) -> Explanation:
    """What drives a model. Internal: the caller has looked whether it may be shown.

    Raises
    ------
    ConflictError
        The file is missing or damaged.
    """
    try:
        return _read(get_database_settings().storage_url, digest)
    except (ArtifactMissingError, ArtifactDamagedError):
        raise ConflictError(_LOST) from None


def explained_classes(digest: str) -> tuple[str, ...]:
    """The classes towards which directions are known; none of other answers, and of models of before.

    That is no secret: a model gives its classes to everybody who sees it.
    """
    return tuple(one.label for one in read_explanation(digest).by_class)


@lru_cache(maxsize=64)
def _read(_storage: str, digest: str) -> Explanation:
    """Content-addressed, so the answer for a digest never changes and may be kept."""
    return Explanation.from_document(json.loads(get_artifact_store().get(digest)))
