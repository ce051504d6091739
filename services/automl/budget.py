"""How much a search may use, and what it promises before it starts."""

import math
from dataclasses import dataclass

from services.errors import InvalidInputError

DEFAULT_BUDGET_SECONDS = 300.0
DEFAULT_TRIALS = 40
MAX_BUDGET_SECONDS = 24 * 3600.0
MAX_TRIALS = 1_000
DEFAULT_TRIAL_MEMORY_MB = 2_048
MAX_LANES = 8
_TRIAL_SHARE = 0.25  # of the budget: one slow model must never be the only one
_MIN_TRIAL_SECONDS = 10.0
_MIN_PACE_TRIALS = 2  # before that one duration would pass for an average
_MIN_MORE_TRIALS, _MAX_MORE_TRIALS = 10, 500


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one search. Times in seconds of search, memory in MB of resident set of one trial."""

    seconds: float = DEFAULT_BUDGET_SECONDS
    n_trials: int = DEFAULT_TRIALS
    trial_seconds: float | None = None
    trial_memory_mb: int = DEFAULT_TRIAL_MEMORY_MB
    n_parallel: int | None = None

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise InvalidInputError(*problems)

    @property
    def trial_seconds_limit(self) -> float:
        """How long one trial may take, by default a quarter of the whole."""
        return self.trial_seconds or max(self.seconds * _TRIAL_SHARE, _MIN_TRIAL_SECONDS)

    @property
    def n_lanes(self) -> int:
        """How many trials may run at the same time over all workers; each worker takes as many lanes as it may."""
        return min(self.n_trials, self.n_parallel or MAX_LANES)

    def _problems(self) -> list[str]:
        problems = []
        if not math.isfinite(self.seconds) or self.seconds <= 0:
            problems.append("The search needs time: give it more than 0 minutes.")
        elif self.seconds > MAX_BUDGET_SECONDS:
            problems.append(f"A search may take at most {MAX_BUDGET_SECONDS / 3600:.0f} hours: give it less time.")
        if not 1 <= self.n_trials <= MAX_TRIALS:
            problems.append(f"A search tries between 1 and {MAX_TRIALS:,} variants: choose a number in this range.")
        if self.trial_seconds is not None and not self.trial_seconds > 0:
            problems.append("One variant needs time: allow it more than 0 seconds.")
        if self.trial_memory_mb < 1:
            problems.append("One variant needs memory: allow it at least 1 MB.")
        if self.n_parallel is not None and not 1 <= self.n_parallel <= MAX_LANES:
            problems.append(
                f"Between 1 and {MAX_LANES} variants are tried at the same time: choose a number in this range."
            )
        return problems


def more_trials(n_tried: int, *, used_seconds: float, more_seconds: float) -> int:
    """How many variants more time is good for, at the pace so far: neither too few to use it, nor without end."""
    if n_tried < _MIN_PACE_TRIALS or used_seconds <= 0:
        return DEFAULT_TRIALS
    expected = math.ceil(more_seconds * n_tried / used_seconds)
    return max(_MIN_MORE_TRIALS, min(expected, _MAX_MORE_TRIALS))
