"""What a page and a job see of a project's data: one frozen picture of one version."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.datasets.errors import ColumnMissingError
from services.datasets.profile import ColumnProfile


@dataclass(frozen=True, slots=True)
class Dataset:
    """One immutable version: a table, its profile, and the decisions taken about its columns."""

    id: str
    project_id: str
    version: int
    parent_id: str | None
    file_name: str
    n_rows: int
    n_columns: int
    columns: tuple[ColumnProfile, ...]
    notes: tuple[str, ...]
    target: str | None
    positive_label: str | None
    excluded: dict[str, str]
    source_sha256: str
    base_sha256: str
    table_sha256: str
    sha256: str
    change: str
    created_by: str
    created_by_name: str
    created_at: datetime
    recipe: tuple[dict[str, Any], ...] = ()
    origin: dict[str, Any] = field(default_factory=dict)

    @property
    def feature_columns(self) -> tuple[str, ...]:
        """What a model may learn from: neither the target nor excluded."""
        return tuple(c.name for c in self.columns if c.name != self.target and c.name not in self.excluded)

    def get_column(self, name: str) -> ColumnProfile:
        """The profile of a column.

        Raises
        ------
        ColumnMissingError
            There is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise ColumnMissingError(name)
