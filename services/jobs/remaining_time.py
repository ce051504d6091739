"""How long a job may still take, said only where its own pace tells."""

MIN_PROGRESS, MIN_SECONDS = 0.05, 2.0


def remaining_seconds(progress: float | None, elapsed_seconds: float) -> float | None:
    """Seconds left if the rest goes as fast as what is done.

    Parameters
    ----------
    progress
        Share of the work done, 0 to 1; None while it is unknown.
    elapsed_seconds
        Seconds since the work began.

    Returns
    -------
    float or None
        Seconds; None before 5% or two seconds, when the pace is not known yet.
    """
    if progress is None or progress < MIN_PROGRESS or elapsed_seconds < MIN_SECONDS:
        return None
    return elapsed_seconds * max(1.0 - progress, 0.0) / progress
