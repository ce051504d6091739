"""Who does which kind of job. A handler stands in the `execution` module of its noun."""

from services.datasets.execution import apply_steps, compare, examine
from services.datasets.querying.execution import carry_out_query
from services.datasets.receiving.execution import read_dataset
from services.jobs.handler import Handler
from services.labels.execution import look_for_wrong_labels, train, weigh_labels
from services.models.execution import find_top_losses

HANDLERS: dict[str, Handler] = {
    "dataset.read": read_dataset,
    "dataset.apply": apply_steps,
    "dataset.examine": examine,
    "dataset.compare": compare,
    "connection.query": carry_out_query,
    "labels.train": train,
    "labels.noise": look_for_wrong_labels,
    "labels.worth": weigh_labels,
    "models.top_loss": find_top_losses,
}
