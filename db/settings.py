"""Where the portal keeps its memory."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DatabaseSettings(BaseSettings):
    """Read from `PORTAL_*`; a folder `var` in the working directory is enough for one machine."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = ""
    storage_url: str = ""
    cache_dir: Path = Path()
    cache_bytes: int = Field(default=5 * 1024**3, ge=0)
    """How much of a storage elsewhere is kept on this machine too; 0 for nothing."""

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
        if self.cache_dir == Path():
            object.__setattr__(self, "cache_dir", self.data_dir / "cache")

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use: one machine, one writer."""
        return self.database_url.startswith("sqlite")


@lru_cache
def get_database_settings() -> DatabaseSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return DatabaseSettings()
