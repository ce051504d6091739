"""Which of two trials is better: the one that earns more, or without payoffs the one that scores better.

What is beyond a limit of the objective comes after everything that keeps them.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Ranked(Protocol):
    """What is compared: money a year where it is known, and the metric."""

    @property
    def number(self) -> int:
        """1, 2, ... in the order of the search."""

    @property
    def score(self) -> float | None:
        """The run's metric, out of fold."""

    @property
    def value_amount(self) -> float | None:
        """Money a year, out of fold."""

    @property
    def beyond_limits(self) -> str | None:
        """What keeps it from becoming the model; None where it keeps the limits."""


T = TypeVar("T", bound=Ranked)


def rank_trials(trials: Iterable[T], *, greater_is_better: bool) -> list[T]:
    """The trials that have a score, best first: what keeps the limits, by money, the metric, then the number."""
    sign = 1.0 if greater_is_better else -1.0

    def worth(trial: T) -> tuple[bool, float, float, int]:
        money = trial.value_amount if trial.value_amount is not None else 0.0
        assert trial.score is not None
        return (trial.beyond_limits is None, money, sign * trial.score, -trial.number)

    return sorted((trial for trial in trials if trial.score is not None), key=worth, reverse=True)
