"""A fitted pipeline as a file that is data and not code: skops, with a fixed list of what it may contain."""

from typing import Any
from zipfile import ZIP_DEFLATED

import skops.io
from sklearn.pipeline import Pipeline

from services.errors import PortalError

ALLOWED_TYPES = (
    "collections.OrderedDict",
    "collections.defaultdict",
    "functools.partial",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "numpy.add",
    "numpy.asarray",
    "numpy.clip",
    "numpy.dtype",
    "numpy.expm1",
    "numpy.interp",
    "numpy.log1p",
    "numpy.ravel",
    "numpy.reshape",
    "numpy.round",
    "pandas.StringDtype",
    "scipy.sparse._csr.csr_matrix",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)


class UntrustedPipelineError(PortalError):
    """The file holds something that a model of this portal never does; it was not opened."""

    code = "untrusted_pipeline"


def dump_pipeline(pipeline: Pipeline) -> bytes:
    """The pipeline as bytes."""
    content: bytes = skops.io.dumps(pipeline, compression=ZIP_DEFLATED, compresslevel=3)
    return content


def load_pipeline(content: bytes) -> Pipeline:
    """The pipeline that `dump_pipeline` wrote.

    Raises
    ------
    UntrustedPipelineError
        It contains a type outside scikit-learn and the fixed list; nothing of it was run.
    """
    if not is_allowed(content):
        raise UntrustedPipelineError("The model file holds parts that are not allowed, so it was not opened.")
    pipeline: Any = skops.io.loads(content, trusted=list(ALLOWED_TYPES))
    if not isinstance(pipeline, Pipeline):
        raise UntrustedPipelineError("The model file does not hold a pipeline.")
    return pipeline


def is_allowed(content: bytes) -> bool:
    """Whether the file holds nothing outside scikit-learn and the fixed list."""
    return set(untrusted_types(content)) <= set(ALLOWED_TYPES)


def untrusted_types(content: bytes) -> list[str]:
    """Types in the file that skops does not trust by itself."""
    types: list[str] = skops.io.get_untrusted_types(data=content)
    return types
