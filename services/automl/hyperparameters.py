"""What was tried as a landscape: axes of parameters, the variants on them, and which of them a person looks at."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.automl.parameter_table import in_words, spell
from services.automl.views import TrialView

Kind = Literal["number", "log", "choice"]
_WIDE = 20.0  # positive numbers whose largest is so many times the smallest are spread by their logarithm
_MANY_CHOICES = 12


@dataclass(frozen=True)
class Axis:
    """A parameter as a line to put variants on.

    Attributes
    ----------
    kind
        "number" and "log" have ends; "choice" has options in the order they are drawn.
    is_whole
        Whether all its numbers are whole.
    """

    name: str
    kind: Kind
    low: float = 0.0
    high: float = 1.0
    options: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def label(self) -> str:
        """The parameter in words."""
        return in_words(self.name)

    def place(self, trial: TrialView) -> float | None:
        """Where the variant lies, from 0 to 1; None where it has no such parameter."""
        value: Any = trial.parameters.get(self.name)
        if self.kind == "choice":
            spelled = spell(value)
            if spelled not in self.options:
                return None
            return 0.5 if len(self.options) == 1 else self.options.index(spelled) / (len(self.options) - 1)
        return self.place_of(float(value)) if _is_number(value) else None

    def place_of(self, value: float) -> float:
        """Where a number lies, from 0 to 1."""
        if self.high == self.low:
            return 0.5
        if self.kind == "log":
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)

    def value_at(self, place: float) -> float:
        """The number at a place from 0 to 1."""
        if self.kind == "log":
            return math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        return self.low + place * (self.high - self.low)

    def label_at(self, place: float) -> str:
        """What stands at a place from 0 to 1, in words."""
        if self.kind == "choice":
            return self.options[round(place * (len(self.options) - 1))]
        value = self.value_at(place)
        return f"{value:,.0f}" if self.is_whole else spell(float(f"{value:.3g}"))


@dataclass(frozen=True)
class ResultAxis(Axis):
    """What was reached as a line: `name` is "score" or "value_amount", `title` what it is called."""

    title: str = ""

    @property
    def label(self) -> str:
        """The result in words."""
        return self.title

    def place(self, trial: TrialView) -> float | None:
        """Where the variant lies, from 0 to 1; None where it gave no model."""
        value = getattr(trial, self.name)
        return None if value is None else self.place_of(float(value))


@dataclass(frozen=True)
class Brush:
    """A part of an axis, from one place to another."""

    axis: Axis
    low: float
    high: float

    def holds(self, trial: TrialView) -> bool:
        """Whether the variant lies in it."""
        place = self.axis.place(trial)
        return place is not None and self.low - 1e-9 <= place <= self.high + 1e-9


def axes_of(trials: Sequence[TrialView]) -> list[Axis]:
    """The parameters that vary over these variants, in the order they are stored.

    A parameter that is always the same tells nothing and is left out.
    """
    names = dict.fromkeys(name for trial in trials for name in trial.parameters)
    axes = [_axis(name, [t.parameters[name] for t in trials if name in t.parameters]) for name in names]
    return [axis for axis in axes if axis is not None]


def result_axis(trials: Sequence[TrialView], name: str, title: str) -> ResultAxis | None:
    """A result as an axis; None where fewer than two variants have it, or all the same."""
    values = [float(value) for trial in trials if (value := getattr(trial, name)) is not None]
    if not values or min(values) == max(values):
        return None
    return ResultAxis(name, "number", min(values), max(values), title=title)


def within(trials: Sequence[TrialView], brushes: Sequence[Brush]) -> list[TrialView]:
    """The variants inside every brush."""
    return [trial for trial in trials if all(brush.holds(trial) for brush in brushes)]


def families_of(trials: Sequence[TrialView]) -> dict[str, int]:
    """How many variants of each kind there are, the most frequent first; those that chose no kind are left out."""
    counts: dict[str, int] = {}
    for trial in trials:
        if trial.family:
            counts[trial.family] = counts.get(trial.family, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _axis(name: str, values: Sequence[Any]) -> Axis | None:
    if all(_is_number(value) for value in values):
        numbers = [float(value) for value in values]
        low, high = min(numbers), max(numbers)
        if low == high:
            return None
        kind: Kind = "log" if low > 0 and high / low >= _WIDE else "number"
        return Axis(name, kind, low, high, is_whole=all(number.is_integer() for number in numbers))
    if any(isinstance(value, Mapping) for value in values):
        return None
    options = sorted({spell(value) for value in values})
    return Axis(name, "choice", options=tuple(options)) if 1 < len(options) <= _MANY_CHOICES else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
