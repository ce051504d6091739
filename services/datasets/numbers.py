"""Whether a column of text is numbers, and would still say the same as numbers."""

from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.plans import to_numbers
from services.datasets.spelled import Spelled
from services.datasets.spellings import PLAIN_NUMBER, Signs, find_signs, has_leading_zeros

LONGEST_EXACT_DIGITS = 15
_LARGEST_EXACT = 2**53  # whole numbers a double can tell apart
FAULTY_SHARE = 0.5  # of cells that are not numbers, up to which a text column is reported as nearly a number
INFINITIES = tuple(
    sign + word for sign in ("", "+", "-") for word in ("inf", "Inf", "INF", "infinity", "Infinity", "∞")
)

_POINT = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_COMMA = r"^[+-]?(\d+(,\d*)?|,\d+)$"
_GROUPED = r"^[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d*)?$"
_SURELY_GROUPED = r",|\..*\."
_THOUSAND = r"^[+-]?\d{1,3},\d{3}$"
_WHOLE = r"^[+-]?\d+$"
_PADDED = r"^[+-]?0\d"
_LONG = r"^[+-]?\d{16,}$"
_SAMPLE = 1_000
_PADDED_NOTE = "Some values begin with a zero, as postcodes do, so it is kept as text."
_LONG_NOTE = "Some values have more than 15 digits, as account numbers do, so it is kept as text."
_BEYOND_NOTE = "Some whole numbers are larger than a number here can be exactly, so it is kept as text."

CommaRule = Literal["separator", "quoted", "likely", "ask", "no"]


@dataclass(frozen=True, slots=True)
class NumberGuess:
    """The numbers in the place of the spellings, or (kind None) why the column only looks like numbers.

    `infinities` are spellings to read as missing, `n_too_large` counts them and numbers beyond a double. `is_unsure`
    says that a comma may be a decimal sign or may group thousands, or the same of a point. Where `points_group`, a
    point is no decimal sign.
    """

    kind: Literal["whole", "number"] | None = None
    values: Any = None
    decimal_comma: bool = False
    points_group: bool = False
    infinities: tuple[str, ...] = ()
    n_too_large: int = 0
    is_unsure: bool = False
    notes: list[str] = field(default_factory=list)


def guess_numbers(present: Spelled, comma: CommaRule, *, is_given: bool = False) -> NumberGuess:
    """Numbers, if every present cell is one and none would lose anything.

    Parameters
    ----------
    present
        Trimmed cells, null where missing; at least one is present.
    comma
        What a comma may be: a decimal sign for sure, because somebody said so and it is no "separator" here or only in
        "quoted" cells, "likely", to be asked about, or no part of a number.
    is_given
        The format itself says that these are numbers, so none is a name in disguise.
    """
    cells = present.values
    if not is_given and (grouped := _with_grouping_points(present, comma)) is not None:
        return grouped
    quick = _quick_whole(cells, is_given=is_given) or _quick_number(cells, is_given=is_given)
    if quick is not None:
        return quick
    if not _is_likely(present):
        return NumberGuess()
    is_number = pc.match_substring_regex(cells, _POINT)
    if not pc.all(is_number).as_py():
        return _with_commas(present, comma) or _with_infinities(present, is_number) or _nearly(present, is_number)
    return _careful(present, NumberGuess(), is_given=is_given)


def _quick_whole(present: pa.ChunkedArray, *, is_given: bool) -> NumberGuess | None:
    """Whole numbers in their plainest spelling: written out again they are the same text."""
    try:
        values = present.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    if not pc.all(pc.equal(values.cast(pa.string()), present)).as_py():
        return None
    extremes = pc.min_max(values).as_py()
    largest = max(-extremes["min"], extremes["max"])
    if largest >= 10**LONGEST_EXACT_DIGITS and not is_given:
        return NumberGuess(notes=[_LONG_NOTE])
    if values.null_count == 0:
        return NumberGuess("whole", values)
    if largest > _LARGEST_EXACT:
        return NumberGuess(notes=[_BEYOND_NOTE])
    return NumberGuess("number", values.cast(pa.float64()))


def _quick_number(present: pa.ChunkedArray, *, is_given: bool) -> NumberGuess | None:
    try:
        values = present.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    there = present.drop_null() if present.null_count else present
    signs = find_signs(there)
    if signs & ~PLAIN_NUMBER or has_leading_zeros(there):
        return None
    longest = pc.max(pc.binary_length(there)).as_py()
    if longest > LONGEST_EXACT_DIGITS and _any(there, _LONG):
        return NumberGuess(notes=[_BEYOND_NOTE if is_given else _LONG_NOTE])
    if not pc.all(pc.is_finite(values)).as_py():
        return None
    if values.null_count == 0 and not signs & (Signs.POINT | Signs.EXPONENT):
        return None  # whole numbers in an unusual spelling
    return NumberGuess("number", values)


def _careful(present: Spelled, found: NumberGuess, *, is_given: bool = False) -> NumberGuess:
    """By patterns, cell by cell: `present` are numbers in some spelling."""
    cells = present.values
    if _any(cells, _PADDED):
        return NumberGuess(notes=[_PADDED_NOTE])
    if _any(cells, _LONG):
        return NumberGuess(notes=[_BEYOND_NOTE if is_given else _LONG_NOTE])
    plain = pc.utf8_ltrim(cells, characters="+")
    if plain.null_count == 0 and _all(plain, _WHOLE):
        return NumberGuess("whole", plain.cast(pa.int64()))
    values = to_numbers(plain, decimal_comma=found.decimal_comma, points_group=found.points_group)
    is_too_large = pc.and_(values.is_null(), plain.is_valid())
    return NumberGuess(
        "number",
        values,
        decimal_comma=found.decimal_comma,
        points_group=found.points_group,
        infinities=found.infinities,
        n_too_large=found.n_too_large + present.count(is_too_large),
    )


def _with_commas(present: Spelled, comma: CommaRule) -> NumberGuess | None:
    cells = present.values
    if not (_any(cells, ",") and _all(cells, _COMMA)):
        return None
    if comma == "no":
        note = "Its values look like numbers with a decimal comma; commas separate the columns, so it is kept as text."
        return NumberGuess(notes=[note])
    if comma == "ask" or (comma == "likely" and _all(cells.filter(pc.match_substring(cells, ",")), _THOUSAND)):
        return NumberGuess(is_unsure=True)
    return _careful(present, NumberGuess(decimal_comma=True))


def _with_grouping_points(present: Spelled, comma: CommaRule) -> NumberGuess | None:
    """Numbers such as 1.234.567,5; and 1.500, which is one and a half where a point is the decimal sign.

    Where tabs, bars or commas separate columns, 1.500 has three decimals.
    """
    cells = present.values
    if comma == "no" or not (_any(cells, r"\.") and _all(cells, _GROUPED)):
        return None
    is_sure = _any(cells, _SURELY_GROUPED)
    if comma == "separator" or (is_sure and comma != "ask"):
        return _careful(present, NumberGuess(decimal_comma=True, points_group=True))
    return NumberGuess(is_unsure=True) if is_sure or comma == "likely" else None


def _with_infinities(present: Spelled, is_number: pa.ChunkedArray) -> NumberGuess | None:
    cells = present.values
    is_infinite = pc.is_in(cells, pa.array(INFINITIES))
    is_infinite = pc.if_else(pc.is_valid(cells), is_infinite, pa.scalar(None, pa.bool_()))
    if not pc.any(is_infinite).as_py() or not pc.all(pc.or_(is_number, is_infinite)).as_py():
        return None
    spelled = tuple(pc.unique(cells.filter(is_infinite)).to_pylist())
    rest = pc.if_else(is_infinite, pa.scalar(None, pa.string()), cells)
    if rest.null_count == len(rest):
        return None
    guess = NumberGuess(infinities=spelled, n_too_large=present.count(is_infinite))
    return _careful(present.become(rest), guess)


def _nearly(present: Spelled, is_number: pa.ChunkedArray) -> NumberGuess:
    n_present = present.count(is_number.is_valid())
    n_faulty = n_present - present.count(is_number)
    if n_faulty > FAULTY_SHARE * n_present:
        return NumberGuess()
    first = present.first_row(pc.invert(is_number)) + 1
    sentence = (
        f"{n_present - n_faulty:,} of {n_present:,} values are numbers, row {first:,} is not: it is kept as text. "
        "Correct it in the file, or read the column as numbers with the others left empty."
    )
    return NumberGuess(notes=[sentence])


def _is_likely(present: Spelled) -> bool:
    """Whether half of a sample looks like numbers: text is not worth a pattern for every cell."""
    sample = present.sample(_SAMPLE)
    matches = pc.or_(pc.match_substring_regex(sample, _POINT), pc.match_substring_regex(sample, _COMMA))
    is_infinite = pc.is_in(sample, pa.array(INFINITIES))
    return bool(pc.mean(pc.or_(matches, is_infinite).cast(pa.int8())).as_py() >= FAULTY_SHARE)


def _any(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _all(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())
