"""What two versions of the figures say differently, for people who compare them."""

from dataclasses import dataclass

from services.valuation.assumptions import Assumptions
from services.valuation.parts import parts_of, title_of, words_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs: its name in words, and both readings; None where a version does not have it."""

    title: str
    before: str | None
    after: str | None


def differences(before: Assumptions, after: Assumptions) -> tuple[Difference, ...]:
    """Every part that differs: figures first in their usual order, then details, then items in the order of `after`."""
    old, new = parts_of(before), parts_of(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        Difference(title_of(name), words_of(name, old.get(name)), words_of(name, new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    )
