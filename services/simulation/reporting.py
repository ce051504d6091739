"""The end of every simulation: what was found becomes the report, and the guard a table."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.simulation.cases import Cases
from services.simulation.grading import Graded, grade_of, lever_findings
from services.simulation.guard_table import GuardTable
from services.simulation.pilots import pilot_of
from services.simulation.report import Doing, Excluded, Money, SimulationReport
from services.simulation.support import WIDE_EDGE

Floats = NDArray[np.float64]


def report_of(
    cases: Cases,
    graded: Sequence[Graded],
    *,
    began: float,
    acts: Floats,
    costs: Floats,
    excluded: Mapping[str, float],
    edge: float,
    share_with_choice: float,
    moves_nothing: bool,
    doings: Sequence[Doing],
    money: Money | None,
    n_without: int,
    notes: Sequence[str],
    **own: Any,
) -> SimulationReport:
    """The report of levers of any scope.

    Parameters
    ----------
    began
        When, on the monotonic clock.
    acts, costs
        1 in which cases something is done, and what that costs, (n,).
    excluded
        By reason what the guard does not believe.
    edge
        Share of the changed cases that are set as far as the guard lets them.
    n_without
        Cases without a value.
    own
        What only levers of this scope have.
    """
    terms, preparation = cases.terms, cases.preparation
    scale, spent, acted = 12 * terms.cases_per_month / len(cases.rows), float(costs.sum()), float(acts.sum())
    names = [column.name for column in preparation.columns]
    grade, edge = grade_of(graded), edge if terms.is_guarded else 0.0
    return SimulationReport(
        task=preparation.task.value,
        currency=terms.currency,
        grade=grade,
        n_cases=len(cases.rows),
        n_known=len(preparation.train),
        yearly_cases=12 * terms.cases_per_month,
        worth=terms.worth_in_words,
        levers=tuple(lever_findings(cases.rows, cases.actions, names, preparation.seed, graded)),
        is_guarded=terms.is_guarded,
        excluded=tuple(Excluded(reason, share) for reason, share in excluded.items()),
        share_with_choice=share_with_choice,
        share_on_edge=edge,
        has_wide_edge=edge > WIDE_EDGE,
        moves_nothing=moves_nothing,
        share_changed=float((acts > 0).mean()),
        doings=tuple(doings),
        acts=acted * scale,
        spent=spent * scale,
        money=money,
        pilot=pilot_of(cases, spent / max(1.0, acted)) if grade == "C" else None,
        n_without_value=n_without,
        notes=tuple(notes),
        learned_at=cases.learned_at,
        seed=preparation.seed,
        constraints=tuple(one.words for one in terms.constraints),
        **{"name_columns": (), "first": (), **own, "seconds": time.monotonic() - began},
    )


def guard_of(cases: Cases, codes: NDArray[np.uint8]) -> GuardTable:
    """Where each setting of each case may be believed; rows of the data are counted from 1."""
    return GuardTable(cases.preparation.train.positions[cases.positions] + 1, cases.actions.settings, codes)
