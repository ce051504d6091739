"""What the sign-in routes ask of the services, each step in its own transaction. Blocking: called in a thread."""

from db.session import reading, transaction
from services.audit.actor import Actor
from services.people.commands import (
    NewSession,
    accept_invitation,
    accept_set_up,
    claim_sign_in,
    complete_sign_in,
    open_session,
    sign_in_demo,
    sign_out,
)
from services.people.errors import SignInRefusedError
from services.people.passwords import is_password_right
from services.people.queries import find_invited, is_set_up_link, list_demo_people


def with_password(email: str, password: str, address: str, replaces: str | None) -> NewSession:
    """Count the attempt, check the password while no transaction is open, open the session."""
    with transaction() as session:
        claim = claim_sign_in(session, email=email, address=address)
    if not is_password_right(password, claim.password_hash):
        raise SignInRefusedError
    with transaction() as session:
        return complete_sign_in(session, claim=claim, replaces=replaces)


def as_demo_person(user_id: str, replaces: str | None) -> NewSession:
    """Open a session without a password; the route has checked that this is a demo."""
    with transaction() as session:
        return sign_in_demo(session, user_id=user_id, replaces=replaces)


def with_set_up(token: str, email: str, name: str, password: str, replaces: str | None) -> NewSession:
    """Make the first administrator and sign them in."""
    with transaction() as session:
        user = accept_set_up(session, token=token, email=email, name=name, password=password)
        return open_session(session, user_id=user.id, method="set-up link", replaces=replaces)


def with_invitation(token: str, password: str, replaces: str | None) -> NewSession:
    """Set the invited person's password and sign them in."""
    with transaction() as session:
        user = accept_invitation(session, token=token, password=password)
        return open_session(session, user_id=user.id, method="invitation", replaces=replaces)


def out(actor: Actor) -> None:
    """End the session the actor acts in."""
    with transaction() as session:
        sign_out(session, actor=actor)


def demo_people() -> list[Actor]:
    """The people a demo offers."""
    with reading() as session:
        return list_demo_people(session)


def invited(token: str) -> Actor | None:
    """Who an invitation is for."""
    with reading() as session:
        return find_invited(session, token=token)


def may_set_up(token: str) -> bool:
    """Whether a set-up link works."""
    with reading() as session:
        return is_set_up_link(session, token=token)
