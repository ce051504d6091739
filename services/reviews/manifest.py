"""The manifest: what exactly a signature is bound to, and what has changed since.

A manifest names each piece of evidence by type, id, version and sha256. Its own sha256 covers those four and the gate:
it is what a person signs. Beside each item stand its `facts`, the same content in words, so that a later reader sees
what was signed and a change can be told in words. Facts are not hashed: the item's sha256 covers what they say,
and a better wording in a later release must not make an approval stale.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.audit.canonical import sha256_of

DEPLOYMENT_GATE = "deployment"
FORMAT = 1

ITEM_LABELS = {  # in the order in which people read them
    "objective": "Objective",
    "valuation": "Payoffs",
    "dataset": "Data",
    "model": "Model",
    "evaluation": "Evaluation",
    "threshold": "Threshold",
    "explanation": "Explanation",
    "tolerance": "Largest gap accepted",
    "fairness": "Fairness",
}
_ORDER = list(ITEM_LABELS)

Row = Mapping[str, Any]
Facts = tuple[tuple[str, str], ...]
Say = Callable[[str, Row], Facts]


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence. `facts` are (name, words) pairs; never a row of data."""

    type: str
    id: str
    version: int
    sha256: str
    facts: Facts = ()

    @property
    def identity(self) -> dict[str, str | int]:
        """What the hash covers."""
        return {"type": self.type, "id": self.id, "version": self.version, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The evidence of one gate, sorted by type and id."""

    gate: str
    items: tuple[Item, ...]

    @property
    def sha256(self) -> str:
        """What a reviewer signs: the sha256 of the canonical JSON of gate and items, without their words."""
        return sha256_of({"format": FORMAT, "gate": self.gate, "items": [item.identity for item in self.items]})

    def find(self, item_type: str) -> Item | None:
        """The item of a type, if the manifest has one."""
        return next((item for item in self.items if item.type == item_type), None)

    def document(self) -> dict[str, Any]:
        """Plain data, as it is stored."""
        items = [item.identity | {"facts": [list(fact) for fact in item.facts]} for item in self.items]
        return {"format": FORMAT, "gate": self.gate, "items": items}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in words. An empty `was` or `now` means that the thing was not there."""

    item_type: str
    label: str
    was: str
    now: str

    @property
    def sentence(self) -> str:
        """The change, to follow "The approval is stale: "."""
        label = self.label[:1].lower() + self.label[1:]
        if not self.was:
            return f"{label} was added ({self.now})"
        if not self.now:
            return f"{label} was removed ({self.was})"
        return f"{label} changed from {self.was} to {self.now}"


def bind(model: Row, versions: Mapping[str, Row | None], threshold: Row | None, say: Say | None = None) -> Manifest:
    """What a signature on a model is bound to; rows have the columns of their tables by name.

    Parameters
    ----------
    versions
        The newest "objective", "valuation", "dataset" and "tolerance" of its project, and the newest "fairness"
        assessment of the model; None for what is not there.
    threshold
        The threshold that is chosen for it now.
    say
        Gives the facts of an item from its type and row; without it the items have no words, and the same hash.
    """

    def item(kind: str, row: Row, digest: str) -> Item:
        version = row["number"] if row is model else row["version"]
        return Item(kind, row["id"], version, digest, say(kind, row) if say else ())

    items = [
        item("model", model, model["digest"]),
        item("evaluation", model, model["evaluation_sha256"]),
        item("explanation", model, model["explanation_sha256"]),
        *(item(kind, row, row["sha256"]) for kind, row in versions.items() if row),
    ]
    if threshold:
        chosen = {"model": model["digest"], "threshold": threshold["threshold"], "reason": threshold["reason"]}
        items.append(item("threshold", threshold, sha256_of(chosen)))
    return build(items)


def build(items: Iterable[Item], *, gate: str = DEPLOYMENT_GATE) -> Manifest:
    """A manifest of `items` in any order.

    Raises
    ------
    ValueError
        Two items have the same type: then nobody could say which one was signed.
    """
    ordered = tuple(sorted(items, key=lambda item: (item.type, item.id)))
    if len({item.type for item in ordered}) < len(ordered):
        raise ValueError("A manifest names one item of each type.")
    return Manifest(gate, ordered)


def from_document(document: Mapping[str, Any]) -> Manifest:
    """The manifest that was stored with `Manifest.document`."""
    items = (
        Item(item["type"], item["id"], item["version"], item["sha256"], tuple((n, w) for n, w in item["facts"]))
        for item in document["items"]
    )
    return Manifest(document["gate"], tuple(items))


def diff(approved: Manifest, current: Manifest) -> list[Change]:
    """What is different now, in the order people read evidence. Empty if and only if both have the same sha256."""
    changes: list[Change] = []
    for item_type in sorted({item.type for item in approved.items + current.items}, key=_position):
        was, now = approved.find(item_type), current.find(item_type)
        if was is None or now is None or was.identity != now.identity:
            changes += _item_changes(item_type, was, now)
    return changes


def _item_changes(item_type: str, was: Item | None, now: Item | None) -> list[Change]:
    label = ITEM_LABELS.get(item_type, item_type)
    if was is None or now is None:
        return [Change(item_type, label, _version(was), _version(now))]
    old, new = dict(was.facts), dict(now.facts)
    names = [*old, *(name for name in new if name not in old)]
    changes = [
        Change(item_type, name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]
    return changes or [_change_without_words(item_type, label, was, now)]


def _change_without_words(item_type: str, label: str, was: Item, now: Item) -> Change:
    if was.sha256 == now.sha256:
        return Change(item_type, label, _version(was), f"{_version(now)}, saved again with the same content")
    return Change(item_type, label, f"{_version(was)} ({was.sha256[:8]})", f"{_version(now)} ({now.sha256[:8]})")


def _version(item: Item | None) -> str:
    return f"version {item.version}" if item else ""


def _position(item_type: str) -> int:
    return _ORDER.index(item_type) if item_type in _ORDER else len(_ORDER)
