"""What a search begins with where nobody says otherwise: what the answers of the objective set."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.automl.split_choice import KEPT_ASIDE, SplitChoice
from services.datasets.views import Dataset
from services.proposals.later import LaterDefault, amount_of


def begun_split(wish: Mapping[str, Any], dataset: Dataset, defaults: Iterable[LaterDefault]) -> dict[str, Any]:
    """The split as it is wished; share kept aside and gap are those of the objective where the wish leaves them open.

    Parameters
    ----------
    wish
        As `SplitChoice.document` writes it; what is missing or None is open.
    """
    defaults = tuple(defaults)
    begun = {name: value for name, value in wish.items() if value is not None}
    gap, rate = begun_gap(dataset, wish.get("time"), defaults), begun_share(defaults)
    return ({"gap": gap} if gap else {}) | ({"kept_aside_rate": rate} if rate else {}) | begun


def begun_gap(dataset: Dataset, time: str | None, defaults: Iterable[LaterDefault]) -> float:
    """Days from the decision to its outcome; 0 where the time is no date, whose unit nobody knows."""
    is_date = any(column.name == time and column.kind == "date" for column in dataset.columns)
    return (amount_of(defaults, "gap_days") or 0.0) if is_date else 0.0


def begun_share(defaults: Iterable[LaterDefault]) -> float | None:
    """The share of rows kept aside that the objective sets; None where it sets none."""
    return amount_of(defaults, "kept_aside_rate")


def describe_beginning(choice: SplitChoice, defaults: Iterable[LaterDefault]) -> str:
    """Which answers of the objective this split follows, and which not; empty where the objective sets nothing."""
    lines = []
    for default in defaults:
        if default.code == "kept_aside_rate" and default.amount:
            rate, wanted = choice.kept_aside_rate or default.amount, KEPT_ASIDE[default.amount]
            why = f"The objective keeps a {wanted} of the rows aside, because {default.because}"
            lines.append(f"{why}." if rate == default.amount else f"{why}; this search keeps a {KEPT_ASIDE[rate]}.")
        elif default.code == "gap_days" and default.amount:
            why = f"The objective says that outcomes are known {default.value} later"
            if not choice.needs_time:
                lines.append(f"{why}; a split by time, for experts, leaves such a gap.")
            elif choice.gap < default.amount:
                lines.append(f"{why}; this search leaves a gap of {choice.gap:,.12g}.")
    return " ".join(lines)
