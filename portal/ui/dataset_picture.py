"""Everything the data page shows, read in one view of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.ui.session import reading
from services.audit.actor import Actor
from services.datasets.checks.finding import Finding
from services.datasets.lineage import LineageEntry
from services.datasets.queries import (
    Health,
    find_dataset,
    find_health,
    find_redo,
    find_replay,
    get_lineage,
    list_descriptions,
)
from services.datasets.receiving.request import open_questions
from services.datasets.recipe.replay import ReplayPlan
from services.datasets.views import Dataset
from services.jobs.queries import find_latest_job
from services.jobs.views import JobView

APPLY, EXAMINE, READ = "dataset.apply", "dataset.examine", "dataset.read"


@dataclass(frozen=True, slots=True)
class Picture:
    """The latest version, what is known of it and what is being done to it. `undone` is the step that can be redone."""

    dataset: Dataset
    health: Health | None
    lineage: Sequence[LineageEntry]
    change: JobView | None
    check: JobView | None
    reading: JobView | None
    undone: Mapping[str, Any] | None
    replay: ReplayPlan | None
    n_described: int

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """What the checks say; None until they have looked."""
        return self.health.document.findings if self.health else None

    @property
    def is_busy(self) -> bool:
        """Whether steps are being carried out right now: another change would be made to a table that is gone."""
        return self.change is not None and self.change.is_active

    @property
    def is_reading_open(self) -> bool:
        """Whether a newer file is being read, asks something, or could not be read."""
        job = self.reading
        if job is None:
            return False
        return job.is_active or bool(open_questions(job)) or (bool(job.failure) and is_news(job, self.dataset))


def read_picture(actor: Actor, project_id: str) -> Picture | None:
    """The data of a project as they are now, None before the first table.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    with reading() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
        if dataset is None:
            return None
        redo = find_redo(session, actor=actor, dataset_id=dataset.id)
        change = find_latest_job(session, actor=actor, project_id=project_id, kind=APPLY)
        return Picture(
            dataset=dataset,
            health=find_health(session, actor=actor, dataset_id=dataset.id),
            lineage=get_lineage(session, actor=actor, dataset_id=dataset.id),
            change=change if change and is_news(change, dataset) else None,
            check=find_latest_job(session, actor=actor, project_id=project_id, kind=EXAMINE, subject_id=dataset.id),
            reading=find_latest_job(session, actor=actor, project_id=project_id, kind=READ),
            undone=find_undone_step(dataset.recipe, redo) if redo else None,
            replay=find_replay(session, actor=actor, dataset_id=dataset.id),
            n_described=sum(
                bool(line.description.business_name)
                for line in list_descriptions(session, actor=actor, project_id=project_id).values()
            ),
        )


def is_news(job: JobView, dataset: Dataset) -> bool:
    """Whether what became of a change still matters: it goes on, or failed after the version in front of the person."""
    return job.is_active or job.created_at >= dataset.created_at


def find_undone_step(
    recipe: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The step of the recipe before that the recipe lacks now."""
    rest = [dict(step) for step in recipe]
    for step in before:
        if dict(step) not in rest:
            return step
        rest.remove(dict(step))
    return None
