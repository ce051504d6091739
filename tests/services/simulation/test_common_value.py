"""What shared settings are worth is said only of a policy that keeps every limit in each half of the cases."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from services.errors import InvalidInputError
from services.simulation.common_search import Ceilings
from services.simulation.common_value import CommonPolicy, value_common
from services.simulation.constraint import Constraint
from services.simulation.segments import deal_segments
from tests.services.simulation.test_common_search import GROUPED, SHARED, acceptance, make_rows, make_settings

AT_LEAST = Constraint("chance", "mean", "at least", 0.6)


def make_halves(willing: float, unwilling: float) -> pd.DataFrame:
    """Every other case is less willing: what all keep together one half may not."""
    rows = make_rows((0.0, 1.0, 0.0))
    return rows.assign(willingness=np.where(np.arange(len(rows)) % 2 == 0, willing, unwilling))


def value(rows: pd.DataFrame) -> CommonPolicy:
    def ask(table: pd.DataFrame) -> np.ndarray:
        return np.tile(expit((table["willingness"] - 0.01 * table["price"]).to_numpy(dtype=float)), (6, 1))

    settings = make_settings(rows, SHARED, ask=ask, constraints=[AT_LEAST])
    ceilings = Ceilings(least=(0.6,), words=(AT_LEAST.words,))
    return value_common(settings, deal_segments(rows, ""), np.arange(len(rows)) % 2 == 0, ceilings)


def test_where_one_half_cannot_keep_a_limit_no_worth_is_given() -> None:
    with pytest.raises(InvalidInputError) as refused:
        value(make_halves(6.0, 1.5))
    assert "one half of the cases cannot keep this: chance is at least 0.6 on average" in refused.value.sentence
    assert "nothing is said of what they are worth" in refused.value.sentence


def test_where_both_halves_keep_it_the_worth_is_given() -> None:
    assert value(make_halves(5.2, 4.8)).value > 0


def test_one_setting_for_all_that_breaks_a_limit_is_no_way_to_compare_with() -> None:
    rows = make_rows()
    segments, in_first = deal_segments(rows, "group"), np.arange(len(rows)) % 2 == 0
    must = Constraint("chance * (group == 'low') - chance * (group == 'high')", "mean", "at least", 0.1)
    settings = make_settings(rows, GROUPED, ask=acceptance, constraints=[must])
    policy = value_common(settings, segments, in_first, Ceilings(least=(0.1,), words=(must.words,)))
    assert [gain.over for gain in policy.gains] == ["leaving everything as it is", "a supported action by chance"]
