"""Who does which kind of job. A handler stands in the `execution` module of its noun."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from services.datasets.execution import apply_steps, compare, examine
from services.datasets.querying.execution import carry_out_query
from services.datasets.receiving.execution import read_dataset
from services.jobs.handler import Handler, JobRequest, Report


def _when_needed(module: str, name: str) -> Handler:
    """A handler whose module loads what learns: with its first job, so that a worker starts in half the time."""

    def handle(request: JobRequest, report: Report) -> dict[str, Any]:
        handler: Handler = getattr(import_module(module), name)
        return handler(request, report)

    return handle


_LEARNING: Mapping[str, tuple[str, str]] = {
    "labels.train": ("services.labels.execution", "train"),
    "labels.noise": ("services.labels.execution", "look_for_wrong_labels"),
    "labels.worth": ("services.labels.execution", "weigh_labels"),
    "analyses.run": ("services.analyses.execution", "run_analysis"),
    "simulation.run": ("services.simulation.execution", "run_simulation"),
    "fairness.assess": ("services.fairness.execution", "run_assessment"),
    "model.examine": ("services.examinations.execution", "run_examination"),
    "explanation.deepen": ("services.stories.execution", "look_behind_explanation"),
    "explanation.tell_case": ("services.stories.execution", "tell_story_of_case"),
    "automl.export": ("services.models.tracked_files", "write_run_to_server"),
    "automl.import": ("services.models.tracked_files", "take_run_from_server"),
    "models.top_loss": ("services.models.execution", "find_top_losses"),
    "models.script": ("services.models.execution", "write_training_script"),
}
HANDLERS: dict[str, Handler] = {
    "dataset.read": read_dataset,
    "dataset.apply": apply_steps,
    "dataset.examine": examine,
    "dataset.compare": compare,
    "connection.query": carry_out_query,
    **{kind: _when_needed(module, name) for kind, (module, name) in _LEARNING.items()},
}
# What children do, with all it loads: a child that has to load for itself begins two seconds later.
CHILD_MODULES = (
    "services.automl.training",
    "services.models.finishing",
    "services.models.finishing_job",
    "services.automl.trainers",
    "services.models.execution",
    "services.labels.execution",
    "services.labels.training",
    "services.analyses.execution",
    "services.simulation.execution",
    "services.simulation.simulating",
    "services.fairness.execution",
    "services.fairness.assessing",
    "services.examinations.execution",
    "services.examinations.examining",
    "services.stories.execution",
    "services.stories.deepening",
    "services.connections.execution",
    "services.datasets.querying.execution",
    "services.datasets.checks.examination",
)
