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
from services.datasets.counted import Counted, merge_counts
from services.datasets.dates import AmbiguousDates, Order, as_dates
from services.datasets.numbers import CommaRule, NumberGuess, guess_numbers
from services.datasets.plans import MOMENT, Plan, blank_out
from services.datasets.questions import ask_code_or_missing, ask_date_order, ask_decimal_comma
from services.datasets.spelled import FEW_ROWS, Spelled
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
    """The plan of a column, its values, why it is so, what was noticed, and what must be asked first.

    `counted` are its different values, where they are known by the way.
    """

    plan: Plan
    values: pa.ChunkedArray
    reason: str
    notes: tuple[str, ...] = ()
    question: Question | None = None
    counted: Counted | None = None


def infer_column(cells: pa.ChunkedArray, rules: Rules, *, few_rows: int = FEW_ROWS) -> TypedColumn:
    """Type one column.

    Parameters
    ----------
    cells
        Strings as they stand in the file; null where the format itself says that a cell is missing.
    rules
        What is known or was chosen.
    few_rows
        Up to so many rows every cell is looked at; of more, every spelling once where they repeat.
    """
    if rules.given == "strings":
        return TypedColumn(Plan("text", blanks_are_missing=False), cells, "Its cells are text in the file.")
    if rules.given == "moments":
        plan = Plan("date", needs_trim=False, date_format="ISO")
        return TypedColumn(plan, cells.cast(MOMENT), "Its cells are dates in the file.")
    spelled = Spelled.of(cells, few_rows=few_rows)
    signs = find_signs(spelled.values)
    plan = Plan(
        kind="text",
        tokens=_tokens(rules) if signs & Signs.OTHER else (),
        needs_trim=bool(signs & (Signs.BLANK | Signs.BEYOND_ASCII)),
    )
    trimmed = spelled.become(plan.trimmed(spelled.values))
    is_missing = plan.is_missing(trimmed.values)
    present = trimmed.become(blank_out(trimmed.values, is_missing))
    notes = _token_notes(trimmed, plan)
    if present.values.null_count == len(present.values):
        return _keep_text(TypedColumn(plan, cells, "Every cell is empty.", tuple(notes)), spelled, is_missing)
    found = guess_numbers(present, rules.comma, is_given=rules.given == "numbers")
    if found.is_unsure:
        question = ask_decimal_comma(rules.name, present.spread(), separator=rules.separator)
        return TypedColumn(plan, cells, "", tuple(notes), question)
    if found.kind is not None:
        return _number(plan, found, (*notes, *_blank_notes(trimmed)), present)
    notes += found.notes
    if not found.notes and _may_be_dates(signs):
        dates = as_dates(present, rules.date_order)
        if isinstance(dates, AmbiguousDates):
            return TypedColumn(plan, cells, "", tuple(notes), ask_date_order(rules.name, present.spread()))
        if not isinstance(dates, list):
            dated = replace(plan, kind="date", date_format=dates.format)
            notes += [
                *_blank_notes(trimmed),
                *([f"Its dates are read as {dates.words}."] if dates.is_worth_saying else []),
            ]
            reason = f"Every value is a date ({dates.words})."
            return _finish(TypedColumn(dated, cells, reason, tuple(notes)), present.become(dates.values))
        notes += dates
    column = TypedColumn(plan, cells, "Not every value is a number or a date." if not notes else notes[-1])
    more = [*_kept_notes(present), *_space_notes(spelled, trimmed)] if plan.needs_trim else _kept_notes(present)
    column = replace(column, notes=(*notes, *more), question=_ask(plan, trimmed, present, rules))
    return _keep_text(column, spelled, is_missing)


def _number(plan: Plan, found: NumberGuess, notes: tuple[str, ...], present: Spelled) -> TypedColumn:
    assert found.kind is not None
    more = []
    if found.decimal_comma:
        more.append("Its numbers use a comma as decimal sign.")
    if found.points_group:
        more.append("A point in its numbers groups thousands (1.500 is one thousand five hundred).")
    if found.n_too_large:
        more.append(f"{_cells(found.n_too_large)} too large for a number and read as missing.")
    numeric = replace(
        plan,
        kind=found.kind,
        decimal_comma=found.decimal_comma,
        points_group=found.points_group,
        tokens=(*plan.tokens, *found.infinities),
    )
    reason = "Every value is a whole number." if found.kind == "whole" else "Every value is a number."
    notes = (*more[:1], *notes, *more[1:]) if found.decimal_comma else (*notes, *more)
    return _finish(TypedColumn(numeric, None, reason, notes), present.become(found.values))


def _keep_text(column: TypedColumn, spelled: Spelled, is_missing: pa.ChunkedArray | None) -> TypedColumn:
    """With the cells as they stand, null where missing."""
    kept = spelled.become(blank_out(spelled.values, is_missing))
    finished = _finish(column, kept)
    return finished if is_missing is not None else replace(finished, values=column.values)


def _finish(column: TypedColumn, values: Spelled) -> TypedColumn:
    """With the value of each row, and the different ones counted where the spellings were."""
    counted = None if values.counts is None else merge_counts(values.values, values.counts)
    return replace(column, values=values.spread(), counted=counted)


def _ask(plan: Plan, trimmed: Spelled, present: Spelled, rules: Rules) -> Question | None:
    if rules.kept_tokens is not None or "NA" not in plan.tokens:
        return None
    if not trimmed.count(pc.equal(trimmed.values, "NA")):
        return None
    return ask_code_or_missing(rules.name, trimmed.spread(), present.spread())


def _tokens(rules: Rules) -> tuple[str, ...]:
    return tuple(token for token in MISSING_TOKENS if token not in (rules.kept_tokens or ()))


def _may_be_dates(signs: Signs) -> bool:
    return bool(signs & Signs.DIGIT) and bool(signs & ~PLAIN_NUMBER | signs & (Signs.POINT | Signs.SIGN))


def _token_notes(trimmed: Spelled, plan: Plan) -> list[str]:
    if not plan.tokens:
        return []
    tokens = trimmed.tally(pc.is_in(trimmed.values, pa.array(plan.tokens)))
    return [f"{_cells(n_cells)} spelled “{token}” and read as missing." for token, n_cells in tokens]


def _kept_notes(present: Spelled) -> list[str]:
    tokens = present.tally(pc.is_in(present.values, pa.array(_LOOKS_LIKE_TOKENS)))
    return [f"{_cells(n_cells)} spelled “{token}” and kept as text." for token, n_cells in tokens]


def _blank_notes(trimmed: Spelled) -> list[str]:
    n_blank = trimmed.count(pc.equal(trimmed.values, ""))
    return [f"{_cells(n_blank)} blank and read as missing."] if n_blank else []


def _space_notes(cells: Spelled, trimmed: Spelled) -> list[str]:
    is_blank = pc.equal(trimmed.values, "")
    differs = pc.not_equal(cells.values, trimmed.values)
    n_blank = trimmed.count(pc.and_(differs, is_blank))
    n_spaced = trimmed.count(pc.and_(differs, pc.invert(is_blank)))
    notes = [f"{_cells(n_blank)} of spaces only and read as missing."] if n_blank else []
    if n_spaced:
        values = "1 value has" if n_spaced == 1 else f"{n_spaced:,} values have"
        notes.append(f"{values} spaces around the text, which are kept.")
    return notes


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"
