"""The arithmetic of the chain: hash(event) = sha256(previous hash + canonical JSON of the event)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.audit.canonical import canonical_json

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found: how many events were checked, the head, and the first broken event if any."""

    n_events: int
    head_hash: str
    first_broken_id: int | None = None
    fault: str | None = None

    @property
    def is_intact(self) -> bool:
        """Whether every event is in its place and unchanged."""
        return self.first_broken_id is None


def event_hash(event: Mapping[str, Any]) -> str:
    """The hash an event must carry, from its own fields and the hash before it."""
    content = {name: _plain(value) for name, value in event.items() if name not in {"hash", "prev_hash"}}
    return hashlib.sha256(str(event["prev_hash"]).encode() + canonical_json(content)).hexdigest()


def verify_chain(events: Iterable[Mapping[str, Any]]) -> ChainReport:
    """Walk the events in order of their id and name the first that is missing, moved or changed.

    A truncated tail cannot be seen from the chain alone; compare `head_hash` with one kept elsewhere.
    """
    previous, n_events = GENESIS, 0
    for expected_id, event in enumerate(events, start=1):
        fault = None
        if event["id"] != expected_id:
            fault = f"Event {expected_id} is missing."
        elif event["prev_hash"] != previous:
            fault = f"Event {expected_id} does not follow the event before it."
        elif event["hash"] != event_hash(event):
            fault = f"Event {expected_id} was changed after it was written."
        if fault:
            return ChainReport(n_events, previous, expected_id, fault)
        previous, n_events = str(event["hash"]), expected_id
    return ChainReport(n_events, previous)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
