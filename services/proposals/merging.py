"""Two people at one objective: what the other one changed, what I typed, and who must decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that two people changed in different ways; None is no answer."""

    name: str
    before: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a draft and a newer version do to each other.

    Attributes
    ----------
    conflicts
        Both changed the answer, in different ways: a person decides.
    theirs_only
        Names of answers only the other one changed; they stay as in the newer version.
    mine_only
        Answers only the draft changes; they stay as typed.
    """

    conflicts: tuple[Difference, ...]
    theirs_only: tuple[str, ...]
    mine_only: dict[str, Any]

    def decided(self, takes_mine: Mapping[str, bool]) -> dict[str, Any]:
        """The draft on top of the newer version, once every conflict is decided (by name: mine, or theirs)."""
        return self.mine_only | {each.name: each.mine for each in self.conflicts if takes_mine[each.name]}


def compare(before: Answers, theirs: Answers, draft: Answers) -> Comparison:
    """Compare what was typed on top of `before` with the newer version `theirs`.

    Parameters
    ----------
    before, theirs
        All answers of the version the draft was begun from, and of the newest one.
    draft
        The answers that were touched.
    """
    mine = {name: value for name, value in draft.items() if not _same(value, before.get(name))}
    changed = [name for name in sorted({*before, *theirs}) if not _same(before.get(name), theirs.get(name))]
    conflicts = tuple(
        Difference(name, before.get(name), theirs.get(name), mine[name])
        for name in changed
        if name in mine and not _same(mine[name], theirs.get(name))
    )
    open_names = {each.name for each in conflicts}
    return Comparison(
        conflicts,
        tuple(name for name in changed if name not in mine),
        {name: value for name, value in mine.items() if name not in open_names and not _same(value, theirs.get(name))},
    )


def _same(one: Any, other: Any) -> bool:
    """An empty text and no answer are the same; a no (False) is an answer and no zero."""
    left, right = (None if value == "" else value for value in (one, other))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
