"""The address of the tracking server: whoever runs the portal names it, and no secret is in it or in clear text."""

from typing import Any

import pytest

from services.automl.tracking.errors import TrackingError
from services.automl.tracking.settings import TrackingSettings


def test_without_an_address_there_is_no_server() -> None:
    settings = TrackingSettings(url=" ")
    assert not settings.is_set
    with pytest.raises(TrackingError, match="PORTAL_MLFLOW_URL"):
        settings.checked_url()


@pytest.mark.parametrize(
    "url",
    [
        "mlflow.example.com",
        "file:///etc/passwd",
        "sqlite:///mlflow.db",
        "databricks://profile",
        "https://",
        "https://name:secret@mlflow.example.com",
        "https://mlflow.example.com?token=secret",
        "https://mlflow.example.com#part",
        "http://[::1",
        "https://mlflow.example.com:port",
        "gopher://mlflow.example.com",
    ],
)
def test_what_is_no_address_of_a_web_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(TrackingError) as refused:
        TrackingSettings(url=url).checked_url()
    assert "secret" not in refused.value.sentence


@pytest.mark.parametrize("secret", [{"token": "t0ken"}, {"user": "portal", "password": "t0ken"}])
def test_a_secret_goes_over_https_or_stays_on_this_machine(secret: dict[str, Any]) -> None:
    with pytest.raises(TrackingError, match="clear text"):
        TrackingSettings(url="http://mlflow.example.com", **secret).checked_url()
    for url in ("https://mlflow.example.com", "http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000"):
        TrackingSettings(url=url, **secret).checked_url()
    assert TrackingSettings(url="http://mlflow.example.com").address == "http://mlflow.example.com"


def test_people_see_the_address_and_nobody_sees_the_secret() -> None:
    settings = TrackingSettings(url="https://mlflow.example.com:8443/team/", token="t0ken", password="passw0rd")
    assert settings.address == "https://mlflow.example.com:8443/team"
    assert "t0ken" not in repr(settings)
    assert "passw0rd" not in repr(settings)
