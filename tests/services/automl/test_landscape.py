"""A surface over two parameters."""

import numpy as np
import pytest

from services.automl.landscape import MIN_TRIALS, surface, tendency
from services.automl.search_map import SearchMap
from tests.makers_search_map import make_searched

SHOWN = SearchMap(make_searched(), "lightgbm", in_money=False)
RATE, LEAVES = (next(axis for axis in SHOWN.axes if axis.name == name) for name in ("learning_rate", "n_leaves"))
REACHED = [SHOWN.values[trial.number] for trial in SHOWN.complete]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_best_place_is_that_of_a_variant_near_the_truth(sign: float) -> None:
    values = [sign * value for value in REACHED]
    found = surface(SHOWN.complete, values, RATE, LEAVES, greater_is_better=sign > 0)
    assert found is not None
    assert 0.03 < RATE.value_at(found.best_x) < 0.3  # a tenth is best
    assert found.best_x in {RATE.place(trial) for trial in SHOWN.complete}


def test_nothing_is_drawn_beyond_what_was_reached_or_where_nobody_was() -> None:
    low_rates = [trial for trial in SHOWN.complete if (RATE.place(trial) or 0.0) < 0.4]
    values = [SHOWN.values[trial.number] for trial in low_rates]
    found = surface(low_rates, values, RATE, LEAVES, greater_is_better=True)
    assert found is not None
    known = found.z[np.isfinite(found.z)]
    assert min(values) - 1e-9 <= known.min() <= known.max() <= max(values) + 1e-9
    assert np.isnan(found.z[:, -1]).all()


def test_too_few_variants_make_no_surface() -> None:
    few = SHOWN.complete[: MIN_TRIALS - 1]
    assert surface(few, REACHED[: len(few)], RATE, LEAVES, greater_is_better=True) is None


def test_a_tendency_has_the_sign_of_what_goes_with_it() -> None:
    places = [RATE.place(trial) or 0.0 for trial in SHOWN.complete]
    assert tendency(SHOWN.complete, places, RATE) == pytest.approx(1.0)
    assert tendency(SHOWN.complete, [-place for place in places], RATE) == pytest.approx(-1.0)
    assert tendency(SHOWN.complete, [0.5] * len(places), RATE) == 0.0
