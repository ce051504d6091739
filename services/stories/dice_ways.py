"""Ways across the threshold as another library proposes them, where it is installed: the random search of DiCE.

DiCE is told places only: for each column the values it may be set to in their order, counted from 0, today's among
them. So it meets no missing value, no date and no text, proposes nothing the guard does not let through, and no message
of its own can hold a value of the data. Its genetic search takes ten times as long, and does not end by itself where
there is no way.

References
----------
R. K. Mothilal, A. Sharma and C. Tan, "Explaining machine learning classifiers through diverse counterfactual
explanations", FAT* (2020).
"""

import contextlib
import importlib.util
import io
import logging
import random
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.stories.case_settings import CaseSettings, Setting

LIBRARY, PACKAGE, NAME = "dice_ml", "dice-ml", "DiCE"
MOST_PROPOSED, MOST_SECONDS = 10, 10.0
NOT_LOADED = "it cannot be loaded; the log of the worker names the error"
COULD_NOT, TOO_LATE = "could not search this case", f"did not end within {MOST_SECONDS:.0f} seconds of computing"
_LOG = logging.getLogger("portal.stories")
_NOTHING_FOUND = "No counterfactuals found"  # how it says so, as an exception
_OUTCOME = "across"


class OutOfTimeError(Exception):
    """The search has taken as long as it may."""


@dataclass(frozen=True)
class Proposals:
    """What the library, named with its version, proposes; `trouble` as in `SecondSearch`."""

    name: str
    settings: tuple[Setting, ...]
    trouble: str = ""


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec(LIBRARY) is not None


def propose(case: CaseSettings) -> Proposals | None:
    """Different ways across the threshold; None where the library is not installed."""
    if not is_installed():
        return None
    try:
        with _silence():
            import dice_ml
        name = f"{NAME} {version(PACKAGE)}"
    except Exception as error:  # a part of it is missing or of another version, whatever it raises
        _LOG.warning("%s cannot be loaded: %s.", LIBRARY, type(error).__name__)
        return Proposals(NAME, (), NOT_LOADED)
    try:
        with _silence(), _seeded(case.seed):
            return Proposals(name, _searched(dice_ml, case))
    except OutOfTimeError:
        return Proposals(name, (), TOO_LATE)
    except Exception as error:  # whatever it raises, the first search stands alone
        if str(error).startswith(_NOTHING_FOUND):
            return Proposals(name, ())
        _LOG.warning("%s could not search a case: %s.", LIBRARY, type(error).__name__)
        return Proposals(name, (), COULD_NOT)


def _searched(library: Any, case: CaseSettings) -> tuple[Setting, ...]:
    places = _Places(case)
    explainer = library.Dice(
        library.Data(features=places.features, outcome_name=_OUTCOME),
        library.Model(model=_Sides(case, places), backend="sklearn"),
        method="random",
    )
    found = explainer.generate_counterfactuals(
        places.today, total_CFs=MOST_PROPOSED, desired_class=1, posthoc_sparsity_param=None
    )
    return places.settings(found.cf_examples_list[0].final_cfs_df)


class _Places:
    """What each column may be set to as places among its values: numbers in a row, all else as names of places."""

    def __init__(self, case: CaseSettings) -> None:
        self._options: dict[str, tuple[str, list[Any]]] = {}
        self.features: dict[str, list[Any]] = {}
        today: dict[str, list[Any]] = {}
        for number, (column, values) in enumerate((name, values) for name, values in case.values.items() if values):
            name, options = f"column {number}", [case.today[column], *values]
            if case.is_ordered(column) and all(isinstance(value, Real) for value in options):
                options = sorted(options)
                self.features[name], today[name] = [0, len(options) - 1], [options.index(case.today[column])]
            else:
                self.features[name], today[name] = [str(place) for place in range(len(options))], ["0"]
            self._options[name] = (column, options)
        self._names, self._today = list(self._options), {name: int(place) for name, (place,) in today.items()}
        self.today = pd.DataFrame(today)

    def setting(self, row: Sequence[Any]) -> Setting:
        """What a row of places sets otherwise."""
        places = {name: int(place) for name, place in zip(self._names, row, strict=True)}
        changed = [name for name, place in places.items() if place != self._today[name]]
        return {self._options[name][0]: self._options[name][1][places[name]] for name in changed}

    def settings(self, table: pd.DataFrame) -> tuple[Setting, ...]:
        """What each different row of places sets otherwise."""
        rows = dict.fromkeys(self.rows(table))
        return tuple(setting for row in rows if (setting := self.setting(row)))

    def rows(self, table: pd.DataFrame) -> list[tuple[int, ...]]:
        """Each row of places as whole numbers, in the order of the columns."""
        return list(zip(*(table[name].astype("int64").tolist() for name in self._names), strict=True))


class _Sides:
    """What DiCE takes for the model: of each row of places, whether it is across the threshold."""

    classes_ = np.array([0, 1])

    def __init__(self, case: CaseSettings, places: _Places) -> None:
        self._case, self._places = case, places
        self._across: dict[tuple[int, ...], float] = {}
        self._end = time.process_time() + MOST_SECONDS  # of the processor: what else runs changes no story

    def predict_proba(self, table: pd.DataFrame) -> NDArray[np.float64]:
        if time.process_time() > self._end:
            raise OutOfTimeError
        rows = self._places.rows(table)
        unseen = [row for row in dict.fromkeys(rows) if row not in self._across]
        if unseen:
            answers = self._case.answers([self._places.setting(row) for row in unseen])
            self._across.update(zip(unseen, self._case.crosses(answers).astype(float).tolist(), strict=True))
        across = np.array([self._across[row] for row in rows])
        return np.column_stack([1 - across, across])

    def predict(self, table: pd.DataFrame) -> NDArray[np.int64]:
        return self.predict_proba(table)[:, 1].astype(np.int64)


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """It draws from the generators that all share; each goes on afterwards as if nothing had been drawn.

    Its own seed would not do: with it every number of a proposal is drawn at the same place of its range.
    """
    own, shared = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(own)
        np.random.set_state(shared)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """It prints, draws a bar, and warns of its own tables."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
