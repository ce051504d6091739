"""Two people changed the figures of one version: what each changed, and the figures with what both say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.valuation.assumptions import Assumptions
from services.valuation.parts import assembled, parts_of, title_of, words_of


@dataclass(frozen=True, slots=True)
class Conflict:
    """A part that both changed, each to something else, in words; None where there is none."""

    name: str
    title: str
    before: str | None
    theirs: str | None
    mine: str | None


@dataclass(frozen=True, slots=True)
class Merging:
    """What became of one version in the hands of two people.

    Attributes
    ----------
    base, theirs, mine
        The version both began from (None where there was none), the one that was saved meanwhile, and what is to be
        saved.
    """

    base: Assumptions | None
    theirs: Assumptions
    mine: Assumptions

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What both changed to something else, to be decided."""
        base, theirs, mine = (_parts(one) for one in (self.base, self.theirs, self.mine))
        return tuple(
            Conflict(name, title_of(name), *(words_of(name, parts.get(name)) for parts in (base, theirs, mine)))
            for name in {**base, **theirs, **mine}
            if mine.get(name) != base.get(name)
            and theirs.get(name) != base.get(name)
            and mine.get(name) != theirs.get(name)
        )

    @property
    def theirs_only(self) -> tuple[str, ...]:
        """Titles of the parts that they changed and the person did not."""
        return _changed(self.base, self.theirs, but_not=self.mine)

    @property
    def mine_only(self) -> tuple[str, ...]:
        """Titles of the parts that the person changed and they did not."""
        return _changed(self.base, self.mine, but_not=self.theirs)

    def decided(self, is_mine: Mapping[str, bool]) -> Assumptions:
        """The figures with both people's changes; of what both changed, mine where `is_mine` says so.

        Raises
        ------
        InvalidInputError
            The two do not go together.
        """
        base, theirs, mine = (_parts(one) for one in (self.base, self.theirs, self.mine))
        disputed = {conflict.name for conflict in self.conflicts}
        together = {}
        for name in {**theirs, **mine, **base}:
            takes_mine = is_mine[name] if name in disputed else mine.get(name) != base.get(name)
            together[name] = (mine if takes_mine else theirs).get(name)
        return assembled(together)


def _parts(assumptions: Assumptions | None) -> dict[str, Any]:
    return parts_of(assumptions) if assumptions else {}


def _changed(base: Assumptions | None, after: Assumptions, *, but_not: Assumptions) -> tuple[str, ...]:
    old, new, other = (_parts(one) for one in (base, after, but_not))
    return tuple(
        title_of(name) for name in {**new, **old} if new.get(name) != old.get(name) and other.get(name) == old.get(name)
    )
