"""The person in front of the screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from db.session import reading
from services.audit.actor import Actor
from services.errors import NotSignedInError
from services.people.queries import find_session_actor

SESSION_CLAIM = "portal_session_id"  # set by the guard on each connection; a browser cannot send it

_ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def signed_in() -> Iterator[Actor]:
    """Who acts, for the whole of one script: the shell asks once, and the page in it need not ask again.

    Raises
    ------
    NotSignedInError
        The session was revoked or has expired, or nobody is signed in.
    """
    actor = _read_actor()
    asked = _ACTOR.set(actor)
    try:
        yield actor
    finally:
        _ACTOR.reset(asked)


def get_actor() -> Actor:
    """Who acts. A revoked session ends with the next click, also in a fragment, which has no shell and asks itself.

    Raises
    ------
    NotSignedInError
        The session was revoked or has expired, or nobody is signed in.
    """
    return _ACTOR.get() or _read_actor()


def _read_actor() -> Actor:
    session_id = st.user.get(SESSION_CLAIM)
    if isinstance(session_id, str):
        with reading() as session:
            actor = find_session_actor(session, session_id=session_id)
        if actor is not None:
            return actor
    raise NotSignedInError("Your session has ended. Nothing you saved is lost. Sign in again.")
