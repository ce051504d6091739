"""Columns that may hold personal data. The finding names the kind, never a value."""

import re
from collections.abc import Iterator

import numpy as np

from services.datasets.checks.finding import Severity
from services.datasets.checks.fixes import Fix, leave_out, step
from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import Subject
from services.datasets.personal_data import SAMPLE, Kind, Suspicion, is_position, suspect, words_of
from services.datasets.profile import label_of

WORDS: dict[Kind, str] = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "card": "card numbers",
    "iban": "bank accounts (IBAN)",
    "ip": "internet addresses (IP)",
    "url": "web addresses",
    "birth": "dates of birth",
    "national_id": "official numbers of persons",
    "address": "postal addresses",
    "name": "names of persons",
    "position": "places on the map",
    "free_text": "free text, which may name anybody",
}
RED: tuple[Kind, ...] = ("card", "iban", "national_id")
INFO: tuple[Kind, ...] = ("url", "free_text")
HASHABLE: tuple[Kind, ...] = ("email", "phone", "card", "iban", "ip", "national_id", "name")
WIDE, FEW_VALUES = 500, 200  # columns from which on fewer values of each are looked at
_LIMIT_AGE = 120
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def find_suspicions(subject: Subject) -> dict[str, Suspicion]:
    """What columns may hold of persons; by name, in their order."""
    n_values = FEW_VALUES if len(subject.columns) > WIDE else SAMPLE
    found = {name: _suspect(subject, name, n_values) for name in subject.columns}
    suspicions = {name: suspicion for name, suspicion in found.items() if suspicion}
    positions = [name for name, suspicion in suspicions.items() if suspicion.kind == "position"]
    if len(positions) == 1:  # one coordinate alone is no place
        del suspicions[positions[0]]
    return suspicions


def personal_columns(subject: Subject) -> frozenset[str]:
    """Columns whose values shall not be quoted."""
    described = {name for name in subject.columns if subject.note_of(name, "sensitivity") in ("personal", "special")}
    return frozenset(subject.once(find_suspicions)) | described


def _find(subject: Subject) -> Iterator[Observation]:
    suspicions = subject.once(find_suspicions)
    for name, suspicion in suspicions.items():
        if name == subject.target:
            continue
        what, kind = WORDS[suspicion.kind], suspicion.kind
        if suspicion.is_by_name and suspicion.share < 0.01:
            reason = "by its name"
        else:
            reason = f"as {share(suspicion.share)} of its values look like that"
        severity: Severity = "red" if kind in RED else "info" if kind in INFO else "amber"
        yield Observation(
            severity,
            f"“{name}” may hold {what}, {reason}. Is it needed to decide, and may it be used for this?",
            (name,),
            subject.n_rows - subject.profiles[name].n_missing,
            {"share": suspicion.share},
            tuple(_fixes(name, kind)),
        )


def _fixes(name: str, kind: Kind) -> Iterator[Fix]:
    yield leave_out(name, f"It may hold {WORDS[kind]}.")
    if kind in HASHABLE:
        yield step("Hide the values", "hash_column", f"It may hold {WORDS[kind]}.", column=name)


def _suspect(subject: Subject, name: str, n_values: int) -> Suspicion | None:
    profile, letter = subject.profiles[name], subject.type_of(name)
    if profile.n_distinct < 2 or _is_hashed(subject, name):
        return None
    n_present = subject.n_rows - profile.n_missing
    if letter == "M":
        return _suspect_dates(subject, name)
    if letter in "if":
        assert isinstance(profile.low, float) and isinstance(profile.high, float)
        if is_position(name, profile.low, profile.high) and profile.n_distinct > FEW_VALUES // 10:
            return Suspicion("position", 1.0, True)
        if letter == "f" and not _is_whole(subject, name):
            return None
    values = _values(subject, name, n_values)
    return suspect(name, values, n_distinct=profile.n_distinct, uniqueness=profile.n_distinct / n_present)


def _values(subject: Subject, name: str, n_values: int) -> list[str]:
    present = subject.sample[name].dropna()
    if len(present) > n_values:
        present = present.iloc[np.linspace(0, len(present) - 1, n_values).astype(int)]
    return [label_of(value) for value in present.tolist()]


def _suspect_dates(subject: Subject, name: str) -> Suspicion | None:
    words = words_of(name)
    if "dob" not in words.split() and "birth" not in words and "geburt" not in words:
        return None
    years = subject.sample[name].dropna().dt.year
    ages = subject.today.year - years
    part = float(((ages >= 0) & (ages <= _LIMIT_AGE)).mean())
    return Suspicion("birth", part, True) if part > 0.5 else None


def _is_whole(subject: Subject, name: str) -> bool:
    values = subject.numbers(name)[:1_000]
    return bool((values % 1 == 0).all())


def _is_hashed(subject: Subject, name: str) -> bool:
    """Whether the values are fingerprints already, as `hash_column` writes them."""
    if subject.type_of(name) != "O":
        return False
    return all(map(_FINGERPRINT.fullmatch, subject.sample[name].dropna().iloc[:50].tolist()))


CHECK = Check("personal_data", "Possible personal data", "No column looks like personal data. Some never do.", _find)
