"""What each column did to the answer about each explained row: kept beside an explanation, and read by its pictures.

Whole numbers of a common step take the place of effects, so that 2,000 rows of 60 columns are a quarter of a megabyte;
an effect is at most 1/65,000 of the largest one off. No value of a column is kept, only its place among the others.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MAX_COLUMNS = 60
NO_PLACE = 255
LAST_PLACE = 254
_STEPS = 32_767
_ARRAYS = ("effects", "step", "rest", "places", "answers", "outcomes", "misses", "base")


@dataclass(frozen=True, eq=False)
class RowEffects:
    """The strongest columns of an explanation, row by row, in its unit.

    Attributes
    ----------
    columns
        The strongest first, at most 60.
    effects
        Of each of them on each row (n, k).
    rest
        Of all other columns together (n,).
    places
        Where a row stands among the others by this column (n, k), from 0 for the lowest value to 254 for the highest;
        255 where the value is missing or has no order.
    answers, outcomes
        What the model says of each row, and what came of it (n,).
    misses
        1 where the chosen class was not the right one (n,); empty unless the model chooses one of several.
    base
        What is predicted for typical rows.
    """

    columns: tuple[str, ...]
    effects: Floats
    rest: Floats
    places: NDArray[np.uint8]
    answers: Floats
    outcomes: Floats
    misses: NDArray[np.uint8]
    base: float

    @property
    def n(self) -> int:
        """Explained rows."""
        return len(self.answers)


def dump_row_effects(rows: RowEffects) -> bytes:
    """As a file; the same rows give the same bytes."""
    largest = max(float(np.abs(rows.effects).max(initial=0.0)), float(np.abs(rows.rest).max(initial=0.0)))
    step = largest / _STEPS or 1.0
    file = BytesIO()
    np.savez_compressed(
        file,
        allow_pickle=False,
        columns=np.array(rows.columns, dtype=np.str_),
        effects=_steps(rows.effects, step),
        step=np.float64(step),
        rest=_steps(rows.rest, step),
        places=rows.places,
        answers=rows.answers,
        outcomes=rows.outcomes,
        misses=rows.misses,
        base=np.float64(rows.base),
    )
    return file.getvalue()


def load_row_effects(content: bytes) -> RowEffects:
    """What `dump_row_effects` wrote.

    Raises
    ------
    ValueError
        The bytes are no such file.
    """
    try:
        with np.load(BytesIO(content), allow_pickle=False) as file:
            columns = tuple(str(column) for column in file["columns"])
            found: dict[str, Any] = {name: file[name] for name in _ARRAYS}
    except (BadZipFile, KeyError, OSError, EOFError, ValueError) as error:
        raise ValueError("This is not a file of row effects.") from error
    step = float(found.pop("step"))
    found["effects"], found["rest"] = found["effects"] * step, found["rest"] * step
    for array in found.values():
        array.setflags(write=False)
    return RowEffects(columns, **{**found, "base": float(found["base"])})


def _steps(effects: Floats, step: float) -> NDArray[np.int16]:
    return np.rint(effects / step).astype(np.int16)
