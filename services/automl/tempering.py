"""Probabilities that are too timid or too bold, put right by one number: all log probabilities times a sharpness.

The order of classes stays as it is. The number is chosen on all out-of-fold predictions of a candidate, as the number
of its rounds is.

References
----------
Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, ICML (temperature scaling;
the sharpness is one over the temperature).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV, _CalibratedClassifier, _TemperatureScaling

PARAMETER = "sharpness"
Floats = NDArray[np.float64]
_BOUNDS = (-1.5, 2.5)  # of its logarithm
_MIN_GAIN = 0.005  # relative: less is not worth a step that everything behind has to know
_MAX_ROWS = 20_000
_SMALLEST = 1e-15


def sharpened(probabilities: Floats, sharpness: float) -> Floats:
    """Probabilities (n, k) of the same order, further from even ones where `sharpness` is above 1."""
    logits = np.log(probabilities + np.finfo(np.float64).eps)  # as scikit-learn does it
    return np.asarray(softmax(sharpness * logits, axis=1), dtype=np.float64)


def find_sharpness(probabilities: Floats, y: NDArray[np.integer[Any]]) -> float | None:
    """The sharpness of the lowest log loss on rows (n, k) whose classes (n,) are known; None where it gains little."""
    p, truth = probabilities[:_MAX_ROWS], y[:_MAX_ROWS]
    found = minimize_scalar(lambda log: _log_loss(sharpened(p, float(np.exp(log))), truth), bounds=_BOUNDS)
    before = _log_loss(p, truth)
    return float(np.exp(found.x)) if found.fun < before * (1 - _MIN_GAIN) else None


def tempered(model: Any, sharpness: float) -> CalibratedClassifierCV:
    """A fitted classifier with its probabilities sharpened, as scikit-learn builds it.

    Fitted anew to rows, it chooses a sharpness of its own by cross-validation.
    """
    scaling = _TemperatureScaling()
    scaling.beta_ = sharpness
    whole = CalibratedClassifierCV(model, method="temperature", ensemble=False, cv=3)
    whole.calibrated_classifiers_ = [
        _CalibratedClassifier(model, [scaling], method="temperature", classes=model.classes_)
    ]
    whole.classes_ = model.classes_
    return whole


def sharpness_of(model: Any) -> float | None:
    """What `tempered` was told; None for any other model."""
    if not isinstance(model, CalibratedClassifierCV) or model.method != "temperature":
        return None
    return float(model.calibrated_classifiers_[0].calibrators[0].beta_)


def _log_loss(probabilities: Floats, y: NDArray[np.integer[Any]]) -> float:
    return float(-np.log(np.clip(probabilities[np.arange(len(y)), y], _SMALLEST, 1.0)).mean())
