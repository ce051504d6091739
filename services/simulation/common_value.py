"""What settings that many cases share are worth: found by copies that did not learn from a case, judged by others.

As `policy_value` does it for each case: the settings of one half of the cases are those that the copies of the other
half find best for them, and what they bring is read off the copies of the own half, which had no say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.simulation.common_search import Ceilings, CommonSearch, FoundSettings, View
from services.simulation.common_settings import AS_IT_IS, Choice, CommonSettings, Tried
from services.simulation.constraint import no_setting_keeps
from services.simulation.policy_value import Gain, gain_over, judged_by
from services.simulation.segments import ALL, Segment
from services.simulation.ways import AT_RANDOM, SINGLE, TODAY

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_DRAWS = 12  # settings by chance that are averaged


@dataclass(frozen=True, slots=True, eq=False)
class PointOnCurve:
    """A value of the one lever, whether a segment may get it, and what it brings a case more than today's way."""

    value: float
    is_allowed: bool
    gain: Gain


@dataclass(frozen=True, slots=True, eq=False)
class CommonPolicy:
    """The settings of the segments, and what they bring a case.

    Attributes
    ----------
    choices
        What all copies together find best: what is carried out, one for each segment.
    halves
        What the copies that did not learn from a case found for it: of the first half of the cases, and of the others.
    claim
        What the copies that chose say all bring more than today's way: too high.
    by_segment
        The gain over today's way in each segment.
    broken
        Limits that all cases together keep with `choices`, and one half by itself with nothing that was tried: its
        settings are then those that come nearest to them.
    """

    choices: tuple[Choice, ...]
    halves: tuple[tuple[Choice, ...], tuple[Choice, ...]]
    claim: float
    value: float
    status_quo: float
    gains: tuple[Gain, ...]
    by_segment: tuple[Gain, ...]
    broken: tuple[str, ...] = ()


def value_common(
    settings: CommonSettings,
    segments: Sequence[Segment],
    in_first: Flags,
    ceilings: Ceilings,
    *,
    seed: int = 0,
    start: Callable[[], Callable[[], bool]] = lambda: lambda: True,
) -> CommonPolicy:
    """Find the best settings of the segments, and say what they are worth.

    Parameters
    ----------
    in_first
        Which cases the first half of the copies may have learned from, (n,).
    start
        Called for each of the searches: what it gives is asked after each round whether to go on.

    Raises
    ------
    InvalidInputError
        No setting that was tried keeps every limit for all cases.
    """
    n_copies, n = settings.today.worth.shape
    of_first = np.arange(n_copies) < n_copies // 2
    everything = View(np.ones(n_copies, dtype=np.bool_), np.ones(n, dtype=np.bool_))
    views = (View(~of_first, in_first), View(of_first, ~in_first))

    def search(view: View, groups: Sequence[Segment]) -> FoundSettings:
        return CommonSearch(settings, groups, view, ceilings, seed=seed, is_wished=start()).best()

    found = search(everything, segments)
    if found.broken:
        raise InvalidInputError(no_setting_keeps(found.broken))
    searched = [search(view, segments) for view in views]
    halves = (searched[0].choices, searched[1].choices)
    judge = _Judge(settings, in_first)
    taken = judge.of_halves(segments, halves)
    today = judge.of(settings.today)
    others = {TODAY: today, AT_RANDOM: judge.by_chance(segments, seed)}
    if len(segments) > 1:
        whole = (Segment(ALL, np.arange(n)),)
        single = [search(view, whole) for view in views]
        if not any(half.broken for half in single):  # else it is no way that could be gone
            of_single = judge.of_halves(whole, (single[0].choices, single[1].choices))
            others = {TODAY: today, SINGLE: of_single, AT_RANDOM: others[AT_RANDOM]}
    claimed = _assembled(settings, segments, found.choices) - settings.today.worth
    return CommonPolicy(
        choices=found.choices,
        halves=halves,
        claim=float(claimed.mean()),
        value=float(taken.mean()),
        status_quo=float(today.mean()),
        gains=tuple(gain_over(over, taken, other) for over, other in others.items()),
        by_segment=tuple(gain_over(TODAY, taken[:, segment.cases], today[:, segment.cases]) for segment in segments),
        broken=tuple(dict.fromkeys(name for half in searched for name in half.broken)),
    )


def curve_of(
    settings: CommonSettings, segment: Segment, in_first: Flags, say: Callable[[float], None] = lambda _share: None
) -> list[PointOnCurve]:
    """What each value of the only lever brings the cases of a segment; nothing is chosen, so nothing flatters it."""
    judge = _Judge(settings, in_first)
    today, found = judge.of(settings.today)[:, segment.cases], []
    (values,) = settings.values
    for place, value in enumerate(values):
        say(place / len(values))
        then = judge.of(settings.of((place,)))[:, segment.cases]
        is_allowed = settings.is_allowed((place,), segment.cases)
        found.append(PointOnCurve(float(value), is_allowed, gain_over(TODAY, then, today)))
    return found


def is_on_edge(settings: CommonSettings, segment: Segment, choice: Choice) -> bool:
    """Whether a number is set as far as it may be believed in the segment, though the lever could go farther."""
    for lever, place in enumerate(choice):
        if place == AS_IT_IS or not settings.levers[lever].is_numeric:
            continue
        last = len(settings.values[lever]) - 1
        for beyond, is_end in ((place - 1, place == 0), (place + 1, place == last)):
            if not is_end and not settings.is_allowed((*choice[:lever], beyond, *choice[lever + 1 :]), segment.cases):
                return True
    return False


class _Judge:
    """What the copies of the half of a case say of it, (m, n)."""

    def __init__(self, settings: CommonSettings, in_first: Flags) -> None:
        self._settings, self._in_first = settings, in_first

    def of(self, tried: Tried) -> Floats:
        """Of one setting for all."""
        m = len(tried.worth) // 2
        found = judged_by(tried.worth[:m, :, None], tried.worth[m:, :, None], self._in_first)
        return np.asarray(found[:, :, 0])

    def of_halves(self, segments: Sequence[Segment], halves: tuple[tuple[Choice, ...], tuple[Choice, ...]]) -> Floats:
        """Of the settings that either half of the cases gets."""
        found = self.of(self._settings.today).copy()
        for choices, flags in zip(halves, (self._in_first, ~self._in_first), strict=True):
            for segment, choice in zip(segments, choices, strict=True):
                inside = segment.cases[flags[segment.cases]]
                found[:, inside] = self.of(self._settings.of(choice))[:, inside]
        return found

    def by_chance(self, segments: Sequence[Segment], seed: int) -> Floats:
        """The mean of settings that are drawn among those a segment may get; today's way where it may get none."""
        random, settings = np.random.default_rng(seed), self._settings
        draws = [tuple(int(random.integers(len(values))) for values in settings.values) for _ in range(_DRAWS)]
        today, found = self.of(settings.today), self.of(settings.today).copy()
        for segment in segments:
            allowed = [choice for choice in draws if settings.is_allowed(choice, segment.cases)]
            if allowed and not (len(segments) > 1 and segment.is_small):
                tried = np.mean([self.of(settings.of(choice))[:, segment.cases] for choice in allowed], axis=0)
                found[:, segment.cases] = tried
            else:
                found[:, segment.cases] = today[:, segment.cases]
        return found


def _assembled(settings: CommonSettings, segments: Sequence[Segment], choices: Sequence[Choice]) -> Floats:
    """What all copies say of the settings, (c, n)."""
    found = settings.today.worth.copy()
    for segment, choice in zip(segments, choices, strict=True):
        found[:, segment.cases] = settings.of(choice).worth[:, segment.cases]
    return found
