"""The session cookie."""

from starlette.responses import Response

from portal.guard.cookies import clear_token, read_token, set_token
from portal.settings import PortalSettings


def _cookie(*, behind_tls: bool) -> str:
    response = Response()
    set_token(response, "token", PortalSettings(behind_tls=behind_tls))
    return response.headers["set-cookie"]


def test_scripts_never_see_the_cookie_and_other_sites_never_send_it_along() -> None:
    for behind_tls in (False, True):
        parts = _cookie(behind_tls=behind_tls).split("; ")
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(parts)
        assert not any(part.startswith("Domain") for part in parts)


def test_behind_tls_the_browser_insists_on_a_secure_cookie_of_this_host() -> None:
    assert _cookie(behind_tls=True).startswith("__Host-portal_session=token")
    assert "Secure" in _cookie(behind_tls=True)
    assert "Secure" not in _cookie(behind_tls=False)


def test_the_cookie_of_plain_http_is_no_cookie_behind_tls() -> None:
    assert read_token({"portal_session": "planted"}, PortalSettings(behind_tls=True)) is None
    assert read_token({"portal_session": ""}, PortalSettings()) is None


def test_a_cleared_cookie_is_forgotten_at_once() -> None:
    response = Response()
    clear_token(response, PortalSettings(behind_tls=True))
    assert "Max-Age=0" in response.headers["set-cookie"]
