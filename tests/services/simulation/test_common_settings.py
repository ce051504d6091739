"""A setting in which something has no value is not given to the case; only today's way must have one."""

import numpy as np
import pytest

from services.errors import InvalidInputError
from services.simulation.common_search import Ceilings, CommonSearch
from services.simulation.common_settings import AS_IT_IS
from services.simulation.constraint import Constraint
from services.simulation.segments import deal_segments
from tests.services.simulation.test_common_search import SHARED, N, everything, make_rows, make_settings

BY_PRICE = Constraint("chance / (price - 500)", "mean", "at most", 1.0)


def test_a_tried_setting_without_a_value_is_not_allowed_and_counted() -> None:
    rows = make_rows((0.0, 1.0, 0.0))
    settings = make_settings(rows, SHARED, constraints=[BY_PRICE])
    at = settings.values[0].index(500.0)
    assert settings.n_without_value == 0
    assert not settings.is_allowed((at,), np.arange(len(rows)))
    assert not settings.of((at,)).is_believed.any()
    assert np.isfinite(settings.of((at,)).measures).all()
    assert settings.n_without_value == 1
    ceilings = Ceilings(least=(-1.0,), words=(BY_PRICE.words,))
    (choice,) = CommonSearch(settings, deal_segments(rows, ""), everything(N), ceilings).best().choices
    assert choice not in {(at,), (AS_IT_IS,)}, "The others are still searched."


def test_todays_way_without_a_value_ends_it() -> None:
    rows = make_rows((0.0, 1.0, 0.0)).assign(price=500.0)
    with pytest.raises(InvalidInputError, match="has no value in 1,000 of 1,000 cases"):
        make_settings(rows, SHARED, constraints=[BY_PRICE])
