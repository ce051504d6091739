"""Rows that stand in the table more than once."""

from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.row_hashes import count_different, hash_table
from services.datasets.checks.subject import NotApplicableError, Subject

AMBER_SHARE = 0.005  # methods 4.4: exact rows


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.n_rows < 2:
        raise NotApplicableError("The table has fewer than two rows.")
    n_copies = subject.n_rows - count_different(subject.once(hash_table).rows)
    if n_copies == 0:
        return
    share = n_copies / subject.n_rows
    what = "1 row is an exact copy" if n_copies == 1 else f"{n_copies:,} rows are exact copies"
    yield Observation(
        "amber" if share > AMBER_SHARE else "info",
        f"{what} of an earlier row ({share:.1%}). Copies count twice in training, and can be on both sides of a test.",
        n_rows_affected=n_copies,
        evidence={"n_copies": n_copies, "share": share},
        fixes=(step("Keep one of each", "drop_duplicates", "Exact copies count twice."),),
    )


CHECK = Check("duplicate_rows", "Rows that are copies", "No row is an exact copy of another.", _find)
