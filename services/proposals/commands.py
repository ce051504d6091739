"""Write a project's objective. Every change is a new version."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, select

from db.tables import LeverRow, ObjectiveVersion, ProposalDraft
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.answers import check_answer
from services.proposals.formula_trial import FormulaTrial
from services.proposals.lever import Lever
from services.proposals.objective import Objective, constraints_document
from services.proposals.queries import SavedObjective, find_objective, try_formula
from services.proposals.risk import risk_tier


def save_objective(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    objective: Objective,
    based_on: int,
    is_from_draft: bool = True,
) -> SavedObjective:
    """Store the objective as the next version; the same content as before makes no version.

    Parameters
    ----------
    based_on
        The version the person changed; 0 where there was none.
    is_from_draft
        Whether it holds what the actor's draft says: the draft is then gone. Else (a lever was changed) it stays, and
        where it was up to date it is up to date again.

    Raises
    ------
    ConflictError
        Somebody saved another version meanwhile.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_OBJECTIVE)
    session.refresh(project, with_for_update=True)  # one change at a time numbers the next version
    before = find_objective(session, actor=actor, project_id=project_id)
    _check_formulas(session, actor, project_id, objective, before.objective if before else None)
    digest = sha256_of(objective.document())
    if before is not None and before.sha256 == digest:
        _settle_draft(session, actor, project_id, before.version, None if is_from_draft else based_on)
        return before
    if (before.version if before else 0) != based_on:
        raise ConflictError(
            "Somebody saved another version of the objective meanwhile. "
            "What you typed is kept. Load the latest version, then repeat your change."
        )
    row = _add_version(session, actor, project_id, objective, based_on + 1, digest)
    tier = risk_tier(objective.considered.risk)
    if tier is not None:
        project.risk_tier = tier.tier
        session.add(project)
    _settle_draft(session, actor, project_id, row.version, None if is_from_draft else based_on)
    _record(session, actor, row, objective, before)
    return SavedObjective(
        id=row.id,
        version=row.version,
        sha256=digest,
        objective=objective,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=row.created_at,
    )


def keep_answer(
    session: Session, *, actor: Actor, project_id: str, name: str, value: str | float | bool | None, based_on: int
) -> None:
    """Keep one answer of the actor's draft, so that a refresh or a closed tab loses nothing.

    A draft is begun with one event and then kept at every pause of typing without another: it is a note to oneself,
    nobody else reads it, and what is saved from it is recorded in full.

    Parameters
    ----------
    based_on
        The version the person sees; only of interest where the draft begins.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_OBJECTIVE)
    check_answer(name, value)
    row = _draft(session, actor, project_id)
    if row is None:
        session.refresh(project, with_for_update=True)  # two tabs that begin at once begin one draft
        row = _draft(session, actor, project_id)
    if row is None:
        row = ProposalDraft(project_id=project_id, user_id=actor.user_id, based_on=based_on)
        _record_draft(session, actor, row, "objective.draft_begun")
    row.answers = row.answers | {name: value}  # a new dictionary: a change in place is not stored
    row.changed_at = utc_now()
    session.add(row)
    session.flush()


def move_draft(session: Session, *, actor: Actor, project_id: str, answers: Mapping[str, Any], based_on: int) -> None:
    """Put the actor's draft on a newer version, with what they decided about each difference.

    Raises
    ------
    NotFoundError
        There is no draft: it was saved or forgotten meanwhile.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_OBJECTIVE)
    for name, value in answers.items():
        check_answer(name, value)
    row = _draft(session, actor, project_id)
    if row is None:
        raise NotFoundError("There is no draft of yours. It was saved or forgotten in another tab.")
    row.answers, row.based_on, row.changed_at = dict(answers), based_on, utc_now()
    session.add(row)
    _record_draft(session, actor, row, "objective.draft_moved")


def forget_draft(session: Session, *, actor: Actor, project_id: str) -> None:
    """Forget what the actor has typed and not saved; does nothing where there is no draft."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_OBJECTIVE)
    row = _draft(session, actor, project_id)
    if row is not None:
        _record_draft(session, actor, row, "objective.draft_forgotten")
        session.delete(row)
        session.flush()


def _draft(session: Session, actor: Actor, project_id: str) -> ProposalDraft | None:
    """The actor's own draft, locked until the end of the transaction: two tabs of one person lose no answer."""
    statement = select(ProposalDraft).where(
        ProposalDraft.project_id == project_id, ProposalDraft.user_id == actor.user_id
    )
    return session.exec(statement.with_for_update()).first()


def _settle_draft(session: Session, actor: Actor, project_id: str, version: int, keep_from: int | None) -> None:
    """Forget what was saved; with `keep_from` keep the draft, on `version` where it was begun from there."""
    row = _draft(session, actor, project_id)
    if row is None:
        return
    if keep_from is None:
        session.delete(row)
    elif row.based_on == keep_from:
        row.based_on = version
        session.add(row)
    session.flush()


def _record_draft(session: Session, actor: Actor, row: ProposalDraft, action: str) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="objective_draft",
        object_id=row.id,
        project_id=row.project_id,
        after={"based_on": row.based_on, "answers": sorted(row.answers)},
    )


def _check_formulas(
    session: Session, actor: Actor, project_id: str, objective: Objective, before: Objective | None
) -> None:
    """Try every formula of a new or changed lever on the first rows of the data; a lever of before stays as it is."""
    known = before.levers if before else ()
    accepted = {text for lever in known for text in lever.formulas.values()}
    problems: list[str] = []
    for lever in objective.levers:
        if lever in known:
            continue
        for name, text in lever.formulas.items():
            try:
                trial = try_formula(session, actor=actor, project_id=project_id, text=text)
            except InvalidInputError as error:
                if text not in accepted:  # the data may have changed since; that is told where it is used
                    problems += (f"The {name} of {lever.name}: {problem}" for problem in error.problems)
                continue
            problems += (f"The {name} of {lever.name}: {problem}" for problem in _trial_problems(lever, name, trial))
    if problems:
        raise InvalidInputError(*problems)


def _trial_problems(lever: Lever, name: str, trial: FormulaTrial) -> Iterator[str]:
    """No answer in any row, or one value for all cases that the lever must not have.

    Where the status quo differs by case some may lie outside of what is allowed from now on: the form says how many.
    """
    if not trial.is_answered:
        yield trial.refusal
    elif name == "status quo" and lever.low is not None and lever.high is not None and not trial.names:
        yield from filter(None, (trial.outside(lever.low, lever.high),))


def _add_version(
    session: Session, actor: Actor, project_id: str, objective: Objective, version: int, digest: str
) -> ObjectiveVersion:
    plain = objective.document()
    own = {name: plain[name] for name in plain if name not in {"levers", "by_when", "constraints", "considered"}}
    row = ObjectiveVersion(
        **own,
        by_when=objective.by_when,
        constraints=constraints_document(objective.constraints),
        details={"considered": plain["considered"]} if "considered" in plain else {},
        project_id=project_id,
        version=version,
        sha256=digest,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    for position, lever in enumerate(plain["levers"]):
        session.add(LeverRow(**lever, objective_version_id=row.id, position=position))
    session.flush()
    return row


def _record(
    session: Session, actor: Actor, row: ObjectiveVersion, objective: Objective, before: SavedObjective | None
) -> None:
    def plain(version: int, digest: str, content: Objective) -> dict[str, Any]:
        return {"version": version, "sha256": digest, **content.document()}

    record_event(
        session,
        actor=actor,
        action="objective.saved",
        object_type="objective",
        object_id=row.id,
        project_id=row.project_id,
        before=plain(before.version, before.sha256, before.objective) if before else None,
        after=plain(row.version, row.sha256, objective),
    )
