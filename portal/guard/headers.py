"""Security headers. The content security policy was tried in a browser with charts and tables on the screen."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

import streamlit

from portal.guard.paths import INVITATION, SET_UP, SIGN_IN, SIGN_OUT, is_api

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SIGN_IN_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


@lru_cache
def security_headers(path: str, *, is_tls: bool) -> tuple[tuple[str, str], ...]:
    """The headers every answer to `path` carries."""
    headers = [
        ("content-security-policy", _policy(path)),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),  # no-referrer would turn the Origin of our own forms into null
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ]
    if is_tls:
        headers.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
    if is_api(path) or _is_sign_in(path) or path.startswith("/media/"):
        headers.append(("cache-control", "no-store"))
    return tuple(headers)


def _policy(path: str) -> str:
    if is_api(path):
        return _API_POLICY
    return _SIGN_IN_POLICY if _is_sign_in(path) else _page_policy()


def _is_sign_in(path: str) -> bool:
    return path in (SIGN_IN, SIGN_OUT, SET_UP, INVITATION)


@lru_cache
def _page_policy() -> str:
    hashes = " ".join(f"'sha256-{digest}'" for digest in _inline_script_digests())
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit and plotly write their styles at run time
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _inline_script_digests() -> list[str]:
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = _INLINE_SCRIPT.findall(page.read_text())
    return [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
