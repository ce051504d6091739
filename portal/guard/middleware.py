"""The guard itself: a request passes when its path is public, or when it carries an open session or, under the API,
a valid bearer token. Identity headers from outside are removed; the one Streamlit trusts is set here.
"""

import logging
import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.types import new_id
from portal.guard.access import Caller, find_machine, find_person
from portal.guard.channel import SessionChannel
from portal.guard.cookies import read_token
from portal.guard.headers import security_headers
from portal.guard.origin import is_host_allowed, is_own_origin
from portal.guard.paths import SIGN_IN, is_api, is_blocked, is_health, is_public, safe_next
from portal.settings import PortalSettings

SESSION_HEADER = "x-portal-session"
CALLER = "portal.caller"  # in the ASGI scope of a request that passed
REQUEST_ID = "portal.request_id"

_LOG = logging.getLogger("portal.guard")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_IDENTITY_HEADER = re.compile(
    rb"x-portal-.*|x-forwarded-(user|email|groups|preferred-username)|x-auth-request-.*|x-(remote|streamlit)-user.*"
    rb"|remote-user"
)


class Guard:
    """Pure ASGI, so that no framework's routing comes before it."""

    def __init__(self, app: ASGIApp, settings: PortalSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through as somebody, or refuse it."""
        if scope["type"] == "http":
            await self._guard_request(_clean(scope), receive, send)
        elif scope["type"] == "websocket":
            await self._guard_socket(_clean(scope), receive, send)
        else:
            await self._app(scope, receive, send)

    async def _guard_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = self._with_headers(scope, send)
        refusal = self._refusal(scope)
        if refusal is None and not is_public(scope["path"]):
            caller = await self._find_caller(scope)
            if caller is None:
                refusal = _nobody(scope)
            elif is_blocked(scope["path"]):
                refusal = PlainTextResponse("Not found", 404)
            else:
                _admit(scope, caller)
        await (refusal or self._app)(scope, receive, send)

    async def _guard_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        token = self._token(headers)
        is_ours = self._is_addressed(headers) and self._is_own_origin(headers)
        caller = await run_in_threadpool(find_person, token, scope[REQUEST_ID]) if is_ours and token else None
        if caller is None or token is None:
            _LOG.warning("A WebSocket was refused (request %s).", scope[REQUEST_ID])
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        _admit(scope, caller)
        await self._app(scope, SessionChannel(receive, token), send)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is wrong with the request whoever sent it."""
        headers, path = Headers(scope=scope), scope["path"]
        if not self._is_addressed(headers) and not is_health(path):
            return _error(scope, 421, "wrong_host", "This portal is not reached under that name.")
        is_bearer = is_api(path) and _bearer(headers) is not None
        if scope["method"] not in _SAFE_METHODS and not is_bearer and not self._is_own_origin(headers):
            return _error(scope, 403, "foreign_origin", "This request does not come from a page of this portal.")
        return None

    async def _find_caller(self, scope: Scope) -> Caller | None:
        headers = Headers(scope=scope)
        bearer = _bearer(headers)
        if bearer is not None and is_api(scope["path"]):
            return await run_in_threadpool(find_machine, bearer, scope[REQUEST_ID])
        token = self._token(headers)
        return await run_in_threadpool(find_person, token, scope[REQUEST_ID]) if token else None

    def _token(self, headers: Headers) -> str | None:
        return read_token(cookie_parser(headers.get("cookie", "")), self._settings)

    def _is_addressed(self, headers: Headers) -> bool:
        return is_host_allowed(headers.get("host"), self._settings.allowed_hosts)

    def _is_own_origin(self, headers: Headers) -> bool:
        return is_own_origin(headers, is_tls=self._settings.behind_tls)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        ours = security_headers(scope["path"], is_tls=self._settings.behind_tls)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ours:
                    headers[name] = value
                headers["x-request-id"] = scope[REQUEST_ID]
            await send(message)

        return send_with_headers


def _clean(scope: Scope) -> Scope:
    """The scope without identity headers from outside, and with an id for this request."""
    given = Headers(scope=scope).get("x-request-id", "")
    headers = [(name, value) for name, value in scope["headers"] if not _IDENTITY_HEADER.fullmatch(name.lower())]
    request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
    cleaned = {key: value for key, value in scope.items() if key != CALLER}
    return {**cleaned, "headers": headers, REQUEST_ID: request_id}


def _admit(scope: Scope, caller: Caller) -> None:
    scope[CALLER] = caller
    if caller.actor.session_id:
        scope["headers"].append((SESSION_HEADER.encode(), caller.actor.session_id.encode()))


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _nobody(scope: Scope) -> Response:
    if scope["method"] == "GET" and not is_api(scope["path"]) and _wants_page(Headers(scope=scope)):
        query = scope.get("query_string", b"").decode("latin-1")
        target = safe_next(f"{scope['path']}?{query}" if query else scope["path"])
        suffix = "" if target == "/" else f"?next={quote(target, safe='')}"
        return RedirectResponse(SIGN_IN + suffix, 303)
    return _error(scope, 401, "not_signed_in", "Sign in, or send an API token that is valid.")


def _wants_page(headers: Headers) -> bool:
    return "text/html" in headers.get("accept", "") and headers.get("sec-fetch-dest", "document") == "document"


def _error(scope: Scope, status: int, code: str, sentence: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    if is_api(scope["path"]):
        return JSONResponse({"error": sentence, "code": code}, status, headers)
    return PlainTextResponse(sentence, status, headers)
