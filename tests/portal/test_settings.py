"""Settings of the web process."""

import pytest

from portal.settings import PortalSettings, find_unsafe_settings, is_loopback

SAFE_OUTSIDE = PortalSettings(host="10.0.0.5", behind_tls=True, hosts=("portal.example.com",))


def test_the_defaults_are_safe_and_serve_this_machine_only() -> None:
    settings = PortalSettings()
    assert settings.is_loopback
    assert find_unsafe_settings(settings) == []
    assert settings.allowed_hosts == {"localhost", "127.0.0.1", "::1"}


def test_behind_a_proxy_with_https_and_a_name_is_safe() -> None:
    assert find_unsafe_settings(SAFE_OUTSIDE) == []
    assert SAFE_OUTSIDE.allowed_hosts == {"portal.example.com"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"behind_tls": False}, "clear text"),
        ({"demo": True}, "PORTAL_DEMO"),
        ({"hosts": ()}, "PORTAL_HOSTS"),
        ({"hosts": ("*",)}, "star"),
        ({"proxies": ("*",)}, "star"),
    ],
)
def test_each_way_to_expose_people_is_refused_with_its_reason(change: dict[str, object], word: str) -> None:
    (problem,) = find_unsafe_settings(SAFE_OUTSIDE.model_copy(update=change))
    assert word in problem


def test_a_demo_behind_a_proxy_on_this_machine_is_refused() -> None:
    settings = PortalSettings(behind_tls=True, hosts=("portal.example.com",), demo=True)
    assert any("PORTAL_DEMO" in problem for problem in find_unsafe_settings(settings))


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_HOSTS", "a.example.com, B.example.com,")
    assert PortalSettings().allowed_hosts >= {"a.example.com", "b.example.com"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - the case in question
        ("::", False),
        ("10.0.0.5", False),
        ("localhost.example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_command_line_chooses_another_address() -> None:
    changed = PortalSettings().with_address("::1", 9000)
    assert (changed.host, changed.port) == ("::1", 9000)
    assert PortalSettings().with_address(None, None) == PortalSettings()
