"""Functions of the portal that run without it."""

import subprocess
import sys

import numpy as np
import pandas as pd

from services.automl.amounts import amounts_of_rows
from services.automl.columns import to_model_values
from services.automl.money import MoneyGoal
from services.automl.scoring import score
from services.models.source_bundle import bundle
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import make_goal


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


def test_classes_come_with_their_decorators() -> None:
    """Money by the amounts of rows: dataclasses, a formula and its errors, alone."""
    found = bundle([MoneyGoal, amounts_of_rows])
    assert not any("services" in line for line in found.imports)
    head = "import numpy as np\nimport pandas as pd\n" + "\n".join(found.imports) + "\n" + found.code
    goal = make_goal(base_rate=0.3, amounts=AmountRule("where(months > 2, 1 / 0, 10 * months)", 100.0, 0.5))
    calculation = (
        f"goal = {goal!r}\n"
        'amounts = amounts_of_rows(goal.amounts.formula, pd.DataFrame({"months": [0, 1, 2, 3]}))\n'
        "y, scores = np.array([True, False, True, True]), np.array([0.1, 0.2, 0.7, 0.9])\n"
        "gains = goal.gains(amounts)\n"
        "print([goal.threshold(y, scores, gains), goal.yearly(y, scores, 0.5, gains)])"
    )
    y, scores = np.array([True, False, True, True]), np.array([0.1, 0.2, 0.7, 0.9])
    gains = goal.gains(np.array([0.0, 10.0, 20.0, np.nan]))
    assert run_alone(f"{head}\n{calculation}") == str(
        [goal.threshold(y, scores, gains), goal.yearly(y, scores, 0.5, gains)]
    )


def test_definitions_stand_before_what_uses_them() -> None:
    names = list(bundle([score]).definitions)
    assert names.index("_SCORES") > names.index("_log_loss") > names.index("_SMALLEST")
    assert names[-1] == "score"
