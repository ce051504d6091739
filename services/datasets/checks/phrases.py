"""Counts and shares as people say them."""

from collections.abc import Sequence


def count(number: int, noun: str, plural: str = "") -> str:
    """1 row, 2 rows, 1,234 rows."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: float) -> str:
    """12%, 0.4%, less than 0.1%; never 0% of something nor 100% of nearly all."""
    if 0 < part < 0.001:
        return "less than 0.1%"
    if 0.999 < part < 1:
        return "more than 99.9%"
    return f"{part:.1%}" if part < 0.1 or (part > 0.99 and part < 1) else f"{part:.0%}"


def names(columns: Sequence[str], most: int = 4) -> str:
    """“a”, “b” and “c”; “a”, “b” and 5 more."""
    quoted = [f"“{name}”" for name in columns]
    if len(quoted) > most:
        quoted = [*quoted[: most - 1], f"{len(quoted) - most + 1} more"]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
