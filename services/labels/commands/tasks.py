"""Label rows: open a task, answer row by row, take an answer back, and make the answers a version of the data.

Each answer is an audit event of its own: it costs a millisecond, and it is what the labels of a model can be traced to.
The event names the row and never the answer.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, select

from db.tables import Label, LabelTask
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.commands import RequestedChange, request_steps
from services.datasets.queries import Dataset, find_dataset, get_dataset
from services.errors import ConflictError, InvalidInputError, TooManyRequestsError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.labels.queries.tasks import list_labels, require_task, task_view
from services.labels.steps import label_steps
from services.labels.views import TaskView
from services.labels.votes import count_votes
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.later import is_labelling_blind
from services.proposals.queries import list_later_defaults

TRAIN = "labels.train"
WORTH = "labels.worth"
MIN_CLASSES, MAX_CLASSES = 2, 9  # one key each
CLASS_LENGTH, COLUMN_LENGTH, GUIDELINE_LENGTH = 60, 120, 2_000
TRAIN_EVERY = 20  # answers
SOURCES = ("keyboard", "thumb", "review")
MAX_SECONDS = 600.0  # who looked longer was away


def create_task(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    column: str,
    classes: Sequence[str],
    guideline: str,
    positive_class: str | None = None,
    second_rater_share: float = 0.2,
) -> TaskView:
    """Open a task on the latest version of the data; a worker draws its first rows.

    Parameters
    ----------
    column
        A new column, or one with gaps, which are filled.
    classes
        Two to nine, in the order of their keys.
    positive_class
        Of two classes, the one the business acts on: it prices the quick model.
    second_rater_share
        Share of the rows that a second person rates too, 0 to 1.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong; one sentence for each.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    authorize_project(session, actor=actor, project_id=dataset.project_id, permission=Permission.LABEL)
    column, names = " ".join(column.split()), [" ".join(name.split()) for name in classes]
    names = [name for name in names if name]
    guideline = guideline.strip()
    problems = _problems(dataset, column, names, guideline, positive_class, second_rater_share)
    if problems:
        raise InvalidInputError(*problems)
    task = LabelTask(
        project_id=dataset.project_id,
        dataset_version_id=dataset.id,
        column=column,
        classes=names,
        positive_class=positive_class,
        guideline=guideline,
        second_rater_share=second_rater_share,
        created_by=actor.user_id,
    )
    session.add(task)
    session.flush()
    _record(session, actor, task, "labels.task_created", column=column, n_classes=len(names), version=dataset.version)
    _enqueue_training(session, actor, task)
    return task_view(session, task)


def save_label(
    session: Session,
    *,
    actor: Actor,
    task_id: str,
    row: int,
    value: str | None,
    source: str = "keyboard",
    seconds: float | None = None,
) -> None:
    """Say what a row is; None means "cannot tell". Every 20th answer asks the worker to order the queue anew.

    Parameters
    ----------
    source
        "keyboard" for a blind answer, "thumb" where the model's answer was seen, "review" to settle a dispute.

    Raises
    ------
    InvalidInputError
        There is no such class, the row is not one of those to label, or a model's answer was seen where the objective
        asks for blind labelling.
    ConflictError
        The task is closed, or the labels are applied already.
    """
    task = require_task(session, actor, task_id, Permission.LABEL)
    _require_open(task)
    labels = list_labels(session, task_id)
    if value is not None and value not in task.classes:
        raise InvalidInputError("There is no such class. Choose one of the classes of the task.")
    if source not in SOURCES or (row not in task.queue and all(label.row != row for label in labels)):
        raise InvalidInputError("This row is not one of those to label now. Look at the next one.")
    if source == "thumb" and is_labelling_blind(list_later_defaults(session, actor=actor, project_id=task.project_id)):
        raise InvalidInputError(
            "The objective asks for blind labelling. Label by the keys, without the model's answer."
        )
    mine = [label for label in labels if label.row == row and label.rater_id == actor.user_id]
    found = next((label for label in mine if label.source == source), None)
    label = found or Label(task_id=task_id, row=row, source=source, rater_id=actor.user_id)
    label.value, label.changed_at = value, utc_now()
    label.seconds = None if seconds is None else round(min(max(seconds, 0.0), MAX_SECONDS), 2)
    session.add(label)
    session.flush()
    _record(session, actor, task, "labels.saved", row=row, source=source)
    n_answers = len(labels) + (found is None)
    if found is None and n_answers % TRAIN_EVERY == 0:
        _enqueue_training(session, actor, task)


def undo_label(session: Session, *, actor: Actor, task_id: str) -> int:
    """Take one's own last answer back; the row, which is shown again.

    Raises
    ------
    ConflictError
        There is nothing to take back.
    """
    task = require_task(session, actor, task_id, Permission.LABEL)
    _require_open(task)
    mine = session.exec(
        select(Label).where(Label.task_id == task_id, Label.rater_id == actor.user_id, Label.source != "review")
    ).all()
    last = max(mine, key=lambda label: label.changed_at, default=None)
    if last is None:
        raise ConflictError("There is no answer of yours to take back.")
    row = last.row
    if row not in task.queue:  # only the latest answers stay in a queue that was ordered anew
        raise ConflictError("The queue has been ordered anew since your last answer, so it stays.")
    session.delete(last)
    task.queue = [row, *(other for other in task.queue if other != row)]
    session.add(task)
    session.flush()
    _record(session, actor, task, "labels.undone", row=row)
    return row


def request_training(session: Session, *, actor: Actor, task_id: str) -> JobView:
    """Ask a worker to fit the quick model and to order the queue."""
    task = require_task(session, actor, task_id, Permission.LABEL)
    return _ask(session, actor, task.project_id, TRAIN, {"task_id": task.id}, task.id)


def request_worth(session: Session, *, actor: Actor, dataset_id: str, task_id: str | None = None) -> JobView:
    """Ask a worker what more labels are worth: of the target of the data, or of a task's labels so far."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    authorize_project(session, actor=actor, project_id=dataset.project_id, permission=Permission.LABEL)
    if task_id is not None:
        require_task(session, actor, task_id, Permission.LABEL)
    elif dataset.target is None:
        raise InvalidInputError("The data have no target yet, so nothing says what a label is worth. Choose one.")
    request = {"dataset_id": dataset.id, "task_id": task_id}
    return _ask(session, actor, dataset.project_id, WORTH, request, task_id or dataset.id)


def apply_labels(session: Session, *, actor: Actor, task_id: str) -> RequestedChange:
    """Make the agreed labels a new version of the data. Rows people see differently stay empty.

    A worker writes the version; closing the task is the change that is recorded here.

    Raises
    ------
    ConflictError
        Nothing is agreed yet, or the data have changed since the task was opened.
    """
    task = require_task(session, actor, task_id, Permission.EDIT_DATA)
    _require_open(task)
    labels = list_labels(session, task_id)
    verdicts = count_votes((label.row, label.value, label.source) for label in labels)
    if not verdicts.agreed:
        raise ConflictError("No row has an agreed label yet. Label a few rows first.")
    latest = find_dataset(session, actor=actor, project_id=task.project_id)
    if (
        latest is None
        or latest.base_sha256 != get_dataset(session, actor=actor, dataset_id=task.dataset_version_id).base_sha256
    ):
        raise ConflictError("Another table was brought since the task was opened, so its labels do not fit any more.")
    steps = label_steps(task.column, verdicts.agreed, _reason(labels))
    change = request_steps(session, actor=actor, dataset_id=latest.id, steps=steps)
    task.state = "applied"
    session.add(task)
    _record(session, actor, task, "labels.applied", n_labels=len(verdicts.agreed), n_disputed=len(verdicts.disputed))
    return change


def _reason(labels: Sequence[Label]) -> str:
    n_raters = len({label.rater_id for label in labels})
    return f"Labelled by {n_raters} {'person' if n_raters == 1 else 'people'} in this portal"


def _problems(
    dataset: Dataset,
    column: str,
    classes: list[str],
    guideline: str,
    positive_class: str | None,
    share: float,
) -> list[str]:
    profile = next((item for item in dataset.columns if item.name == column), None)
    checks = (
        (not column or len(column) > COLUMN_LENGTH, f"Name the column in at most {COLUMN_LENGTH} characters."),
        (profile is not None and profile.n_missing == 0, "This column has a value in every row. Name a new column."),
        (
            not MIN_CLASSES <= len(classes) <= MAX_CLASSES,
            f"Give {MIN_CLASSES} to {MAX_CLASSES} classes: each has a key of its own.",
        ),
        (len(set(classes)) < len(classes), "Two classes have the same name."),
        (any(len(name) > CLASS_LENGTH for name in classes), f"A class has at most {CLASS_LENGTH} characters."),
        (not guideline, "Write in a sentence or two how to tell the classes apart."),
        (len(guideline) > GUIDELINE_LENGTH, f"The guideline has at most {GUIDELINE_LENGTH:,} characters."),
        (positive_class is not None and positive_class not in classes, "Choose one of the classes to act on."),
        (not 0 <= share <= 1, "The share of rows rated twice is between 0 and 100%."),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _require_open(task: LabelTask) -> None:
    if task.state != "open":
        raise ConflictError("The labels of this task are applied, so it is closed. Open a new one.")


def _enqueue_training(session: Session, actor: Actor, task: LabelTask) -> None:
    try:
        _ask(session, actor, task.project_id, TRAIN, {"task_id": task.id}, task.id)
    except TooManyRequestsError:
        return  # the answer counts all the same; the next one asks again


def _ask(
    session: Session, actor: Actor, project_id: str, kind: str, request: dict[str, Any], subject_id: str
) -> JobView:
    return enqueue_job(
        session,
        actor=actor,
        project_id=project_id,
        kind=kind,
        request=request,
        subject_id=subject_id,
        permission=Permission.LABEL,
    )


def _record(session: Session, actor: Actor, task: LabelTask, action: str, **after: Any) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="label_task",
        object_id=task.id,
        project_id=task.project_id,
        after=after,
    )
