"""Where trials are trained beside the workers of the portal: on a cluster that the company already has."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.settings import is_loopback


class ComputeSettings(BaseSettings):
    """Read from `PORTAL_COMPUTE_*`. Without a URL every trial is trained on the worker that has taken it."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_COMPUTE_", frozen=True)

    url: str = ""
    concurrency: int = Field(default=8, ge=1, le=1_000)
    """Trials that one worker sends to the cluster at the same time."""
    tls_ca_file: Path | None = None
    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _scheduler(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port):
            raise ValueError("PORTAL_COMPUTE_URL names a Dask scheduler, such as tcp://scheduler.example.com:8786.")
        return value

    @property
    def is_in_clear(self) -> bool:
        """Whether tables and models would cross a network without encryption."""
        return self.url.startswith("tcp:") and not is_loopback(urlsplit(self.url).hostname or "")


@lru_cache
def get_compute_settings() -> ComputeSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return ComputeSettings()
