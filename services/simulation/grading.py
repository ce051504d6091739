"""What may be said of each lever: its grade, by how it was set and, where that is recorded, by an adjusted estimate.

Grade B is earned here and nowhere else. All of this must hold: every column that decided the lever is in the data and
was known before it was set; the estimate that adjusts for what was known before agrees in sign with the simulator; and
only a strong hidden cause could explain it away. Whatever is missing is said, and the lever stays at C.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.proposals.causal import ROBUST_FROM, Grade, causal_status
from services.proposals.lever import Lever
from services.simulation.actions import Actions, values_of
from services.simulation.adjusted import AdjustedEffect, estimate_adjusted
from services.simulation.cases import Cases
from services.simulation.controls import controls_of, missing_controls
from services.simulation.econml_estimate import estimate_beside
from services.simulation.lever_finding import AdjustedFound, LeverFinding
from services.simulation.support import explained_share

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
AMBER, RED = 0.5, 0.9  # of a lever that the other columns decide


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of a lever and why; the estimate where one was made."""

    grade: Grade
    reason: str
    adjusted: AdjustedFound | None = None

    @property
    def effects(self) -> tuple[float, float]:
        """The ends of the interval of one unit more, of a lever of grade B."""
        assert self.adjusted is not None
        return self.adjusted.low, self.adjusted.high


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedLever:
    """What the simulator says of the cases for each value of the one lever, and where it may be believed, (n, k)."""

    values: Sequence[object]
    answers: Floats
    is_believed: Flags


def grade_levers(cases: Cases, simulated: SimulatedLever | None) -> tuple[Graded, ...]:
    """The grade of each lever.

    Parameters
    ----------
    simulated
        Of the lever, where there is but one; else None.
    """
    found = []
    for lever in cases.actions.levers:
        status = causal_status(lever.assignment)
        is_recorded = lever.assignment == "recorded"
        found.append(_held(cases, lever, simulated) if is_recorded else Graded(status.grade, status.reason))
    return tuple(found)


def grade_of(levers: Sequence[Graded | LeverFinding]) -> Grade:
    """The poorest of the levers' grades: the effect of all together is no better known."""
    return max((lever.grade for lever in levers), default="C")


def lever_findings(
    known: pd.DataFrame, actions: Actions, learned_from: Sequence[str], seed: int, graded: Sequence[Graded]
) -> list[LeverFinding]:
    """What may be said of each lever."""
    found = []
    for lever, one in zip(actions.levers, graded, strict=True):
        explained = explained_share(known, lever, learned_from, seed)
        light = "red" if explained > RED else "amber" if explained > AMBER else "green"
        found.append(
            LeverFinding(
                name=lever.name,
                column=str(lever.column),
                allowed=lever.allowed,
                grade=one.grade,
                reason=one.reason,
                explained=explained,
                light=light,
                is_thinned=lever.name in actions.thinned,
                adjusted=one.adjusted,
            )
        )
    return found


def numbers_of(cases: Cases, lever: Lever, values: "Sequence[object] | pd.Series[Any]") -> Floats:
    """Values of a lever as numbers, of one with two values 0 and 1, (n,); NaN where it is another or missing."""
    if lever.is_numeric:
        return np.asarray(pd.Series(values), dtype=np.float64)
    places = {str(value): float(place) for place, value in enumerate(_both(cases, lever))}
    return np.array([places.get(str(value), np.nan) for value in values])


def _held(cases: Cases, lever: Lever, simulated: SimulatedLever | None) -> Graded:
    """Of a lever of which all that decided it is said to be in the data."""
    missing = [*_obstacles(cases, lever)]
    if missing or simulated is None:
        return Graded("C", _short_of(missing))
    own, outcomes = numbers_of(cases, lever, cases.rows[str(lever.column)]), cases.outcomes
    has = np.isfinite(own) & np.isfinite(outcomes)
    groups, seed = cases.groups, cases.preparation.seed
    together = None if groups is None else groups[has]
    try:
        controls = controls_of(cases, lever)
        found = estimate_adjusted(outcomes[has], own[has], controls.numbers[has], groups=together, seed=seed)
    except (ValueError, InvalidInputError):  # as of a text without a word: nobody need lose the simulation for it
        found = "What decided it cannot be made into numbers to adjust for. Look at what those columns hold."
    if isinstance(found, str):
        return Graded("C", _short_of([found]))
    slope = _slope(numbers_of(cases, lever, simulated.values), simulated)
    beside = None  # whose interval takes each case to stand by itself
    if groups is None:
        beside = estimate_beside(outcomes[has], own[has], controls.numbers[has], seed=seed)
    adjusted = AdjustedFound(
        effect=found.effect,
        low=found.low,
        high=found.high,
        robustness=found.robustness,
        n=found.n,
        simulated=slope,
        controls=controls.names,
        sentence=found.sentence,
        beside=beside,
        n_groups=found.n_groups,
    )
    missing = [*_doubts(found, slope)]
    if missing:
        return Graded("C", _short_of(missing), adjusted)
    told = f"It is adjusted for {_listed(controls.names)}, agrees in sign with the simulator"
    return Graded("B", f"{told}, and its robustness value is {found.robustness:.2g}.", adjusted)


def _obstacles(cases: Cases, lever: Lever) -> Iterator[str]:
    """What stands in the way of any estimate."""
    if len(cases.actions.levers) > 1:
        yield "It was moved together with other levers, so its own effect is not set apart: simulate it alone."
    if not lever.is_numeric and len(_both(cases, lever)) != 2:
        yield "It is a choice of more than two, and an estimate is made of a number or of one of two."
    yield from missing_controls(cases, lever)
    if cases.is_drawn_by_outcome:
        yield (
            f"The outcome is met in {cases.learned_at:.1%} of the data and {cases.terms.base_rate:.1%} in use, so "
            "cases were left out by their outcome and no longer stand for those they were drawn from."
        )


def _doubts(found: AdjustedEffect, slope: float | None) -> Iterator[str]:
    """Why an estimate does not earn the grade."""
    if slope is None:
        yield "The guard lets no two settings of it through, so there is nothing to hold the estimate against."
    elif not found.agrees_with(slope):
        yield "The estimate and the simulator do not move the outcome the same way."
    if not found.is_robust:
        yield (
            f"Its robustness value is {found.robustness:.2g}, and more than {ROBUST_FROM:g} is needed: a weak hidden "
            "cause would be enough to explain it away."
        )


def _short_of(missing: Sequence[str]) -> str:
    return " ".join(["Every column that decided it is said to be in the data, but grade B is not earned.", *missing])


def _slope(numbers: Floats, simulated: SimulatedLever) -> float | None:
    """By how much a unit more moves what the simulator says, within cases, over what may be believed."""
    weights = simulated.is_believed.astype(np.float64)
    n_values = np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    moved = numbers[None, :] - (weights * numbers).sum(axis=1, keepdims=True) / n_values
    answered = simulated.answers - (weights * simulated.answers).sum(axis=1, keepdims=True) / n_values
    spread = float((weights * moved**2).sum())
    return float((weights * moved * answered).sum() / spread) if spread > 0 else None


def _both(cases: Cases, lever: Lever) -> Sequence[object]:
    """The values of a lever that is no number."""
    column = str(lever.column)
    return values_of(lever, {column: cases.preparation.train.x[column].unique().tolist()})


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
