"""What a step of a run is, and what all of them are told from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.automl.views import ENDED_STATES, RunView
from services.datasets.lineage import LineageEntry
from services.datasets.views import Dataset
from services.models.queries import ModelView
from services.proposals.queries import SavedObjective
from services.reviews.views import ReviewView
from services.valuation.queries import SavedValuation

DONE, WAITING, FAILED = "done", "waiting", "failed"


@dataclass(frozen=True, slots=True)
class Hash:
    """What a step takes or gives: a name in words and the sha256 of its bytes or of its document."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunStep:
    """One step.

    Attributes
    ----------
    after
        The keys of the steps it needs.
    seconds
        How long it took; None where nobody measured it.
    reused
        Why it was not done again, in words; empty where it was done.
    repeats_from
        What `repeat_run` calls running again from here; None where that makes no sense.
    """

    key: str
    title: str
    sentence: str
    after: tuple[str, ...] = ()
    inputs: tuple[Hash, ...] = ()
    output: Hash | None = None
    seconds: float | None = None
    reused: str = ""
    state: str = DONE
    repeats_from: str | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Everything the graph of a run is drawn from.

    Attributes
    ----------
    source
        The run this one repeats.
    lineage
        The version of the data and all it was made from, newest first.
    n_openings
        How many models were judged on these very hold-out rows.
    data_seconds
        How long reading the file ("read") and taking the steps ("apply") took, where a worker did it.
    """

    run: RunView
    dataset: Dataset
    lineage: Sequence[LineageEntry]
    valuation: SavedValuation | None = None
    objective: SavedObjective | None = None
    source: RunView | None = None
    model: ModelView | None = None
    review: ReviewView | None = None
    n_openings: int = 0
    data_seconds: Mapping[str, float] | None = None


def state_without(run: RunView) -> str:
    """The state of a step whose result is not there: it waits for it, or the run ended before."""
    return FAILED if run.state in ENDED_STATES and run.state != "finished" else WAITING
