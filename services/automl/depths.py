"""How a search is asked for: one button, three questions, or every setting. Each becomes the same plain plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.automl.budget import DEFAULT_TRIAL_MEMORY_MB, Budget
from services.automl.family_names import INTRICATE_FAMILIES, PLAIN_FAMILIES, SEARCHED
from services.automl.split_choice import SplitChoice

DEPTHS = {"simple": "Simple", "guided": "Guided", "expert": "Expert"}
MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 240)
SIMPLE_MINUTES, SIMPLE_TRIALS = 15, 80
THOROUGHNESS = {"quick": 12, "normal": 40, "thorough": 80, "exhaustive": 240}  # variants at most


@dataclass(frozen=True)
class Plan:
    """What a search shall do, in the words of `start_run`. No families means every kind there is."""

    depth: str
    budget_seconds: float
    n_trials: int
    families: tuple[str, ...] = ()
    metric: str | None = None
    seed: int = 0
    trial_seconds_limit: float | None = None
    trial_memory_mb_limit: int = DEFAULT_TRIAL_MEMORY_MB
    n_parallel: int | None = None
    split: SplitChoice = field(default_factory=SplitChoice)
    todays_rule: str = ""

    @property
    def budget(self) -> Budget:
        """The limits; raises `InvalidInputError` with a sentence for each that cannot be."""
        return Budget(
            self.budget_seconds, self.n_trials, self.trial_seconds_limit, self.trial_memory_mb_limit, self.n_parallel
        )

    def arguments(self) -> dict[str, Any]:
        """For `start_run`."""
        return {
            "depth": self.depth,
            "budget_seconds": self.budget_seconds,
            "n_trials": self.n_trials,
            "families": self.families,
            "metric": self.metric,
            "seed": self.seed,
            "trial_seconds_limit": self.trial_seconds_limit,
            "trial_memory_mb_limit": self.trial_memory_mb_limit,
            "n_parallel": self.n_parallel,
            "split": self.split.document(),
            "todays_rule": self.todays_rule,
        }


def simple_plan() -> Plan:
    """What one button starts."""
    return Plan("simple", SIMPLE_MINUTES * 60.0, SIMPLE_TRIALS)


def guided_plan(*, minutes: int, simplicity: str, thoroughness: str) -> Plan:
    """What three answers ask for.

    Parameters
    ----------
    simplicity
        A key of `simplicities()`.
    thoroughness
        A key of `THOROUGHNESS`.
    """
    return Plan("guided", minutes * 60.0, THOROUGHNESS[thoroughness], simplicities()[simplicity])


def simplicities() -> Mapping[str, tuple[str, ...]]:
    """The kinds of model for each wish, plainest first; wishes that come to the same kinds are offered once."""
    wishes: dict[str, tuple[str, ...]] = {
        "plain": tuple(name for name in SEARCHED if name in PLAIN_FAMILIES),
        "balanced": tuple(name for name in SEARCHED if name not in INTRICATE_FAMILIES),
        "best": (),
    }
    if len(wishes["balanced"]) == len(SEARCHED):
        del wishes["balanced"]
    return wishes
