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
KEPT_ASIDE = {0.1: "tenth", 0.2: "fifth", 0.25: "quarter", 1 / 3: "third", 0.5: "half"}
DEFAULT_KEPT_ASIDE = 0.2
_NEEDS_TIME, _NEEDS_GROUP = ("time", "group_time"), ("group", "group_time")


@dataclass(frozen=True)
class SplitChoice:
    """A kind of split, the columns it goes by, and how much is kept aside.

    Attributes
    ----------
    gap
        What passes between what is learned and what is judged, in days, or in units of a time that is a number.
    kept_aside_rate
        Share of the rows that judges the model in the end, one of `KEPT_ASIDE`; None where nobody says: a fifth.
    """

    kind: str = "auto"
    time: str | None = None
    group: str | None = None
    gap: float = 0.0
    kept_aside_rate: float | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SplitChoice":
        """What `document` wrote; nothing means that the search chooses."""
        return cls(
            document.get("kind") or "auto",
            document.get("time"),
            document.get("group"),
            document.get("gap") or 0.0,
            document.get("kept_aside_rate"),
        )

    def document(self) -> dict[str, Any]:
        """Plain data, as stored with a run; the share kept aside only where somebody says it."""
        said = {} if self.kept_aside_rate is None else {"kept_aside_rate": self.kept_aside_rate}
        return {"kind": self.kind, "time": self.time, "group": self.group, "gap": self.gap, **said}

    @property
    def kept_aside(self) -> str:
        """How much is kept aside, in words."""
        return KEPT_ASIDE[self.kept_aside_rate or DEFAULT_KEPT_ASIDE]

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
        return SplitChoice(self.kind, time, group, self.gap if time else 0.0, _checked_share(self.kept_aside_rate))


def describe_split(choice: SplitChoice) -> str:
    """When this kind of split is right, and what it does."""
    time, group = choice.time or "the time", choice.group or "the group"
    later = (
        f"Right where the model will meet later cases than it has learned from: the last {choice.kept_aside} by "
        f"“{time}” is kept aside, and each model is judged on what came after the rows it learned from."
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


def _checked_share(rate: float | None) -> float | None:
    """The share as one of `KEPT_ASIDE`, which rows can be dealt by exactly."""
    if rate is None:
        return None
    found = next((share for share in KEPT_ASIDE if math.isclose(share, rate, rel_tol=1e-6)), None)
    if found is None:
        raise InvalidInputError(f"Of the rows a {', a '.join(KEPT_ASIDE.values())} may be kept aside; no other share.")
    return found
