"""The simulation of levers that are set once for all cases, or once for each group of cases alike."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.proposals.lever import Lever
from services.simulation.action_list import Cell
from services.simulation.cases import Terms
from services.simulation.common_findings import common_notes, doings_of, money_of, segments_of
from services.simulation.common_settings import LEAST_BELIEVED
from services.simulation.grading import Graded, SimulatedLever, grade_levers, grade_of
from services.simulation.logged import look_at_common
from services.simulation.lower_end import LowerEnd
from services.simulation.report import SegmentFound, SimulationReport
from services.simulation.reporting import guard_of, report_of
from services.simulation.searching_common import Common, search_common
from services.simulation.simulated import Simulated

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
    unfinished: Path | None = None,
) -> Simulated:
    """As `simulate`, of levers of which no case has a value of its own.

    Raises
    ------
    InvalidInputError
        A formula cannot be computed, the groups cannot be told, or no setting keeps every limit.
    """
    began = time.monotonic()
    say(0.0, "Reading the cases")
    common = search_common(pipeline, family, preparation, frame, levers, terms, say, unfinished)
    say(0.8, "Saying what may be said")
    graded = _graded(common)
    grade = grade_of(graded)
    least = LowerEnd(common.case, common.settings.today.answers, graded[0].effects) if grade == "B" else None
    segments = segments_of(common, grade=grade, least=least, say=lambda share: say(0.8 + 0.1 * share, "Drawing curves"))
    say(0.9, "Looking at each lever")
    report = report_of(
        common.case,
        graded,
        began=began,
        acts=common.changed,
        costs=common.costs,
        excluded=common.support.excluded,
        edge=_share_on_edge(common, segments),
        share_with_choice=_share_with_choice(common),
        moves_nothing=moves_nothing(common),
        doings=doings_of(common, segments),
        money=None if grade == "C" else money_of(common, least),
        n_without=common.settings.n_lost,
        notes=common_notes(common, segments),
        segments=tuple(segments),
        segment_column=terms.segment_column,
        off_policy=look_at_common(common) if grade == "A" else None,
    )
    return Simulated(report, _headings(levers, report), _lines(report), guard_of(common.case, common.support.codes))


def _graded(common: Common) -> tuple[Graded, ...]:
    settings = common.settings
    if len(settings.levers) > 1 or not any(lever.assignment == "recorded" for lever in settings.levers):
        return grade_levers(common.case, None)
    tried = [settings.of((place,)) for place in range(len(settings.values[0]))]
    answers = np.column_stack([one.answers for one in tried])
    return grade_levers(
        common.case,
        SimulatedLever(settings.values[0], answers, np.column_stack([one.is_believed for one in tried])),
    )


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
