"""Where a run stands among the others, in words."""

from services.automl.sentences import count_of
from services.automl.turns.views import TurnView


def describe_turn(turn: TurnView) -> str:
    """Its priority, when it gets its next place, and how many wait and work."""
    parts = [f"{turn.priority.capitalize()} priority"]
    if turn.position is not None:
        before = turn.position - 1
        parts.append(f"{count_of(before, 'run')} before it" if before else "the next free place is its")
    if turn.n_waiting:
        parts.append(f"{count_of(turn.n_waiting, 'run')} without a place yet")
    if turn.n_places:
        parts.append(f"{count_of(turn.n_places, 'place')} on {count_of(turn.n_workers, 'worker')}")
    if turn.is_over_quota:
        parts.append("the worker time of a day is used up, so others of the same priority come first")
    return " · ".join(parts)
