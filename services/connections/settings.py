"""Which databases the portal may reach, and how much of them one query may bring."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConnectionSettings(BaseSettings):
    """Read from `PORTAL_*`. Without `PORTAL_CONNECTION_HOSTS` no database server is reached at all.

    `connection_hosts` is a list with commas: `warehouse.example.com`, `10.1.2.3`, `10.1.0.0/16` or `*.example.com`.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True)

    data_dir: Path = Path("var")
    secret_key: SecretStr = SecretStr("")  # one or more keys with commas: the first encrypts, all decrypt
    connection_hosts: str = ""
    connection_sslmode: Literal["prefer", "require", "verify-ca", "verify-full"] = "prefer"
    connection_seconds: float = Field(default=60.0, gt=0, le=3600)
    connection_rows: int = Field(default=2_000_000, ge=1, le=20_000_000)
    connection_mb: int = Field(default=1024, ge=1)
    connection_memory_mb: int = Field(default=3072, ge=256)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """The entries of the list, in lower case."""
        return tuple(entry.strip().lower() for entry in self.connection_hosts.split(",") if entry.strip())


@lru_cache
def get_connection_settings() -> ConnectionSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return ConnectionSettings()
