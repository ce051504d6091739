"""Inputs of a model that cannot be moved alone, because the data compute one of them from another."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.datasets.recipe.new_rows import derived_columns, steps_on_cells
from services.datasets.recipe.steps import DERIVE, columns_of


def tied_inputs(recipe: Sequence[Mapping[str, Any]], inputs: Sequence[str]) -> dict[str, str]:
    """Each such input, with what the data compute.

    Parameters
    ----------
    recipe
        Steps of the version of the data that the model learned from: what they derive from a column would stay as it
        was when the column moves, so the model would be asked about a case that cannot be.
    """
    steps = steps_on_cells(recipe, tuple(inputs))
    tied: dict[str, str] = {}
    for step in steps:
        if step["kind"] == DERIVE and step["column"] in inputs:
            tied |= {name: f"“{step['column']}” from it" for name in columns_of(step) if name in inputs}
    return tied | {name: "it from other columns" for name in derived_columns(steps) if name in inputs}
