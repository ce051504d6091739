"""What a search found: the lines of its leaderboard, and the team that is made of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.automl.candidates import Candidate
from services.automl.ensemble import blend
from services.automl.families import view_of
from services.automl.features import View
from services.automl.training import TrialOutcome

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Entry:
    """A candidate and how it did: a line of the leaderboard. `found_at` is in seconds of the search."""

    candidate: Candidate
    outcome: TrialOutcome
    found_at: float = 0.0

    @property
    def view(self) -> View:
        """The features it takes."""
        return view_of(self.candidate)

    @property
    def refitted(self) -> Candidate:
        """The candidate with the number of rounds that was best out of fold."""
        return Candidate(self.candidate.family, self.outcome.parameters or self.candidate.parameters)


@dataclass
class SearchResult:
    """Complete trials, best first, and the causes of the failed ones."""

    entries: list[Entry] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    n_given_up: int = 0


@dataclass(frozen=True)
class Team:
    """The members of the best team, as positions among the entries, with their weights."""

    weights: dict[int, float]

    def predictions(self, entries: list[Entry]) -> Floats:
        """Out of fold, weighted."""
        return blend([entry.outcome.predictions for entry in entries], self.weights)

    def sealed(self, entries: list[Entry]) -> Floats:
        """On the hold-out, by the models of the folds, weighted."""
        return blend([_sealed(entry) for entry in entries], self.weights)


def _sealed(entry: Entry) -> Floats:
    assert entry.outcome.sealed is not None
    return entry.outcome.sealed
