"""What a parameter of a model may be while a search looks for the best: one of a few values, or a number in a range."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optuna


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    options: tuple[Any, ...]

    @property
    def default(self) -> Any:
        """The first of them."""
        return self.options[0]

    def suggest(self, trial: optuna.Trial, name: str) -> Any:
        """One of the options, as the sampler sees fit."""
        return trial.suggest_categorical(name, self.options)


@dataclass(frozen=True)
class Span:
    """A number from a range; whole where both ends are."""

    low: float
    high: float
    log: bool = False

    @property
    def default(self) -> float:
        """The lowest."""
        return self.low

    def suggest(self, trial: optuna.Trial, name: str) -> float:
        """A number in the span, whole where both ends are."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(name, self.low, self.high, log=self.log)
        return trial.suggest_float(name, self.low, self.high, log=self.log)


Space = Mapping[str, Choice | Span]
