"""Who does which kind of job. A handler stands in the `execution` module of its noun."""

from services.datasets.execution import apply_steps, compare, examine
from services.datasets.receiving.execution import read_dataset
from services.jobs.handler import Handler

HANDLERS: dict[str, Handler] = {
    "dataset.read": read_dataset,
    "dataset.apply": apply_steps,
    "dataset.examine": examine,
    "dataset.compare": compare,
}
