"""Variants by the name people share them under: “3.12” is variant 12 of run 3 of a project."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.automl.views import RunView, TrialView

MAX_PINS = 5
_SPELLING = re.compile(r"([1-9]\d{0,8})\.([1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Pin:
    """A variant of a run of a project, by their numbers."""

    run_number: int
    trial_number: int

    def __str__(self) -> str:
        return f"{self.run_number}.{self.trial_number}"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A variant with its run."""

    run: RunView
    trial: TrialView

    @property
    def pin(self) -> Pin:
        """Its name."""
        return Pin(self.run.number, self.trial.number)


def read_pins(names: Iterable[str]) -> tuple[Pin, ...]:
    """The pins that are named, each once and at most five; what is no name of a variant is passed over."""
    found = [Pin(int(match[1]), int(match[2])) for name in names if (match := _SPELLING.fullmatch(name))]
    return tuple(dict.fromkeys(found))[:MAX_PINS]


def find_pinned(runs: Sequence[RunView], pins: Iterable[Pin]) -> list[Pinned]:
    """The variants of these runs that are pinned and gave a model, in the order of the pins."""
    there = {Pin(run.number, trial.number): Pinned(run, trial) for run in runs for trial in run.complete_trials}
    return [there[pin] for pin in pins if pin in there]
