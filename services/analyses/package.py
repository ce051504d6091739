"""What an analysis leaves as files: a CSV with an answer in each row, and a zip with what answers for other rows."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from services.automl.analysis_task import AnalysisTask
from services.datasets.export import neutralised

MAX_CELLS = 5_000_000  # of a table that is repeated beside the answers
_MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file, so that equal packages are equal bytes

_USE = {
    AnalysisTask.CLUSTERING: """pipeline.predict(rows) gives the group of each row: 0 is the largest (1 on the page),
-1 is none.""",
    AnalysisTask.ANOMALY: """pipeline.score_samples(rows) is lower for more unusual rows; pipeline.predict(rows) is -1
for the 5%. A p-value is (1 + how many of schema["reference_scores"] are at least -score) / (1 + their number).""",
    AnalysisTask.FORECASTING: """lag_table.forecast(pipeline, schema, history) gives the next values and intervals.
`history` is a table like the one that was learned from, with rows up to now.""",
}
_READ = """How to use it
=============

    import json, skops.io
    types = skops.io.get_untrusted_types(file="pipeline.skops")  # look at them before you trust them
    pipeline = skops.io.load("pipeline.skops", trusted=types)
    schema = json.load(open("schema.json"))

{use}
{rows}
It needs scikit-learn {version} and the libraries it was made with, and nothing of the portal.
"""
_ROWS = """
Rows have the columns of schema["columns"] in that order: numbers as float, dates as float days since 1970-01-01,
categories and texts as text; missing is NaN.
"""


def write_table(found: pd.DataFrame, frame: pd.DataFrame, task: AnalysisTask) -> bytes:
    """The answers as CSV, beside the rows they are about where those are not too many. Text is no formula."""
    table = found
    if task is not AnalysisTask.FORECASTING and frame.size <= MAX_CELLS:
        names = {name: name if name not in found.columns else f"{name} (data)" for name in frame.columns}
        table = pd.concat([found, frame.rename(columns=names).reset_index(drop=True)], axis=1)
    texts = [name for name in table.columns if _is_text(table[name])]
    safe = table.assign(**{str(name): table[name].map(_safe, na_action="ignore") for name in texts})
    content: bytes = safe.rename(columns=lambda name: neutralised(str(name))).to_csv(index=False).encode("utf-8")
    return content


def write_package(
    task: AnalysisTask, pipeline: bytes, schema: Mapping[str, Any], report: bytes, files: Mapping[str, str]
) -> bytes:
    """Pipeline, schema, report, further files, and how to use them, as a zip."""
    import sklearn

    rows = "" if task is AnalysisTask.FORECASTING else _ROWS
    contents: dict[str, bytes] = {
        "README.txt": _READ.format(use=_USE[task], rows=rows, version=sklearn.__version__).encode("utf-8"),
        "pipeline.skops": pipeline,
        "schema.json": json.dumps(schema, indent=2, allow_nan=False).encode("utf-8"),
        "report.json": report,
        **{name: text.encode("utf-8") for name, text in files.items()},
    }
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(ZipInfo(name, _MOMENT), content, ZIP_DEFLATED)
    return buffer.getvalue()


def _is_text(values: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_string_dtype(values.dtype)) or values.dtype == object


def _safe(value: Any) -> Any:
    return neutralised(value) if isinstance(value, str) else value
