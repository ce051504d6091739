"""Security headers on every kind of answer."""

import pytest

from portal.guard.headers import security_headers
from tests.portal.conftest import Server

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-in/page.css", "/app/static/logo.svg", "/v2/health/live", "/api/x"]
)
def test_every_answer_carries_the_headers(server: Server, path: str) -> None:
    with server.nobody() as client:
        answer = client.get(path)
    assert EVERYWHERE.items() <= dict(answer.headers).items()
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_no_policy_allows_scripts_from_elsewhere_or_made_from_text() -> None:
    for path in ("/", "/sign-in", "/api/v1/me"):
        policy = dict(security_headers(path, is_tls=False))["content-security-policy"]
        directives = dict(part.split(" ", 1) for part in policy.split("; "))
        scripts = directives.get("script-src", directives["default-src"])
        assert "unsafe" not in scripts
        assert "http" not in policy


def test_what_concerns_one_person_is_kept_by_no_cache(server: Server) -> None:
    with server.browser(server.sign_in().token) as client:
        for path in ("/api/v1/me", "/v2/health/ready", "/sign-in", "/media/x"):
            assert client.get(path).headers["cache-control"] == "no-store"


def test_https_is_insisted_on_only_where_there_is_https() -> None:
    assert "strict-transport-security" in dict(security_headers("/", is_tls=True))
    assert "strict-transport-security" not in dict(security_headers("/", is_tls=False))
