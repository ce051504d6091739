"""Is the request addressed to this portal, and does it come from one of its own pages?"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_host_allowed(host: str | None, allowed: frozenset[str]) -> bool:
    """Whether the Host header names this portal, on any port (against DNS rebinding)."""
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port  # a port that is no number raises
    except ValueError:
        return False
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return False
    return (parts.hostname or "").rstrip(".") in allowed


def is_own_origin(headers: Headers, *, is_tls: bool) -> bool:
    """Whether the request says, in a way other sites cannot forge in a browser, that it comes from this portal.

    A request that changes something without an Origin comes from no page of ours: every browser sends one.
    """
    origin = headers.get("origin")
    scheme = "https" if is_tls else "http"
    return origin is not None and origin == f"{scheme}://{headers.get('host', '')}"


def is_own_navigation(headers: Headers) -> bool:
    """Whether somebody clicked a link on one of our pages (Fetch Metadata, which pages cannot set)."""
    return headers.get("sec-fetch-site") == "same-origin" and headers.get("sec-fetch-dest") == "document"
