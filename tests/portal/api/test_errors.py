"""Failures nobody expected, and refusals of every kind, in one shape."""

import anyio
import httpx
import pytest
from fastapi import FastAPI

from portal.api.errors import add_error_handlers
from services.errors import ConflictError, PortalError, TooManyRequestsError

SECRET = "canary-7f3a"


def _answer(error: Exception) -> httpx.Response:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/")
    def fail() -> None:
        raise error

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
            return await client.get("/")

    return anyio.run(ask)


@pytest.mark.parametrize(("error", "status"), [(PortalError("No."), 400), (ConflictError("Somebody was faster."), 409)])
def test_a_refusal_is_its_sentence_and_its_code(error: PortalError, status: int) -> None:
    answer = _answer(error)
    assert answer.status_code == status
    assert answer.json() == {"error": error.sentence, "code": error.code}


def test_a_limit_says_when_to_come_back() -> None:
    assert _answer(TooManyRequestsError("Wait.", 7)).headers["retry-after"] == "7"


def test_a_fault_of_ours_tells_neither_a_value_nor_a_trace() -> None:
    answer = _answer(ValueError(SECRET))
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json()["code"] == "internal"
