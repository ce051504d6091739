"""The signature of a model, read off the rows it was fitted on."""

from typing import Any

import pandas as pd

from services.automl.columns import Column
from services.automl.preparation import Preparation
from services.models.signature import Signature, SignatureColumn

_MAX_EXAMPLE = 200


def build_signature(preparation: Preparation, *, with_rest: bool = False) -> Signature:
    """What a model of this search takes and gives; without an ONNX twin yet.

    Parameters
    ----------
    with_rest
        Whether it has learned from the rows that the search did not look at.
    """
    x = [preparation.train.x]
    if with_rest and preparation.rest is not None:
        x.append(preparation.rest.x)
    return Signature(
        columns=tuple(_column(one, pd.concat([part[one.name] for part in x])) for one in preparation.columns),
        task=preparation.task.value,
        classes=preparation.classes,
        positive_label=preparation.positive_label,
        target=preparation.target,
    )


def _column(column: Column, values: "pd.Series[Any]") -> SignatureColumn:
    known = values.dropna()
    is_ordered = column.kind in ("number", "date")
    has_range = is_ordered and len(known) > 0
    return SignatureColumn(
        name=column.name,
        kind=column.kind,
        nullable=bool(values.isna().any()),
        categories=tuple(map(str, known.value_counts().index)) if column.kind == "category" else (),
        low=float(known.min()) if has_range else None,
        high=float(known.max()) if has_range else None,
        example=_example(column.kind, known),
    )


def _example(kind: str, known: "pd.Series[Any]") -> str | float | None:
    if not len(known):
        return None
    if kind == "number":
        return float(known.quantile(interpolation="nearest"))
    if kind == "date":
        return str((pd.Timestamp(0) + pd.Timedelta(days=float(known.median()))).date())
    return str(known.mode().iloc[0])[:_MAX_EXAMPLE]
