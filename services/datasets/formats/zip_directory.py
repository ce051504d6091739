"""The directory of a zip archive, weighed before anything in it is unpacked."""

import stat
import zipfile
from collections import Counter
from pathlib import Path

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED_BYTES, MAX_WORKBOOK_BYTES

_MB = 1024**2
_SMALL_MEMBER = 10 * _MB  # may repeat itself as it likes


def check_workbook_archive(path: Path) -> None:
    """Refuse an archive that is no plain workbook.

    Raises
    ------
    UnreadableFileError
        It is too large, packed too densely, has strange names, macros, links to other files, or a password.
    """
    if path.stat().st_size > MAX_WORKBOOK_BYTES:
        raise UnreadableFileError(
            f"The workbook has {path.stat().st_size / _MB:,.0f} MB (limit {MAX_WORKBOOK_BYTES // _MB} MB). "
            "Save the sheet as CSV (UTF-8) and upload that."
        )
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    _check_size(members)
    _check_names([member.filename for member in members])
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
        raise UnreadableFileError("The workbook contains links in place of files. Save it anew with Excel.")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFileError("The workbook has a password. Save it without one.")


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableFileError(
            f"The workbook consists of {len(members):,} parts (limit {MAX_MEMBERS:,}). Save the sheet as CSV (UTF-8)."
        )
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        raise UnreadableFileError(
            f"The file would unpack to {total / _MB:,.0f} MB (limit {MAX_UNPACKED_BYTES // _MB:,} MB); "
            "it was not opened. Save the sheet as CSV (UTF-8)."
        )
    if any(m.file_size > _SMALL_MEMBER and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members):
        raise UnreadableFileError(
            f"A part of the workbook unpacks to more than {MAX_RATIO} times its size; it was not opened. "
            "Save the sheet as CSV (UTF-8)."
        )


def _check_names(names: list[str]) -> None:
    folded = Counter(name.replace("\\", "/").lower() for name in names)
    if any(count > 1 for count in folded.values()):
        raise UnreadableFileError("The workbook holds two parts of one name. Save it anew with Excel.")
    for name in folded:
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise UnreadableFileError("The workbook holds a part whose name leads out of it. Save it anew with Excel.")
        if name.endswith("vbaproject.bin"):
            raise UnreadableFileError("The workbook holds macros. Save it as .xlsx without macros.")
        if name.startswith("xl/externallinks/"):
            raise UnreadableFileError(
                "The workbook takes values from other files. Replace the links by their values and save it again."
            )
