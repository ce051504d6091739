"""Excel workbooks (.xlsx): one sheet, its first row with something in it holds the names."""

import datetime
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.datasets.cells import MixedCells, ReadCells
from services.datasets.choices import ChoiceNeededError, Question, clip_preview
from services.datasets.errors import UnreadableFileError
from services.datasets.formats.sheet_faults import find_sheet_faults
from services.datasets.formats.zip_directory import check_workbook_archive
from services.datasets.header import check_count, check_names
from services.datasets.limits import MAX_CELL_BYTES
from services.datasets.task import Task

_SAY_EVERY = 5_000
_PREVIEWED_SHEETS = 5
_WHOLE_BELOW = 1e15  # whole numbers below are spelled without an exponent
_DAMAGED = "The workbook is damaged and cannot be opened. Save it anew with Excel, or as CSV (UTF-8)."


def read_workbook(path: Path, task: Task) -> ReadCells:
    """Read one sheet into cells.

    Raises
    ------
    UnreadableFileError
        The archive is no plain workbook, the sheet is empty, or formulas in it have no results.
    ChoiceNeededError
        There are several sheets, or names are missing or repeated.
    """
    check_workbook_archive(path)
    task.say(0.05, "Opening the workbook")
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            name = _choose_sheet(workbook, task.choices.sheet)
            faults = find_sheet_faults(path, name)
            sheet = workbook.get_sheet_by_name(name)
            return _read_sheet(sheet, name, faults.warnings, task)
    except (CalamineError, OSError, KeyError, RecursionError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(_DAMAGED) from None


def _choose_sheet(workbook: CalamineWorkbook, chosen: str | None) -> str:
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if chosen is not None:
        if chosen not in names:
            raise UnreadableFileError("The workbook has no sheet of the chosen name. Choose one of its sheets.")
        return chosen
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.name in names and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not visible:
        raise UnreadableFileError("The workbook has no visible sheet with cells. Save the table as CSV (UTF-8).")
    if len(visible) == 1 and len(names) == 1:
        return visible[0]
    previews = {name: _preview(workbook, name) for name in visible[:_PREVIEWED_SHEETS]}
    filled = [name for name in visible if previews.get(name, (("",),))]
    if len(filled) == 1:
        return filled[0]
    raise ChoiceNeededError(
        [
            Question(
                code="sheet",
                field="sheet",
                sentence=f"The workbook has {len(filled or visible):,} sheets. Which one holds the table?",
                options=tuple((name, name) for name in filled or visible),
                preview=previews[(filled or visible)[0]],
                previews=previews,
            )
        ]
    )


def _preview(workbook: CalamineWorkbook, name: str) -> tuple[tuple[str, ...], ...]:
    rows = (row for row in workbook.get_sheet_by_name(name).iter_rows() if any(cell != "" for cell in row))
    return clip_preview([[str(cell) for cell in row] for row in islice(rows, 6)])


def _read_sheet(sheet: CalamineSheet, name: str, warnings: list[str], task: Task) -> ReadCells:
    rows = _filled_rows(sheet)
    first_row, header = next(rows, (0, []))
    if not header:
        raise UnreadableFileError("The sheet is empty. Upload a table with the column names in its first row.")
    check_count(len(header), task.limits.max_columns)
    cells = MixedCells(task.limits.max_columns)
    for position in range(len(header)):
        cells.add_column(str(position))
    n_blank, before = 0, first_row
    for number, row in rows:
        n_blank, before = n_blank + number - before - 1, number
        cells.add_row(_spelled(row, number))
        if number % _SAY_EVERY == 0:
            task.say(0.1 + 0.4 * number / max(sheet.height, number), f"Read {number:,} rows")
    cells.close_rows()
    empty = [p for p, cell in enumerate(header) if cell == "" and cells.column(p).null_count == cells.n_rows]
    given_names = [_name(cell) for cell in header]
    kept = [position for position in range(len(header)) if position not in set(empty)]
    names = check_names([given_names[p] for p in kept], _moved(task.choices.renames, kept))
    if empty:
        warnings.append(f"{len(empty):,} columns without a name or a value were left out.")
    if n_blank:
        warnings.append(f"{n_blank:,} blank rows were left out." if n_blank > 1 else "1 blank row was left out.")
    if merged := sheet.merged_cell_ranges:
        groups = "1 group" if len(merged) == 1 else f"{len(merged):,} groups"
        warnings.append(
            f"The sheet has {groups} of merged cells: the value is in the first cell of a group, the others are empty."
        )
    return ReadCells(
        store=cells.only(kept),
        names=tuple(names),
        format="Excel workbook",
        given=tuple(cells.given(position) for position in kept),
        notes={name: cells.notes(position) for name, position in zip(names, kept, strict=True)},
        sheet=name,
        warnings=tuple(warnings),
    )


def _moved(renames: Any, kept: list[int]) -> dict[int, str]:
    """Proposals were made for the columns that are kept, in their order."""
    return {position: name for position, name in renames.items() if position < len(kept)}


def _filled_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Rows with something in them and their numbers, which count from 1."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in row):
            yield number, row


def _spelled(row: list[Any], number: int) -> Iterator[tuple[int, str, str]]:
    for position, cell in enumerate(row):
        if cell == "":
            continue
        if isinstance(cell, str):
            if len(cell) > MAX_CELL_BYTES or "\0" in cell:
                raise UnreadableFileError(f"Row {number:,} has a cell that is too long or holds a NUL character.")
            yield position, "text", cell
        elif isinstance(cell, bool):
            yield position, "truth", "true" if cell else "false"
        elif isinstance(cell, int | float):
            yield position, "number", spell_number(cell)
        elif isinstance(cell, datetime.date):  # moments too
            yield position, "moment", cell.isoformat()
        else:
            yield position, "time", str(cell)


def spell_number(value: float) -> str:
    """The shortest text that reads as the same number; whole numbers without decimals."""
    if abs(value) < _WHOLE_BELOW and value == int(value):
        return str(int(value))
    return repr(value)


def _name(cell: Any) -> str:
    return spell_number(cell) if isinstance(cell, float | int) and not isinstance(cell, bool) else str(cell)
