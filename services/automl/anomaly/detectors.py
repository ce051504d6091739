"""Ways of saying how unlike the others a row is. Each is a plain scikit-learn estimator with `score_samples`.

References
----------
Liu, Ting & Zhou (2008), ICDM 413 (isolation forest); Breunig, Kriegel, Ng & Sander (2000), SIGMOD 93 (local outlier
factor); Rousseeuw & Van Driessen (1999), Technometrics 41:212 (minimum covariance determinant).
"""

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from services.automl.columns import Column

Floats = NDArray[np.float64]
Kind = Literal["forest", "neighbours", "ellipse"]

NAMES: dict[Kind, str] = {
    "forest": "Isolation forest",
    "neighbours": "Local outlier factor",
    "ellipse": "Robust Mahalanobis distance",
}
_MAX_ELLIPSE_ROWS = 500  # its time grows with them, its accuracy hardly
_MAX_ELLIPSE_COLUMNS = 30
_MAX_NEIGHBOUR_ROWS = 10_000
_N_NEIGHBOURS = 20
_VERY = 1e30


def detectors_for(columns: Iterable[Column], n_rows: int) -> tuple[Kind, ...]:
    """Which ways make sense: an ellipse needs numbers, and several rows for each of them."""
    columns = tuple(columns)
    are_numbers = all(column.kind in ("number", "date") for column in columns)
    has_ellipse = are_numbers and len(columns) <= min(_MAX_ELLIPSE_COLUMNS, n_rows // 10)
    return ("forest", "neighbours", "ellipse") if has_ellipse else ("forest", "neighbours")


def new_detector(kind: Kind, n_rows: int, *, seed: int) -> Any:
    """An estimator for n rows, not fitted yet."""
    if kind == "forest":
        return IsolationForest(n_estimators=100, max_samples=min(256, n_rows), random_state=seed)
    if kind == "neighbours":
        return LocalOutlierFactor(min(_N_NEIGHBOURS, n_rows - 1), novelty=True, algorithm="brute")
    return EllipticEnvelope(random_state=seed)


def most_rows(kind: Kind) -> int | None:
    """How many rows are enough to fit it; None for all."""
    return {"forest": None, "neighbours": _MAX_NEIGHBOUR_ROWS, "ellipse": _MAX_ELLIPSE_ROWS}[kind]


def fit_detector(z: Floats, kind: Kind, *, seed: int) -> Any:
    """The estimator fitted to rows z (n, d), or to as many of them as are enough."""
    most = most_rows(kind)
    if most is not None and len(z) > most:
        z = z[np.sort(np.random.default_rng(seed).permutation(len(z))[:most])]
    return new_detector(kind, len(z), seed=seed).fit(z)


def unusualness(detector: Any, z: Any) -> Floats:
    """How unlike the rows it learned each row (n,) is: more is more unusual. Always finite."""
    found = -np.asarray(detector.score_samples(z), dtype=np.float64)
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=_VERY, neginf=-_VERY), dtype=np.float64)
