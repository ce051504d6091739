"""What a page sees of a connection and of what was asked through it. A password is nowhere in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.connections.source import KINDS

KIND = "connection.query"  # of the jobs
Purpose = Literal["test", "preview", "bring"]


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A database that a project may ask."""

    id: str
    project_id: str
    name: str
    kind: str
    place: str
    user_name: str
    created_by_name: str
    created_at: datetime

    @property
    def kind_in_words(self) -> str:
        """As a person calls it."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What a person typed to connect a database server, or the name of the file they chose."""

    name: str
    kind: str
    host: str = ""
    port: int = 5432
    database: str = ""
    user_name: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """What a job of the kind `connection.query` is asked. The statement is empty in a test."""

    connection_id: str
    connection_name: str
    purpose: Purpose
    statement: str = ""

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return {
            "connection_id": self.connection_id,
            "connection_name": self.connection_name,
            "purpose": self.purpose,
            "statement": self.statement,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "QueryRequest":
        """The request that `document` wrote."""
        return cls(**document)
