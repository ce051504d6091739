"""How much a project may keep."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DatasetSettings(BaseSettings):
    """Read from `PORTAL_DATASETS_*`. Counted over distinct files: what was uploaded, and the tables made of it."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_DATASETS_", frozen=True)

    project_gb: float = Field(default=10.0, gt=0)
    project_files: int = Field(default=500, ge=1)


@lru_cache
def get_dataset_settings() -> DatasetSettings:
    """The settings of this process."""
    return DatasetSettings()
