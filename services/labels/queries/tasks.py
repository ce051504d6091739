"""Read what people label: the task, whose turn it is, how far it is, and how far people agree."""

from collections import Counter, defaultdict
from functools import lru_cache
from statistics import median

import numpy as np
from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from db.tables import DatasetVersion, Label, LabelTask, User
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.labels.agreement import (
    Alpha,
    Kappa,
    alpha_with_interval,
    cohen_kappa,
    confusion,
    describe_agreement,
)
from services.labels.views import Agreement, Dispute, Progress, TaskView, Turn
from services.labels.votes import count_votes, next_row, wants_second_rater
from services.models.cards import Card, read_cards
from services.people.permissions import Permission
from services.projects.queries import authorize_project

UNKNOWN_TASK = "There is no such labelling task, or you are not a member of its project."
MIN_TWICE = 5


def list_tasks(session: Session, *, actor: Actor, project_id: str) -> list[TaskView]:
    """The labelling tasks of a project, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    newest = select(LabelTask).where(LabelTask.project_id == project_id).order_by(col(LabelTask.created_at).desc())
    return [task_view(session, row) for row in session.exec(newest)]


def find_task(session: Session, *, actor: Actor, project_id: str) -> TaskView | None:
    """The newest labelling task of a project, None before the first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    newest = select(LabelTask).where(LabelTask.project_id == project_id).order_by(col(LabelTask.created_at).desc())
    row = session.exec(newest.limit(1)).first()
    return task_view(session, row) if row else None


def get_task(session: Session, *, actor: Actor, task_id: str) -> TaskView:
    """One task.

    Raises
    ------
    NotFoundError
        There is no such task, or the actor is not a member of its project.
    """
    return task_view(session, require_task(session, actor, task_id, Permission.SEE_PROJECT))


def get_turn(session: Session, *, actor: Actor, task_id: str) -> Turn:
    """The row this person labels next, blind to what others said; rows they have rated are not shown again."""
    task = require_task(session, actor, task_id, Permission.LABEL)
    labels = list_labels(session, task_id)
    raters = raters_by_row(labels)
    mine = [label for label in labels if label.rater_id == actor.user_id]
    open_rows = [
        row
        for row in task.queue
        if next_row([row], raters, actor.user_id, task_id=task_id, share=task.second_rater_share) is not None
    ]
    cards = _cards(task)
    last = max((label for label in mine if label.source == "keyboard"), key=_moment, default=None)
    return Turn(
        card=cards.get(open_rows[0]) if open_rows else None,
        n_left=len(open_rows),
        n_mine=len(mine),
        last_row=last.row if last else None,
    )


def get_card(session: Session, *, actor: Actor, task_id: str, place: int) -> Card | None:
    """A row of the queue that nobody has labelled yet, to try the model on; `place` goes round. None where all are."""
    task = require_task(session, actor, task_id, Permission.LABEL)
    rated = {label.row for label in list_labels(session, task_id)}
    cards = [card for row, card in reversed(_cards(task).items()) if row not in rated]  # the next ones are labelled
    return cards[place % len(cards)] if cards else None


def get_progress(session: Session, *, actor: Actor, task_id: str) -> Progress:
    """How far the task is."""
    task = require_task(session, actor, task_id, Permission.SEE_PROJECT)
    labels = list_labels(session, task_id)
    verdicts = count_votes((label.row, label.value, label.source) for label in labels)
    seconds = [label.seconds for label in labels if label.seconds is not None and label.source == "keyboard"]
    trained_on = int((task.model or {}).get("n_answers", 0))
    version = session.get_one(DatasetVersion, task.dataset_version_id)
    return Progress(
        n_rows=version.n_rows,
        n_answers=len(labels),
        n_raters=len({label.rater_id for label in labels}),
        n_agreed=len(verdicts.agreed),
        n_disputed=len(verdicts.disputed),
        n_unclear=len(verdicts.unclear),
        by_class=Counter(label.value for label in labels if label.value is not None),
        seconds_per_label=median(seconds) if seconds else None,
        n_since_training=max(0, len(labels) - trained_on),
    )


def get_agreement(session: Session, *, actor: Actor, task_id: str) -> Agreement:
    """How far people agree on the rows that two of them rated, each without seeing the other's answer."""
    task = require_task(session, actor, task_id, Permission.SEE_PROJECT)
    said: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for label in list_labels(session, task_id):
        if label.source == "keyboard" and label.value in task.classes:  # a thumb has seen the model's answer
            said[label.row].append((label.rater_id, task.classes.index(label.value)))
    twice = {row: sorted(answers) for row, answers in said.items() if len(answers) >= 2}
    n_equal = sum(len({code for _, code in answers}) == 1 for answers in twice.values())
    if len(twice) < MIN_TWICE:
        sentence = f"Two people have rated {len(twice)} rows; from {MIN_TWICE} on this says how far they agree."
        return Agreement(len(twice), n_equal, None, None, sentence)
    alpha = _alpha(list(twice.values()))
    kappa = _kappa(list(twice.values()), len(task.classes))
    sentence = describe_agreement(alpha.value) if alpha else "All of them got the same class, so chance explains it."
    return Agreement(len(twice), n_equal, alpha, kappa, sentence)


def list_disputes(session: Session, *, actor: Actor, task_id: str) -> list[Dispute]:
    """The rows people see differently, which somebody has to look at again."""
    task = require_task(session, actor, task_id, Permission.LABEL)
    verdicts = count_votes((label.row, label.value, label.source) for label in list_labels(session, task_id))
    cards = _cards(task)
    return [Dispute(row, said, cards.get(row)) for row, said in verdicts.disputed.items()]


def require_task(session: Session, actor: Actor, task_id: str, permission: Permission) -> LabelTask:
    """The row of a task, for who may; a stranger cannot tell whether it exists."""
    task = session.get(LabelTask, task_id)
    if task is None:
        raise NotFoundError(UNKNOWN_TASK)
    authorize_project(session, actor=actor, project_id=task.project_id, permission=permission, unknown=UNKNOWN_TASK)
    return task


def list_labels(session: Session, task_id: str) -> list[Label]:
    """Every answer of a task, for code that has authorised its actor."""
    return list(session.exec(select(Label).where(Label.task_id == task_id).order_by(col(Label.created_at))))


def raters_by_row(labels: list[Label]) -> dict[int, frozenset[str]]:
    """Who has answered for each row."""
    found: dict[int, set[str]] = defaultdict(set)
    for label in labels:
        found[label.row].add(label.rater_id)
    return {row: frozenset(raters) for row, raters in found.items()}


def list_waiting(task: LabelTask, labels: list[Label]) -> tuple[int, ...]:
    """Rows that one person has rated and a second one shall."""
    return tuple(
        row
        for row, raters in raters_by_row(labels).items()
        if len(raters) == 1 and wants_second_rater(task.id, row, task.second_rater_share)
    )


def task_view(session: Session, row: LabelTask) -> TaskView:
    """The picture of a task that its caller has read."""
    return TaskView(
        id=row.id,
        project_id=row.project_id,
        dataset_id=row.dataset_version_id,
        column=row.column,
        classes=tuple(row.classes),
        positive_class=row.positive_class,
        guideline=row.guideline,
        second_rater_share=row.second_rater_share,
        state=row.state,
        queue_round=row.queue_round,
        n_queued=len(row.queue),
        cards_sha256=row.cards_sha256,
        model=row.model,
        created_by=row.created_by,
        created_by_name=session.get_one(User, row.created_by).name,
        created_at=row.created_at,
    )


def read_stored_cards(digest: str) -> dict[int, Card]:
    """Cards by the hash of their file, kept in memory: a hash never means anything else."""
    return _read_cards(get_database_settings().storage_url, digest)


@lru_cache(maxsize=32)
def _read_cards(_storage: str, digest: str) -> dict[int, Card]:
    return read_cards(get_artifact_store().get(digest))


def _cards(task: LabelTask) -> dict[int, Card]:
    return read_stored_cards(task.cards_sha256) if task.cards_sha256 else {}


def _moment(label: Label) -> str:
    return label.changed_at.isoformat()


def _alpha(answers: list[list[tuple[str, int]]]) -> Alpha | None:
    raters = sorted({rater for row in answers for rater, _ in row})
    ratings = np.full((len(raters), len(answers)), np.nan)
    for unit, row in enumerate(answers):
        for rater, code in row:
            ratings[raters.index(rater), unit] = code
    try:
        return alpha_with_interval(ratings)
    except ValueError:
        return None


def _kappa(answers: list[list[tuple[str, int]]], n_classes: int) -> Kappa | None:
    """Of the same two people on every row; with more people there is alpha only."""
    if len({tuple(rater for rater, _ in row) for row in answers}) != 1 or len(answers[0]) != 2:
        return None
    try:
        return cohen_kappa(confusion([row[0][1] for row in answers], [row[1][1] for row in answers], n_classes))
    except ValueError:
        return None
