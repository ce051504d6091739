"""The list of what to do with which case: as CSV and as a workbook, with no text that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.datasets.export import neutralised
from services.proposals.lever import Lever
from services.simulation.report import ListedCase

Cell = str | float | int | None
MOST_IN_WORKBOOK = 100_000


def headings(levers: Sequence[Lever], names: Sequence[str], *, is_forecast: bool, answer: str) -> list[str]:
    """What the columns hold. Without a forecast neither chances nor gains are listed.

    Parameters
    ----------
    answer
        What the model says of a case: "chance" or "predicted".
    """
    of_levers = [f"{lever.name}{part}" for lever in levers for part in (" today", " suggested")]
    forecast = [f"{answer} today", f"{answer} then", "gain"] if is_forecast else []
    return ["row", *names, *of_levers, *forecast, "cost", "reasons"]


def cells(case: ListedCase, *, is_forecast: bool) -> list[Cell]:
    """One line of the list, in the order of the headings."""
    of_levers = [value for pair in zip(case.today, case.then, strict=True) for value in pair]
    forecast: list[Cell] = [case.chance_today, case.chance_then, case.gain] if is_forecast else []
    return [case.row, *case.names, *of_levers, *forecast, case.cost, "; ".join(case.reasons)]


def write_csv(header: Sequence[str], lines: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark that spreadsheets need."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow([neutralised(name) for name in header])
    writer.writerows([_safe(line) for line in lines])
    return content.getvalue().encode("utf-8-sig")


def write_workbook(
    header: Sequence[str], lines: Sequence[Sequence[Cell]], worth: Sequence[Sequence[Cell]] = ()
) -> bytes:
    """As `.xlsx`, with what all of it is worth on a second sheet; text stays text, numbers are numbers.

    Holds the first hundred thousand cases.
    """
    from openpyxl import Workbook  # late: only children write one

    book = Workbook(write_only=True)
    _fill(book, "Actions", _all(header, lines[:MOST_IN_WORKBOOK]))
    if worth:
        _fill(book, "Worth", (_safe(line) for line in worth))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(book: Any, name: str, lines: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.cell import WriteOnlyCell

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for line in lines:
        row = []
        for value in line:
            text = "".join(sign for sign in value if sign.isprintable()) if isinstance(value, str) else value
            cell = WriteOnlyCell(sheet, text)
            if isinstance(text, str):
                cell.data_type = "s"
            row.append(cell)
        sheet.append(row)


def _all(header: Sequence[str], lines: Sequence[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield [neutralised(name) for name in header]
    yield from (_safe(line) for line in lines)


def _safe(line: Sequence[Cell]) -> list[Cell]:
    return [_word(value) if isinstance(value, str) else value for value in line]


def _word(text: str) -> str:
    """A plain number stays as it is, with a true minus as with any other."""
    try:
        float(text)
    except ValueError:
        return neutralised(text)
    return text
