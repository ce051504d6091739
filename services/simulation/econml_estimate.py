"""A second adjusted estimate, by another's library, where it is installed: LinearDML of econml.

References
----------
K. Battocchi et al., *EconML: A Python Package for ML-Based Heterogeneous Treatment Effects Estimation* (2019).
"""

import importlib.util
import logging
import warnings
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LassoCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from services.simulation.lever_finding import BesideFound

Floats = NDArray[np.float64]
LIBRARY = "econml"
_LOG = logging.getLogger("portal.simulation")
_LEVEL = 0.95
_FOLDS = 5


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec(LIBRARY) is not None


def estimate_beside(outcomes: Floats, lever: Floats, controls: Floats, *, seed: int) -> BesideFound | None:
    """What LinearDML says one more unit does, with its own interval; None where it is not installed or cannot say.

    Parameters
    ----------
    outcomes, lever, controls
        As in `estimate_adjusted`, without gaps.
    """
    if not is_installed():
        return None
    models = [
        make_pipeline(StandardScaler(), LassoCV(cv=3, random_state=seed)),
        HistGradientBoostingRegressor(max_iter=100, learning_rate=0.05, early_stopping=False, random_state=seed),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own about its own defaults
        try:
            from econml.dml import LinearDML

            found = LinearDML(model_y=models, model_t=models, cv=_FOLDS, random_state=seed)
            found.fit(outcomes, lever, X=None, W=controls)
            effect = float(np.ravel(found.ate(T0=0, T1=1))[0])
            low, high = (float(np.ravel(end)[0]) for end in found.ate_interval(T0=0, T1=1, alpha=1 - _LEVEL))
            name = f"LinearDML of {LIBRARY} {version(LIBRARY)}"
        except Exception as error:  # broken, or these rows are not for it, whatever it raises: ours stands alone
            _LOG.warning("%s could not say what a lever does: %s.", LIBRARY, type(error).__name__)
            return None
    if not np.isfinite([effect, low, high]).all():
        return None
    return BesideFound(name, effect, low, high)
