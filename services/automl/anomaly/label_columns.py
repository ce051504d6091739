"""A column that may say which rows are bad: then predicting it is better than looking for what is unusual."""

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import as_words
from services.automl.intervals import delong
from services.automl.measured import Measured

_NAME = re.compile(
    r"(^|[_\s-]|is)(fraud\w*|anomal\w*|outliers?|defect\w*|fault\w*|fail\w*|label|attack|intrusion|malicious|target)$",
    re.IGNORECASE,
)
_MAX_RARE_SHARE = 0.3


def find_label_column(frame: pd.DataFrame) -> str | None:
    """A column of two values, one of them rare, that is named like a verdict; None where there is none."""
    for name in frame.columns:
        if not _NAME.search(str(name)):
            continue
        counts = as_words(frame[name]).value_counts()
        if len(counts) == 2 and counts.iloc[-1] <= _MAX_RARE_SHARE * counts.sum():
            return str(name)
    return None


def label_hint(column: str) -> str:
    """What is better than looking for unusual rows."""
    return (
        f"“{column}” may already say which rows are bad. Then predict it from the other columns: that finds bad rows "
        "better than looking for what is unusual, and how well can be measured. Choose it as the outcome and start a "
        "model run."
    )


def label_auc(labels: "pd.Series[Any]", scores: NDArray[np.float64]) -> Measured | None:
    """How well scores (n,) find the rarer of two labels; None where that cannot be said."""
    counts = labels.value_counts()
    if len(counts) != 2 or counts.iloc[-1] < 2:
        return None
    known = labels.notna().to_numpy()
    is_rare = (labels == counts.index[-1]).to_numpy()
    area, low, high = delong(is_rare[known], scores[known])
    return Measured(area, low, high, int(known.sum()), "AUC for the rarer value of the column, DeLong")
