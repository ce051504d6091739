"""Change the rows of a table by the steps of its recipe: ask for it here, a worker does it, the effect is a version."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from services.audit.actor import Actor
from services.connections.secrets import open_secret_box
from services.datasets.checks.finding import Finding
from services.datasets.commands.versions import lock_latest, save_version
from services.datasets.errors import UnusableTargetError
from services.datasets.profile import TableProfile
from services.datasets.queries import find_health, find_made_table, find_redo, find_replay, list_datasets
from services.datasets.recipe.history import without_step
from services.datasets.recipe.steps import DERIVE, Step, checked_step, checked_steps, columns_of, made_by
from services.datasets.recipe.words import name_step
from services.datasets.targets import check_target, choose_positive_label
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.people.permissions import Permission

APPLY = "dataset.apply"


@dataclass(frozen=True, slots=True)
class RequestedChange:
    """Either the new version, where its table was known already, or the job that makes it."""

    dataset: Dataset | None = None
    job: JobView | None = None


@dataclass(frozen=True, slots=True)
class MadeTable:
    """What a worker made: a table in the store, its profile, and the files it added with their bytes."""

    table_sha256: str
    n_bytes: int
    profile: TableProfile


def request_steps(
    session: Session, *, actor: Actor, dataset_id: str, steps: Sequence[Mapping[str, Any]]
) -> RequestedChange:
    """Add steps to the recipe of the latest version.

    Raises
    ------
    InvalidStepError
        A step is not clear.
    InvalidInputError
        There is no step, or a column is not there.
    ConflictError
        There is a newer version than the one the person looked at.
    """
    dataset = lock_latest(session, actor, dataset_id)
    new = _sealed(session, actor, dataset, checked_steps(steps))
    if not new:
        raise InvalidInputError("Choose at least one step.")
    _require_columns(dataset, new)
    words = name_step(new[0]) if len(new) == 1 else f"{len(new)} steps: {name_step(new[0])}, ..."
    reason = new[0]["reason"] if len(new) == 1 else ""
    return _change(session, actor, dataset, [*dataset.recipe, *new], "dataset.step_added", words, reason=reason)


def undo_step(session: Session, *, actor: Actor, dataset_id: str, index: int) -> RequestedChange:
    """Take the step at `index` (from 0 on) out of the recipe. Taking back the last change restores its exact hashes."""
    dataset = lock_latest(session, actor, dataset_id)
    if not 0 <= index < len(dataset.recipe):
        raise InvalidInputError(f"The recipe has {len(dataset.recipe)} steps; there is no step {index + 1}.")
    words = f"Undone: {name_step(dataset.recipe[index])}"
    return _change(session, actor, dataset, without_step(dataset.recipe, index), "dataset.step_undone", words)


def redo_step(session: Session, *, actor: Actor, dataset_id: str) -> RequestedChange:
    """Repeat what was undone last.

    Raises
    ------
    InvalidInputError
        Nothing was undone, or another step was added since.
    """
    dataset = lock_latest(session, actor, dataset_id)
    recipe = find_redo(session, actor=actor, dataset_id=dataset_id)
    if recipe is None:
        raise InvalidInputError("There is nothing to repeat: no step was undone since the last change.")
    again = next(step for step in recipe if step not in dataset.recipe or recipe.count(step) > 1)
    return _change(session, actor, dataset, recipe, "dataset.step_redone", f"Repeated: {name_step(again)}")


def request_replay(session: Session, *, actor: Actor, dataset_id: str) -> RequestedChange:
    """Take the steps of the data before on newer data: those that `find_replay` offers.

    Raises
    ------
    InvalidInputError
        There is nothing to take again.
    """
    dataset = lock_latest(session, actor, dataset_id)
    plan = find_replay(session, actor=actor, dataset_id=dataset_id)
    if plan is None or not plan.steps:
        raise InvalidInputError("There are no steps of an older table that could be taken on this one.")
    n = len(plan.steps)
    words = f"Took {n} step{'s' if n > 1 else ''} of version {plan.from_version} again"
    return _change(session, actor, dataset, list(plan.steps), "dataset.recipe_replayed", words)


def request_fixes(
    session: Session, *, actor: Actor, dataset_id: str, codes: Sequence[str] | None = None
) -> RequestedChange:
    """Take the first proposed fix of every red or amber finding at once: steps, and columns to leave out.

    Parameters
    ----------
    codes
        The checks whose fixes are taken. None: all steps; a column is left out only where its check is named.
    """
    dataset = lock_latest(session, actor, dataset_id)
    health = find_health(session, actor=actor, dataset_id=dataset_id)
    if health is None:
        raise ConflictError("The checks have not run on this version yet. Wait for them, then choose fixes.")
    steps, excluded = _fixes(dataset, health.document.findings, codes)
    steps = [step for step in _sealed(session, actor, dataset, steps) if step not in dataset.recipe]
    if not steps and not excluded:
        raise InvalidInputError("There is no fix to take: nothing red or amber has one.")
    _require_columns(dataset, steps)
    n = len(steps) + len(excluded)
    words = f"Took {n} proposed fix{'es' if n > 1 else ''}"
    recipe = [*dataset.recipe, *steps]
    return _change(session, actor, dataset, recipe, "dataset.fixes_applied", words, excluded=excluded)


def save_recipe(
    session: Session, *, actor: Actor, dataset_id: str, made: MadeTable, request: Mapping[str, Any]
) -> Dataset:
    """The effect of `dataset.apply`: the version that the steps made.

    Parameters
    ----------
    request
        As `request_steps` and its like wrote it: recipe, action, change, reason, excluded.

    Raises
    ------
    ConflictError
        There is a newer version than the one that was changed.
    InvalidInputError
        The target could not be predicted any more.
    """
    parent = lock_latest(session, actor, dataset_id)
    was = find_made_table(session, actor=actor, dataset_id=dataset_id, recipe=request["recipe"])
    names = {column.name for column in made.profile.columns}
    return save_version(
        session,
        actor,
        parent,
        action=request["action"],
        reason=request.get("reason") or None,
        values={
            "recipe": list(request["recipe"]),
            "table_sha256": made.table_sha256,
            "origin": {**parent.origin, "stored": _stored(parent, made)},
            "n_rows": made.profile.n_rows,
            "n_columns": len(made.profile.columns),
            "profile": made.profile.document(),
            "excluded": {c: why for c, why in _excluded(parent, was, request).items() if c in names},
            "change": request["change"],
            **_target(parent, was, made.profile, request),
        },
    )


def _change(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    recipe: Sequence[Mapping[str, Any]],
    action: str,
    words: str,
    *,
    reason: str = "",
    excluded: Mapping[str, str] | None = None,
) -> RequestedChange:
    """Save a version at once where its table is known from an older one; else ask a worker to make it."""
    request = {
        "recipe": [dict(step) for step in recipe],
        "action": action,
        "change": words,
        "reason": reason,
        "excluded": dict(excluded or {}),
    }
    known = find_made_table(session, actor=actor, dataset_id=dataset.id, recipe=recipe)
    if known is not None:
        profile = TableProfile(known.n_rows, known.columns, known.notes)
        made = MadeTable(known.table_sha256, known.origin.get("stored", {}).get(known.table_sha256, 0), profile)
        saved = save_recipe(session, actor=actor, dataset_id=dataset.id, made=made, request=request)
        return RequestedChange(dataset=saved)
    job = enqueue_job(
        session,
        actor=actor,
        project_id=dataset.project_id,
        kind=APPLY,
        request=request,
        subject_id=dataset.id,
        permission=Permission.EDIT_DATA,
    )
    return RequestedChange(job=job)


def _require_columns(dataset: Dataset, steps: Sequence[Step]) -> None:
    made = {made_by(step) for step in steps}
    there = {column.name for column in dataset.columns}
    for step in steps:
        if step["kind"] == DERIVE and step["column"] in there:
            raise InvalidInputError(f"The table already has a column called “{step['column']}”. Choose another name.")
        for column in columns_of(step):
            if column not in made:
                dataset.get_column(column)


def _sealed(session: Session, actor: Actor, dataset: Dataset, steps: Sequence[Step]) -> list[Step]:
    """The steps, those that hash with a key of the project, encrypted: one key, so that equal values meet again."""
    if not any(step["kind"] == "hash_column" for step in steps):
        return list(steps)
    versions = list_datasets(session, actor=actor, project_id=dataset.project_id)
    keys = (step["sealed_key"] for version in versions for step in version.recipe if "sealed_key" in step)
    key = next(keys, None) or open_secret_box().encrypt(secrets.token_urlsafe(32))
    return [{**step, "sealed_key": key} if step["kind"] == "hash_column" else step for step in steps]


def _fixes(
    dataset: Dataset, findings: Sequence[Finding], codes: Sequence[str] | None
) -> tuple[list[Step], dict[str, str]]:
    steps: list[Step] = []
    excluded: dict[str, str] = {}
    for finding in findings:
        is_chosen = finding.severity in ("red", "amber") if codes is None else finding.code in codes
        if finding.outcome != "finding" or not finding.fixes or not is_chosen:
            continue
        fix = finding.fixes[0]
        if fix["kind"] == "step":
            step = checked_step({"reason": finding.title, **fix["step"]})
            steps += [step] if step not in steps else []
        elif codes is not None and fix["column"] not in {dataset.target, *dataset.excluded}:
            excluded[fix["column"]] = fix["reason"]
    return steps, excluded


def _stored(parent: Dataset, made: MadeTable) -> dict[str, int]:
    stored = parent.origin.get("stored", {})
    kept = {digest: stored[digest] for digest in (parent.source_sha256, parent.base_sha256) if digest in stored}
    return {made.table_sha256: made.n_bytes} | kept


def _excluded(parent: Dataset, was: Dataset | None, request: Mapping[str, Any]) -> dict[str, str]:
    """What is left out now; a column that comes back with its step is left out as it was."""
    columns = {column.name for column in parent.columns}
    again = {} if was is None else {c: why for c, why in was.excluded.items() if c not in columns}
    return {**again, **parent.excluded, **request["excluded"]}


def _target(
    parent: Dataset, was: Dataset | None, found: TableProfile, request: Mapping[str, Any]
) -> dict[str, str | None]:
    """The target, as long as it can be predicted; a class that was renamed or that comes back is found again."""
    columns = {column.name: column for column in found.columns}
    target = next((t for t in (parent.target, was.target if was else None) if t in columns), None)
    if target is None:
        return {"target": None, "positive_label": None}
    profile = columns[target]
    try:
        check_target(profile, found.n_rows)
    except UnusableTargetError as error:
        raise InvalidInputError(f"After this change {error.sentence} The data stay as they were.") from None
    labels = {label for label, _count in profile.top_values}
    renamed = parent.positive_label if target == parent.target else None
    for step in request["recipe"][len(parent.recipe) :]:
        if step["kind"] == "merge_spellings" and step["column"] == target:
            renamed = step["mapping"].get(renamed, renamed)
    before = was.positive_label if was is not None and was.target == target else None
    label = next((one for one in (renamed, before) if one in labels), None)
    return {"target": target, "positive_label": choose_positive_label(profile, label)}
