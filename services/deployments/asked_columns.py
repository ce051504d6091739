"""What a caller gives a model: its inputs, and instead of a derived one what it is computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.datasets.profile import ColumnProfile
from services.datasets.recipe.new_rows import derived_columns
from services.datasets.recipe.steps import DERIVE, columns_of
from services.models.signature import Signature, SignatureColumn

_KINDS = {"number": "number", "date": "date", "text": "text"}


def asked_signature(
    signature: Signature, steps: Sequence[Mapping[str, Any]], columns: Iterable[ColumnProfile]
) -> Signature:
    """The signature as callers see it.

    Parameters
    ----------
    steps
        As `new_rows.steps_on_cells` gives them.
    columns
        Those of the version that the model learned from.
    """
    derived = set(derived_columns(steps))
    if not derived:
        return signature
    profiles = {column.name: column for column in columns}
    own = [column for column in signature.columns if column.name not in derived]
    needed = (name for step in steps if step["kind"] == DERIVE for name in columns_of(step))
    others = [name for name in dict.fromkeys(needed) if name not in derived | {column.name for column in own}]
    return replace(signature, columns=(*own, *(_column(name, profiles.get(name)) for name in others)))


def without_sources(
    rows: Mapping[str, Sequence[Any]], signature: Signature, asked: Signature
) -> dict[str, Sequence[Any]]:
    """The rows without the columns that were given only so that others could be computed from them."""
    only_sources = set(asked.names) - set(signature.names)
    return {name: values for name, values in rows.items() if name not in only_sources}


def _column(name: str, profile: ColumnProfile | None) -> SignatureColumn:
    """Of a column that no model learned from, as much as is known of it."""
    kind = _KINDS.get(profile.kind, "category") if profile else "number"
    low = profile.low if profile and kind == "number" else None
    return SignatureColumn(
        name=name,
        kind=kind,
        nullable=True,
        categories=tuple(label for label, _ in profile.top_values) if profile and kind == "category" else (),
        low=None,
        high=None,
        example=float(low) if isinstance(low, int | float) else None,
    )
