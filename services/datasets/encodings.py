"""From bytes to UTF-8, without guessing: UTF-8, a byte-order mark that says otherwise, or what somebody chose."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from services.datasets.choices import ChoiceNeededError, Question, clip_preview
from services.datasets.errors import UnreadableFileError

_MARKS = (  # the longer mark first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORDS = {
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "latin-1": "Latin-1 (ISO 8859-1)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
}
_PIECE = 4 * 1024**2
_SAMPLE_BYTES = 64 * 1024
_PREVIEW_LINES = 5
_TELLING_BYTES = 40


@dataclass(frozen=True, slots=True)
class Utf8Text:
    """A file of UTF-8 text whose first character stands `start` bytes from its beginning, and how it was encoded."""

    path: Path
    start: int
    encoding: str


class _NotEncodedSoError(Exception):
    """A byte at this position does not belong to the encoding."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def to_utf8(path: Path, scratch: Path, chosen: str | None = None) -> Utf8Text:
    """The text of a file as UTF-8: the file itself, or a copy in the folder `scratch`.

    Raises
    ------
    ChoiceNeededError
        The text is not UTF-8 and no mark names its encoding.
    UnreadableFileError
        It cannot be read in the chosen or marked encoding, or holds a NUL character.
    """
    mark, marked = _find_mark(path)
    encoding = marked or (_known(chosen) if chosen else "utf-8")
    if encoding in ("utf-8", "utf-8-sig"):
        try:
            _check_utf8(path)
        except _NotEncodedSoError as fault:
            if marked or chosen:
                raise UnreadableFileError(_fault_sentence("UTF-8", path, fault.position)) from None
            raise ChoiceNeededError([_ask(path, fault.position)]) from None
        return Utf8Text(path, len(mark), "UTF-8")
    target = scratch / "text.utf8"
    try:
        _transcode(path, target, encoding)
    except _NotEncodedSoError as fault:
        raise UnreadableFileError(_fault_sentence(describe_encoding(encoding), path, fault.position)) from None
    return Utf8Text(target, 0, describe_encoding(encoding))


def describe_encoding(encoding: str) -> str:
    """The name of an encoding as people know it."""
    return _WORDS.get(encoding, encoding.upper().replace("_", "-"))


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding).decode(encoding)  # a codec that is not of text is refused here
    except (LookupError, ValueError):
        raise UnreadableFileError("This encoding is not known. Choose one of those proposed.") from None
    return "latin-1" if found.name == "iso8859-1" else found.name.replace("utf_", "utf-")


def _find_mark(path: Path) -> tuple[bytes, str]:
    with path.open("rb") as file:
        head = file.read(4)
    return next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))


def _check_utf8(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    done, room = 0, bytearray(_PIECE)
    with path.open("rb") as file:
        while True:
            n_bytes = file.readinto(room)
            piece = room if n_bytes == len(room) else room[:n_bytes]
            held = len(decoder.getstate()[0])
            if held or not piece.isascii() or not piece:
                try:
                    decoder.decode(piece, final=not piece)
                except UnicodeDecodeError as error:
                    raise _NotEncodedSoError(done - held + error.start) from None
            if b"\0" in piece:
                if done == 0 and (guess := _find_unmarked_utf16(piece)):
                    raise ChoiceNeededError([_question(path, (guess,), "It may be UTF-16 without a mark")])
                raise UnreadableFileError(_nul_sentence(_line_at(path, done + piece.index(b"\0"))))
            if not piece:
                return
            done += len(piece)


def _transcode(path: Path, target: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    done, lines = 0, 0
    with path.open("rb") as file, target.open("wb") as out:
        while True:
            piece = file.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
                out.write(text.encode())
            except UnicodeDecodeError as error:
                raise _NotEncodedSoError(done + error.start) from None
            except UnicodeEncodeError:  # half of a pair: utf-7 and its like let it pass
                raise _NotEncodedSoError(done) from None
            if "\0" in text:
                raise UnreadableFileError(_nul_sentence(f"{lines + text.count(chr(10), 0, text.index(chr(0))) + 1:,}"))
            if not piece:
                return
            done += len(piece)
            lines += text.count("\n")


def _find_unmarked_utf16(piece: bytes | bytearray) -> str:
    sample = piece[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) / 5 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) / 5 and odd == 0 else ""


def _ask(path: Path, position: int) -> Question:
    sample = _sample(path, position)
    guess, usual = _detect(sample), ["cp1252", "latin-1"]
    n_strange = sum(byte > 127 for byte in sample)  # a guess from few letters is mostly wrong
    is_telling = n_strange >= _TELLING_BYTES and not _reads_alike(sample, guess, usual[0])
    proposed = [guess, *usual] if is_telling else [*usual, guess]
    fitting = [name for name in dict.fromkeys(proposed) if name and _decodes(sample, name)]
    if not fitting:
        raise UnreadableFileError(
            f"The content is no text: line {_line_at(path, position)} cannot be read. Save the table as CSV (UTF-8)."
        )
    return _question(path, tuple(fitting), f"It may be {describe_encoding(fitting[0])}", position)


def _question(path: Path, encodings: tuple[str, ...], proposal: str, position: int = 0) -> Question:
    previews = {name: _preview(path, position, name) for name in encodings}
    return Question(
        code="encoding",
        field="encoding",
        sentence=f"This file is not UTF-8 (line {_line_at(path, position)}). {proposal}: see how it looks. "
        "Choose the encoding in which every letter reads correctly.",
        options=tuple((name, describe_encoding(name)) for name in encodings),
        preview=previews[encodings[0]],
        previews=previews,
    )


def _detect(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best is None or best.encoding in ("utf_8", "ascii"):
        return ""
    name = _known(best.encoding)
    return "" if name.startswith("utf") else name


def _reads_alike(sample: bytes, one: str, other: str) -> bool:
    """German is the same in the encodings of Western and Central Europe: then the more usual one is meant."""
    return all(name and _decodes(sample, name) for name in (one, other)) and sample.decode(one) == sample.decode(other)


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        return "\0" not in sample.decode(encoding)
    except UnicodeDecodeError:
        return False


def _sample(path: Path, position: int) -> bytes:
    """Whole lines around a position, the first of them the line it is in."""
    with path.open("rb") as file:
        file.seek(max(0, position - _SAMPLE_BYTES))
        before = file.read(min(position, _SAMPLE_BYTES))
        after = file.read(_SAMPLE_BYTES)
    return before[before.rfind(b"\n") + 1 :] + after


def _preview(path: Path, position: int, encoding: str) -> tuple[tuple[str, ...], ...]:
    """Lines from the one with the first strange letter on, those with such letters first."""
    lines = _sample(path, position).decode(encoding, errors="replace").splitlines()
    strange = [line for line in lines if not line.isascii()]
    return clip_preview([(line,) for line in (strange or lines)[:_PREVIEW_LINES]])


def _line_at(path: Path, position: int) -> str:
    count = 1
    with path.open("rb") as file:
        while position > 0 and (piece := file.read(min(position, _PIECE))):
            count += piece.count(b"\n")
            position -= len(piece)
    return f"{count:,}"


def _fault_sentence(words: str, path: Path, position: int) -> str:
    return (
        f"This file is not {words}: line {_line_at(path, position)} cannot be read. "
        "Save it as “CSV UTF-8” (in Excel: Save as, CSV UTF-8) and upload it again."
    )


def _nul_sentence(line: str) -> str:
    return (
        f"Line {line} contains a NUL character, which no table should hold. "
        "Export the file again, or remove the character."
    )
