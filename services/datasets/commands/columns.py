"""Decide which columns a model sees, and which one it predicts."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.datasets.commands.versions import lock_latest, save_version
from services.datasets.recipe.steps import REASON_LENGTH
from services.datasets.targets import check_target, choose_positive_label
from services.datasets.views import Dataset
from services.errors import InvalidInputError


def exclude_column(session: Session, *, actor: Actor, dataset_id: str, column: str, reason: str) -> Dataset:
    """Keep a column from the model, and say why.

    Raises
    ------
    InvalidInputError
        There is no such column, it is the target, it is excluded already, or the reason is missing.
    ConflictError
        There is a newer version than the one the person looked at.
    """
    parent = lock_latest(session, actor, dataset_id)
    parent.get_column(column)
    reason = " ".join(reason.split())
    if column == parent.target:
        raise InvalidInputError(f"“{column}” is the target. Choose another target before you leave it out.")
    if column in parent.excluded:
        raise InvalidInputError(f"“{column}” is left out already.")
    if not reason:
        raise InvalidInputError(f"Say why the model may not see “{column}”; the reason is part of the record.")
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"The reason has {len(reason)} characters; {REASON_LENGTH} are enough.")
    values = {"excluded": {**parent.excluded, column: reason}, "change": f"Left out {column}"}
    return save_version(session, actor, parent, action="dataset.column_excluded", values=values, reason=reason)


def include_column(session: Session, *, actor: Actor, dataset_id: str, column: str) -> Dataset:
    """Let the model see a column again."""
    parent = lock_latest(session, actor, dataset_id)
    if column not in parent.excluded:
        raise InvalidInputError(f"“{column}” is not left out.")
    rest = {name: reason for name, reason in parent.excluded.items() if name != column}
    values = {"excluded": rest, "change": f"Took {column} back in"}
    return save_version(session, actor, parent, action="dataset.column_included", values=values)


def choose_target(
    session: Session, *, actor: Actor, dataset_id: str, column: str, positive_label: str | None = None
) -> Dataset:
    """Say which column is predicted and, of two classes, which one the business acts on (by default the rarer).

    Raises
    ------
    ColumnMissingError, UnusableTargetError
        There is no such column, or nothing can be learned to predict it.
    ConflictError
        There is a newer version than the one the person looked at.
    """
    parent = lock_latest(session, actor, dataset_id)
    profile = parent.get_column(column)
    if column in parent.excluded:
        raise InvalidInputError(f"“{column}” is left out. Take it back in before you choose it as target.")
    check_target(profile, parent.n_rows)
    label = choose_positive_label(profile, positive_label)
    if (column, label) == (parent.target, parent.positive_label):
        return parent
    values = {"target": column, "positive_label": label, "change": f"Chose {column} as target"}
    return save_version(session, actor, parent, action="dataset.target_chosen", values=values)
