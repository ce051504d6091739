"""The simulation of levers that are set once for all cases, or once for each group of cases alike."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.proposals.lever import Lever
from services.simulation.action_list import Cell
from services.simulation.cases import Terms
from services.simulation.common_findings import common_notes, doings_of, money_of, segments_of
from services.simulation.common_settings import LEAST_BELIEVED
from services.simulation.findings import grade_of, lever_findings
from services.simulation.guard_table import GuardTable
from services.simulation.logged import look_at_common
from services.simulation.pilots import pilot_of
from services.simulation.report import Excluded, SegmentFound, SimulationReport
from services.simulation.searching_common import Common, search_common
from services.simulation.simulated import Simulated
from services.simulation.support import WIDE_EDGE

Say = Callable[[float, str], None]
_SAME = 1e-9


def simulate_common(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    frame: pd.DataFrame,
    levers: tuple[Lever, ...],
    terms: Terms,
    say: Say = lambda _share, _phase: None,
) -> Simulated:
    """As `simulate`, of levers of which no case has a value of its own.

    Raises
    ------
    InvalidInputError
        A formula cannot be computed, the groups cannot be told, or no setting keeps every limit.
    """
    began = time.monotonic()
    say(0.0, "Reading the cases")
    common = search_common(pipeline, family, preparation, frame, levers, terms, say)
    say(0.8, "Saying what may be said")
    names = [column.name for column in preparation.columns]
    grade, n = grade_of(levers), len(common.case.rows)
    is_forecast = grade != "C"
    segments = segments_of(common, is_forecast=is_forecast, say=lambda share: say(0.8 + 0.1 * share, "Drawing curves"))
    say(0.9, "Looking at each lever")
    found = lever_findings(common.case.rows, common.case.actions, names, preparation.seed)
    changed, scale = common.changed, 12 * terms.cases_per_month / n
    spent, acts = float(common.costs.sum()), float(changed.sum())
    edge = _share_on_edge(common, segments)
    report = SimulationReport(
        task=preparation.task.value,
        currency=terms.currency,
        grade=grade,
        n_cases=n,
        n_known=len(preparation.train),
        yearly_cases=12 * terms.cases_per_month,
        worth=terms.worth_in_words,
        levers=tuple(found),
        is_guarded=terms.is_guarded,
        excluded=tuple(Excluded(reason, share) for reason, share in common.support.excluded.items()),
        share_with_choice=_share_with_choice(common),
        share_on_edge=edge,
        has_wide_edge=edge > WIDE_EDGE,
        moves_nothing=moves_nothing(common),
        share_changed=float(changed.mean()),
        doings=tuple(doings_of(common, segments)),
        acts=acts * scale,
        spent=spent * scale,
        money=money_of(common) if is_forecast else None,
        pilot=None if is_forecast else pilot_of(common.case, spent / max(1.0, acts)),
        n_without_value=common.settings.n_lost,
        notes=tuple(common_notes(common, segments)),
        name_columns=(),
        first=(),
        learned_at=common.case.learned_at,
        seed=preparation.seed,
        seconds=time.monotonic() - began,
        segments=tuple(segments),
        segment_column=terms.segment_column,
        constraints=tuple(one.words for one in terms.constraints),
        off_policy=look_at_common(common) if grade == "A" else None,
    )
    rows = preparation.train.positions[common.case.positions] + 1
    guard = GuardTable(rows, common.case.actions.settings, common.support.codes)
    return Simulated(report, _headings(levers, report), _lines(report), guard)


def _headings(levers: Sequence[Lever], report: SimulationReport) -> list[str]:
    of_levers = [f"{lever.name}{part}" for lever in levers for part in (" today", " suggested")]
    gains = {"A": ["gain a year", "at least", "at most"], "B": ["gain a year at least"], "C": []}[report.grade]
    return [report.segment_column or "cases", "number of cases", *of_levers, *gains, "cost a year", "grade"]


def _lines(report: SimulationReport) -> list[list[Cell]]:
    lines = []
    for segment in report.segments:
        of_levers = [value for pair in zip(segment.today, segment.then, strict=True) for value in pair]
        gain = segment.gain
        amounts: list[Cell] = [gain.amount, gain.low, gain.high] if gain else [None, None, None]
        told = {"A": amounts, "B": [amounts[1]], "C": []}[report.grade]
        rounded: list[Cell] = [None if amount is None else round(float(amount), 2) for amount in told]
        lines.append([segment.name, segment.n_cases, *of_levers, *rounded, round(segment.spent, 2), report.grade])
    return lines


def _share_on_edge(common: Common, segments: Sequence[SegmentFound]) -> float:
    """Of the cases that are set anew, in segments whose setting is as far as the guard lets it."""
    changed = common.changed
    on_edge = sum(
        changed[segment.cases].sum() for segment, found in zip(common.segments, segments, strict=True) if found.on_edge
    )
    return float(on_edge / changed.sum()) if changed.any() else 0.0


def _share_with_choice(common: Common) -> float:
    """Of the cases, in whose segment some value of some lever may be set."""
    found = np.zeros(len(common.case.rows), dtype=np.bool_)
    levers = range(len(common.settings.levers))
    for segment in common.segments:
        found[segment.cases] = any(
            common.settings.is_allowed(tuple(value if lever == one else -1 for one in levers), segment.cases)
            for lever in levers
            for value in range(len(common.settings.values[lever]))
        )
    return float(found.mean())


def moves_nothing(common: Common) -> bool:
    """Whether the model said the same of every case whatever it was asked about, which is something.

    What the guard lets through in too few cases of every group was not asked about: there a case counts as it is.
    """
    today = common.settings.today.answers
    asked = [
        tried
        for tried in common.settings.all_tried[1:]
        if any(tried.is_believed[segment.cases].mean() >= LEAST_BELIEVED for segment in common.segments)
    ]
    moved = [bool((np.abs(tried.answers - today) > _SAME).any()) for tried in common.settings.all_tried]
    return bool(asked) and not any(moved)
