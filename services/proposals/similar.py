"""Whether two proposals seem to want the same, by the words they share.

Reference: L. Dice, "Measures of the amount of ecologic association between species", Ecology 26 (1945), on the stems
of words.
"""

import re
import unicodedata
from dataclasses import dataclass

ALIKE_FROM = 0.5
MOST_SIMILAR = 3
_STEM = 4  # letters that decide: "leave", "leaving"; "customer", "customers"
_WORD = re.compile(r"\w+")
_EMPTY_WORDS = """a an and are as at be by can for from get have in is it less more fewer should that the to us want we
who with"""
_EMPTY = frozenset(_WORD.findall(_EMPTY_WORDS))


@dataclass(frozen=True, slots=True)
class SimilarProposal:
    """Another project of the same person that seems to want the same."""

    project_id: str
    name: str
    sentence: str


def likeness(one: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words), by twice the shared stems over all stems."""
    left, right = _stems(one), _stems(other)
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def _stems(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return {word[:_STEM] for word in _WORD.findall(plain) if word not in _EMPTY and len(word) > 1}
