"""Values that stand for “missing”: words such as “unknown”, numbers such as −999, dates such as 9999-12-31."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.checks.fixes import Fix, leave_out, step
from services.datasets.checks.phrases import count, names, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import Subject

WORDS = (
    "", "-", "--", "---", ".", "..", "?", "??", "???", "*", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "<na>", "nan",
    "nil", "null", "(null)", "#null!", "none", "missing", "unknown", "unk", "undefined", "not available",
    "not applicable", "not known", "not stated", "no data", "tbd", "tba", "(blank)", "blank", "empty", "k.a.",
    "keine angabe", "unbekannt", "fehlt", "inconnu", "desconocido", "9999-12-31", "0000-00-00",
)  # fmt: skip
NUMBERS = frozenset(
    (-1.0, -9.0, *(sign * (10.0**digits - 1) for digits in range(2, 11) for sign in (-1, 1)), -888.0, 8888.0, 1e10)
)
DATES = tuple(
    date(*parts)
    for parts in (
        (1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1), (1970, 1, 1),
        (2099, 12, 31), (2999, 12, 31), (3000, 1, 1), (9999, 1, 1), (9999, 12, 30), (9999, 12, 31),
    )
)  # fmt: skip
MANY_VALUES = 100_000
MIN_DATE_GAP = np.timedelta64(10 * 365, "D")  # between the suspected date and the next one


def _find(subject: Subject) -> Iterator[Observation]:
    for name in subject.columns:
        letter = subject.type_of(name)
        found = {"O": _words, "M": _dates}.get(letter, _numbers)(subject, name)
        if found:
            values, n_cells = found
            yield _observe(subject, name, values, n_cells)


def _observe(subject: Subject, name: str, values: list[str | float], n_cells: int) -> Observation:
    spelled = _spell(values)
    fixes: tuple[Fix, ...] = (
        step("Treat as missing", "replace_with_missing", "They stand for “missing”.", column=name, values=values),
    )
    if name != subject.target and n_cells > subject.n_rows / 2:
        fixes += (leave_out(name, f"It is missing in {share(n_cells / subject.n_rows)} of the rows."),)
    return Observation(
        "amber",
        f"{count(n_cells, 'cell')} of “{name}” hold{'s' if n_cells == 1 else ''} {spelled}. "
        f"Does that stand for a value that is missing?",
        (name,),
        n_cells,
        {"n_cells": n_cells, "share": n_cells / subject.n_rows, "n_spellings": len(values)},
        fixes,
    )


def _words(subject: Subject, name: str) -> tuple[list[str | float], int] | None:
    values, counts = subject.value_counts(name)
    if len(values) > MANY_VALUES:  # among so many, a word that occurs once changes nothing
        repeats = counts > 1
        values, counts = values.filter(pa.array(repeats)), counts[repeats]
    is_word = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), pa.array(WORDS)).to_numpy(zero_copy_only=False)
    if not is_word.any() or (is_word.all() and len(is_word) == subject.profiles[name].n_distinct):
        return None
    return values.filter(pa.array(is_word)).to_pylist(), int(counts[is_word].sum())


def _numbers(subject: Subject, name: str) -> tuple[list[str | float], int] | None:
    profile = subject.profiles[name]
    if profile.low not in NUMBERS and profile.high not in NUMBERS:
        return None
    rest, found, n_cells = subject.numbers(name), list[str | float](), 0
    for _pass in range(3):
        edges = [edge for edge in (rest.min(), rest.max()) if edge in NUMBERS and _is_apart(rest, edge)]
        for edge in edges[:1]:
            found.append(int(edge))
            n_cells += int((rest == edge).sum())
            rest = rest[rest != edge]
        if not edges:
            break
    return (found, n_cells) if found else None


def _is_apart(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", edge: float) -> bool:
    """Whether the value lies outside of what the others span: below zero alone, or further off than they are wide."""
    others = values[values != edge]
    if len(others) < 2:
        return False
    low, high = float(others.min()), float(others.max())
    if edge < 0:
        return (low >= 0 and (edge <= -9 or len(values) - len(others) > 1)) or low - edge > 2 * (high - low)
    return high < edge and edge - high > 2 * (high - low)


def _dates(subject: Subject, name: str) -> tuple[list[str | float], int] | None:
    present = subject.frame[name].dropna().to_numpy("datetime64[D]")
    if len(present) == 0:
        return None
    suspects = [day for moment in DATES if (day := np.datetime64(moment)) in (present.min(), present.max())]
    chosen = [day for day in suspects if _is_far(present[~np.isin(present, suspects)], day)]
    n_cells = int(np.isin(present, chosen).sum())
    return ([str(day) for day in chosen], n_cells) if chosen else None


def _is_far(others: "np.ndarray[tuple[int], np.dtype[np.datetime64]]", day: np.datetime64) -> bool:
    return len(others) > 0 and bool((np.abs(others - day) > MIN_DATE_GAP).all())


def _spell(values: list[str | float]) -> str:
    """“NA”, “?” and nothing but spaces."""
    words = [f"{one:.0f}".replace("-", "−") if not isinstance(one, str) else one for one in values]
    written = [word for word in words if word.strip()]
    blank = ["nothing but spaces"] if len(written) < len(words) else []
    return " and ".join([*([names(written)] if written else []), *blank])


CHECK = Check("disguised_missing", "Values that may mean “missing”", "No value looks like a stand-in for a gap.", _find)
