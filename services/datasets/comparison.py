"""What differs between two versions of the data, in counts and sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.datasets.distributions import BANDS, DistributionChange, band_of, psi_of_counts
from services.datasets.profile import ColumnProfile
from services.datasets.recipe.words import describe_step
from services.datasets.views import Dataset

MISSING_POINTS = 0.05  # a change of the share of missing cells worth a sentence (methods 7.2)


@dataclass(frozen=True, slots=True)
class TypeChange:
    """A column that is of another kind now."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MissingChange:
    """How many cells of a column are missing, before and after."""

    column: str
    n_before: int
    n_after: int
    share_before: float
    share_after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side.

    `distributions` holds what the profiles tell (columns whose values are all listed); the rows tell the others.
    """

    before_version: int
    after_version: int
    is_same_table: bool
    n_rows: tuple[int, int]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    types: tuple[TypeChange, ...]
    missing: tuple[MissingChange, ...]
    distributions: tuple[DistributionChange, ...]
    steps_added: tuple[str, ...]
    steps_removed: tuple[str, ...]
    decisions: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that differs, the structure first. One sentence where nothing does."""
        words = [*_structure(self), *_contents(self), *self.decisions]
        words += [f"Step added: {step}" for step in self.steps_added]
        words += [f"Step removed: {step}" for step in self.steps_removed]
        if words:
            return tuple(words)
        return (f"Versions {self.before_version} and {self.after_version} have the same rows and decisions.",)


def compare_datasets(before: Dataset, after: Dataset) -> Comparison:
    """What differs, from the older to the newer or the other way round."""
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    shared = [name for name in new if name in old]
    is_same = before.table_sha256 == after.table_sha256
    missing = [_missing(old[name], new[name], before.n_rows, after.n_rows) for name in shared]
    return Comparison(
        before_version=before.version,
        after_version=after.version,
        is_same_table=is_same,
        n_rows=(before.n_rows, after.n_rows),
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        types=tuple(
            TypeChange(name, old[name].kind, new[name].kind) for name in shared if old[name].kind != new[name].kind
        ),
        missing=tuple(change for change in missing if change.n_before != change.n_after),
        distributions=() if is_same else tuple(_listed_changes(old, new, shared)),
        steps_added=_steps_beyond(after.recipe, before.recipe),
        steps_removed=_steps_beyond(before.recipe, after.recipe),
        decisions=tuple(_decisions(before, after)),
    )


def _missing(old: ColumnProfile, new: ColumnProfile, n_old: int, n_new: int) -> MissingChange:
    return MissingChange(
        old.name, old.n_missing, new.n_missing, old.n_missing / max(n_old, 1), new.n_missing / max(n_new, 1)
    )


def _listed_changes(
    old: Mapping[str, ColumnProfile], new: Mapping[str, ColumnProfile], shared: Sequence[str]
) -> list[DistributionChange]:
    found = []
    for name in shared:
        before, after = dict(old[name].top_values), dict(new[name].top_values)
        if before and after and len(before) == old[name].n_distinct and len(after) == new[name].n_distinct:
            labels = sorted(before.keys() | after.keys())
            counts = [[values.get(label, 0) for label in labels] for values in (before, after)]
            counts[0].append(old[name].n_missing)
            counts[1].append(new[name].n_missing)
            psi = psi_of_counts(*counts) if counts[0] != counts[1] else 0.0
            found.append(DistributionChange(name, psi, band_of(psi, sum(counts[0]), sum(counts[1]), len(labels) + 1)))
    return found


def _steps_beyond(recipe: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    rest, beyond = list(other), []
    for step in recipe:
        if step in rest:
            rest.remove(step)
        else:
            beyond.append(describe_step(step))
    return tuple(beyond)


def _decisions(before: Dataset, after: Dataset) -> list[str]:
    words = []
    if before.target != after.target:
        words.append(f"The target was {_name(before.target)} and is {_name(after.target)}.")
    elif before.positive_label != after.positive_label:
        words.append("Another class is the one the business acts on.")
    words += [
        f"“{column}” is left out: {reason}"
        for column, reason in after.excluded.items()
        if column not in before.excluded
    ]
    words += [f"“{column}” is no longer left out." for column in before.excluded if column not in after.excluded]
    changed = [c for c, reason in after.excluded.items() if before.excluded.get(c, reason) != reason]
    words += [f"“{column}” is left out for another reason: {after.excluded[column]}" for column in changed]
    return words


def _structure(comparison: Comparison) -> list[str]:
    words = []
    old, new = comparison.n_rows
    if old != new:
        change = f"{abs(new - old):,} {'more' if new > old else 'fewer'}"
        words.append(f"{new:,} rows instead of {old:,}: {change}.")
    if comparison.added:
        words.append(f"New columns: {_names(comparison.added)}.")
    if comparison.removed:
        words.append(f"Columns that are gone: {_names(comparison.removed)}.")
    words += [f"“{t.column}” was read as {t.before} and is {t.after} now." for t in comparison.types]
    return words


def _contents(comparison: Comparison) -> list[str]:
    words = [
        f"“{m.column}” has {m.n_after:,} missing cells ({m.share_after:.0%}) instead of {m.n_before:,} "
        f"({m.share_before:.0%})."
        for m in comparison.missing
        if abs(m.share_after - m.share_before) >= MISSING_POINTS or 0 in (m.n_before, m.n_after)
    ]
    words += [f"“{d.column}” {BANDS[d.band]}." for d in comparison.distributions if d.band in ("shifted", "moved")]
    return words


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8:,} more"


def _name(column: str | None) -> str:
    return f"“{column}”" if column else "not chosen"
