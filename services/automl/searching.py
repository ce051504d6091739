"""A search under a clock: candidates on parallel lanes until the time left is what finishing needs."""

from collections.abc import Callable
from dataclasses import dataclass, field

import optuna

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.lanes import Lanes, open_lanes
from services.automl.preparation import Preparation
from services.automl.search_space import enqueue_portfolio, suggest
from services.automl.training import TrialOutcome

_MAX_SHARE_OF_TIME = 0.3  # of what is left, for one trial: a slow model must never be the only one
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Entry:
    """A candidate and how it did: a line of the leaderboard."""

    candidate: Candidate
    outcome: TrialOutcome


@dataclass
class SearchResult:
    """Complete trials, best first, and the causes of the failed ones."""

    entries: list[Entry] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def search(
    preparation: Preparation,
    *,
    seconds_left: Callable[[], float],
    n_lanes: int = 2,
    max_trials: int = 1_000,
    finishing_fits: int = 2,
) -> SearchResult:
    """Try candidates until the time left only suffices to fit the best one `finishing_fits` times.

    Parameters
    ----------
    seconds_left
        Until everything must be done. At least one trial is completed even if that takes longer.

    Raises
    ------
    TrialFailedError
        No candidate could be fitted.
    """
    study = _new_study(preparation)
    result = SearchResult()
    running: dict[int, tuple[optuna.Trial, Candidate]] = {}
    with open_lanes(preparation, n_lanes) as lanes:
        while _may_go_on(preparation, result, seconds_left(), finishing_fits):
            while lanes.n_free and study_size(result, running) < max_trials:
                _submit(study, preparation, lanes, running, seconds_left())
            if not running:
                break
            _collect(study, preparation, lanes, running, result, seconds_left())
    if not result.entries:
        causes = " ".join(dict.fromkeys(result.failures))
        raise TrialFailedError(f"No model could be fitted. {causes} Give the search more time or other columns.")
    return result


def study_size(result: SearchResult, running: dict[int, tuple[optuna.Trial, Candidate]]) -> int:
    """Trials that were started."""
    return len(result.entries) + len(result.failures) + len(running)


def finishing_seconds(preparation: Preparation, entry: Entry, n_fits: int) -> float:
    """How long it takes to fit a candidate to all rows `n_fits` times and to write the answers down."""
    n_folds = len(preparation.folds)
    one_fit = entry.outcome.seconds / max(1, n_folds - 1)
    return 1.0 + 1.5 * n_fits * one_fit


def _may_go_on(preparation: Preparation, result: SearchResult, left: float, n_fits: int) -> bool:
    if not result.entries:
        return left > 0 or not result.failures
    return left > finishing_seconds(preparation, result.entries[0], n_fits)


def _new_study(preparation: Preparation) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    maximized = preparation.money is not None or preparation.metric.greater_is_better
    sampler = optuna.samplers.TPESampler(seed=preparation.seed, n_startup_trials=5)
    study = optuna.create_study(direction="maximize" if maximized else "minimize", sampler=sampler)
    enqueue_portfolio(study, preparation)
    return study


def _submit(
    study: optuna.Study,
    preparation: Preparation,
    lanes: Lanes,
    running: dict[int, tuple[optuna.Trial, Candidate]],
    left: float,
) -> None:
    trial = study.ask()
    candidate = suggest(trial, preparation)
    running[trial.number] = (trial, candidate)
    lanes.submit(trial.number, candidate, seconds_limit=max(1.0, _MAX_SHARE_OF_TIME * left))


def _collect(
    study: optuna.Study,
    preparation: Preparation,
    lanes: Lanes,
    running: dict[int, tuple[optuna.Trial, Candidate]],
    result: SearchResult,
    left: float,
) -> None:
    for finished in lanes.collect(timeout=min(_POLL_SECONDS, max(0.05, left))):
        trial, candidate = running.pop(finished.number)
        if finished.outcome is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            result.failures.append(finished.failure or "")
            continue
        study.tell(trial, objective(finished.outcome))
        result.entries.append(Entry(candidate, finished.outcome))
        result.entries.sort(key=lambda entry: _loss(preparation, entry.outcome))


def objective(outcome: TrialOutcome) -> float:
    """What a search optimises: money a year where payoffs are known, else the metric."""
    return outcome.score if outcome.value_amount is None else outcome.value_amount


def _loss(preparation: Preparation, outcome: TrialOutcome) -> float:
    if outcome.value_amount is not None or preparation.metric.greater_is_better:
        return -objective(outcome)
    return outcome.score
