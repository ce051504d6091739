"""Who is calling, from a cookie or a bearer token. Blocking: the guard asks in a thread."""

from dataclasses import dataclass

from db.session import reading, transaction
from services.audit.actor import Actor
from services.people.commands import touch_api_token, touch_session
from services.people.queries import find_open_session, find_token_actor


@dataclass(frozen=True, slots=True)
class Caller:
    """A person in a browser (`project_id` and `scopes` are None), or a token with the one project it is for."""

    actor: Actor
    project_id: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def is_token(self) -> bool:
        """Whether a machine calls with a token."""
        return self.scopes is not None


def find_person(token: str, request_id: str | None = None, *, touch: bool = True) -> Caller | None:
    """The person whose open session the cookie names; notes its use at most once a minute."""
    with reading() as session:
        found = find_open_session(session, token=token, request_id=request_id)
    if found is None:
        return None
    if touch and found.is_touch_due:
        with transaction() as session:
            touch_session(session, session_id=found.session_id)
    return Caller(actor=found.actor)


def find_machine(token: str, request_id: str | None = None) -> Caller | None:
    """The owner of a valid API token; notes its use at most once a minute."""
    with reading() as session:
        found = find_token_actor(session, token=token, request_id=request_id)
    if found is None:
        return None
    if found.is_touch_due:
        with transaction() as session:
            touch_api_token(session, token_id=found.token_id)
    return Caller(actor=found.actor, project_id=found.project_id, scopes=found.scopes)
