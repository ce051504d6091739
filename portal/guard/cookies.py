"""The one cookie: an opaque token whose sha256 names a row.

`SameSite=Lax`, not `Strict`: a link to a sign-off in a mail must open it and not the sign-in page. Nothing changes on a
GET; every change checks the Origin, and a WebSocket from another site carries no Lax cookie.
"""

from collections.abc import Mapping

from starlette.responses import Response

from portal.settings import PortalSettings
from services.people.sessions import ABSOLUTE_LIMIT

_SECURE_NAME, _PLAIN_NAME = "__Host-portal_session", "portal_session"


def cookie_name(settings: PortalSettings) -> str:
    """`__Host-` makes browsers insist on Secure, no Domain and Path=/; plain HTTP on this machine cannot have it."""
    return _SECURE_NAME if settings.behind_tls else _PLAIN_NAME


def read_token(cookies: Mapping[str, str], settings: PortalSettings) -> str | None:
    """The session token a browser sent."""
    return cookies.get(cookie_name(settings)) or None


def set_token(response: Response, token: str, settings: PortalSettings) -> None:
    """Hand the session token to the browser, out of reach of its scripts."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        path="/",
        secure=settings.behind_tls,
        httponly=True,
        samesite="lax",
    )


def clear_token(response: Response, settings: PortalSettings) -> None:
    """Make the browser forget the session."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.behind_tls, httponly=True, samesite="lax")
