"""Every refusal in one shape: `{"error": sentence, "code": code}`, never a value that was sent and never a trace."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from portal.guard.middleware import REQUEST_ID
from services.errors import PortalError, TooManyRequestsError

_LOG = logging.getLogger("portal.api")
_SENTENCES = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is larger than 16 MiB. Send fewer rows at a time."),
}


def add_error_handlers(app: FastAPI) -> None:
    """Answer every kind of failure in the one shape."""
    app.add_exception_handler(PortalError, _portal_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def _answer(status: int, code: str, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence, "code": code}, status, headers)


def _portal_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PortalError)
    wait = {"retry-after": str(error.retry_after_seconds)} if isinstance(error, TooManyRequestsError) else None
    return _answer(error.status, error.code, error.sentence, wait)


def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors()[:10])
    return _answer(422, "invalid_input", f"The request cannot be read. {faults}.")


def _place(location: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in location[1:] or location)


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, sentence = _SENTENCES.get(error.status_code, ("refused", "The request was refused."))
    return _answer(error.status_code, code, sentence, dict(error.headers) if error.headers else None)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    reference = str(request.scope.get(REQUEST_ID, ""))
    _LOG.error("Request %s failed.", reference, exc_info=error)
    return _answer(500, "internal", f"Something went wrong on our side. Tell your administrator: {reference}.")
