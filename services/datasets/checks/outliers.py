"""Numbers far outside of where most of the column lies."""

import math
from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject
from services.datasets.sentences import format_edge

FENCE, FAR = 3.0, 15.0  # interquartile ranges beyond the quartiles: methods 9.1, and where a slip of the hand is likely
MIN_VALUES = 20
FEW = 0.01


def _find(subject: Subject) -> Iterator[Observation]:
    names = [name for name in subject.of_kind("number") if subject.profiles[name].n_distinct > MIN_VALUES]
    if not names:
        raise NotApplicableError("No column holds amounts with enough different values.")
    for name in names:
        yield from _observe(subject, name)


def _observe(subject: Subject, name: str) -> Iterator[Observation]:
    quantiles = subject.profiles[name].quantiles
    if not quantiles or quantiles[3] <= quantiles[1]:
        return
    values = subject.numbers(name)
    lower, upper = quantiles[1], quantiles[3]
    width = upper - lower
    low, high = lower - FENCE * width, upper + FENCE * width
    n_low, n_high = int((values < low).sum()), int((values > high).sum())
    if width <= 0 or not math.isfinite(high - low) or n_low + n_high == 0:
        return
    part = (n_low + n_high) / len(values)
    if part > FEW:  # a long tail belongs to the column
        return
    is_far = values.min() < lower - FAR * width or values.max() > upper + FAR * width
    edges = _edges(low if n_low else None, high if n_high else None, is_whole=subject.type_of(name) == "i")
    verb = "lies" if n_low + n_high == 1 else "lie"
    yield Observation(
        "amber" if is_far else "info",
        f"{count(n_low + n_high, 'value')} of “{name}” ({share(part)}) {verb} far from the rest: "
        f"{_where(n_low, n_high, low, high)}. Are they real, or slips of the hand?",
        (name,),
        n_low + n_high,
        {"n_low": n_low, "n_high": n_high, "low": low, "high": high, "share": part},
        (step("Hold at the edge", "clip", "Values far from the rest weigh too much.", column=name, **edges),),
    )


def _edges(low: float | None, high: float | None, *, is_whole: bool) -> dict[str, float | None]:
    if is_whole:
        return {
            "low": None if low is None else math.ceil(low),
            "high": None if high is None else math.floor(high),
        }
    return {"low": low, "high": high}


def _where(n_low: int, n_high: int, low: float, high: float) -> str:
    parts = [f"{n_low:,} below {format_edge(low)}"] if n_low else []
    return " and ".join([*parts, *([f"{n_high:,} above {format_edge(high)}"] if n_high else [])])


CHECK = Check("outliers", "Values far from the rest", "No value lies far from the rest of its column.", _find)
