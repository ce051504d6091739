"""How much of a file the portal reads, so that no file can exhaust the machine.

The defaults can be changed by `PORTAL_READ_<NAME>` in the environment, up to a hard bound for each.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

_MB, _GB = 1024**2, 1024**3

MAX_BYTES = 200 * _MB  # through a page
MAX_STREAMED_BYTES = 2 * _GB  # through the programming interface
MIN_ROWS = 2  # of a table to learn from
MAX_ROWS = 20_000_000
MAX_COLUMNS = 2_000
MAX_CELL_BYTES = _MB
MAX_NAME_LENGTH = 256  # characters of a column name
MAX_FILE_NAME_LENGTH = 255
MAX_WORKBOOK_BYTES = 50 * _MB
MAX_UNPACKED_BYTES = _GB  # of all members of a workbook
MAX_MEMBERS = 2_000
MAX_RATIO = 200  # unpacked to packed bytes
MAX_TABLE_BYTES = 4 * _GB  # rows times the width of a row

TABLE_THREADS = 2  # that work on the columns of one table
PARSE_MEMORY_BYTES = 3 * _GB
PARSE_CPU_SECONDS = 60
PARSE_WALL_SECONDS = 90.0
PARSE_NICENESS = 10

_HARD: dict[str, float] = {
    "max_bytes": 16 * _GB,
    "max_rows": 100_000_000,
    "max_columns": 10_000,
    "memory_bytes": 64 * _GB,
    "cpu_seconds": 3_600,
    "wall_seconds": 3_600.0,
}


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The limits that an installation may set."""

    max_bytes: int = MAX_STREAMED_BYTES
    max_rows: int = MAX_ROWS
    max_columns: int = MAX_COLUMNS
    memory_bytes: int = PARSE_MEMORY_BYTES
    cpu_seconds: int = PARSE_CPU_SECONDS
    wall_seconds: float = PARSE_WALL_SECONDS

    def document(self) -> dict[str, Any]:
        """Plain data, as handed to the child."""
        return asdict(self)


def get_reading_limits(environment: Mapping[str, str] = os.environ) -> ReadingLimits:
    """The limits of this installation: the defaults, or `PORTAL_READ_MAX_COLUMNS` and its like, up to a hard bound.

    Raises
    ------
    ValueError
        A setting is not a positive number.
    """
    given: dict[str, Any] = {}
    for field in fields(ReadingLimits):
        text = environment.get(f"PORTAL_READ_{field.name.upper()}")
        if text is None:
            continue
        value = float(text) if field.name == "wall_seconds" else int(text)
        if not value > 0:
            raise ValueError(f"PORTAL_READ_{field.name.upper()} must be positive.")
        given[field.name] = min(value, _HARD[field.name])
    return ReadingLimits(**given)
