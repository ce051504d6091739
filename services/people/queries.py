"""Who is signed in, who there is, and on whose behalf a token speaks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.tables import ApiToken, Invitation, SignInSession, User
from db.types import utc_now
from services.audit.actor import Actor
from services.people.attempts import normal_email
from services.people.permissions import Permission, require
from services.people.secrets import SpelledToken, is_same_secret, sha256_of_secret
from services.people.sessions import is_session_open

_TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenActor:
    """The owner of an API token, the one project it is for, and what it may do there."""

    actor: Actor
    token_id: str
    project_id: str
    scopes: frozenset[str]
    is_touch_due: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A signed-in browser: the person, and whether its last use should be written down again."""

    actor: Actor
    session_id: str
    is_touch_due: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A person as an administrator sees them."""

    id: str
    name: str
    email: str
    role: str
    is_active: bool
    has_password: bool
    last_seen_at: datetime | None
    is_demo: bool

    @property
    def can_sign_in(self) -> bool:
        """Whether there is a way in: a password, or none needed because the person belongs to the demo company."""
        return self.has_password or self.is_demo


def find_session_actor(
    session: Session, *, session_id: str, now: datetime | None = None, request_id: str | None = None
) -> Actor | None:
    """The person of an open session. None when it was revoked, has expired, or the account was disabled.

    The role is read from the account at every call, so that a change of role takes effect on the next click.
    """
    row = session.get(SignInSession, session_id)
    found = row and _open_session(session, row, now or utc_now(), request_id)
    return found.actor if found else None


def find_open_session(
    session: Session, *, token: str, now: datetime | None = None, request_id: str | None = None
) -> OpenSession | None:
    """The open session whose cookie holds `token`; None as for `find_session_actor`."""
    row = session.exec(select(SignInSession).where(SignInSession.token_sha256 == sha256_of_secret(token))).first()
    return _open_session(session, row, now or utc_now(), request_id) if row else None


def find_token_actor(
    session: Session, *, token: str, now: datetime | None = None, request_id: str | None = None
) -> TokenActor | None:
    """On whose behalf an API token (`pk_<id>_<secret>`) speaks.

    None when it is unknown, wrong, revoked or expired, or its owner was disabled. Membership of the project and the
    owner's role are checked where they are used.
    """
    spelled = SpelledToken.parse(token)
    row = session.get(ApiToken, spelled.id) if spelled else None
    if spelled is None or row is None or not is_same_secret(spelled.secret, row.secret_sha256):
        return None
    moment = now or utc_now()
    user = session.get(User, row.user_id)
    if row.revoked_at is not None or moment >= row.expires_at or user is None or not user.is_active:
        return None
    return TokenActor(
        actor=_actor_of(user, request_id=request_id),
        token_id=row.id,
        project_id=row.project_id,
        scopes=frozenset(row.scopes.split()),
        is_touch_due=row.last_used_at is None or moment - row.last_used_at >= _TOUCH_AFTER,
    )


def find_actor(session: Session, *, email: str) -> Actor | None:
    """The active person with this address: for the command line, where the shell's owner vouches for them."""
    statement = select(User).where(User.email == normal_email(email), col(User.is_active).is_(True))
    user = session.exec(statement).first()
    return _actor_of(user) if user else None


def list_people(session: Session, *, actor: Actor) -> list[Person]:
    """Everybody with an account, by name."""
    require(actor, Permission.MANAGE_PEOPLE)
    seen = _last_seen(session)
    people = session.exec(select(User).order_by(User.name, User.email))
    return [
        Person(
            id=user.id,
            name=user.name,
            email=user.email,
            role=user.role,
            is_active=user.is_active,
            has_password=user.password_hash is not None,
            last_seen_at=seen.get(user.id),
            is_demo=user.is_demo,
        )
        for user in people
    ]


def list_demo_people(session: Session) -> list[Actor]:
    """The people of the demo company, in the order they were made; empty outside a demo."""
    statement = select(User).where(col(User.is_demo).is_(True), col(User.is_active).is_(True))
    return [_actor_of(user) for user in session.exec(statement.order_by(col(User.created_at)))]


def list_api_tokens(session: Session, *, actor: Actor) -> list[ApiToken]:
    """The actor's own tokens, newest first; never their secrets."""
    require(actor, Permission.MANAGE_TOKENS)
    statement = select(ApiToken).where(ApiToken.user_id == actor.user_id).order_by(col(ApiToken.created_at).desc())
    return list(session.exec(statement))


def is_set_up(session: Session) -> bool:
    """Whether there is anybody at all."""
    return session.exec(select(User.id).limit(1)).first() is not None


def find_invited(session: Session, *, token: str, now: datetime | None = None) -> Actor | None:
    """The person an unused, unexpired invitation is for; None otherwise."""
    invitation = find_invitation(session, token=token, now=now)
    user = session.get(User, invitation.user_id) if invitation and invitation.user_id else None
    return _actor_of(user) if user and user.is_active else None


def is_set_up_link(session: Session, *, token: str, now: datetime | None = None) -> bool:
    """Whether `token` may set up this portal now."""
    invitation = find_invitation(session, token=token, now=now)
    return invitation is not None and invitation.user_id is None and not is_set_up(session)


def find_invitation(session: Session, *, token: str, now: datetime | None = None) -> Invitation | None:
    """The unused, unexpired one-time link of `token`."""
    statement = select(Invitation).where(
        Invitation.token_sha256 == sha256_of_secret(token),
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > (now or utc_now()),
    )
    return session.exec(statement).first()


def _open_session(session: Session, row: SignInSession, now: datetime, request_id: str | None) -> OpenSession | None:
    user = session.get(User, row.user_id)
    if user is None or not user.is_active or not is_session_open(row, now):
        return None
    actor = _actor_of(user, request_id=request_id, session_id=row.id)
    return OpenSession(actor=actor, session_id=row.id, is_touch_due=now - row.last_seen_at >= _TOUCH_AFTER)


def _last_seen(session: Session) -> dict[str, datetime]:
    latest = select(SignInSession.user_id, func.max(SignInSession.last_seen_at)).group_by(SignInSession.user_id)
    return dict(session.exec(latest).all())


def _actor_of(user: User, *, request_id: str | None = None, session_id: str | None = None) -> Actor:
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        email=user.email,
        request_id=request_id,
        session_id=session_id,
    )
