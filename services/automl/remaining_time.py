"""How long a search may still take, said only when it can be said honestly."""

_MIN_TRIALS = 2  # before that one duration would pass for an average


def remaining_seconds(
    *, n_ended: int, n_budget: int, used_seconds: float, budget_seconds: float, is_searching: bool
) -> float | None:
    """The earlier of two ends, in seconds: all trials tried at the pace so far, or the time budget used up.

    None while nothing is known: before the search began, or before two trials have ended.
    """
    if not is_searching:
        return None
    until_time_is_up = max(budget_seconds - used_seconds, 0.0)
    if n_ended >= n_budget:
        return 0.0
    if n_ended < _MIN_TRIALS:
        return None
    pace = used_seconds / n_ended
    return min(until_time_is_up, pace * (n_budget - n_ended))
