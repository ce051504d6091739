"""Text from people, made harmless inside Markdown."""

import re
from functools import lru_cache

from services.datasets.safe_cells import neutralize

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>!|~$^&:])")
_BLOCK_START = re.compile(r"^(?:(?=[#+=\-])|(\d+)(?=[.)]))")
_WORD_JOINER = "\u2060"  # invisible, without width

# Streamlit replaces icons, emoji, arrows and bare addresses in the text that is left *after* Markdown has been read, so
# that a backslash does not protect it there. A word joiner between the characters does.
_REPLACED_LATE = re.compile(
    r"(?<=:)(?=[\w+/\-])|(?<=www)(?=\.)|(?<=@)|(?<=-)(?=[->])|(?<=<)(?=-)|(?<=[<>~])(?==)", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def escape_markdown(text: str) -> str:
    """One line that Streamlit's Markdown shows as typed: no style, link, HTML, mathematics, directive, icon or emoji.

    Runs of white space, also line breaks, become one space; invisible characters that reorder or hide text are
    removed. Safe inside a directive such as `:gray[...]`, a link text and a table cell; not for `st.badge`, which
    escapes its label itself.
    """
    line = " ".join(_UNPRINTABLE.sub("", text).split())
    joined = _REPLACED_LATE.sub(_WORD_JOINER, line)
    return _BLOCK_START.sub(r"\1" + "\\\\", _MARKS.sub(r"\\\1", joined))


def escape_cell(text: str) -> str:
    """Text for a cell of `st.dataframe`, which people can download as it stands.

    What a spreadsheet would take for a formula gets a word joiner in front: it looks the same and stays text.
    """
    return text if neutralize(text) == text else f"{_WORD_JOINER}{text}"
