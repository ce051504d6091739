"""A small neural network, judged after every pass over the rows."""

from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor

from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.standard_target import on_standard_scale
from services.automl.features import View
from services.automl.search_domains import Choice, Space, Span
from services.automl.task import Task

MAX_EPOCHS = 60
_TOO_MANY_ROWS = 60_000
_TOO_FEW_ROWS = 500


def _view(parameters: Parameters) -> View:
    return "ranked" if parameters.get("numbers") == "ranked" else "scaled"


def _build(parameters: Parameters, task: Task, seed: int) -> Any:
    settings: dict[str, Any] = {
        "hidden_layer_sizes": (parameters["n_units"],) * parameters["n_layers"],
        "alpha": parameters["shrinkage"],
        "learning_rate_init": parameters["learning_rate"],
        "batch_size": parameters["n_batch"],
        "max_iter": parameters["n_epochs"],
        "tol": 0.0,
        "n_iter_no_change": 10_000,  # the number of epochs is chosen out of fold
        "random_state": seed,
    }
    if task.is_classification:
        return MLPClassifier(**settings)
    return on_standard_scale(MLPRegressor(**settings))


def _space(_shape: TableShape) -> Space:
    return {
        "n_units": Choice((64, 128, 256)),
        "n_layers": Span(1, 3),
        "n_epochs": Choice((MAX_EPOCHS,)),
        "n_batch": Choice((64, 128, 256)),
        "learning_rate": Span(5e-4, 1e-2, log=True),
        "shrinkage": Span(1e-5, 10.0, log=True),
        "numbers": Choice(("standard", "ranked")),
    }


def _portfolio(shape: TableShape) -> list[dict[str, Any]]:
    if shape.has_text or not _TOO_FEW_ROWS <= shape.n_rows <= _TOO_MANY_ROWS:
        return []
    shared = {"n_epochs": MAX_EPOCHS, "n_batch": 128, "numbers": "ranked"}
    return [
        {"n_units": 128, "n_layers": 2, "learning_rate": 2e-3, "shrinkage": 1e-2, **shared},
        {"n_units": 256, "n_layers": 1, "learning_rate": 4e-3, "shrinkage": 1.0, **shared},
    ]


NEURAL_NETWORK = Family("neural_network", _view, _build, _space, _portfolio, rounds="n_epochs")
