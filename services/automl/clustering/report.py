"""What a search for groups found, as plain data that pages can show without machine learning."""

from dataclasses import dataclass
from typing import Literal

from services.automl.measured import Measured

Verdict = Literal["clear", "soft", "single columns", "one cloud", "none"]


@dataclass(frozen=True)
class Difference:
    """How the rows of a group differ from all others in one column.

    `effect` is Cliff's delta, −1 to 1: how much more often a row of the group has the higher number (or the value) than
    one of the others, less how often it has the lower.
    """

    column: str
    effect: float
    sentence: str


@dataclass(frozen=True)
class Card:
    """One group: 1 is the largest; 0 stands for the rows in no group."""

    number: int
    n_rows: int
    share: float
    sentence: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Tried:
    """One way of dividing the rows. `note` says why it was not considered, where it was not."""

    kind: str
    label: str
    n_groups: int
    silhouette: float | None
    davies_bouldin: float | None
    calinski_harabasz: float | None
    connectedness: float
    n_in_no_group: int
    stability: Measured | None
    note: str


@dataclass(frozen=True)
class ByChance:
    """The best silhouette found in rows without groups, searched in the same way."""

    name: str
    mean: float
    highest: float
    p_value: float
    n_repeats: int


@dataclass(frozen=True)
class MapPoint:
    """A row on the flat map of all columns; its group as in `Card.number`."""

    x: float
    y: float
    group: int


@dataclass(frozen=True)
class GroupsReport:
    """Everything that was found.

    Attributes
    ----------
    observed
        The best silhouette of k-means on `n_observed` rows: what `by_chance` is compared with.
    map_share
        The share of the spread of all columns that the flat map shows.
    cut
        What the clock cut, as sentences.
    """

    sentence: str
    verdict: Verdict
    method: str
    n_groups: int
    n_rows: int
    n_searched: int
    n_in_no_group: int
    silhouette: Measured
    stability: Measured
    connectedness: float
    observed: float
    n_observed: int
    by_chance: tuple[ByChance, ...]
    tried: tuple[Tried, ...]
    cards: tuple[Card, ...]
    map_points: tuple[MapPoint, ...]
    map_share: float
    columns: tuple[str, ...]
    left_out: dict[str, str]
    notes: tuple[str, ...]
    cut: tuple[str, ...]
    seed: int
    seconds: float

    @property
    def has_groups(self) -> bool:
        """Whether the rows fall into groups of their own accord."""
        return self.verdict in ("clear", "soft")
