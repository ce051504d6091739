"""What the web process imports must not bring machine learning with it."""

import subprocess
import sys

import pytest

_HEAVY = ("sklearn", "shap", "optuna", "lightgbm", "skops", "scipy")


@pytest.mark.parametrize(
    "module",
    [
        "services.models.report",
        "services.models.signature",
        "services.models.onnx_scoring",
        "services.automl.metrics",
        "services.automl.task",
        "services.automl.money",
        "services.automl.columns",
        "services.automl.candidates",
        "services.automl.errors",
    ],
)
def test_a_module_of_the_web_process_loads_no_machine_learning(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {_HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "[]"
