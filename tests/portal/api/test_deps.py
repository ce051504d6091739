"""Who calls, as a route sees it."""

import pytest
from starlette.requests import Request

from portal.api.deps import Caller, get_caller, get_person, require_scope
from portal.guard.middleware import CALLER
from services.audit.actor import Actor
from services.errors import NotAllowedError, NotFoundError, NotSignedInError

ACTOR = Actor("u", "Ana", "data_scientist")
PERSON = Caller(ACTOR)
MACHINE = Caller(ACTOR, project_id="p", scopes=frozenset({"predict"}))


def _request(caller: object) -> Request:
    return Request({"type": "http", "headers": [], CALLER: caller})


@pytest.mark.parametrize("caller", [None, "ana", ACTOR])
def test_without_the_guard_everybody_is_nobody(caller: object) -> None:
    with pytest.raises(NotSignedInError):
        get_caller(_request(caller))


def test_a_machine_is_no_person() -> None:
    assert get_person(_request(PERSON)) == ACTOR
    with pytest.raises(NotAllowedError):
        get_person(_request(MACHINE))


def test_a_token_goes_as_far_as_its_project_and_its_scopes() -> None:
    unknown = "There is no such thing."
    assert require_scope(MACHINE, "predict", project_id="p", unknown=unknown) == ACTOR
    assert require_scope(PERSON, "predict", project_id="any", unknown=unknown) == ACTOR
    with pytest.raises(NotFoundError, match=unknown):
        require_scope(MACHINE, "predict", project_id="another", unknown=unknown)
    with pytest.raises(NotAllowedError):
        require_scope(MACHINE, "admin", project_id="p", unknown=unknown)
