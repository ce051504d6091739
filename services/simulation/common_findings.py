"""From settings that many cases share to what is said of them: money, segments, counts, notes."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from services.automl.values_in_words import number_in_words
from services.proposals.causal import Grade
from services.proposals.lever import Lever
from services.simulation.actions import todays_values
from services.simulation.common_settings import AS_IT_IS, LEAST_BELIEVED, Choice, CommonSettings
from services.simulation.common_value import curve_of, is_on_edge
from services.simulation.constraint import half_breaks
from services.simulation.findings import value_in_words
from services.simulation.lower_end import N_EFFECTS, LowerEnd, at_least
from services.simulation.policy_value import Gain
from services.simulation.report import Doing, GainFound, LeverPoint, Money, SegmentFound
from services.simulation.searching_common import Common
from services.simulation.segments import FEWEST_IN_SEGMENT


def money_of(common: Common, least: LowerEnd | None) -> Money:
    """What the settings are worth a year; there is no price of a limit, and no curve over limits.

    `least`: of grade B, for which only lower ends are kept.
    """
    policy, yearly = common.policy, 12 * common.case.terms.cases_per_month
    status_quo = policy.status_quo * yearly
    if least is not None:
        gain = at_least(policy.gains[0], _least_of(common, least, range(len(common.segments))), yearly)
        return Money(gain.low, status_quo + gain.low, status_quo, (gain,), (), None, None)
    return Money(
        claim=policy.claim * yearly,
        value=policy.value * yearly,
        status_quo=status_quo,
        gains=tuple(_scaled(gain, yearly) for gain in policy.gains),
        curve=(),
        budget_price=None,
        capacity_price=None,
    )


def segments_of(
    common: Common, *, grade: Grade, least: LowerEnd | None, say: Callable[[float], None]
) -> list[SegmentFound]:
    """Each segment with what it gets; money over the lever, which is a middle, of grade A only."""
    rows, n, found = common.case.rows, len(common.case.rows), []
    yearly = 12 * common.case.terms.cases_per_month
    has_curve = grade == "A" and len(common.settings.levers) == 1 and common.settings.levers[0].is_numeric
    for place, (segment, choice) in enumerate(zip(common.segments, common.policy.choices, strict=True)):
        say(place / len(common.segments))
        own = yearly * len(segment.cases) / n
        is_small = len(common.segments) > 1 and segment.is_small
        points = (
            [
                LeverPoint(
                    point.value,
                    point.is_allowed,
                    point.gain.amount * own,
                    point.gain.low * own,
                    point.gain.high * own,
                    is_chosen=choice == (at,),
                )
                for at, point in enumerate(curve_of(common.settings, segment, common.copies.in_first))
            ]
            if has_curve and not is_small
            else []
        )
        tried = common.settings.of(choice)
        found.append(
            SegmentFound(
                name=segment.name,
                n_cases=len(segment.cases),
                is_small=is_small,
                today=tuple(_today(lever, rows.iloc[segment.cases]) for lever in common.settings.levers),
                then=_in_words(common.settings, choice),
                believed=float(tried.is_believed[segment.cases].mean()),
                gain=None if grade == "C" or is_small else _gain_of(common, place, own, least),
                spent=float(tried.costs[segment.cases].sum()) / n * yearly,
                on_edge=common.case.terms.is_guarded and is_on_edge(common.settings, segment, choice),
                curve=tuple(points),
            )
        )
    return found


def doings_of(common: Common, segments: Sequence[SegmentFound]) -> list[Doing]:
    """How many cases get which setting."""
    changed, n = common.changed > 0, len(common.case.rows)
    counted: dict[str, int] = {}
    for segment, found in zip(common.segments, segments, strict=True):
        words = ", ".join(
            f"{lever.name}: {value}" for lever, value in zip(common.settings.levers, found.then, strict=True)
        )
        counted[words] = counted.get(words, 0) + int(changed[segment.cases].sum())
    shown = [Doing(what, count, count / n) for what, count in counted.items() if count]
    left = n - int(changed.sum())
    return [*sorted(shown, key=lambda doing: -doing.n_cases), Doing("Left as it is", left, left / n)]


def common_notes(common: Common, segments: Sequence[SegmentFound]) -> list[str]:
    """What a reader must know of how it was found."""
    settings, found = common.settings, common.case.notes(0)
    if settings.n_lost:
        found.append(
            f"{settings.n_lost:,} of {len(common.case.rows):,} cases have no value as they are: a column is missing "
            "there, or the formula divides by zero. They are left as they are, and count as nothing."
        )
    small = [segment.name for segment in segments if segment.is_small]
    if small:
        found.append(
            f"Too few cases to say: {', '.join(small)}. A group needs {FEWEST_IN_SEGMENT} cases for its own setting."
        )
    if common.case.terms.is_guarded:
        found.append(
            f"A setting is chosen where the guard believes it in {LEAST_BELIEVED:.0%} or more of the cases of a group. "
            "The other cases count as left as they are."
        )
    if settings.n_without_value:
        found.append(
            f"In {settings.n_without_value:,} of {settings.n_tried:,} settings tried, something that must hold "
            "has no value in some cases: these are not set so."
        )
    if common.policy.broken:
        found.append(half_breaks(common.policy.broken))
    if common.ended_by:
        found.append(
            f"The search was ended after {settings.n_tried:,} of {settings.n_possible:,} settings, {common.ended_by}; "
            "a better one may be left."
        )
    elif settings.n_tried < settings.n_possible:
        found.append(f"{settings.n_tried:,} of {settings.n_possible:,} settings were tried, by differential evolution.")
    return found


def _gain_of(common: Common, place: int, yearly: float, least: LowerEnd | None) -> GainFound:
    gain = common.policy.by_segment[place]
    return _scaled(gain, yearly) if least is None else at_least(gain, _least_of(common, least, [place]), yearly)


def _least_of(common: Common, least: LowerEnd, places: Iterable[int]) -> float:
    """Money a case of these segments at least, of the setting that each gets where it may be believed."""
    total, n = np.zeros(N_EFFECTS), 0
    for place in places:
        cases, (choice,) = common.segments[place].cases, common.policy.choices[place]
        tried, n = common.settings.of((choice,)), n + len(cases)
        if choice != AS_IT_IS:
            inside = np.zeros(len(common.case.rows), dtype=np.bool_)
            inside[cases] = tried.is_believed[cases]
            total += least.of_value(common.settings.values[0][choice], inside, tried.costs[inside]).sum(axis=1)
    return float(total.min() / n)


def _scaled(gain: Gain, by: float) -> GainFound:
    return GainFound(gain.over, gain.amount * by, gain.low * by, gain.high * by)


def _in_words(settings: CommonSettings, choice: Choice) -> tuple[str, ...]:
    return tuple(
        "as it is" if place == AS_IT_IS else value_in_words(lever, values[place])
        for lever, values, place in zip(settings.levers, settings.values, choice, strict=True)
    )


def _today(lever: Lever, rows: pd.DataFrame) -> str:
    """The mean of a number, the most frequent of anything else."""
    values = todays_values(lever, rows).dropna()
    if values.empty:
        return "missing"
    if not lever.is_numeric:
        return f"mostly {values.astype('string').mode().iloc[0]}"
    low, high = float(values.min()), float(values.max())
    if low == high:
        return value_in_words(lever, low)
    return (
        f"{value_in_words(lever, float(values.mean()))} on average, {number_in_words(low)} to {number_in_words(high)}"
    )
