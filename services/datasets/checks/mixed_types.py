"""Text columns that are mostly numbers or dates."""

from collections.abc import Iterator

from services.datasets.checks.fixes import Fix, step
from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject
from services.datasets.checks.text_shapes import Shapes, shapes_of

MOSTLY, MIXED = 0.8, 0.5


def _find(subject: Subject) -> Iterator[Observation]:
    texts = [name for name in subject.of_type("O") if subject.profiles[name].n_distinct > 1]
    if not texts:
        raise NotApplicableError("No column holds text.")
    for name in texts:
        shapes = shapes_of(subject, name)
        yield from (*_numbers(name, shapes), *_dates(name, shapes))


def _numbers(name: str, shapes: Shapes) -> Iterator[Observation]:
    n_numbers, with_comma = max((shapes.n_point, False), (shapes.n_comma, True))
    part = n_numbers / shapes.n_cells
    if part < MIXED or shapes.n_kept > 0.01 * n_numbers:
        yield from _units(name, shapes)
        return
    n_other = shapes.n_cells - n_numbers
    fix = step(
        "Read as numbers",
        "to_number",
        f"{share(part)} of its cells are numbers.",
        column=name,
        decimal_comma=with_comma,
    )
    what = f"the other {n_other:,} would become missing" if n_other else "it is kept as text"
    yield Observation(
        "amber",
        f"“{name}” is text, but {n_numbers:,} of {shapes.n_cells:,} cells ({share(part)}) are numbers; {what}.",
        (name,),
        n_other,
        {"n_numbers": n_numbers, "n_other": n_other},
        (fix,) if part >= MOSTLY else (),
    )


def _units(name: str, shapes: Shapes) -> Iterator[Observation]:
    if shapes.n_unit < MOSTLY * shapes.n_cells or shapes.n_kept or shapes.n_iso + shapes.n_short_date:
        return
    yield Observation(
        "info",
        f"“{name}” seems to hold amounts with a unit or thousands separators in {shapes.n_unit:,} of "
        f"{shapes.n_cells:,} cells, so it is text. Write plain numbers in the source to use their size.",
        (name,),
        shapes.n_unit,
        {"n_amounts": shapes.n_unit},
    )


def _dates(name: str, shapes: Shapes) -> Iterator[Observation]:
    n_dates = max(shapes.n_iso, shapes.n_short_date)
    part = n_dates / shapes.n_cells
    if part < MOSTLY:
        return
    n_other = shapes.n_cells - n_dates
    rest = f"; the other {n_other:,} would become missing" if n_other else ""
    yield Observation(
        "amber",
        f"“{name}” is text, but {n_dates:,} of {shapes.n_cells:,} cells ({share(part)}) look like dates{rest}.",
        (name,),
        n_other,
        {"n_dates": n_dates, "n_other": n_other},
        tuple(_orders(name, shapes, f"{share(part)} of its cells are dates.")),
    )


def _orders(name: str, shapes: Shapes, reason: str) -> Iterator[Fix]:
    if shapes.n_iso >= shapes.n_short_date:
        yield step("Read as dates", "to_date", reason, column=name, order="iso")
        return
    if shapes.n_day_first or not shapes.n_month_first:
        yield step("Read as day/month/year", "to_date", reason, column=name, order="day")
    if shapes.n_month_first or not shapes.n_day_first:
        yield step("Read as month/day/year", "to_date", reason, column=name, order="month")


CHECK = Check("mixed_types", "Numbers or dates in text", "No text column is mostly numbers or dates.", _find)
