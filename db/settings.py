"""Where the portal keeps its memory."""

from functools import lru_cache
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DatabaseSettings(BaseSettings):
    """Read from `PORTAL_*`; a folder `var` in the working directory is enough for one machine."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = ""
    storage_url: str = ""

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    def model_post_init(self, context: object) -> None:
        # Defaults that depend on another field; object.__setattr__ because the settings are frozen.
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'portal.sqlite'}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", str(self.data_dir / "artifacts"))

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use: one machine, one writer."""
        return self.database_url.startswith("sqlite")


@lru_cache
def get_database_settings() -> DatabaseSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return DatabaseSettings()
