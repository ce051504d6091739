"""The business objective: what should get better, by how much, and which decision a model informs.

References
----------
J. Howard, M. Zwemer and M. Loukides, "Designing great data products", O'Reilly Radar, 28 March 2012: objective, levers,
data, models.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from services.errors import InvalidInputError
from services.proposals.considerations import Considerations
from services.proposals.lever import Lever
from services.proposals.texts import TEXT_LENGTH, Text, text_problems

__all__ = ["Connectivity", "Constraints", "DataNeed", "DataStatus", "Lever", "Objective", "constraints_document"]

DataStatus = Literal["have", "collect", "buy"]
Connectivity = Literal["online", "intermittent", "offline"]
MOST_LEVERS = 12
MOST_DATA_NEEDS = 20


@dataclass(frozen=True, slots=True)
class DataNeed:
    """A source of data that links the levers to the outcome; `connects` are the levers it records, by name."""

    source: str
    owner: str = ""
    status: DataStatus = "have"
    connects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = [
            *text_problems(
                {"The name of the source": Text(self.source, is_required=True), "Its owner": Text(self.owner)}
            )
        ]
        if self.status not in get_args(DataStatus):
            problems.append("Say whether the data are there, must be collected or must be bought.")
        if problems:
            raise InvalidInputError(*problems)

    def document(self) -> dict[str, Any]:
        """The content as plain data. The levers are left out where nobody names one, as it was before."""
        plain = {"source": self.source, "owner": self.owner, "status": self.status}
        return plain | ({"connects": list(self.connects)} if self.connects else {})


@dataclass(frozen=True, slots=True)
class Constraints:
    """Where the model must work, and what limits it there.

    Attributes
    ----------
    max_latency_ms
        Longest time one answer may take, in milliseconds; None where it does not matter.
    max_batch_ms
        Longest time 1,000 answers at once may take, in milliseconds; None where it does not matter.
    max_memory_mb
        Largest memory the model may take, in megabytes; None where it does not matter.
    max_size_mb
        Largest file the model may be, in megabytes; None where it does not matter.
    privacy
        What must not be used or shown, in words.
    device
        What it runs on, in words.
    """

    max_latency_ms: float | None = None
    max_memory_mb: float | None = None
    connectivity: Connectivity = "online"
    privacy: str = ""
    max_size_mb: float | None = None
    max_batch_ms: float | None = None
    device: str = ""

    def __post_init__(self) -> None:
        problems = [
            *text_problems({"The note on privacy": Text(self.privacy, TEXT_LENGTH), "The device": Text(self.device)})
        ]
        limits = {
            "answer time": self.max_latency_ms,
            "time of 1,000 answers": self.max_batch_ms,
            "memory": self.max_memory_mb,
            "file size": self.max_size_mb,
        }
        for name, limit in limits.items():
            if limit is not None and not (math.isfinite(limit) and limit > 0):
                problems.append(f"The limit on {name} must be more than 0; leave it empty where there is none.")
        if self.connectivity not in get_args(Connectivity):
            problems.append("Say whether the model works online, with an intermittent connection or offline.")
        if problems:
            raise InvalidInputError(*problems)


@dataclass(frozen=True, slots=True)
class Objective:
    """What should get better; an invalid one cannot exist, an incomplete one can (see `gaps`).

    Attributes
    ----------
    metric, unit, baseline, target
        The number that measures it, today's value and the wanted one, both in `unit`.
    decision, decided_by
        The decision the model informs, and who takes it.
    outcome
        What the model predicts for each case.
    """

    sentence: str
    metric: str
    unit: str
    baseline: float
    target: float
    by_when: date | None
    how_measured: str
    decision: str
    decided_by: str
    outcome: str
    levers: tuple[Lever, ...] = ()
    data_needed: tuple[DataNeed, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
    considered: Considerations = field(default_factory=Considerations)

    def __post_init__(self) -> None:
        problems = [*text_problems(_texts(self)), *_number_problems(self), *_list_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    @property
    def is_rise_wanted(self) -> bool:
        """Whether the metric should go up."""
        return self.target > self.baseline

    @property
    def directions(self) -> dict[str, int]:
        """By column of the data 1 or -1: how the levers that name both can move the outcome."""
        return {lever.column: lever.direction for lever in self.levers if lever.column and lever.direction}

    @property
    def unconnected_levers(self) -> tuple[Lever, ...]:
        """Levers no data tell of: neither a column holds them, nor does a source record them."""
        recorded = {name for need in self.data_needed for name in need.connects}
        return tuple(lever for lever in self.levers if not lever.column and lever.name not in recorded)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What a complete objective would still need, one sentence each."""
        missing = {
            "No lever yet: what can you change to move the metric?": self.levers,
            "No data yet: which source tells what happened?": self.data_needed,
            "No outcome yet: what should the model predict for each case?": self.outcome,
            "No date yet: by when should the target be reached?": self.by_when,
            "Nobody decides yet: who acts on the prediction?": self.decided_by,
            "No measurement yet: where is the metric read?": self.how_measured,
        }
        return tuple(sentence for sentence, value in missing.items() if not value)

    def document(self) -> dict[str, Any]:
        """The content as plain data: what is hashed. What is considered beside it is left out where nothing is."""
        names = ("sentence", "metric", "unit", "how_measured", "decision", "decided_by", "outcome")
        considered = self.considered.document()
        plain = {name: getattr(self, name) for name in names} | ({"considered": considered} if considered else {})
        return plain | {
            "baseline": self.baseline + 0.0,
            "target": self.target + 0.0,
            "by_when": self.by_when.isoformat() if self.by_when else None,
            "levers": [lever.document() for lever in self.levers],
            "data_needed": [need.document() for need in self.data_needed],
            "constraints": constraints_document(self.constraints),
        }


def constraints_document(constraints: Constraints) -> dict[str, Any]:
    """The limits as plain data, numbers as floats. Those on size, batches and device are left out where none are.

    So the content of an objective from before they could be said keeps its hash.
    """
    names = ("max_latency_ms", "max_memory_mb", "max_size_mb", "max_batch_ms")
    limits = {name: getattr(constraints, name) for name in names}
    document = asdict(constraints) | {name: None if limit is None else limit + 0.0 for name, limit in limits.items()}
    return {
        name: value
        for name, value in document.items()
        if value not in (None, "") or name not in ("max_size_mb", "max_batch_ms", "device")
    }


def _texts(objective: Objective) -> dict[str, Text]:
    return {
        "The sentence that says what should get better": Text(objective.sentence, TEXT_LENGTH, is_required=True),
        "The metric": Text(objective.metric, is_required=True),
        "The unit": Text(objective.unit),
        "How it is measured": Text(objective.how_measured, TEXT_LENGTH),
        "The decision the model informs": Text(objective.decision, TEXT_LENGTH, is_required=True),
        "Who decides": Text(objective.decided_by),
        "The outcome the model predicts": Text(objective.outcome),
    }


def _number_problems(objective: Objective) -> Iterator[str]:
    values = {"The baseline": objective.baseline, "The target": objective.target}
    unusable = [name for name, value in values.items() if not _is_number(value)]
    yield from (f"{name} must be a number." for name in unusable)
    if not unusable and objective.baseline == objective.target:
        yield "The target is the same as today's value, so nothing would get better."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _list_problems(objective: Objective) -> Iterator[str]:
    if len(objective.levers) > MOST_LEVERS:
        yield f"{MOST_LEVERS} levers are enough for one objective."
    if len(objective.data_needed) > MOST_DATA_NEEDS:
        yield f"{MOST_DATA_NEEDS} sources are enough for one objective."
    names = Counter(lever.name.strip().casefold() for lever in objective.levers)
    if any(count > 1 for count in names.values()):
        yield "Two levers have the same name."
