"""A search under a clock: candidates on parallel lanes until the time left is what fitting the best team needs."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.ensemble import (
    Cost,
    Limits,
    blend,
    candidates_for_team,
    choose_bagged_team,
    choose_team,
    more_diverse_team,
)
from services.automl.entries import Entry, SearchResult, Team
from services.automl.errors import TrialFailedError
from services.automl.estimates import Estimate, estimate
from services.automl.halves import N_FOLDS, compare_halves
from services.automl.judging import guess
from services.automl.lanes import Attempt, Finished, Fit, Halve, Lanes
from services.automl.more_rows import MoreRows
from services.automl.preparation import Preparation
from services.automl.search_space import enqueue_portfolio, suggest
from services.automl.training import TrialOutcome
from services.automl.voting import team_of

_MAX_SHARE_OF_TIME = 0.3  # of what is left, for one trial: a slow model must never be the only one
_MAX_SHARE_WITHOUT_MODEL = 0.5  # where one was too slow and none was found: less and less would never be enough
_POLL_SECONDS = 0.5
_MIN_TRIALS_BEFORE_GIVING_UP_EARLY = 3
_FIXED_SECONDS = 1.0  # to put a team together and write it down
_MAX_SHARE_OF_FITTING = 0.3  # of the whole
_MARGIN = 1.3  # of an expected time: fits to all rows vary
_WITH_HALVES = 1.5  # as much again: half the rows in two of the folds
Floats = NDArray[np.float64]
TEAM_LIMITS = Limits(row_ms=12.5, size_bytes=36e6)  # the file of all members with their columns is 1.4 times that


class Search:
    """One search: try, choose, fit.

    Parameters
    ----------
    seconds_left
        Until everything must be done.
    on_models
        Called after each time models were found.
    """

    def __init__(
        self,
        preparation: Preparation,
        lanes: Lanes,
        *,
        seconds_left: Callable[[], float],
        max_trials: int = 1_000,
        limits: Limits = TEAM_LIMITS,
        on_models: Callable[[], None] = lambda: None,
    ) -> None:
        self._preparation, self._lanes, self._left = preparation, lanes, seconds_left
        self._max_trials, self._limits = max_trials, limits
        self._started, self._on_models = seconds_left(), on_models
        self._study = _new_study(preparation)
        self._running: dict[int, tuple[optuna.Trial, Candidate]] = {}
        self.result, self.team = SearchResult(), Team({})
        self.n_fitted = 0  # members of the team, to all rows
        self._is_too_slow = False

    def run(self) -> SearchResult:
        """Try candidates until the time left only suffices to fit the best team. At least one trial is completed.

        Raises
        ------
        TrialFailedError
            No candidate could be fitted.
        """
        while self._may_go_on():
            while self._lanes.n_free and self._n_started < self._max_trials:
                self._submit()
            if not self._running:
                break
            self._collect()
        self._lanes.abandon()
        if not self.result.entries:
            causes = " ".join(dict.fromkeys(self.result.failures))
            raise TrialFailedError(f"No model could be fitted. {causes} Give the search more time or other columns.")
        return self.result

    def fit_team(self) -> tuple[Pipeline, bool]:
        """The team fitted to all rows, and whether every member was fitted in time.

        A member that was not is left out; where none was, the model of the best trial's last fold is given.
        """
        fitted = self._fit_members()
        self.n_fitted = len(fitted)
        entries = self.result.entries
        if not fitted:
            best: Pipeline = pickle.loads(entries[0].outcome.pipeline)  # noqa: S301 - from our own child
            return best, False
        members = [(entries[i].view, pipeline, self.team.weights[i]) for i, pipeline in fitted.items()]
        return team_of(members, range(len(self._preparation.classes))), len(fitted) == len(self.team.weights)

    def more_rows(self) -> MoreRows | None:
        """What more rows bring to the team; None where there was no time to find out."""
        folds, members = range(min(N_FOLDS, len(self._preparation.folds))), list(self.team.weights)
        entries = self.result.entries
        works = {
            number: Halve(entries[member].refitted, fold, max(1.0, self._left()))
            for number, (fold, member) in enumerate(product(folds, members))
        }
        found = {done.number: done.answers for done in self._finished(works) if done.answers is not None}
        if len(found) < len(works):
            return None
        halves = [[found[fold * len(members) + i] for i in range(len(members))] for fold in folds]
        return compare_halves(
            self._preparation, self.team.predictions(entries), halves, list(self.team.weights.values())
        )

    def estimate(self) -> Estimate:
        """How good the team is likely to be on new rows, from what its members said out of fold."""
        preparation, entries = self._preparation, self.result.entries
        rows = preparation.judged
        parts = [entries[position].outcome.predictions[rows] for position in self._candidates()]
        y = preparation.train.y[rows]

        def choose(drawn: NDArray[np.intp]) -> Floats:
            return blend(parts, choose_team(parts, y, preparation.metric, rows=drawn, max_rounds=8))

        return estimate(self.team.predictions(entries)[rows], choose, y, preparation.metric, seed=preparation.seed)

    @property
    def _n_started(self) -> int:
        return len(self.result.entries) + len(self.result.failures) + self.result.n_given_up + len(self._running)

    def _may_go_on(self) -> bool:
        left = self._left()
        if not self.result.entries:
            return left > 0 or not self.result.failures
        return left > self._finishing_seconds()

    def _finishing_seconds(self) -> float:
        """How long it takes to fit the team to all rows on all lanes, and to write it down."""
        seconds = [self._cost(self.result.entries[member]).fit_seconds for member in self.team.weights]
        return _FIXED_SECONDS + _MARGIN * _WITH_HALVES * max(max(seconds), sum(seconds) / self._lanes.n)

    def _submit(self) -> None:
        trial = self._study.ask()
        candidate = suggest(trial, self._preparation)
        self._running[trial.number] = (trial, candidate)
        entries = self.result.entries
        is_strict = len(entries) >= _MIN_TRIALS_BEFORE_GIVING_UP_EARLY
        best = entries[0].outcome.fold_scores if is_strict else ()
        share = _MAX_SHARE_WITHOUT_MODEL if self._is_too_slow and not entries else _MAX_SHARE_OF_TIME
        limit = max(1.0, share * self._left())
        self._lanes.submit(trial.number, Attempt(candidate, limit, best))

    def _collect(self) -> None:
        is_found = False
        for finished in self._lanes.collect(timeout=min(_POLL_SECONDS, max(0.05, self._left()))):
            trial, candidate = self._running.pop(finished.number)
            if finished.outcome is None:
                self._keep_failure(trial, finished)
                continue
            self._study.tell(trial, objective(finished.outcome))
            self._keep(Entry(candidate, finished.outcome, self._started - self._left()))
            is_found = True
        if is_found:  # once for all that ended together
            self._choose_team()
            self._on_models()

    def _keep(self, entry: Entry) -> None:
        """Of the fitted models only the best is kept, for the case that no team can be fitted in time."""
        best, *others = sorted([*self.result.entries, entry], key=self._loss)
        lighter = [replace(other, outcome=replace(other.outcome, pipeline=b"")) for other in others]
        self.result.entries[:] = [best, *lighter]

    def _keep_failure(self, trial: optuna.Trial, finished: Finished) -> None:
        self._is_too_slow |= finished.is_too_slow
        if finished.early_score is None:
            self.result.failures.append(finished.failure or "")
        else:
            self.result.n_given_up += 1
            trial.report(finished.early_score, step=0)
        # One that was pruned counts as bad for the sampler, a failed one would not count: it would be suggested again.
        self._study.tell(trial, state=optuna.trial.TrialState.PRUNED)

    def _candidates(self) -> list[int]:
        return candidates_for_team([entry.candidate.family for entry in self.result.entries])

    def _choose_team(self) -> None:
        positions, rows = self._candidates(), self._preparation.judged
        entries = [self.result.entries[position] for position in positions]
        seconds = max(2.0, min(_MAX_SHARE_OF_FITTING * self._started, self._left() - _FIXED_SECONDS))
        share = seconds * self._lanes.n / _MARGIN
        limits = Limits(self._limits.row_ms, self._limits.size_bytes, share)
        preparation, costs = self._preparation, [self._cost(entry) for entry in entries]
        predictions = [entry.outcome.predictions for entry in entries]
        y, metric = preparation.train.y, preparation.metric
        bounds: dict[str, Any] = {"costs": costs, "limits": limits, "rows": rows, "seed": preparation.seed}
        weights = choose_bagged_team(predictions, y, metric, **bounds)
        families, guesses = [entry.candidate.family for entry in entries], guess(preparation, len(y))
        weights = more_diverse_team(weights, predictions, families, y, metric, guess=guesses, **bounds)
        self.team = Team({positions[member]: weight for member, weight in weights.items()})

    def _cost(self, entry: Entry) -> Cost:
        preparation, measures = self._preparation, entry.outcome.measures
        n_learned = np.mean([len(preparation.learnable(fold)) for fold in range(len(preparation.folds))])
        n_all = len(preparation.train) + len(preparation.holdout)
        fit_seconds = entry.outcome.seconds / len(preparation.folds) * n_all / float(n_learned)
        if measures is None:
            return Cost(fit_seconds=fit_seconds)
        size = measures.size_bytes * n_all / float(n_learned)
        return Cost(measures.model_ms, entry.view, measures.columns_ms, size, fit_seconds)

    def _loss(self, entry: Entry) -> float:
        value = objective(entry.outcome)
        return -value if self._preparation.is_maximized else value

    def _fit_members(self) -> dict[int, Pipeline]:
        slow_first = sorted(self.team.weights, key=lambda member: -self._cost(self.result.entries[member]).fit_seconds)
        works = {member: Fit(self.result.entries[member].refitted, max(1.0, self._left())) for member in slow_first}
        return {
            finished.number: pickle.loads(finished.pipeline)  # noqa: S301 - from our own child
            for finished in self._finished(works)
            if finished.pipeline is not None
        }

    def _finished(self, works: Mapping[int, Fit | Halve]) -> Iterator[Finished]:
        """What came of each on the lanes, in this order of beginning, as long as there is time."""
        waiting, n_running = list(works), 0
        while (waiting or n_running) and self._left() > 0:
            while waiting and self._lanes.n_free:
                number = waiting.pop(0)
                limit = min(works[number].seconds_limit, max(1.0, self._left()))
                self._lanes.submit(number, replace(works[number], seconds_limit=limit))
                n_running += 1
            for finished in self._lanes.collect(timeout=min(_POLL_SECONDS, max(0.05, self._left()))):
                n_running -= 1
                yield finished
        self._lanes.abandon()


def objective(outcome: TrialOutcome) -> float:
    """What a search optimises: money a year where payoffs are known, else the metric."""
    return outcome.score if outcome.value_amount is None else outcome.value_amount


def _new_study(preparation: Preparation) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=preparation.seed, n_startup_trials=5)
    study = optuna.create_study(direction="maximize" if preparation.is_maximized else "minimize", sampler=sampler)
    enqueue_portfolio(study, preparation)
    return study
