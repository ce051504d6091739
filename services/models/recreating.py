"""Make a run again from its project file, and say whether every score came out the same."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.automl.circumstances import describe_environment, describe_split
from services.automl.errors import TrialFailedError, UnusableDataError
from services.automl.preparation import Preparation, prepare
from services.automl.project_file import RunProject, TriedCandidate
from services.automl.scoring import score
from services.automl.stored_file import read_stored_file
from services.automl.training import TrialOutcome, predict, train_candidate
from services.models.finishing import fit_members

TOLERANCE = 1e-9
_ANY_TIME = 30 * 24 * 3600.0  # a clock would cut boosting short, and the score would be another


@dataclass(frozen=True)
class Remade:
    """A candidate fitted again; `outcome` is None where it could not be."""

    tried: TriedCandidate
    outcome: TrialOutcome | None

    @property
    def is_same(self) -> bool:
        """Whether it reached what it had reached before."""
        return self.outcome is not None and _is_close(self.outcome.score, self.tried.score)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "number": self.tried.number,
            "family": self.tried.candidate.family,
            "score": self.outcome.score if self.outcome else None,
            "stored_score": self.tried.score,
            "is_same": self.is_same,
            **self._money(),
        }

    def _money(self) -> dict[str, float | None]:
        """Money a year beside the stored one, where the run was in money; a rounding apart at most."""
        if self.tried.value is None:
            return {}
        return {"value": self.outcome.value_amount if self.outcome else None, "stored_value": self.tried.value}


def recreate(project: RunProject, path: Path, *, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Fit every candidate of the project in its folds, then the model, and compare the scores.

    Parameters
    ----------
    path
        The version of the data: the Parquet file that the page of the run gives, or the same rows as CSV.
    say
        Told what happens.

    Returns
    -------
    dict
        A report; `is_same` says whether everything came out alike.

    Raises
    ------
    UnusableDataError
        The file is not the data of the run, or its rows would be dealt otherwise.
    """
    preparation = _prepare(project, path)
    remade = []
    for place, tried in enumerate(project.candidates, start=1):
        say(f"{place} of {len(project.candidates)}: {tried.candidate.label.lower()} {tried.number}")
        remade.append(Remade(tried, _fit(preparation, tried)))
    say("the model on the rows kept aside")
    holdout = _holdout_score(project, preparation)
    is_same_model = not project.members or project.holdout_score is None or _is_close(holdout, project.holdout_score)
    return {
        "run": project.name,
        "task": project.task,
        "metric": project.metric,
        "seed": project.seed,
        "candidates": [found.document() for found in remade],
        "holdout_score": holdout,
        "stored_holdout_score": project.holdout_score,
        "is_same": all(found.is_same for found in remade) and is_same_model,
        "environment": describe_environment(),
        "stored_environment": dict(project.environment),
    }


def _is_close(found: float | None, stored: float) -> bool:
    return found is not None and abs(found - stored) <= TOLERANCE


def _prepare(project: RunProject, path: Path) -> Preparation:
    try:
        if path.suffix == ".parquet" and hashlib.sha256(path.read_bytes()).hexdigest() != project.table_sha256:
            raise UnusableDataError(
                f"{path.name} is not version {project.dataset_version} of the data: its hash is another. "
                "Take the file that the page of the run gives."
            )
        frame = read_stored_file(path, project.types)
    except FileNotFoundError:
        raise UnusableDataError(f"There is no file {path}.") from None
    except ValueError as error:
        raise UnusableDataError(str(error)) from None
    preparation = prepare(
        frame,
        target=project.target,
        feature_columns=project.columns,
        task=project.task,
        metric=project.metric,
        positive_label=project.positive_label,
        seed=project.seed,
        money=project.money,
        split=project.split,
        directions=project.directions,
    )
    if project.split_sha256 is not None and describe_split(preparation).sha256 != project.split_sha256:
        raise UnusableDataError(
            f"The rows would be dealt otherwise than in {project.name}: {path.name} is not version "
            f"{project.dataset_version} of the data, or this is another version of the portal."
        )
    return preparation


def _fit(preparation: Preparation, tried: TriedCandidate) -> TrialOutcome | None:
    try:
        return train_candidate(preparation, tried.candidate, seconds_limit=_ANY_TIME)
    except TrialFailedError:
        return None


def _holdout_score(project: RunProject, preparation: Preparation) -> float | None:
    """The model on the rows kept aside; None where the project does not say what it is made of."""
    candidates = {tried.number: tried.candidate for tried in project.candidates}
    members = tuple((candidates[number], weight) for number, weight in project.members)
    if not members:
        return None
    try:
        pipeline = fit_members(preparation, members, with_rest=project.learns_from_all)
    except TrialFailedError:
        return None
    holdout = preparation.holdout
    return score(preparation.metric.name, holdout.y, predict(pipeline, holdout.x, len(preparation.classes)))
