"""Which tracking server there is, and as whom the portal asks it. Whoever runs the portal says so, nobody else."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.automl.tracking.errors import TrackingError

_SPELLING = "PORTAL_MLFLOW_URL is an address like https://mlflow.example.com, without a name or a password in it."


class TrackingSettings(BaseSettings):
    """Read from `PORTAL_MLFLOW_*`. Without `PORTAL_MLFLOW_URL` there is no server, and nothing is sent anywhere.

    The host must be on `PORTAL_CONNECTION_HOSTS` too. Who asks is `token`, or `user` with `password`; none where the
    server asks nobody. What needs no secret may go over http, a secret over https or to this machine only.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_MLFLOW_", frozen=True)

    url: str = ""
    token: SecretStr = SecretStr("")
    user: str = ""
    password: SecretStr = SecretStr("")
    seconds: float = Field(default=30.0, gt=0, le=600)

    @property
    def is_set(self) -> bool:
        """Whether there is a server at all."""
        return bool(self.url.strip())

    @property
    def has_secret(self) -> bool:
        """Whether requests carry a token or a password."""
        return bool(self.token.get_secret_value() or self.password.get_secret_value())

    @property
    def address(self) -> str:
        """The server as people see it: scheme, host, port and path, and never anything else."""
        parts = self.checked_url()
        return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")

    def checked_url(self) -> SplitResult:
        """The address in its parts.

        Raises
        ------
        TrackingError
            There is none, it is not one of a web server, it holds a password, or a secret would travel in clear text.
        """
        if not self.is_set:
            raise TrackingError("No tracking server is set. Ask whoever runs the portal to set PORTAL_MLFLOW_URL.")
        try:
            parts = urlsplit(self.url.strip())
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            raise TrackingError(_SPELLING) from None
        if not is_address or "@" in parts.netloc or parts.query or parts.fragment:
            raise TrackingError(_SPELLING)
        if self.has_secret and parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
            raise TrackingError(
                "The token or password of the tracking server would travel in clear text. Set PORTAL_MLFLOW_URL to its "
                "https address."
            )
        return parts


@lru_cache
def get_tracking_settings() -> TrackingSettings:
    """The settings of this process; tests clear the cache after they change the environment."""
    return TrackingSettings()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
