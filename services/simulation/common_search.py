"""The best setting for all cases, or for each segment: every one where they are few, else by differential evolution."""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.simulation.common_settings import AS_IT_IS, Choice, CommonSettings
from services.simulation.global_search import Demand, search_globally
from services.simulation.segments import Segment

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MOST_EXHAUSTIVE = 200  # combinations that are simply all tried
_POPULATION = 12  # settings for each dimension of a search
_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Whose word counts, and for which cases: `copies` of the model (c,) and `cases` (n,), both flags."""

    copies: Flags
    cases: Flags


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What a setting may need at most, and must reach at least, on average over cases.

    Attributes
    ----------
    cost, acts
        Money, and cases set anew, a case; infinite where not limited.
    least
        What the means of `Tried.measures` must reach, and in `words` what that is called.
    """

    cost: float = np.inf
    acts: float = np.inf
    least: tuple[float, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def are_any(self) -> bool:
        """Whether anything is limited over all cases together."""
        return bool(np.isfinite(self.cost) or np.isfinite(self.acts) or self.least)


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """The choice of each segment, and the limits that it breaks although none found keeps them all."""

    choices: tuple[Choice, ...]
    broken: tuple[str, ...] = ()


class CommonSearch:
    """A search for the best settings of the segments, in the eyes of a view.

    Parameters
    ----------
    is_wished
        Whether to go on trying; asked after each round.
    """

    def __init__(
        self,
        settings: CommonSettings,
        segments: Sequence[Segment],
        view: View,
        ceilings: Ceilings,
        *,
        seed: int = 0,
        is_wished: Callable[[], bool] = lambda: True,
    ) -> None:
        self._settings, self._segments, self._view, self._ceilings = settings, tuple(segments), view, ceilings
        self._seed, self._is_wished = seed, is_wished
        self._inside = [np.intersect1d(segment.cases, np.flatnonzero(view.cases)) for segment in segments]
        self._n = max(1, sum(map(len, self._inside)))
        self._sums: dict[tuple[int, Choice], Floats] = {}
        self._slots = [*self._free()]

    def best(self) -> FoundSettings:
        """The settings that are worth most within the ceilings."""
        if len(self._segments) > 1 and not self._ceilings.are_any and not self._has_shared():
            return FoundSettings(tuple(self._alone(segment) for segment in self._segments))
        if not self._slots:
            found = np.zeros(0)
        elif np.prod(self._sizes, dtype=np.float64) <= MOST_EXHAUSTIVE:
            found = self._best_of(np.array(setting, dtype=float) for setting in itertools.product(*self._ranges))
        else:
            found = self._improved(self._searched())
        return FoundSettings(self._decoded(found), self._broken(found))

    @property
    def _sizes(self) -> list[int]:
        return [len(self._settings.values[lever]) + 1 for lever, _ in self._slots]

    @property
    def _ranges(self) -> list[range]:
        return [range(AS_IT_IS, size - 1) for size in self._sizes]

    def _free(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each lever with the segments that share its value; small ones have none of their own."""
        everywhere = tuple(range(len(self._segments)))
        for place, lever in enumerate(self._settings.levers):
            if lever.scope == "global" or len(self._segments) == 1:
                yield place, everywhere
            else:
                yield from ((place, (one,)) for one in everywhere if not self._segments[one].is_small)

    def _has_shared(self) -> bool:
        return any(len(segments) > 1 for _, segments in self._slots)

    def _alone(self, segment: Segment) -> Choice:
        if segment.is_small:
            return (AS_IT_IS,) * len(self._settings.levers)
        inner = CommonSearch(
            self._settings, [segment], self._view, self._ceilings, seed=self._seed, is_wished=self._is_wished
        )
        return inner.best().choices[0]

    def _searched(self) -> Floats:
        generator = np.random.default_rng(self._seed)
        ranges = self._ranges
        start = np.column_stack(
            [generator.integers(each.start, each.stop, _POPULATION * len(ranges)) for each in ranges]
        ).astype(np.float64)
        start[0] = AS_IT_IS
        found = search_globally(
            self._worth,
            [(float(each.start), float(each.stop - 1)) for each in ranges],
            whole=[True] * len(ranges),
            demands=[
                Demand(name, functools.partial(self._room_of, place), least=0.0)
                for place, name in enumerate(self._names)
            ],
            begin_with=start,
            seed=self._seed,
            is_wished=lambda *_: self._is_wished(),
        )
        return np.asarray(self._best_of([found.levers, *found.population, start[0]]))

    def _improved(self, vector: Floats) -> Floats:
        """Each lever in turn set to what is best while the others stay, until nothing gets better."""
        best, is_better = vector.round(), True
        while is_better and self._is_wished():
            before = best
            for place, each in enumerate(self._ranges):
                others = [np.concatenate([best[:place], [value], best[place + 1 :]]) for value in each]
                best = self._best_of([best, *others])
            is_better = self._order(best) > self._order(before)
        return best

    def _best_of(self, vectors: "Iterator[Floats] | list[Floats]") -> Floats:
        return max((vector.round() for vector in vectors), key=self._order)

    def _order(self, vector: Floats) -> tuple[float, float]:
        """First how far everything is kept, then the worth."""
        worth = self._worth(vector)
        if np.isnan(worth):
            return (-np.inf, -np.inf)
        scale = np.maximum(1.0, np.abs(self._least))
        short = float((np.minimum(self._room(vector), 0.0) / scale).sum()) if len(scale) else 0.0
        return (0.0 if short > -_SAME else short, worth)

    def _decoded(self, vector: Floats) -> tuple[Choice, ...]:
        choices = [[AS_IT_IS] * len(self._settings.levers) for _ in self._segments]
        for (lever, segments), value in zip(self._slots, vector, strict=True):
            for segment in segments:
                choices[segment][lever] = round(float(value))
        return tuple(map(tuple, choices))

    def _worth(self, vector: Floats) -> float:
        return float(self._totals(vector)[0])

    @property
    def _names(self) -> list[str]:
        named = [("the budget", self._ceilings.cost), ("the number of cases", self._ceilings.acts)]
        return [*(name for name, most in named if np.isfinite(most)), *self._ceilings.words]

    @property
    def _least(self) -> Floats:
        most = [-most for most in (self._ceilings.cost, self._ceilings.acts) if np.isfinite(most)]
        return np.array([*most, *self._ceilings.least])

    def _room(self, vector: Floats) -> Floats:
        """By how much each limit is kept; below 0 where it is broken."""
        totals = self._totals(vector)
        if np.isnan(totals[0]):
            return np.full(len(self._least), -1.0)
        uses = [
            -total
            for total, most in zip(totals[1:3], (self._ceilings.cost, self._ceilings.acts), strict=True)
            if np.isfinite(most)
        ]
        return np.array([*uses, *totals[3:]]) - self._least

    def _room_of(self, place: int, vector: Floats) -> float:
        return float(self._room(vector)[place])

    def _broken(self, vector: Floats) -> tuple[str, ...]:
        room, scale = self._room(vector), np.maximum(1.0, np.abs(self._least))
        return tuple(name for name, left in zip(self._names, room / scale, strict=True) if left < -1e-6)

    def _totals(self, vector: Floats) -> Floats:
        """Worth, cost, acts and measures a case; NaN where a segment may not get its setting."""
        parts = [self._sum(place, choice) for place, choice in enumerate(self._decoded(vector))]
        return np.asarray(np.sum(parts, axis=0) / self._n)

    def _sum(self, place: int, choice: Choice) -> Floats:
        key = (place, choice)
        if key not in self._sums:
            self._sums[key] = self._summed(self._segments[place], self._inside[place], choice)
        return self._sums[key]

    def _summed(self, segment: Segment, inside: NDArray[np.intp], choice: Choice) -> Floats:
        if not self._settings.is_allowed(choice, segment.cases):
            return np.full(3 + len(self._ceilings.least), np.nan)
        tried = self._settings.of(choice)
        worth = tried.worth[self._view.copies][:, inside].mean(axis=0).sum()
        measures = tried.measures[:, inside].sum(axis=1)
        return np.array([worth, tried.costs[inside].sum(), tried.acts[inside].sum(), *measures])
