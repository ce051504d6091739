"""A formula as its own small tree: what is not a number, a word, a column or a known operation cannot be said in it."""

from collections.abc import Iterator
from dataclasses import dataclass

FUNCTIONS = {
    "min": (2, 20),
    "max": (2, 20),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "where": (3, 3),
    "clip": (3, 3),
    "round": (1, 2),
}
"""Each function with the fewest and the most values it takes."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; true is 1 and false is 0."""

    value: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word in quotes; it can only be compared."""

    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column, or one named value."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the table of `evaluation`, on what stands before it."""

    kind: str
    operands: tuple["Node", ...]


Node = Number | Word | Column | Operation


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read and may be computed.

    Attributes
    ----------
    text
        As it was written; what is stored.
    root
        Its meaning.
    """

    text: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it needs, each once, in the order it names them."""
        return tuple(dict.fromkeys(node.name for node in _nodes(self.root) if isinstance(node, Column)))

    @property
    def constant(self) -> float | None:
        """Its value where it is a plain number, else None."""
        return self.root.value if isinstance(self.root, Number) else None


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Operation):
            waiting.extend(reversed(node.operands))
