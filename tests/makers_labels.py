"""Make labelling tasks, answers and the jobs that order them, without a worker."""

from collections.abc import Iterable

from sqlmodel import Session

from db.session import reading, transaction
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.jobs.execution import run_job
from services.jobs.queries import list_jobs
from services.jobs.views import JobView
from services.labels.commands import create_task, save_label
from services.labels.queries import get_turn
from services.labels.views import TaskView
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
