"""What the reader of workbooks passes over in silence: formulas without results, and cells that hold an error."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from services.datasets.errors import UnreadableFileError

_PIECE = 4 * 1024**2
_LONGEST_ROW = 64 * 1024**2
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?: [^>]*)?>[^<]")
_EMPTY_TEXT = re.compile(rb"<(?:\w+:)?v[ />]")
_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*\br="([A-Z]{1,3}[0-9]{1,7})"')
_CELL_TAG_BYTES = 300  # how far before a formula its cell begins
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^<>]*\bt="e"')
_SHOWN = 5
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    ElementTree.ParseError,
    DefusedXmlException,
    EOFError,
    NotImplementedError,
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_SHEET_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


@dataclass(slots=True)
class SheetFaults:
    """What is worth a warning."""

    warnings: list[str] = field(default_factory=list)


def find_sheet_faults(path: Path, sheet: str) -> SheetFaults:
    """Look through a sheet.

    Raises
    ------
    UnreadableFileError
        Formulas have no results, or the parts of the workbook contradict each other.
    """
    cells: list[str] = []
    n_formulas = n_errors = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_find_part(archive, sheet)) as part:
            for rows in _whole_rows(part):
                n_errors += len(_ERROR.findall(rows))
                for cell in _formulas_without_result(rows):
                    n_formulas += 1
                    cells = [*cells, cell][:_SHOWN]
    except _DAMAGES:
        raise UnreadableFileError("The workbook is damaged. Save it anew with Excel, or as CSV (UTF-8).") from None
    if n_formulas:
        more = f" and {n_formulas - len(cells):,} more" if n_formulas > len(cells) else ""
        raise UnreadableFileError(
            f"The results of formulas are missing in {', '.join(cells)}{more}. "
            "Open the workbook in Excel, save it there and upload it again, or replace the formulas by values."
        )
    spelled = "1 cell holds an error" if n_errors == 1 else f"{n_errors:,} cells hold errors"
    return SheetFaults([f"{spelled} such as #N/A, read as missing."] if n_errors else [])


def _find_part(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    for space in (_MAIN, _STRICT):
        for element in book.iter(f"{space}sheet"):
            if element.get("name") == sheet:
                target = targets[next(filter(None, (element.get(name) for name in _SHEET_ID)), None)]
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _whole_rows(part: Any) -> Iterator[bytes]:
    held = b""
    while piece := part.read(_PIECE):
        content = held + piece
        end = max(content.rfind(b"</row>"), content.rfind(b":row>"))
        if end < 0:
            if len(content) > _LONGEST_ROW:
                raise UnreadableFileError("A row of the sheet is too long. Save the sheet as CSV (UTF-8).")
            held = content
            continue
        yield content[:end]
        held = content[end:]
    yield held


def _formulas_without_result(rows: bytes) -> Iterator[str]:
    starts = [found.start() for found in _FORMULA.finditer(rows)]
    for start, after in pairwise([*starts, len(rows)]):
        end = max(rows.find(b"</c>", start, after), rows.find(b":c>", start, after))
        tags = list(_CELL.finditer(rows, max(0, start - _CELL_TAG_BYTES), start))
        inside = rows[start : end if end >= 0 else after]
        is_text = bool(tags) and b't="str"' in rows[tags[-1].start() : start]
        if _VALUE.search(inside) or (is_text and _EMPTY_TEXT.search(inside)):
            continue
        yield tags[-1].group(1).decode() if tags else "a cell"
