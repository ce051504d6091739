"""From cells of text to typed columns. Nothing is changed silently: every decision that could surprise is a note.

A whole number with leading zeros or more than 15 digits is a name, not an amount (a double holds 15 digits), so the
column stays text. A column is a number only if every present cell is one. Text stays as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.cells import Given
from services.datasets.choices import Question
from services.datasets.dates import AmbiguousDates, Order, as_dates
from services.datasets.numbers import CommaRule, NumberGuess, guess_numbers
from services.datasets.plans import MOMENT, Plan
from services.datasets.questions import ask_code_or_missing, ask_date_order, ask_decimal_comma
from services.datasets.spellings import PLAIN_NUMBER, Signs, find_signs

MISSING_TOKENS = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")
_LOOKS_LIKE_TOKENS = ("None", "none", "NONE", "#N/A", "<NA>", "-", "?")


@dataclass(frozen=True, slots=True)
class Rules:
    """What was chosen for one column, and what its format says of it.

    `given` is "text" where the format knows no types; else what the cells are: numbers, moments (ISO), or strings,
    which stay text. `kept_tokens` is None while nobody was asked. `comma` says what a comma in a number may be,
    `separator` what separates the columns, in words.
    """

    name: str
    given: Given = "text"
    comma: CommaRule = "no"
    separator: str = ""
    date_order: Order | None = None
    kept_tokens: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """The plan of a column, its values, why it is so, what was noticed, and what must be asked first."""

    plan: Plan
    values: pa.ChunkedArray
    reason: str
    notes: tuple[str, ...] = ()
    question: Question | None = None


def infer_column(cells: pa.ChunkedArray, rules: Rules) -> TypedColumn:
    """Type one column.

    Parameters
    ----------
    cells
        Strings as they stand in the file; null where the format itself says that a cell is missing.
    rules
        What is known or was chosen.
    """
    if rules.given == "strings":
        return TypedColumn(Plan("text", blanks_are_missing=False), cells, "Its cells are text in the file.")
    if rules.given == "moments":
        plan = Plan("date", needs_trim=False, date_format="ISO")
        return TypedColumn(plan, cells.cast(MOMENT), "Its cells are dates in the file.")
    signs = find_signs(cells)
    plan = Plan(
        kind="text",
        tokens=_tokens(rules) if signs & Signs.OTHER else (),
        needs_trim=bool(signs & (Signs.BLANK | Signs.BEYOND_ASCII)),
    )
    trimmed = plan.trimmed(cells)
    present = plan.present(cells)
    notes = _token_notes(trimmed, plan)
    if present.null_count == len(present):
        return TypedColumn(plan, plan.as_text(cells), "Every cell is empty.", tuple(notes))
    found = guess_numbers(present, rules.comma, is_given=rules.given == "numbers")
    if found.is_unsure:
        question = ask_decimal_comma(rules.name, present, separator=rules.separator)
        return TypedColumn(plan, cells, "", tuple(notes), question)
    if found.kind is not None:
        return _number(plan, found, (*notes, *_blank_notes(trimmed)))
    notes += found.notes
    if not found.notes and _may_be_dates(signs):
        dates = as_dates(present, rules.date_order)
        if isinstance(dates, AmbiguousDates):
            return TypedColumn(plan, cells, "", tuple(notes), ask_date_order(rules.name, present))
        if not isinstance(dates, list):
            dated = replace(plan, kind="date", date_format=dates.format)
            notes += [
                *_blank_notes(trimmed),
                *([f"Its dates are read as {dates.words}."] if dates.is_worth_saying else []),
            ]
            return TypedColumn(dated, dates.values, f"Every value is a date ({dates.words}).", tuple(notes))
        notes += dates
    return _text(plan, cells, trimmed, present, notes, rules)


def _number(plan: Plan, found: NumberGuess, notes: tuple[str, ...]) -> TypedColumn:
    assert found.kind is not None
    more = []
    if found.decimal_comma:
        more.append("Its numbers use a comma as decimal sign.")
    if found.n_too_large:
        more.append(f"{_cells(found.n_too_large)} too large for a number and read as missing.")
    numeric = replace(
        plan, kind=found.kind, decimal_comma=found.decimal_comma, tokens=(*plan.tokens, *found.infinities)
    )
    reason = "Every value is a whole number." if found.kind == "whole" else "Every value is a number."
    return TypedColumn(
        numeric, found.values, reason, (*more[:1], *notes, *more[1:]) if found.decimal_comma else (*notes, *more)
    )


def _text(
    plan: Plan,
    cells: pa.ChunkedArray,
    trimmed: pa.ChunkedArray,
    present: pa.ChunkedArray,
    notes: list[str],
    rules: Rules,
) -> TypedColumn:
    question = None
    if rules.kept_tokens is None and "NA" in plan.tokens:
        question = ask_code_or_missing(rules.name, trimmed, present)
    reason = "Not every value is a number or a date." if not notes else notes[-1]
    more = [*_kept_notes(present), *_space_notes(cells, trimmed)] if plan.needs_trim else _kept_notes(present)
    return TypedColumn(plan, plan.as_text(cells), reason, (*notes, *more), question)


def _tokens(rules: Rules) -> tuple[str, ...]:
    return tuple(token for token in MISSING_TOKENS if token not in (rules.kept_tokens or ()))


def _may_be_dates(signs: Signs) -> bool:
    return bool(signs & Signs.DIGIT) and bool(signs & ~PLAIN_NUMBER | signs & (Signs.POINT | Signs.SIGN))


def _token_notes(trimmed: pa.ChunkedArray, plan: Plan) -> list[str]:
    if not plan.tokens:
        return []
    tokens = pc.value_counts(trimmed.filter(pc.is_in(trimmed, pa.array(plan.tokens)))).to_pylist()
    return [f"{_cells(token['counts'])} spelled “{token['values']}” and read as missing." for token in tokens]


def _kept_notes(present: pa.ChunkedArray) -> list[str]:
    tokens = pc.value_counts(present.filter(pc.is_in(present, pa.array(_LOOKS_LIKE_TOKENS)))).to_pylist()
    return [f"{_cells(token['counts'])} spelled “{token['values']}” and kept as text." for token in tokens]


def _blank_notes(trimmed: pa.ChunkedArray) -> list[str]:
    n_blank = pc.sum(pc.equal(trimmed, "")).as_py()
    return [f"{_cells(n_blank)} blank and read as missing."] if n_blank else []


def _space_notes(cells: pa.ChunkedArray, trimmed: pa.ChunkedArray) -> list[str]:
    is_blank = pc.equal(trimmed, "")
    differs = pc.not_equal(cells, trimmed)
    n_blank = pc.sum(pc.and_(differs, is_blank)).as_py() or 0
    n_spaced = pc.sum(pc.and_(differs, pc.invert(is_blank))).as_py() or 0
    notes = [f"{_cells(n_blank)} of spaces only and read as missing."] if n_blank else []
    if n_spaced:
        values = "1 value has" if n_spaced == 1 else f"{n_spaced:,} values have"
        notes.append(f"{values} spaces around the text, which are kept.")
    return notes


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"
