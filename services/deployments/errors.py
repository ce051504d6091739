"""What can go wrong when a model is asked."""

from services.errors import NotAllowedError, PortalError


class PredictionBlockedError(NotAllowedError):
    """No approval covers the model as it is now."""

    code = "not_approved"


class ModelDamagedError(PortalError):
    """What is stored is not what was registered and approved; it is not used."""

    status = 503
    code = "model_damaged"


class ScoringUnavailableError(PortalError):
    """The process that scores models without an ONNX twin did not answer."""

    status = 503
    code = "scoring_unavailable"
