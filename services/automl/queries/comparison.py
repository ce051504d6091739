"""Compare variants of a project on the rows that each of them was judged on without having seen them."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from db.artifacts import ArtifactMissingError, get_artifact_store
from db.tables import Run
from services.audit.actor import Actor
from services.automl.comparison import Against, TrialComparison
from services.automl.differences import money_difference, score_difference
from services.automl.money import MoneyGoal
from services.automl.pins import MAX_PINS, Pin, Pinned, find_pinned
from services.automl.queries.goals import find_goal
from services.automl.queries.runs import get_run
from services.people.permissions import Permission
from services.projects.queries import authorize_project

MAX_BYTES = 64 * 1024 * 1024  # of the predictions of one variant: a page reads no more
_OTHER_ROWS = "It was not judged on the same rows."
_NOT_KEPT = "Its run is older than the portal's memory of what really happened."
_NO_AMOUNTS = "Each row has its own amount now, and neither run wrote the amounts of its rows down: repeat one of them."
_TOO_LARGE = "There are too many predictions to compare on a page."


def compare_trials(session: Session, *, actor: Actor, project_id: str, pins: Sequence[Pin]) -> TrialComparison:
    """Compare the variants that exist and gave a model, each with the first, row by row.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    numbers = {pin.run_number for pin in pins[:MAX_PINS]}
    found = session.exec(select(Run.id).where(Run.project_id == project_id, col(Run.number).in_(numbers))).all()
    runs = [get_run(session, actor=actor, run_id=run_id) for run_id in found]
    pinned = tuple(find_pinned(runs, pins[:MAX_PINS]))
    money = _newest_goal(session, actor, pinned)
    against = tuple(_compare(pinned[0], other, money) for other in pinned[1:])
    return TrialComparison(pinned, against, money.currency if money else None)


def _newest_goal(session: Session, actor: Actor, pinned: Sequence[Pinned]) -> MoneyGoal | None:
    """All are priced with the payoffs of the newest of their runs."""
    if not pinned:
        return None
    newest = max((item.run for item in pinned), key=lambda run: run.number)
    return find_goal(session, actor=actor, run_id=newest.id)


def _compare(first: Pinned, second: Pinned, money: MoneyGoal | None) -> Against:
    splits = [item.run.circumstances.get("split", {}) for item in (first, second)]
    if not all(split.get("truth_sha256") for split in splits):
        return Against(second, reason=_NOT_KEPT)
    if splits[0]["sha256"] != splits[1]["sha256"] or first.run.metric != second.run.metric:
        return Against(second, reason=_OTHER_ROWS)
    y = _read_array(splits[0]["truth_sha256"])
    one, other = _read_array(first.trial.prediction_sha256), _read_array(second.trial.prediction_sha256)
    if y is None or one is None or other is None:
        return Against(second, reason=_TOO_LARGE)
    known = ~np.isnan(one.reshape(len(y), -1)[:, 0] + other.reshape(len(y), -1)[:, 0])  # what some fold judged
    amounts = _read_amounts(money, (first, second), len(y))
    y, one, other, in_money, reason = y[known], one[known], other[known], None, ""
    if money is not None and money.amounts is not None and amounts is None:
        reason = _NO_AMOUNTS
    elif money is not None and one.ndim == 2 and one.shape[1] == 2:
        gains = money.gains(None if amounts is None else amounts[known])
        in_money = money_difference(money, y == 1, one[:, 1], other[:, 1], gains=gains, seed=first.run.seed)
    in_score = score_difference(first.run.metric, y, one, other, seed=first.run.seed)
    return Against(second, in_score, in_money, reason)


def _read_amounts(money: MoneyGoal | None, pair: Sequence[Pinned], n_rows: int) -> NDArray[Any] | None:
    """What the formula gave in the rows of both, from whichever run wrote it down; None where neither did."""
    if money is None or money.amounts is None:
        return None
    for item in pair:
        written = item.run.circumstances.get("amounts", {})
        if written.get("formula") == money.amounts.formula:
            amounts = _read_array(written["amounts_sha256"])
            if amounts is not None and len(amounts) == n_rows:
                return amounts
    return None


def _read_array(digest: str | None) -> NDArray[Any] | None:
    store = get_artifact_store()
    try:
        if digest is None or store.size(digest) > MAX_BYTES:
            return None
        array: NDArray[Any] = np.load(BytesIO(store.get(digest)), allow_pickle=False)
    except ArtifactMissingError:
        return None
    return array
