"""Make runs in whose map there is something to see, without a search."""

import numpy as np

from services.automl.views import RunView
from tests.services.automl.test_sentences import make_trial, make_view

N_VARIANTS = 40


def make_searched(*, has_money: bool = True) -> RunView:
    """Forty variants of boosting: the rate decides, the leaves do not, every tenth gave no model; one linear model."""
    random = np.random.default_rng(0)
    trials = [make_trial(1, "linear", parameters={"strength": 1.0}, lane="1:0")]
    for number in range(2, N_VARIANTS + 2):
        rate, leaves = float(10 ** random.uniform(-3, 0)), int(random.integers(4, 64))
        score = 0.9 - 0.1 * abs(np.log10(rate) + 1.0) + 0.001 * random.random()
        is_lost = number % 10 == 0
        trials.append(
            make_trial(
                number,
                "lightgbm",
                parameters={
                    "learning_rate": rate,
                    "n_leaves": leaves,
                    "categories": "codes" if number % 2 else "means",
                },
                state="failed" if is_lost else "complete",
                score=None if is_lost else score,
                value_amount=1e6 * score if has_money and not is_lost else None,
                lane=f"1:{number % 2}",
                second=5.0 * number,
            )
        )
    return make_view(*trials, currency="EUR" if has_money else None, state="finished")
