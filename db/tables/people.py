"""People: accounts, their sessions, invitations, failed sign-ins and API tokens. No secret is stored in clear."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class User(SQLModel, table=True):
    """A person with one role. `password_hash` is empty until the invitation has been used."""

    __tablename__ = "user_account"  # `user` is a reserved word in PostgreSQL

    id: str = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True)  # casefolded
    name: str
    role: str
    password_hash: str | None = None
    is_active: bool = True
    is_demo: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SignInSession(SQLModel, table=True):
    """A signed-in browser, found by the sha256 of its cookie."""

    __tablename__ = "sign_in_session"

    id: str = Field(default_factory=new_id, primary_key=True)
    token_sha256: str = Field(unique=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """A failed check of a secret, counted per account and per address (both stored as sha256)."""

    __tablename__ = "sign_in_attempt"

    id: str = Field(default_factory=new_id, primary_key=True)
    key_sha256: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Invitation(SQLModel, table=True):
    """A one-time link: to set up an empty portal (no user yet) or to choose a password."""

    __tablename__ = "invitation"

    id: str = Field(default_factory=new_id, primary_key=True)
    token_sha256: str = Field(unique=True)
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A bearer token for one project, shown once; only the sha256 of its secret is kept."""

    __tablename__ = "api_token"

    id: str = Field(default_factory=new_id, primary_key=True)
    secret_sha256: str
    name: str
    user_id: str = Field(foreign_key="user_account.id", index=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    scopes: str  # space-separated, as in OAuth 2
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
