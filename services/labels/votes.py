"""What several people's answers about one row come to."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The rows with an agreed class, those people see differently, and those nobody could tell."""

    agreed: dict[int, str]
    disputed: dict[int, tuple[str, ...]]
    unclear: tuple[int, ...]


def count_votes(votes: Iterable[tuple[int, str | None, str]]) -> Verdicts:
    """The majority of (row, class or None, source) for each row; a reviewer's answer (source "review") settles it.

    A tie is no majority: the row is disputed, and somebody has to look again. "Cannot tell" is no vote.
    """
    rows: dict[int, list[str]] = {}
    settled: dict[int, str] = {}
    for row, value, source in votes:
        said = rows.setdefault(row, [])
        if value is not None:
            said.append(value)
            if source == "review":
                settled[row] = value
    agreed: dict[int, str] = {}
    disputed: dict[int, tuple[str, ...]] = {}
    for row, said in sorted(rows.items()):
        winner = settled.get(row) or _majority(said)
        if winner is not None:
            agreed[row] = winner
        elif said:
            disputed[row] = tuple(sorted(set(said)))
    return Verdicts(agreed, disputed, tuple(row for row, said in sorted(rows.items()) if not said))


def _majority(said: Sequence[str]) -> str | None:
    ranked = Counter(said).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def wants_second_rater(task_id: str, row: int, share: float) -> bool:
    """Whether a second person rates this row: the same answer whoever asks and whenever, for about `share` of rows."""
    digest = hashlib.sha256(f"{task_id}:{row}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def next_row(
    queue: Iterable[int], raters_of: Mapping[int, frozenset[str]], rater_id: str, *, task_id: str, share: float
) -> int | None:
    """The first row of the queue that this rater may rate: not theirs already, and not rated often enough."""
    for row in queue:
        raters = raters_of.get(row, frozenset())
        if rater_id not in raters and len(raters) < (2 if wants_second_rater(task_id, row, share) else 1):
            return row
    return None
