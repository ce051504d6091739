"""What the API's own routes take and give. A field that is not named here is refused."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from db.tables import Project
from portal.guard.access import Caller


class Written(BaseModel):
    """The parent of everything a caller sends: unknown fields are an error, not silence."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000, frozen=True)


class NewProject(Written):
    """An idea to start a project from."""

    sentence: str = Field(description="What should get better?", max_length=1_000)
    name: str | None = Field(default=None, max_length=200)


class ErrorAnswer(BaseModel):
    """Every refusal: a sentence for people and a code for programs."""

    error: str
    code: str


class MeAnswer(BaseModel):
    """The caller."""

    id: str
    name: str
    role: str
    project_id: str | None = Field(description="The one project of a token; null for a person.")
    scopes: list[str] | None = Field(description="What a token may do; null for a person.")

    @classmethod
    def of(cls, caller: Caller) -> "MeAnswer":
        """The caller as the guard found them."""
        scopes = sorted(caller.scopes) if caller.scopes is not None else None
        actor = caller.actor
        return cls(id=actor.user_id, name=actor.name, role=actor.role, project_id=caller.project_id, scopes=scopes)


class ProjectAnswer(BaseModel):
    """A project the caller may see."""

    id: str
    slug: str
    name: str
    sentence: str
    risk_tier: str
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> "ProjectAnswer":
        """The project's public fields."""
        return cls(**project.model_dump(include=set(cls.model_fields)))


class ReadyAnswer(BaseModel):
    """Whether requests can be served, and why not."""

    ready: bool
    database: bool
    migrations: bool
    worker: bool = Field(description="A worker has reported within 30 seconds. Runs wait without one; pages do not.")


class LiveAnswer(BaseModel):
    """The event loop answers."""

    live: bool = True
