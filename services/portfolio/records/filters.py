"""Which records are looked at. Pure: an address in, records out."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.portfolio.records.views import Column, Record

NO_INITIATIVE = "none"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; an empty part asks for everything. What an address asks for and nobody knows finds nothing."""

    text: str = ""
    risks: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    initiative: str = ""
    only_mine: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether everything is looked at."""
        return self == Filter()

    def keeps(self, record: Record) -> bool:
        """Whether the record is asked for."""
        words = self.text.casefold().split()
        said = f"{record.name} {record.owner_name} {record.initiative_name} {record.status}".casefold()
        return (
            all(word in said for word in words)
            and (not self.risks or record.risk_tier in self.risks)
            and (not self.columns or record.column in self.columns)
            and (not self.initiative or self.initiative == (record.initiative_id or NO_INITIATIVE))
            and (not self.only_mine or record.awaited.is_me)
        )


def select_records(records: Iterable[Record], wanted: Filter) -> tuple[Record, ...]:
    """The records that are asked for, in their order."""
    return tuple(record for record in records if wanted.keeps(record))


def by_column(records: Iterable[Record]) -> dict[Column, tuple[Record, ...]]:
    """The board: each column with its records, most money first. A column nobody is stopped in is left out."""
    found: dict[Column, list[Record]] = {column: [] for column in Column}
    for record in records:
        found[record.column].append(record)
    return {
        column: tuple(sorted(inside, key=lambda record: -(record.amount or 0.0)))
        for column, inside in found.items()
        if inside or column != Column.STOPPED
    }
