"""How many jobs may wait, so that nobody's flood delays everybody else."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class JobSettings(BaseSettings):
    """Read from `PORTAL_JOBS_*`. Active means queued or running."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_JOBS_", frozen=True)

    most_active_per_person: int = Field(default=12, ge=1)
    most_active_per_project: int = Field(default=24, ge=1)
    most_at_once_per_person: int = Field(default=2, ge=1)  # handed to the workers; the others wait for their turn


@lru_cache
def get_job_settings() -> JobSettings:
    """The settings of this process."""
    return JobSettings()
