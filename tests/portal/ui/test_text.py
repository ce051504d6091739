"""Text from people inside Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portal.ui.text import escape_markdown

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What Streamlit's page replaces in plain text, after Markdown has been read.
_LATE = re.compile(r":\w+:|:\+1:|:-1:|:material/|https?://|www\.|\w@\w|->|<-|--|>=|<=|~=", re.IGNORECASE)

_HOSTILE = [
    ":red[text]", ":material/lock:", ":streamlit:", ":smile:", "$x$", "**bold**", "[a](https://evil.example)",
    "![x](javascript:0)", "<script>alert(1)</script>", "# head", "- item", "1. item", "> quote", "    code", "`code`",
    "www.evil.example", "https://evil.example", "me@evil.example", "a | b", "|-|-|", "~~gone~~", "&lt;", "\\", "a\n\nb",
    "---", "===", "- [ ] task", "[^1]", "<https://evil.example>", "->", ":blue-badge[x]", "]", ":gray[", "\u202eabc",
]  # fmt: skip

texts = st.lists(st.one_of(st.sampled_from(_HOSTILE), st.text(max_size=8)), max_size=6).map("".join)


def _read(markdown: str) -> tuple[list[str], str]:
    tokens = _READER.parse(markdown)
    kinds = [token.type for token in tokens if token.type != "inline"]
    inline = [child for token in tokens if token.type == "inline" for child in token.children or []]
    kinds += [child.type for child in inline if child.type not in ("text", "text_special")]
    return kinds, "".join(child.content for child in inline)


@given(texts)
def test_any_text_reads_as_one_plain_paragraph_with_the_same_words(text: str) -> None:
    kinds, shown = _read(escape_markdown(text))
    assert kinds in (["paragraph_open", "paragraph_close"], [])
    visible = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", text)
    assert shown.replace("\u2060", "") == " ".join(visible.split())


@given(texts)
def test_nothing_is_left_for_the_page_to_replace_after_reading(text: str) -> None:
    _, shown = _read(escape_markdown(text))
    assert not _LATE.findall(shown)


@given(texts)
def test_every_dollar_bracket_and_colon_is_escaped(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[$\[\]:]", re.sub(r"\\[^\\]", "", escape_markdown(text)))


@pytest.mark.parametrize("text", ["Tomás Ruiz", "Keep more customers", "41 of 100", "€310k – “now”"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("one\n- two\n# three", "one - two # three"), ("- one", r"\- one"), ("2. two", r"2\. two"), ("$x", r"\$x")],
)
def test_nothing_starts_a_list_a_heading_or_mathematics(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown
