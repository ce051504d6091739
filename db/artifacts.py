"""The artefacts of this portal: a table, a model, an explanation, each stored once under its own sha256."""

from functools import lru_cache

from db.artifact_cache import CachedArtifactStore
from db.artifact_store import ArtifactDamagedError, ArtifactMissingError, ArtifactStore
from db.settings import get_database_settings

__all__ = ["ArtifactDamagedError", "ArtifactMissingError", "ArtifactStore", "get_artifact_store"]


@lru_cache
def get_artifact_store(storage_url: str | None = None) -> ArtifactStore:
    """The process-wide store of `storage_url`, by default the configured one.

    What is read from a store elsewhere is kept here too, as far as `PORTAL_CACHE_BYTES` allows.
    """
    settings = get_database_settings()
    store = ArtifactStore(storage_url or settings.storage_url)
    if store.is_here or not settings.cache_bytes:
        return store
    return CachedArtifactStore(store.url, folder=settings.cache_dir, max_bytes=settings.cache_bytes)
