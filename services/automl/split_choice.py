"""How rows are kept aside and dealt into folds, as a person chooses it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.datasets.views import Dataset
from services.errors import InvalidInputError

SPLIT_LABELS = {
    "auto": "Let the search choose",
    "random": "At random, each class in proportion",
    "time": "By time: learn from the past, judge on what came later",
    "group": "By group: rows that belong together stay together",
    "group_time": "By group and time",
}
OFFERED_SPLITS: tuple[str, ...] = tuple(SPLIT_LABELS)
_NEEDS_TIME, _NEEDS_GROUP = ("time", "group_time"), ("group", "group_time")


@dataclass(frozen=True)
class SplitChoice:
    """A kind of split, the columns it goes by, and the days that pass between what is learned and what is judged."""

    kind: str = "auto"
    time: str | None = None
    group: str | None = None
    gap: float = 0.0

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SplitChoice":
        """What `document` wrote; nothing means that the search chooses."""
        return cls(
            document.get("kind", "auto"), document.get("time"), document.get("group"), document.get("gap") or 0.0
        )

    def document(self) -> dict[str, Any]:
        """Plain data, as stored with a run."""
        return {"kind": self.kind, "time": self.time, "group": self.group, "gap": self.gap}

    @property
    def needs_time(self) -> bool:
        """Whether it goes by a column that says when."""
        return self.kind in _NEEDS_TIME

    @property
    def needs_group(self) -> bool:
        """Whether it goes by a column that names what belongs together."""
        return self.kind in _NEEDS_GROUP

    def checked(self, dataset: Dataset) -> "SplitChoice":
        """The choice with only the columns its kind needs.

        Raises
        ------
        InvalidInputError
            There is no such kind, a column it needs is not named, not there, or the target, or the gap is negative.
        """
        if self.kind not in OFFERED_SPLITS:
            offered = ", ".join(SPLIT_LABELS[kind].lower() for kind in OFFERED_SPLITS)
            raise InvalidInputError(f"Rows cannot be split like this. Choose one of: {offered}.")
        time = _checked_column(dataset, self.time, "time") if self.needs_time else None
        group = _checked_column(dataset, self.group, "group") if self.needs_group else None
        if not (math.isfinite(self.gap) and self.gap >= 0):
            raise InvalidInputError("The gap between what is learned and what is judged must be 0 or more.")
        return SplitChoice(self.kind, time, group, self.gap if time else 0.0)


def describe_split(choice: SplitChoice) -> str:
    """When this kind of split is right, and what it does."""
    time, group = choice.time or "the time", choice.group or "the group"
    later = (
        f"Right where the model will meet later cases than it has learned from: the last fifth by “{time}” is kept "
        "aside, and each model is judged on what came after the rows it learned from."
    )
    together = (
        f"Right where new cases bring a new “{group}”, such as a customer with several rows: rows with the same value "
        "are all learned from or all judged on, and the column itself is not learned from."
    )
    return {
        "auto": (
            "Rows that share the value of an identifier stay together; other rows are dealt at random. A date is "
            "pointed out and not followed: whether later cases are to be predicted is for you to say."
        ),
        "random": "Right where each row is a case of its own, and earlier or later makes no difference.",
        "time": later,
        "group": together,
        "group_time": f"{later} {together}",
    }[choice.kind]


def _checked_column(dataset: Dataset, name: str | None, role: str) -> str:
    if name is None:
        raise InvalidInputError(f"Name the column of the {role}, or let the search choose.")
    if name == dataset.target or name not in {column.name for column in dataset.columns}:
        raise InvalidInputError(f"“{name}” cannot be the column of the {role}. Choose a column beside the target.")
    return name
