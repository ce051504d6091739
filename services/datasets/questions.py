"""What is asked about one column, with cells of it to look at."""

import json

import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.choices import Question, clip_preview

_SHOWN = 5
_CODE = r"^[A-Za-z]{2}$"
_MIN_CODES = 2


def ask_decimal_comma(name: str, present: pa.ChunkedArray, *, separator: str) -> Question:
    """Whether a comma is the decimal sign of the numbers in the whole file, and a point groups their thousands."""
    before = f"The columns are separated by {separator}, and numbers" if separator else "Numbers"
    has_comma = pc.match_substring(present, ",")
    if pc.any(has_comma).as_py():
        sign, examples = "a comma. Is it the decimal sign (so that 1,500 is one and a half)?", has_comma
        options = (("true", "Yes, a decimal comma"), ("false", "No, keep it as text"))
    else:
        sign, examples = (
            "a point. Does it group thousands (so that 1.500 is fifteen hundred)?",
            pc.match_substring(present, "."),
        )
        options = (("true", "Yes, and a comma is the decimal sign"), ("false", "No, 1.500 is one and a half"))
    return Question(
        code="decimal_comma",
        field="decimal_comma",
        sentence=f"{before} in “{name}” have {sign}",
        options=options,
        preview=_cells(name, present.filter(examples)),
        column=name,
    )


def ask_date_order(name: str, present: pa.ChunkedArray) -> Question:
    """Which of the two numbers is the day."""
    return Question(
        code="date_order",
        field="date_orders",
        sentence=f"The dates of “{name}” could be day/month or month/day. Which number is the day?",
        options=(("day", "Day first (31/12)"), ("month", "Month first (12/31)")),
        preview=_cells(name, present),
        column=name,
    )


def ask_code_or_missing(name: str, cells: pa.ChunkedArray, present: pa.ChunkedArray) -> Question | None:
    """Whether NA among codes of two letters is one of them, such as Namibia; None where it is clearly not."""
    n_cells = pc.sum(pc.equal(cells, "NA")).as_py() or 0
    if not n_cells or not pc.all(pc.match_substring_regex(present, _CODE)).as_py():
        return None
    codes = pc.unique(present).drop_null()
    if len(codes) < _MIN_CODES or not pc.all(pc.equal(pc.utf8_upper(codes), codes)).as_py():
        return None
    spelled = "1 cell is" if n_cells == 1 else f"{n_cells:,} cells are"
    return Question(
        code="code_or_missing",
        field="missing_tokens",
        sentence=f"“{name}” holds codes of two letters, and {spelled} spelled “NA”. Is that a code, or is it missing?",
        options=((json.dumps(["NA"]), "A code: keep it"), (json.dumps([]), "Missing")),
        preview=_cells(name, codes),
        column=name,
    )


def _cells(name: str, cells: pa.ChunkedArray | pa.Array) -> tuple[tuple[str, ...], ...]:
    shown = cells.drop_null()[:_SHOWN].to_pylist()
    return clip_preview([(name,), *((cell,) for cell in shown)])
