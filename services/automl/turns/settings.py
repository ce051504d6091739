"""How much of the workers one person or project may take."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RunSettings(BaseSettings):
    """Read from `PORTAL_RUNS_*`. Active means queued, searching or finishing; a day is the last 24 hours.

    Worker-seconds are the time that trials took, added up over all places. None means as much as there is.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_RUNS_", frozen=True)

    most_active_per_person: int = Field(default=20, ge=1)
    most_active_per_project: int = Field(default=40, ge=1)
    seconds_per_person_per_day: float | None = Field(default=None, gt=0)
    seconds_per_project_per_day: float | None = Field(default=None, gt=0)


@lru_cache
def get_run_settings() -> RunSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return RunSettings()
