"""How a worker behaves."""

import os
from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """Read from `PORTAL_WORKER_*`. The lease must outlast several heartbeats, or a slow disk looks like a death."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_WORKER_", frozen=True)

    concurrency: int = Field(default=max(1, min(2, os.cpu_count() or 1)), ge=1, le=64)
    finishing_concurrency: int = Field(default=2, ge=1, le=64)  # best models that are checked and explained
    job_concurrency: int = Field(default=3, ge=1, le=64)  # one place more than one person gets
    heartbeat_seconds: float = Field(default=2.0, gt=0)
    lease_seconds: float = Field(default=6.0, gt=0)
    dispatch_seconds: float = Field(default=0.5, gt=0)


@lru_cache
def get_worker_settings() -> WorkerSettings:
    """The settings of this process."""
    return WorkerSettings()
