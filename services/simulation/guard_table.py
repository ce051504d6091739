"""Which setting of which case may be believed, kept of a simulation so that a page can grey out the others at once."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

REASONS = ("range", "overlap", "case", "change")  # as `support` numbers them, from 1 on


@dataclass(frozen=True, slots=True, eq=False)
class GuardTable:
    """The verdict of the guard.

    Attributes
    ----------
    rows
        Rows of the data, counted from 1, (n,).
    settings
        The value of each lever by action, the first one (left as it is) not among them: k - 1.
    codes
        0 where supported, else 1 + the place of the reason among `REASONS`, (n, k).
    """

    rows: NDArray[np.integer[Any]]
    settings: tuple[tuple[Any, ...], ...]
    codes: NDArray[np.uint8]

    def place_of(self, row: int) -> int | None:
        """Where a row of the data stands here; None where it was not looked at."""
        (found,) = np.nonzero(self.rows == row)
        return int(found[0]) if found.size else None

    def values(self, lever: int) -> list[Any]:
        """The values of a lever that were tried, in their order."""
        return list(dict.fromkeys(setting[lever] for setting in self.settings))

    def reason(self, row: int, setting: Sequence[Any]) -> str | None:
        """Why a setting of a case is not believed, one of `REASONS`; None where it is.

        Raises
        ------
        KeyError
            The row was not looked at, or the setting was not tried.
        """
        place = self.place_of(row)
        if place is None or tuple(setting) not in self.settings:
            raise KeyError(row, tuple(setting))
        code = int(self.codes[place, 1 + self.settings.index(tuple(setting))])
        return REASONS[code - 1] if code else None


def dump_guard(guard: GuardTable) -> bytes:
    """As bytes; numbers and words only."""
    settings = json.dumps([[_plain(value) for value in setting] for setting in guard.settings])
    content = io.BytesIO()
    np.savez_compressed(
        content, rows=guard.rows, settings=np.frombuffer(settings.encode(), dtype=np.uint8), codes=guard.codes
    )
    return content.getvalue()


def load_guard(content: bytes) -> GuardTable:
    """What `dump_guard` wrote; nothing in it is run."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        settings = json.loads(stored["settings"].tobytes())
        return GuardTable(stored["rows"], tuple(tuple(setting) for setting in settings), stored["codes"])


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
