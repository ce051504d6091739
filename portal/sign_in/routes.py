"""Sign in and out, set up, choose a password: Starlette routes in front of Streamlit's."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from portal.guard.cookies import clear_token, read_token, set_token
from portal.guard.middleware import CALLER
from portal.guard.origin import is_own_navigation
from portal.guard.paths import INVITATION, LEAVE, SET_UP, SIGN_IN, SIGN_IN_STYLE, SIGN_OUT, safe_next
from portal.settings import PortalSettings
from portal.sign_in import pages, steps
from services.errors import PortalError, TooManyRequestsError
from services.people.commands import NewSession
from services.people.errors import LinkSpentError

_MOST_BYTES = 16 * 1024
_STYLE = Path(__file__).with_name("page.css")


def sign_in_routes(settings: PortalSettings) -> list[BaseRoute]:
    """The routes, with what they need to know of the settings."""
    desk = _Desk(settings)
    get, post = ["GET"], ["POST"]
    return [
        Route(SIGN_IN_STYLE, _style, methods=get),
        Route(SIGN_IN, desk.show_sign_in, methods=get),
        Route(SIGN_IN, desk.sign_in, methods=post, max_body_size=_MOST_BYTES),
        Route(SIGN_OUT, desk.show_sign_out, methods=get),
        Route(LEAVE, desk.show_sign_out, methods=get),
        Route(SIGN_OUT, desk.sign_out, methods=post, max_body_size=_MOST_BYTES),
        Route(SET_UP, desk.show_set_up, methods=get),
        Route(SET_UP, desk.set_up, methods=post, max_body_size=_MOST_BYTES),
        Route(INVITATION, desk.show_invitation, methods=get),
        Route(INVITATION, desk.accept_invitation, methods=post, max_body_size=_MOST_BYTES),
    ]


async def _style(_request: Request) -> Response:
    return FileResponse(_STYLE, media_type="text/css", headers={"cache-control": "no-cache"})


class _Desk:
    """The endpoints. The guard has checked Host and Origin before any of them runs."""

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._is_demo = settings.demo and settings.is_loopback

    async def show_sign_in(self, request: Request) -> Response:
        target = safe_next(request.query_params.get("next"))
        return await self._sign_in_page(target=target)

    async def sign_in(self, request: Request) -> Response:
        form = await _fields(request)
        target, email = safe_next(form.get("next")), form.get("email", "")
        try:
            if self._is_demo and form.get("demo"):
                opened = await run_in_threadpool(steps.as_demo_person, form["demo"], self._token(request))
            else:
                secret = form.get("password", "")
                opened = await run_in_threadpool(
                    steps.with_password, email, secret, _address(request), self._token(request)
                )
        except TooManyRequestsError as error:
            page = await self._sign_in_page(email=email, target=target, error=error)
            page.headers["retry-after"] = str(error.retry_after_seconds)
            return page
        except PortalError as error:
            return await self._sign_in_page(email=email, target=target, error=error)
        return self._enter(opened, target)

    async def show_sign_out(self, request: Request) -> Response:
        """One click when it was one of our own links; otherwise ask, as any site could have linked here."""
        return await self.sign_out(request) if is_own_navigation(request.headers) else pages.sign_out_page()

    async def sign_out(self, request: Request) -> Response:
        await run_in_threadpool(steps.out, request.scope[CALLER].actor)
        response = RedirectResponse(SIGN_IN, 303)
        clear_token(response, self._settings)
        return response

    async def show_set_up(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not await run_in_threadpool(steps.may_set_up, token):
            return _spent()
        return pages.set_up_page(token=token)

    async def set_up(self, request: Request) -> Response:
        form = await _fields(request)
        token, name, email = form.get("token", ""), form.get("name", ""), form.get("email", "")
        try:
            opened = await run_in_threadpool(
                steps.with_set_up, token, email, name, form.get("password", ""), self._token(request)
            )
        except LinkSpentError:
            return _spent()
        except PortalError as error:
            return pages.set_up_page(token=token, name=name, email=email, error=error.sentence, status=error.status)
        return self._enter(opened, "/people")

    async def show_invitation(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        person = await run_in_threadpool(steps.invited, token)
        return pages.invitation_page(token=token, person=person) if person else _spent()

    async def accept_invitation(self, request: Request) -> Response:
        form = await _fields(request)
        token = form.get("token", "")
        person = await run_in_threadpool(steps.invited, token)
        if person is None:
            return _spent()
        try:
            opened = await run_in_threadpool(
                steps.with_invitation, token, form.get("password", ""), self._token(request)
            )
        except LinkSpentError:
            return _spent()
        except PortalError as error:
            return pages.invitation_page(token=token, person=person, error=error.sentence, status=error.status)
        return self._enter(opened, "/")

    async def _sign_in_page(
        self, *, email: str = "", target: str = "/", error: PortalError | None = None
    ) -> HTMLResponse:
        demo = await run_in_threadpool(steps.demo_people) if self._is_demo else []
        sentence, status = (error.sentence, error.status) if error else (None, 200)
        return pages.sign_in_page(email=email, target=target, demo=demo, error=sentence, status=status)

    def _enter(self, opened: NewSession, target: str) -> Response:
        response = RedirectResponse(target, 303)
        set_token(response, opened.token, self._settings)
        return response

    def _token(self, request: Request) -> str | None:
        return read_token(request.cookies, self._settings)


async def _fields(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=10) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _spent() -> Response:
    error = LinkSpentError()
    return pages.notice_page("This link does not work", error.sentence, error.status)
