"""Which row of the base table each row of a version is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.datasets.recipe.application import apply_recipe
from services.datasets.tables import read_table

_KEY = b"only the numbers of the rows are read"


def leaves_rows_out(recipe: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows of the version are not simply those of the base."""
    return any(step["kind"] in ("exclude_rows", "drop_duplicates") for step in recipe)


def number_rows(n_rows: int, recipe: Sequence[Mapping[str, Any]], base: bytes | None) -> NDArray[np.intp]:
    """The base row of each row of the version (n_rows,).

    Parameters
    ----------
    base
        The base table as Parquet; needed only where the recipe leaves rows out.
    """
    if not leaves_rows_out(recipe):
        return np.arange(n_rows, dtype=np.intp)
    if base is None:
        raise ValueError("Steps that leave rows out need the base table.")
    return apply_recipe(read_table(base), recipe, key=_KEY).index.to_numpy(dtype=np.intp)
