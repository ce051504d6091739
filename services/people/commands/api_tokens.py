"""API tokens: a machine's way in, to one project, for a limited time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.tables import ApiToken, ProjectMember
from db.types import new_id, utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import InvalidInputError, NotFoundError
from services.people.permissions import Permission, require
from services.people.secrets import SpelledToken, new_secret, sha256_of_secret

SCOPES = ("predict", "datasets:write")
DEFAULT_SCOPES = ("predict",)
DEFAULT_DAYS, MOST_DAYS = 90, 365


def create_api_token(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    name: str,
    scopes: Sequence[str] = DEFAULT_SCOPES,
    days: int = DEFAULT_DAYS,
    now: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Issue a token that speaks for the actor in one project; the clear text is returned once and never stored.

    Raises
    ------
    InvalidInputError
        No name, an unknown scope, or a lifetime outside 1 to 365 days.
    NotFoundError
        The actor is not a member of the project.
    """
    require(actor, Permission.MANAGE_TOKENS)
    _require_member(session, actor, project_id)
    name = " ".join(name.split())
    problems = [
        *(() if 0 < len(name) <= 60 else ("Give the token a name of at most 60 characters.",)),
        *(() if scopes and set(scopes) <= set(SCOPES) else (f"A token may have the scopes {' and '.join(SCOPES)}.",)),
        *(() if 1 <= days <= MOST_DAYS else (f"A token lasts between 1 and {MOST_DAYS} days.",)),
    ]
    if problems:
        raise InvalidInputError(*problems)
    moment = now or utc_now()
    spelled = SpelledToken(id=new_id(), secret=new_secret())
    token = ApiToken(
        id=spelled.id,
        secret_sha256=sha256_of_secret(spelled.secret),
        name=name,
        user_id=actor.user_id,
        project_id=project_id,
        scopes=" ".join(sorted(set(scopes))),
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    after = {"name": name, "scopes": token.scopes, "expires_at": token.expires_at.isoformat()}
    _record(session, actor, "token.issued", token, after)
    return token, spelled.text


def revoke_api_token(session: Session, *, actor: Actor, token_id: str) -> None:
    """End one of the actor's own tokens with the next request.

    Raises
    ------
    NotFoundError
        The actor has no such token.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != actor.user_id:
        raise NotFoundError("You have no such token.")
    if token.revoked_at is None:
        token.revoked_at = utc_now()
        session.flush()
        _record(session, actor, "token.revoked", token, {"name": token.name})


def touch_api_token(session: Session, *, token_id: str, now: datetime | None = None) -> None:
    """Note that a token is in use."""
    values = {"last_used_at": now or utc_now()}
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(**values))


def _require_member(session: Session, actor: Actor, project_id: str) -> None:
    # Projects stand above people, so their own check cannot be asked here; the question is the same.
    mine = select(ProjectMember.id).where(
        ProjectMember.project_id == project_id, ProjectMember.user_id == actor.user_id
    )
    if session.exec(mine).first() is None:
        raise NotFoundError("There is no such project, or you are not a member of it.")


def _record(session: Session, actor: Actor, action: str, token: ApiToken, after: dict[str, str]) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="token",
        object_id=token.id,
        project_id=token.project_id,
        after=after,
    )
