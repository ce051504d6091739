"""The person in front of the screen."""

import streamlit as st

from db.session import reading
from services.audit.actor import Actor
from services.errors import NotSignedInError
from services.people.queries import find_session_actor

SESSION_CLAIM = "portal_session_id"  # set by the guard on each connection; a browser cannot send it


def get_actor() -> Actor:
    """Who acts. Read from the database at every call: a revoked session ends with the next click, also in a fragment.

    Raises
    ------
    NotSignedInError
        The session was revoked or has expired, or nobody is signed in.
    """
    session_id = st.user.get(SESSION_CLAIM)
    if isinstance(session_id, str):
        with reading() as session:
            actor = find_session_actor(session, session_id=session_id)
        if actor is not None:
            return actor
    raise NotSignedInError("Your session has ended. Nothing you saved is lost. Sign in again.")
