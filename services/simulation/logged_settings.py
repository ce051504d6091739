"""Which settings the cases got, as groups, and with which chance: estimated from how frequent they are, or recorded."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.simulation.actions import Actions
from services.simulation.common_settings import AS_IT_IS, Choice
from services.simulation.support import Bins

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Flags = NDArray[np.bool_]
_NEVER = 0.001  # the chance to get anything else, from which down a case says nothing of it


class LoggedSettings:
    """Which settings the cases got, as groups, and with which chance.

    Attributes
    ----------
    codes
        The group of each case, (n,); -1 where its setting is missing.
    shares
        How frequent each group is, (groups,).
    chances
        The chance with which each case got its group, (n,): as recorded, else how frequent it is; NaN: not known.
    is_recorded
        Whether chances were recorded.
    """

    def __init__(self, rows: pd.DataFrame, actions: Actions, recorded: Floats | None = None) -> None:
        self._bins = [Bins(rows[str(lever.column)], lever) for lever in actions.levers]
        self._sizes = [one.n for one in self._bins]
        each = [one.of(rows[column]) for one, column in zip(self._bins, actions.columns, strict=True)]
        self.codes = self.joined(each)
        known = self.codes[self.codes >= 0]
        self.shares = np.bincount(known, minlength=int(np.prod(self._sizes))) / max(1, len(known))
        self.is_recorded = recorded is not None
        estimated = np.where(self.codes >= 0, self.shares[self.codes], np.nan)
        self.chances = estimated if recorded is None else np.where(self.codes >= 0, recorded, np.nan)

    def of(self, settings: Sequence[Sequence[object]]) -> Codes:
        """The group of each setting, -1 where such a one was never seen."""
        return self.joined(
            [one.of(values) for one, values in zip(self._bins, zip(*settings, strict=True), strict=True)]
        )

    def code_of(self, lever: int, value: object) -> int:
        """The group of a value of one lever."""
        return int(self._bins[lever].of([value])[0])

    def reached(self, choice: Choice, values: Sequence[Sequence[object]]) -> Floats:
        """The chance with which a setting for all ends in each group, (groups,): a lever left alone stays where it is.

        Parameters
        ----------
        values
            Of each lever, of which `choice` names one.
        """
        each = np.unravel_index(np.arange(len(self.shares)), self._sizes)
        ended = self.joined(
            [
                own if place == AS_IT_IS else np.full(len(own), self.code_of(lever, values[lever][place]))
                for lever, (own, place) in enumerate(zip(each, choice, strict=True))
            ]
        )
        inside = ended >= 0
        found = np.bincount(ended[inside], weights=self.shares[inside], minlength=len(self.shares))
        return found.astype(np.float64)

    def joined(self, each: Sequence[Codes]) -> Codes:
        """One number for the groups of all levers together."""
        found, is_seen = np.zeros(len(each[0]), dtype=np.intp), np.ones(len(each[0]), dtype=np.bool_)
        for codes, size in zip(each, self._sizes, strict=True):
            found, is_seen = found * size + codes, is_seen & (codes >= 0)
        return np.where(is_seen, found, -1)

    def is_certain(self) -> Flags:
        """In which cases chance had no say, as their recorded chance is 1: they say nothing of other settings, (n,)."""
        if not self.is_recorded:
            return np.zeros(len(self.codes), dtype=np.bool_)
        return np.asarray(1 - self.chances < _NEVER)

    def chances_of(self, group: int) -> Floats:
        """The chance of a group in each case, (n,): NaN where only that of what it got was recorded, one of several."""
        if not self.is_recorded:
            return np.full(len(self.codes), self.shares[group])
        others = 1 - self.chances if np.count_nonzero(self.shares) == 2 else np.full(len(self.codes), np.nan)
        return np.where(self.codes == group, self.chances, others)
