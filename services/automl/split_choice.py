"""How rows are kept aside and dealt into folds, as a person chooses it."""

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
    """A kind of split and the columns it goes by."""

    kind: str = "auto"
    time: str | None = None
    group: str | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SplitChoice":
        """What `document` wrote; nothing means that the search chooses."""
        return cls(document.get("kind", "auto"), document.get("time"), document.get("group"))

    def document(self) -> dict[str, Any]:
        """Plain data, as stored with a run."""
        return {"kind": self.kind, "time": self.time, "group": self.group}

    def checked(self, dataset: Dataset) -> "SplitChoice":
        """The choice with only the columns its kind needs.

        Raises
        ------
        InvalidInputError
            There is no such kind, or a column it needs is not named, not there, or the target.
        """
        if self.kind not in OFFERED_SPLITS:
            offered = ", ".join(SPLIT_LABELS[kind].lower() for kind in OFFERED_SPLITS)
            raise InvalidInputError(f"Rows cannot be split like this. Choose one of: {offered}.")
        time = _checked_column(dataset, self.time, "time") if self.kind in _NEEDS_TIME else None
        group = _checked_column(dataset, self.group, "group") if self.kind in _NEEDS_GROUP else None
        return SplitChoice(self.kind, time, group)


def _checked_column(dataset: Dataset, name: str | None, role: str) -> str:
    if name is None:
        raise InvalidInputError(f"Name the column of the {role}, or let the search choose.")
    if name == dataset.target or name not in {column.name for column in dataset.columns}:
        raise InvalidInputError(f"“{name}” cannot be the column of the {role}. Choose a column beside the target.")
    return name
