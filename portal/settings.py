"""How the web process is reached and what it offers; every value from `PORTAL_*`."""

import ipaddress
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class PortalSettings(BaseSettings):
    """Read once; command-line options override the environment by `with_address`."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=0, le=65_535)
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """The names people reach the portal under, separated by commas; needed beyond this machine."""
    behind_tls: bool = False
    """A proxy in front speaks HTTPS: cookies become Secure, HSTS is sent."""
    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses of proxies whose `X-Forwarded-For` is believed."""
    demo: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("hosts", "proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the portal."""
        return is_loopback(self.host)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The host names a request may be addressed to (against DNS rebinding)."""
        own = LOOPBACK_NAMES if self.is_loopback else ()
        return frozenset(name.casefold() for name in (*self.hosts, *own))

    def with_address(self, host: str | None, port: int | None) -> "PortalSettings":
        """These settings with another address."""
        changes = {"host": host, "port": port}
        return self.model_copy(update={name: value for name, value in changes.items() if value is not None})


def find_unsafe_settings(settings: PortalSettings) -> list[str]:
    """Why the portal must not start like this, one sentence for each reason; empty when it may."""
    if settings.is_loopback and not settings.behind_tls:
        return []
    checks = [
        (settings.demo, "PORTAL_DEMO offers accounts without a password. Use it only on this machine (127.0.0.1)."),
        (
            not settings.behind_tls,
            f"The portal would send passwords in clear text over {settings.host}. Put a proxy with HTTPS in front and "
            "set PORTAL_BEHIND_TLS=1, or listen on 127.0.0.1.",
        ),
        (
            not settings.hosts,
            "Nobody could reach the portal by name. Set PORTAL_HOSTS to the names people use, such as "
            "portal.example.com.",
        ),
        ("*" in settings.hosts, "PORTAL_HOSTS must name hosts; a star would let any web page pose as the portal."),
        ("*" in settings.proxies, "PORTAL_PROXIES must name addresses; a star would let anybody choose their own."),
    ]
    return [sentence for is_unsafe, sentence in checks if is_unsafe]


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


@lru_cache
def get_portal_settings() -> PortalSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return PortalSettings()
