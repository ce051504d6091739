"""Make labelling tasks, answers and the jobs that order them, without a worker."""

from collections.abc import Iterable

from sqlmodel import Session, select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import Job, LabelTask
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.jobs.execution import run_job
from services.jobs.queries import list_jobs
from services.jobs.views import JobView
from services.labels.commands import create_task, save_label, save_verdict
from services.labels.queries import get_turn
from services.labels.views import TaskView
from services.models.cards import write_cards
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame


def make_task(
    session: Session, *raters: Actor, share: float = 0.2, classes: tuple[str, ...] = ("No", "Yes"), n_rows: int = 200
) -> tuple[TaskView, Actor]:
    """A task to say who will leave, on data without that column, with `raters` in the project; (task, scientist)."""
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist, *raters)
    frame = make_frame(n_rows).drop(columns="churn")
    dataset = make_dataset(session, scientist, project.id, frame=frame, target=None)
    task = create_task(
        session,
        actor=scientist,
        dataset_id=dataset.id,
        column="will_leave",
        classes=classes,
        guideline="Yes, if they are likely to end the contract within a month.",
        positive_class=classes[-1],
        second_rater_share=share,
    )
    return task, scientist


def run_jobs(actor: Actor, project_id: str, *, kinds: Iterable[str] | None = None) -> list[JobView]:
    """Do every waiting job of a project here and now; the jobs as they ended, oldest first."""
    with reading() as session:
        waiting = [job for job in list_jobs(session, actor=actor, project_id=project_id) if job.is_active]
    chosen = [job.id for job in reversed(waiting) if kinds is None or job.kind in set(kinds)]
    for job_id in chosen:
        run_job(job_id, HANDLERS, "here")
    with reading() as session:
        ended = {job.id: job for job in list_jobs(session, actor=actor, project_id=project_id)}
    return [ended[job_id] for job_id in chosen]


def label_rows(actor: Actor, task_id: str, n: int) -> list[int]:
    """Answer the next `n` rows as the rule of `make_frame` has it; the rows."""
    done: list[int] = []
    for _ in range(n):
        with transaction() as session:
            card = get_turn(session, actor=actor, task_id=task_id).card
            if card is None:
                return done
            risky = card.cells["contract"] == "Month-to-month" and int(card.cells["tenure"] or 0) < 40
            value = "Yes" if risky else "No"
            save_label(session, actor=actor, task_id=task_id, row=card.row, value=value, seconds=2.0)
            done.append(card.row)
    return done


def make_labelled(session: Session, business: Actor, scientist: Actor, dataset_id: str) -> tuple[str, str]:
    """A task with an answer of each, and a search that found two suspicious rows; (task id, job id). No job waits."""
    task = create_task(
        session,
        actor=scientist,
        dataset_id=dataset_id,
        column="will_leave",
        classes=("No", "Yes"),
        guideline="As you see it.",
    )
    cards = get_artifact_store().put(write_cards(make_frame(5), {row: row for row in range(5)}, ["tenure"], {}))
    row = session.get_one(LabelTask, task.id)
    row.queue, row.cards_sha256 = [0, 1, 2, 3, 4], cards
    session.add(row)
    for number, actor in enumerate((business, scientist)):
        save_label(session, actor=actor, task_id=task.id, row=number, value="Yes")
    training = session.exec(select(Job).where(Job.kind == "labels.train", Job.subject_id == task.id)).one()
    training.state = "done"
    found = {"dataset_id": dataset_id, "column": "churn", "classes": ["No", "Yes"], "n_examined": 200}
    suspects = [{"row": number, "given": "No", "suggested": "Yes", "score": 0.02} for number in (2, 3)]
    job = Job(
        kind="labels.noise",
        project_id=task.project_id,
        subject_id=dataset_id,
        state="done",
        request={"dataset_id": dataset_id},
        result={**found, "noise_rate": 0.01, "suspects": suspects, "cards_sha256": cards},
        created_by=scientist.user_id,
    )
    session.add_all([training, job])
    session.flush()
    save_verdict(session, actor=business, job_id=job.id, row=2, verdict="relabel", value="Yes", reason="A typing error")
    return task.id, job.id
