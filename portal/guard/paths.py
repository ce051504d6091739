"""Which paths need no session, which speak JSON, which nobody gets, and where a person may be sent after signing in."""

import re

SIGN_IN, SIGN_OUT, SET_UP, INVITATION = "/sign-in", "/sign-out", "/set-up", "/invitation"
LEAVE = "/auth/logout"  # where `st.logout` sends the tab: the portal answers it like SIGN_OUT
SIGN_IN_STYLE = "/sign-in/page.css"
STATIC = "/app/static/"  # fonts and logo, also of the sign-in page
HEALTH_PATHS = frozenset({"/v2/health/live", "/v2/health/ready"})
PUBLIC_PATHS = HEALTH_PATHS | {SIGN_IN, SIGN_IN_STYLE, SET_UP, INVITATION}

_BLOCKED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
_API = ("/api", "/v2")
_PAGE = re.compile(r"/(?:[a-z][a-z_]{0,40})?(?:\?[A-Za-z0-9=&_.~%+-]{0,500})?")


def is_public(path: str) -> bool:
    """Whether anybody may ask for the path."""
    return path in PUBLIC_PATHS or path.startswith(STATIC)


def is_health(path: str) -> bool:
    """Whether the path is a probe, which a platform asks for by address and not by the portal's name."""
    return path in HEALTH_PATHS


def is_api(path: str) -> bool:
    """Whether the path belongs to the API: JSON errors, bearer tokens, nothing kept in caches."""
    return path in _API or path.startswith(tuple(f"{stem}/" for stem in _API))


def is_blocked(path: str) -> bool:
    """Whether the path is one of Streamlit's own that this portal does not offer to anybody."""
    return path.startswith(_BLOCKED) and path != LEAVE


def safe_next(target: str | None) -> str:
    """`target` when it is a page of this portal, spelled plainly; otherwise the front page."""
    return target if target and _PAGE.fullmatch(target) else "/"
