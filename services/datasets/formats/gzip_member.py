"""Unpack a gzip file of one member, up to a size and a ratio that honest tables stay below."""

import zlib
from collections.abc import Callable
from pathlib import Path

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_RATIO

_PIECE = 1024**2
_FREE_BYTES = 10 * 1024**2  # a small file may repeat itself as it likes


def unpack(source: Path, target: Path, *, max_bytes: int, say: Callable[[float | None, str], None]) -> None:
    """Write what the gzip file holds.

    Raises
    ------
    UnreadableFileError
        It is damaged, cut off, has several members, or unpacks to more than is read.
    """
    packed, done, unpacked = source.stat().st_size, 0, 0
    allowed = min(max_bytes, max(_FREE_BYTES, MAX_RATIO * packed))
    stream = zlib.decompressobj(wbits=31)
    try:
        with source.open("rb") as file, target.open("wb") as out:
            while piece := file.read(_PIECE):
                done += len(piece)
                if stream.eof:
                    _check_end(piece)
                while piece and not stream.eof:
                    content = stream.decompress(piece, _PIECE)
                    unpacked += len(content)
                    if unpacked > allowed:
                        raise UnreadableFileError(_size_sentence(source, max_bytes))
                    out.write(content)
                    piece = stream.unconsumed_tail
                _check_end(stream.unused_data)
                say(done / packed / 4, f"Unpacked {unpacked / 1024**2:,.0f} MB")
            out.write(stream.flush())
    except zlib.error:
        raise UnreadableFileError("The gzip file is damaged. Pack the table again and upload it.") from None
    if not stream.eof:
        raise UnreadableFileError("The gzip file has no end: it was cut off on its way. Upload it again.")


def _check_end(rest: bytes) -> None:
    if rest.strip(b"\0"):
        raise UnreadableFileError("The gzip file has several parts, but one table is read. Pack a single table.")


def _size_sentence(source: Path, max_bytes: int) -> str:
    with source.open("rb") as file:
        file.seek(-4, 2)
        said = int.from_bytes(file.read(4), "little") / 1024**2
    if said * 1024**2 > max_bytes:
        return (
            f"The file would unpack to {said:,.0f} MB (limit {max_bytes / 1024**2:,.0f} MB); it was not read. "
            "Upload fewer rows."
        )
    return (
        f"The file unpacks to more than {MAX_RATIO} times its size or {max_bytes / 1024**2:,.0f} MB; it was not read. "
        "Upload the table unpacked, or fewer rows of it."
    )
