"""Read labelling: tasks, turns, progress and agreement; suspicious rows; what more labels are worth."""

from services.labels.queries.bench import find_bench, find_worth
from services.labels.queries.quick_model import get_quick_answer
from services.labels.queries.suspects import find_judge, find_suspects, get_suspects
from services.labels.queries.tasks import (
    find_task,
    get_agreement,
    get_card,
    get_progress,
    get_task,
    get_turn,
    list_disputes,
    list_tasks,
)

__all__ = [
    "find_bench",
    "find_judge",
    "find_suspects",
    "find_task",
    "find_worth",
    "get_agreement",
    "get_card",
    "get_progress",
    "get_quick_answer",
    "get_suspects",
    "get_task",
    "get_turn",
    "list_disputes",
    "list_tasks",
]
