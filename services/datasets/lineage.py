"""Where a version comes from: what made it from what, by whom, and why."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LineageEntry:
    """One version in the line. `from_version` is None for the first; `reason` is what the person gave, if any."""

    dataset_id: str
    version: int
    from_version: int | None
    change: str
    reason: str
    by_name: str
    at: datetime
    source: str  # "customers.csv"
    n_rows: int
    n_columns: int
    table_sha256: str
    sha256: str

    @property
    def words(self) -> str:
        """“Version 3 was made from version 2 by Ann on 3 May 2026: Left out id.”"""
        made = f"made from version {self.from_version}" if self.from_version else "brought"
        return f"Version {self.version} was {made} by {self.by_name} on {self.at:%-d %B %Y}: {self.change}."
