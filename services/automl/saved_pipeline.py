"""A fitted pipeline in a folder, for programs that know scikit-learn and not the portal: raw columns in, labels out."""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import pandas as pd
import skops.io
from sklearn.pipeline import Pipeline

from services.automl.columns import Column
from services.automl.preparation import Preparation
from services.automl.raw_columns import answers_with_labels, takes_raw_columns

PIPELINE, SCHEMA = "pipeline.skops", "schema.json"
_COMPRESSION = 3  # trees of many classes are mostly zeros
_NEEDED = ("scikit-learn", "lightgbm", "pandas", "numpy", "skops")
_FORMS = {
    "number": "A number, or text that holds one.",
    "date": "ISO 8601, such as 2026-05-31 or 2026-05-31T14:00, or a date.",
    "category": "Text. A whole number is read as text without decimals.",
    "text": "Text.",
}
_TRUTH = "True or false as booleans or as 1 and 0; their names as text count as missing."


def save_pipeline(preparation: Preparation, pipeline: Pipeline, folder: Path, raw: pd.DataFrame) -> dict[str, Any]:
    """Write `pipeline.skops`, and give what `schema.json` is to say of it.

    Parameters
    ----------
    raw
        The table of the training as it was read from its file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labelled = answers_with_labels(pipeline, preparation.classes) if preparation.classes else pipeline
    whole = takes_raw_columns(labelled, preparation.columns, raw)
    content: bytes = skops.io.dumps(whole, compression=ZIP_DEFLATED, compresslevel=_COMPRESSION)
    (folder / PIPELINE).write_bytes(content)
    return {
        "target": preparation.target,
        "task": preparation.task.value,
        "classes": [str(label) for label in getattr(labelled, "classes_", ())],
        "columns": [_described(column, raw[column.name]) for column in preparation.columns],
        "missing": "Blank, ?, NA, N/A, NaN, null and none count as missing, in small or capital letters.",
        "ignored": "Columns that are not listed may be there and are not looked at.",
        "answers": "predict gives labels; predict_proba gives their probabilities, in the order of classes."
        if preparation.classes
        else "predict gives numbers.",
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _NEEDED}},
        "trusted_types": sorted(skops.io.get_untrusted_types(data=content)),
        "load": f"skops.io.load('{PIPELINE}', trusted=schema['trusted_types'])",
    }


def _described(column: Column, values: "pd.Series[Any]") -> dict[str, str]:
    form = _TRUTH if pd.api.types.is_bool_dtype(values.dtype) else _FORMS[column.kind]
    return {"name": column.name, "kind": column.kind, "form": form}
