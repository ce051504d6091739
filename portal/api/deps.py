"""What every route of the API asks for: who calls, and the transaction of one request."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from db.session import reading, transaction
from portal.guard.access import Caller
from portal.guard.middleware import CALLER
from services.audit.actor import Actor
from services.errors import NotAllowedError, NotFoundError, NotSignedInError

__all__ = ["Caller", "CurrentCaller", "CurrentPerson", "Reading", "Transaction", "get_caller", "require_scope"]


def get_caller(request: Request) -> Caller:
    """Who calls: the browser's person or the token's owner, as the guard found them. Without the guard: nobody."""
    caller = request.scope.get(CALLER)
    if not isinstance(caller, Caller):
        raise NotSignedInError("Sign in, or send an API token that is valid.")
    return caller


def get_person(request: Request) -> Actor:
    """Who calls, for routes that need a person: a token has only the scopes it was given."""
    caller = get_caller(request)
    if caller.is_token:
        raise NotAllowedError("A token may not do this. Sign in as a person.")
    return caller.actor


def require_scope(caller: Caller, scope: str, *, project_id: str, unknown: str) -> Actor:
    """The actor, if the caller may use `scope` in this project as far as their token goes.

    Their role and membership are checked by the service, as for a person.

    Raises
    ------
    NotFoundError
        The token is for another project. `unknown` is what is said where there is nothing at all, so that the token
        learns nothing about this one.
    NotAllowedError
        The token is for this project, without this scope.
    """
    if caller.scopes is None:
        return caller.actor
    if caller.project_id != project_id:
        raise NotFoundError(unknown)
    if scope not in caller.scopes:
        raise NotAllowedError(f"This token has not the scope {scope}.")
    return caller.actor


def get_transaction() -> Iterator[Session]:
    """A writing session, committed before the answer is sent; rolled back on any exception."""
    with transaction() as session:
        yield session


def get_reading() -> Iterator[Session]:
    """A consistent, read-only view."""
    with reading() as session:
        yield session


CurrentCaller = Annotated[Caller, Depends(get_caller)]
CurrentPerson = Annotated[Actor, Depends(get_person)]
Transaction = Annotated[Session, Depends(get_transaction, scope="function")]
Reading = Annotated[Session, Depends(get_reading, scope="function")]
