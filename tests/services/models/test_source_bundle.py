"""Functions of the portal that run without it."""

import subprocess
import sys

import pandas as pd

from services.automl.columns import to_model_values
from services.automl.scoring import score
from services.models.source_bundle import bundle


def run_alone(code: str) -> str:
    """What the code prints in an interpreter that cannot find the portal."""
    outcome = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout.strip()


def test_a_function_comes_with_all_it_needs_and_nothing_of_the_portal() -> None:
    found = bundle([to_model_values, score])
    assert not any("services" in line for line in found.imports)
    assert "import services" not in found.code
    assert "from services" not in found.code
    assert {"to_model_values", "as_numbers", "MISSING_TOKENS", "score", "_log_loss"} <= set(found.definitions)
    assert "describe_columns" not in found.definitions


def test_what_is_copied_does_the_same() -> None:
    found = bundle([to_model_values, score])
    head = "import numpy as np\nimport pandas as pd\n" + "\n".join(found.imports) + "\n" + found.code
    values = '["1", " 2.5 ", "?", "n/a", "x"]'
    said = run_alone(f'{head}\nprint(list(to_model_values(pd.Series({values}, dtype="str"), "number")))')
    assert said == str(list(to_model_values(pd.Series(["1", " 2.5 ", "?", "n/a", "x"], dtype="str"), "number")))
    calculation = 'score("rmse", np.array([1.0, 2.0]), np.array([1.5, 2.0]))'
    assert float(run_alone(f"{head}\nprint(repr({calculation}))")) == 0.3535533905932738


def test_definitions_stand_before_what_uses_them() -> None:
    names = list(bundle([score]).definitions)
    assert names.index("_SCORES") > names.index("_log_loss") > names.index("_SMALLEST")
    assert names[-1] == "score"
