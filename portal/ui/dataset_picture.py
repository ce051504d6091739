"""Everything the data page shows, read in one view of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from portal.ui.session import reading
from services.audit.actor import Actor
from services.audit.queries import get_head_id
from services.datasets.checks.explained import ExplainedFinding
from services.datasets.checks.finding import Finding
from services.datasets.dictionary import DictionaryLine
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
KEPT_SECONDS, MOST_KEPT = 60, 40


@dataclass(frozen=True, slots=True)
class _Known:
    """What changes only with an event or with a new report of the checks."""

    dataset: Dataset | None
    health: Health | None = None
    lineage: Sequence[LineageEntry] = ()
    undone: Mapping[str, Any] | None = None
    replay: ReplayPlan | None = None
    lines: Mapping[str, DictionaryLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """The latest version, what is known of it and what is being done to it. `undone` is the step that can be redone."""

    dataset: Dataset
    health: Health | None
    lineage: Sequence[LineageEntry]
    undone: Mapping[str, Any] | None
    replay: ReplayPlan | None
    lines: Mapping[str, DictionaryLine]
    change: JobView | None
    check: JobView | None
    reading: JobView | None

    @property
    def n_described(self) -> int:
        """How many columns have a business name."""
        return sum(bool(line.description.business_name) for line in self.lines.values())

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """What the checks say and nobody has explained; None until they have looked."""
        return self.health.document.findings if self.health else None

    @property
    def explained(self) -> tuple[ExplainedFinding, ...]:
        """What the checks say and somebody has kept as it is, with the reason."""
        return self.health.explained if self.health else ()

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
    with reading() as session:  # each of these asks whether the person may see the project
        change, check, read = (
            find_latest_job(session, actor=actor, project_id=project_id, kind=kind) for kind in (APPLY, EXAMINE, READ)
        )
        head_id = get_head_id(session)
    known = _read_known(project_id, head_id, (check.id, check.state) if check else None, actor)
    dataset = known.dataset
    if dataset is None:
        return None
    return Picture(
        dataset=dataset,
        health=known.health,
        lineage=known.lineage,
        undone=known.undone,
        replay=known.replay,
        lines=known.lines,
        change=change if change and is_news(change, dataset) else None,
        check=check if check and check.subject_id == dataset.id else None,
        reading=read,
    )


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _read_known(
    project_id: str,
    head_id: int,  # noqa: ARG001 - the key
    check: tuple[str, str] | None,  # noqa: ARG001 - the key
    _actor: Actor,
) -> _Known:
    """The same for everybody who may see the project; a table of thousands of columns takes seconds to read."""
    with reading() as session:
        dataset = find_dataset(session, actor=_actor, project_id=project_id)
        if dataset is None:
            return _Known(None)
        redo = find_redo(session, actor=_actor, dataset_id=dataset.id)
        return _Known(
            dataset=dataset,
            health=find_health(session, actor=_actor, dataset_id=dataset.id),
            lineage=get_lineage(session, actor=_actor, dataset_id=dataset.id),
            undone=find_undone_step(dataset.recipe, redo) if redo else None,
            replay=find_replay(session, actor=_actor, dataset_id=dataset.id),
            lines=list_descriptions(session, actor=_actor, project_id=project_id),
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
