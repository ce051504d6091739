"""Sign in and out: count the attempt, check the password, open a session.

A sign-in takes two transactions, because the attempt must stay counted when the password is wrong, and because a
password check takes tens of milliseconds during which nobody else could write:
`claim_sign_in` (committed), `is_password_right` (outside), `complete_sign_in`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, text, update
from sqlmodel import Session, col, select

from db.tables import SignInAttempt, SignInSession, User
from db.types import new_id, utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import NotAllowedError, TooManyRequestsError
from services.people.attempts import (
    ACCOUNT,
    ADDRESS,
    AttemptLimit,
    account_key,
    address_key,
    next_attempt_at,
    normal_email,
)
from services.people.errors import SignInRefusedError
from services.people.passwords import is_password_right
from services.people.permissions import Permission, require
from services.people.secrets import new_secret, sha256_of_secret
from services.people.sessions import ABSOLUTE_LIMIT

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignInClaim:
    """Somebody says they are this account; `password_hash` is what the password must match. Never shown."""

    user_id: str | None
    password_hash: str | None
    attempt_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened; `token` goes into the browser's cookie and nowhere else."""

    token: str
    actor: Actor


def claim_sign_in(session: Session, *, email: str, address: str, now: datetime | None = None) -> SignInClaim:
    """Count one attempt and say what the password must match. Commit before the password is checked.

    Raises
    ------
    TooManyRequestsError
        Too many failed attempts for this account or from this address; nothing was counted.
    """
    moment = now or utc_now()
    keys = ((account_key(email), ACCOUNT), (address_key(address), ADDRESS))
    for key, limit in keys:
        _require_attempt(session, key, limit, moment)
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.at) < moment - _KEPT))
    attempts = [SignInAttempt(key_sha256=key, at=moment) for key, _ in keys]
    session.add_all(attempts)
    session.flush()
    user = session.exec(select(User).where(User.email == normal_email(email), col(User.is_active).is_(True))).first()
    return SignInClaim(
        user_id=user.id if user else None,
        password_hash=user.password_hash if user else None,
        attempt_ids=tuple(attempt.id for attempt in attempts),
    )


def complete_sign_in(
    session: Session, *, claim: SignInClaim, replaces: str | None = None, now: datetime | None = None
) -> NewSession:
    """Open a session for a claim whose password was right, and forget the account's failed attempts.

    Raises
    ------
    SignInRefusedError
        The account was disabled or its password changed since the claim.
    """
    user = session.get(User, claim.user_id) if claim.user_id else None
    if user is None or not user.is_active or user.password_hash != claim.password_hash:
        raise SignInRefusedError
    forgotten = (col(SignInAttempt.id).in_(claim.attempt_ids)) | (SignInAttempt.key_sha256 == account_key(user.email))
    session.execute(delete(SignInAttempt).where(forgotten))
    return open_session(session, user_id=user.id, method="password", replaces=replaces, now=now)


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    address: str,
    replaces: str | None = None,
    now: datetime | None = None,
) -> NewSession:
    """The three steps in one transaction, for callers that refuse no one else by holding it.

    Raises
    ------
    SignInRefusedError
        Wrong address or password. The attempt is counted only if the caller commits.
    TooManyRequestsError
        As `claim_sign_in`.
    """
    claim = claim_sign_in(session, email=email, address=address, now=now)
    if not is_password_right(password, claim.password_hash):
        raise SignInRefusedError
    return complete_sign_in(session, claim=claim, replaces=replaces, now=now)


def sign_in_demo(session: Session, *, user_id: str, replaces: str | None = None) -> NewSession:
    """Open a session as a person of the demo company. The caller has checked that this is a demo on this machine.

    Raises
    ------
    NotAllowedError
        There is no such demo person.
    """
    user = session.get(User, user_id)
    if user is None or not user.is_demo or not user.is_active:
        raise NotAllowedError("Only people of the demo company can be looked through without a password.")
    return open_session(session, user_id=user.id, method="demo", replaces=replaces)


def open_session(
    session: Session, *, user_id: str, method: str, replaces: str | None = None, now: datetime | None = None
) -> NewSession:
    """Open a session for a verified identity, whatever verified it (`method`, for the audit log).

    Every sign-in has a new token; the session of `replaces`, the token the browser held before, ends.
    """
    moment = now or utc_now()
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise SignInRefusedError
    if replaces:
        _end(session, col(SignInSession.token_sha256) == sha256_of_secret(replaces), moment)
    token, session_id = new_secret(), new_id()
    session.add(
        SignInSession(
            id=session_id,
            token_sha256=sha256_of_secret(token),
            user_id=user.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + ABSOLUTE_LIMIT,
        )
    )
    actor = Actor(user_id=user.id, name=user.name, role=user.role, email=user.email, session_id=session_id)
    _record(session, actor, "person.signed_in", user.id, {"method": method})
    return NewSession(token=token, actor=actor)


def sign_out(session: Session, *, actor: Actor) -> None:
    """End the session the actor acts in."""
    if actor.session_id and _end(session, col(SignInSession.id) == actor.session_id, utc_now()):
        _record(session, actor, "person.signed_out", actor.user_id, {})


def revoke_sessions(session: Session, *, actor: Actor, user_id: str) -> int:
    """Sign a person out everywhere, from their next click on; the number of sessions that ended.

    Raises
    ------
    NotAllowedError
        The person is somebody else and the actor does not manage people.
    """
    if user_id != actor.user_id:
        require(actor, Permission.MANAGE_PEOPLE)
    n_ended = end_sessions(session, user_id=user_id)
    if n_ended:
        _record(session, actor, "person.sessions_revoked", user_id, {"n_sessions": str(n_ended)})
    return n_ended


def end_sessions(session: Session, *, user_id: str) -> int:
    """End every session of a person as part of another change, which has been authorised and records its own event."""
    return _end(session, col(SignInSession.user_id) == user_id, utc_now())


def touch_session(session: Session, *, session_id: str, now: datetime | None = None) -> None:
    """Note that a session is in use: the idle limit counts from here."""
    values = {"last_seen_at": now or utc_now()}
    session.execute(update(SignInSession).where(col(SignInSession.id) == session_id).values(**values))


def _require_attempt(session: Session, key: str, limit: AttemptLimit, now: datetime) -> None:
    if session.get_bind().dialect.name == "postgresql":  # two attempts at once must not both be the last one allowed
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(key[:15], 16)})
    failures = list(session.exec(select(SignInAttempt.at).where(SignInAttempt.key_sha256 == key)))
    seconds = (next_attempt_at(failures, limit, now) - now).total_seconds()
    if seconds > 0:
        wait = max(1, round(seconds))
        sentence = f"Too many attempts. Wait {_spell(wait)} and try again; your password still works."
        raise TooManyRequestsError(sentence, retry_after_seconds=wait)


def _spell(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    open_ones = (which, col(SignInSession.revoked_at).is_(None))
    outcome = session.execute(update(SignInSession).where(*open_ones).values(revoked_at=now))
    return int(outcome.rowcount)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult


def _record(session: Session, actor: Actor, action: str, user_id: str, after: dict[str, str]) -> None:
    record_event(session, actor=actor, action=action, object_type="person", object_id=user_id, after=after)
