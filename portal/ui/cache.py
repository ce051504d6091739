"""What many clicks read alike, kept until something has changed.

Every change of anything is an audit event, so the number of the latest one says whether a picture is still true. Only
the age of things ("asked 5 minutes ago") changes without an event; hence the time limit.
"""

import streamlit as st

from portal.ui.session import reading
from services.audit.actor import Actor
from services.audit.queries import get_head_id
from services.portfolio.queries import get_home
from services.portfolio.views import Home

KEPT_SECONDS = 60
MOST_KEPT = 2_000


def read_home(actor: Actor) -> Home:
    """The home page of a person, as of the latest change."""
    with reading() as session:
        head_id = get_head_id(session)
    return _read_home(actor.user_id, actor.role, head_id, actor)


@st.cache_data(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_home(user_id: str, role: str, head_id: int, _actor: Actor) -> Home:  # noqa: ARG001 - the key
    with reading() as session:
        return get_home(session, actor=_actor)
