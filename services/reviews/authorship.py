"""Who wrote the evidence, in words that can be held against them: "edited the payoffs on 3 May"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_VERBS = {  # (first version, later version)
    "objective": ("wrote the objective", "edited the objective"),
    "valuation": ("wrote the payoffs", "edited the payoffs"),
    "dataset": ("brought the data", "edited the data"),
    "threshold": ("chose the threshold", "chose the threshold"),
    "fairness": ("had groups compared", "had groups compared"),
    "tolerance": ("agreed on the largest gap", "agreed on the largest gap"),
    "run": ("started the model run", "started the model run"),
    "request": ("asked for this sign-off", "asked for this sign-off"),
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """One version of one piece of evidence, and whose it is."""

    kind: str  # objective | valuation | dataset | threshold | tolerance | fairness | run | request
    user_id: str
    version: int
    at: datetime


def authored_words(contributions: Iterable[Contribution]) -> dict[str, str]:
    """By person, what they did, oldest first; of several edits of one thing, the latest."""
    latest: dict[str, dict[str, tuple[datetime, str]]] = {}
    for contribution in sorted(contributions, key=lambda done: done.at):
        words = _VERBS[contribution.kind][0 if contribution.version == 1 else 1]
        latest.setdefault(contribution.user_id, {})[contribution.kind] = (contribution.at, words)
    return {user_id: _join(done.values()) for user_id, done in latest.items()}


def _join(done: Iterable[tuple[datetime, str]]) -> str:
    parts = [f"{words} on {at.day} {at:%B}" for at, words in sorted(done)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
