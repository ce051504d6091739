"""The chances with which cases got their settings, where a column of the data recorded them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.simulation.cases import Cases
from services.simulation.logged_settings import LoggedSettings

Floats = NDArray[np.float64]
MOST_BAD = 0.05  # of the cases, without a usable chance: with more the others do not stand for all
_FAR, _BEYOND_CHANCE = 0.1, 4.0  # from what chances must add up to, as a share and in standard errors
_FEWEST = 30  # cases of a setting, to hold its chances against how frequent it is


@dataclass(frozen=True, slots=True, eq=False)
class RecordedChances:
    """What was recorded.

    Attributes
    ----------
    chances
        Of what each case got, (n,), NaN where none can be used; None where chances are estimated.
    n_bad
        Cases whose chance is missing, no number, 0 or less, or more than 1.
    sentence
        What a reader must know of them; empty where there is nothing to say.
    """

    chances: Floats | None = None
    n_bad: int = 0
    sentence: str = ""

    def problem(self, cases: Cases, logged: LoggedSettings) -> str:
        """Why nothing can be weighed with them; empty where it can."""
        if self.chances is None:
            return ""
        (lever,), n = cases.actions.levers, len(self.chances)
        name = f"“{lever.chance_column}”"
        if self.n_bad > MOST_BAD * n:
            return (
                f"{name} holds no chance above 0 and at most 1 in {self.n_bad:,} of {n:,} cases, so the others do not "
                "stand for all: the cases are not weighed."
            )
        values = pd.Series(cases.rows[str(lever.column)].astype("string").to_numpy()).groupby(logged.codes).nunique()
        if int(values[values.index >= 0].max()) > 1:
            return (
                f"“{lever.name}” has too many values to set each apart, and {name} holds the chance of one: the cases "
                "are not weighed."
            )
        for group in np.flatnonzero(logged.shares * n >= _FEWEST):
            inverse = np.where(logged.codes == group, 1 / self.chances, 0.0)[np.isfinite(self.chances)]
            off = abs(float(inverse.mean()) - 1)
            if off > _FAR and off > _BEYOND_CHANCE * float(inverse.std(ddof=1)) / np.sqrt(len(inverse)):
                return (
                    f"The chances in {name} do not fit how often each value was seen: weighed by them, the cases of "
                    f"one value count as {float(inverse.mean()):.0%} of all, not 100%. The cases are not weighed."
                )
        return ""


def read_chances(cases: Cases) -> RecordedChances:
    """Those of the one lever whose column of chances is in the data."""
    named = [lever for lever in cases.actions.levers if lever.chance_column]
    if not named:
        return RecordedChances()
    column = named[0].chance_column
    if len(cases.actions.levers) > 1:
        return RecordedChances(
            sentence=f"The chances in “{column}” are used where “{named[0].name}” is simulated alone; here they are "
            "estimated."
        )
    if column not in cases.rows.columns:
        return RecordedChances(sentence=f"The data have no column “{column}”, so the chances are estimated.")
    found = pd.to_numeric(cases.rows[column], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    is_usable = (found > 0) & (found <= 1)
    n_bad = int((~is_usable).sum())
    left_out = f"; {n_bad:,} cases are left out, whose chance is missing or not above 0 and at most 1" if n_bad else ""
    return RecordedChances(
        np.where(is_usable, found, np.nan), n_bad, f"Chances are those recorded in “{column}”{left_out}."
    )
