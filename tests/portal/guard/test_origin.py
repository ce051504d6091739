"""Host and Origin."""

import pytest
from starlette.datastructures import Headers

from portal.guard.origin import is_host_allowed, is_own_navigation, is_own_origin

ALLOWED = frozenset({"portal.example.com", "localhost", "127.0.0.1", "::1"})


@pytest.mark.parametrize(
    "host", ["portal.example.com", "PORTAL.example.com:443", "localhost:8501", "127.0.0.1:8501", "[::1]:8501"]
)
def test_the_portals_names_are_its_own_on_any_port(host: str) -> None:
    assert is_host_allowed(host, ALLOWED)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "portal.example.com.evil.example",
        "evilportal.example.com",
        "portal.example.com@evil.example",
        "user@portal.example.com",
        "portal.example.com:x",
        "portal.example.com/evil",
        "127.0.0.1.nip.io",
        "0.0.0.0",  # noqa: S104 - a name, not an address to listen on
        "[::1",
        "2130706433",
    ],
)
def test_another_name_is_refused(host: str | None) -> None:
    assert not is_host_allowed(host, ALLOWED)


def _own(origin: str | None, *, is_tls: bool = False) -> bool:
    headers = {"host": "portal.example.com:8501"} | ({"origin": origin} if origin is not None else {})
    return is_own_origin(Headers(headers), is_tls=is_tls)


def test_the_portals_own_pages_are_recognised() -> None:
    assert _own("http://portal.example.com:8501")
    assert _own("https://portal.example.com:8501", is_tls=True)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "https://portal.example.com:8501",
        "http://portal.example.com",
        "http://portal.example.com:8502",
        "http://portal.example.com:8501.evil.example",
        "http://portal.example.com:8501/",
        "http://evil.example http://portal.example.com:8501",
        "file://",
    ],
)
def test_every_other_origin_is_foreign(origin: str | None) -> None:
    assert not _own(origin)


def test_only_a_click_on_our_own_page_is_our_own_navigation() -> None:
    assert is_own_navigation(Headers({"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}))
    for site, dest in (("cross-site", "document"), ("same-origin", "image"), ("none", "document"), ("", "")):
        assert not is_own_navigation(Headers({"sec-fetch-site": site, "sec-fetch-dest": dest}))
