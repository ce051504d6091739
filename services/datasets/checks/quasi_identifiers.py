"""Columns that are harmless alone and name a person together: k-anonymity (Sweeney 2002)."""

import re
from collections.abc import Iterator

import numpy as np

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.phrases import names, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.row_hashes import codes_of, hash_only
from services.datasets.checks.subject import NotApplicableError, Subject

SMALLEST = 5  # methods 9.3: people who share a combination
MAX_COLUMNS = 8
AMBER_SHARE = 0.05
_NAME = re.compile(
    r"(?:^| )(?:age|dob|birth(?: ?(?:date|day|year))?|year of birth|gender|sex|zip(?: ?code)?|post(?:al)? ?code|plz|"
    r"city|town|region|nationality|citizenship|native country|country of birth|ethnicity|race|religion|occupation|"
    r"profession|job(?: ?(?:title|role))?|marital(?: status)?|education|alter|geschlecht|beruf|ort)(?: |$)"
)
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def _find(subject: Subject) -> Iterator[Observation]:
    columns = [name for name in subject.columns if name not in subject.excluded and is_quasi(subject, name)][
        :MAX_COLUMNS
    ]
    if len(columns) < 2:
        raise NotApplicableError("Fewer than two columns describe a person, such as age, gender or postcode.")
    sizes = np.bincount(codes_of(hash_only(subject, columns)))
    n_rows = int(sizes[sizes < SMALLEST].sum())
    if n_rows == 0:
        return
    finest = max(columns, key=lambda name: subject.profiles[name].n_distinct)
    yield Observation(
        "amber" if n_rows > AMBER_SHARE * subject.n_rows else "info",
        f"{names(columns)} together are shared by fewer than {SMALLEST} rows in {n_rows:,} of {subject.n_rows:,} "
        f"({share(n_rows / subject.n_rows)}), so somebody who knows a person may find their row. “{finest}” is the "
        "finest.",
        tuple(columns),
        n_rows,
        {
            "n_rows": n_rows,
            "n_columns": len(columns),
            "smallest": int(sizes.min()),
            "n_unique": int((sizes == 1).sum()),
        },
        (leave_out(finest, "With others it may name a person.", f"Leave out “{finest}”"),),
    )


def is_quasi(subject: Subject, name: str) -> bool:
    """Whether the column describes a person by its name, and repeats."""
    words = _WORD_ENDS.sub(" ", name).lower().strip()
    return bool(_NAME.search(words)) and subject.profiles[name].kind not in ("identifier", "constant")


CHECK = Check(
    "quasi_identifiers",
    "Columns that may name a person together",
    f"Every combination of the columns that describe a person is shared by at least {SMALLEST} rows.",
    _find,
)
