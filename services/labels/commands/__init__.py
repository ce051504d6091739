"""Change labelling: tasks and answers, and decisions about suspicious rows."""

from services.labels.commands.suspects import (
    apply_verdicts,
    request_comparison,
    request_noise,
    request_top_losses,
    save_verdict,
)
from services.labels.commands.tasks import (
    apply_labels,
    create_task,
    request_training,
    request_worth,
    save_label,
    undo_label,
)

__all__ = [
    "apply_labels",
    "apply_verdicts",
    "create_task",
    "request_comparison",
    "request_noise",
    "request_top_losses",
    "request_training",
    "request_worth",
    "save_label",
    "save_verdict",
    "undo_label",
]
