"""Public paths and where a person may be sent."""

import pytest

from portal.guard.paths import is_api, is_blocked, is_public, safe_next

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/\tevil.example",
    "/\n/evil.example",
    "/ /evil.example",
    "/@evil.example",
    "/.evil.example",
    "/projects/../../evil",
    "/projects#//evil.example",
    "/projects?next=//evil.example",
    "/projects?a=b\r\nSet-Cookie: a=b",
    "projects",
    "evil.example/",
    "//127.0.0.1:8501@evil.example",
    "/projects" * 20,
    "／evil.example",
    "",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_nobody_is_sent_to_another_site(target: str) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/projects", "/run?run=abc123&project=0f", "/model?model=a-b_c%20d"])
def test_a_page_of_the_portal_is_remembered(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sign-out",
        "/sign-in/",
        "/sign-in/x",
        "/app/static",
        "/app/staticx",
        "/v2/health",
        "/v2/health/live/",
        "/V2/HEALTH/LIVE",
        "/_stcore/health",
        "/media/sign-in",
        "/api/v1/me",
    ],
)
def test_only_what_is_listed_is_public(path: str) -> None:
    assert not is_public(path)


def test_the_api_is_what_lies_under_its_two_stems() -> None:
    assert all(is_api(path) for path in ("/api", "/api/v1/me", "/v2", "/v2/models/a/infer"))
    assert not any(is_api(path) for path in ("/", "/apis", "/v20", "/people"))


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/mcp", "/auth/login", "/oauth2callback"])
def test_what_streamlit_offers_and_we_do_not_is_blocked(path: str) -> None:
    assert is_blocked(path)
