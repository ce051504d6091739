"""Columns named like a key whose values repeat."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject
from services.datasets.kinds import is_named_like_a_key

MIN_KEYS = 20


def _find(subject: Subject) -> Iterator[Observation]:
    keys = [name for name in subject.columns if name != subject.target and _is_key(subject, name)]
    if not keys:
        raise NotApplicableError("No column is named like a key, such as customer_id.")
    for name in keys:
        profile = subject.profiles[name]
        n_present = subject.n_rows - profile.n_missing
        n_repeated = n_present - profile.n_distinct
        if n_repeated == 0:
            continue
        is_row_name = profile.kind == "identifier"
        question = (
            "Which of the rows with the same key is right?"
            if is_row_name
            else "Rows that share it must be on the same side of a test, else the test is too kind."
        )
        yield Observation(
            "amber" if is_row_name else "info",
            f"“{name}” is named like a key, yet {n_present:,} rows share {profile.n_distinct:,} values. {question}",
            (name,),
            n_repeated,
            {"n_distinct": profile.n_distinct, "n_repeated": n_repeated},
            () if is_row_name else (leave_out(name, "It names a group of rows; new groups have new names."),),
        )


def _is_key(subject: Subject, name: str) -> bool:
    profile = subject.profiles[name]
    is_whole_or_text = subject.type_of(name) in "iO"
    return profile.kind == "identifier" or (
        is_whole_or_text and is_named_like_a_key(name) and profile.n_distinct >= MIN_KEYS
    )


CHECK = Check("duplicate_keys", "Keys that repeat", "Every key names one row.", _find)
