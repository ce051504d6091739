"""What can be done again after an undo, told from the recipes of the versions alone."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Recipe = Sequence[Mapping[str, Any]]


def without_step(recipe: Recipe, index: int) -> list[Mapping[str, Any]]:
    """The recipe without the step at `index` (from 0 on)."""
    return [step for number, step in enumerate(recipe) if number != index]


def find_undone(recipes: Sequence[Recipe]) -> list[dict[str, Any]] | None:
    """The recipe before the last undo that was not repeated yet; None where there is nothing to repeat.

    Parameters
    ----------
    recipes
        Of all versions of one base table, oldest first. Versions that change something else repeat a recipe.
    """
    undone: list[Recipe] = []
    for before, after in pairwise(recipes):
        if list(before) == list(after):
            continue
        if _is_undo(before, after):
            undone.append(before)
        elif undone and list(after) == list(undone[-1]):
            undone.pop()
        else:
            undone.clear()
    return [dict(step) for step in undone[-1]] if undone else None


def _is_undo(before: Recipe, after: Recipe) -> bool:
    if len(before) != len(after) + 1:
        return False
    return any(without_step(before, index) == list(after) for index in range(len(before)))
