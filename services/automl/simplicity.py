"""Which model is simple enough to be preferred: nearly as good as the best, and the smallest of those."""

from collections.abc import Sequence

from services.automl.pins import Pinned

TOLERANCE = 0.02  # of the best value, or of the best score


def simplest_of(items: Sequence[Pinned]) -> Pinned | None:
    """The smallest artefact among the variants within 2% of the first, the best; None where sizes are not known."""
    if not items:
        return None
    near = [item for item in items if _is_near(item, items[0]) and item.trial.size_bytes is not None]
    return min(near, key=lambda item: item.trial.size_bytes or 0.0) if near else None


def _is_near(item: Pinned, best: Pinned) -> bool:
    one, other = item.trial.value_amount, best.trial.value_amount
    if one is None or other is None:
        one, other = item.trial.score, best.trial.score
    return one is not None and other is not None and abs(one - other) <= TOLERANCE * abs(other)
