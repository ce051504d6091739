"""Which model is simple enough to be preferred: nearly as good as the best, and the plainest and smallest of those."""

from collections.abc import Sequence

from services.automl.family_names import INTRICATE_FAMILIES, PLAIN_FAMILIES
from services.automl.pins import Pinned
from services.automl.views import TrialView

TOLERANCE = 0.02  # of the best value, or of the best score
INTRICACIES = ("one formula", "trees", "neither a formula nor trees")


def intricacy_of(trial: TrialView) -> int:
    """The place among `INTRICACIES` of what a model is: the lower, the easier a person follows it."""
    return 0 if trial.family in PLAIN_FAMILIES else 2 if trial.family in INTRICATE_FAMILIES else 1


def simplest_of(items: Sequence[Pinned]) -> Pinned | None:
    """The plainest variant within 2% of the first, the best, and of those alike in that the smallest file.

    Only variants that keep the limits of the objective count; None where sizes are not known.
    """
    near = [item for item in near_best(items) if item.trial.size_bytes is not None]
    return min(near, key=lambda item: (intricacy_of(item.trial), item.trial.size_bytes or 0.0)) if near else None


def near_best(items: Sequence[Pinned]) -> list[Pinned]:
    """The variants within 2% of the first, the best, that keep the limits of the objective."""
    return [item for item in items if item.trial.beyond_limits is None and _is_near(item, items[0])]


def _is_near(item: Pinned, best: Pinned) -> bool:
    one, other = item.trial.value_amount, best.trial.value_amount
    if one is None or other is None:
        one, other = item.trial.score, best.trial.score
    return one is not None and other is not None and abs(one - other) <= TOLERANCE * abs(other)
