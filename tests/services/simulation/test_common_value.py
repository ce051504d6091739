"""What shared settings are worth where limits must be kept: by all cases, and said where one half cannot."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from services.errors import InvalidInputError
from services.simulation.actions import values_of
from services.simulation.common_search import Ceilings
from services.simulation.common_value import CommonPolicy, value_common
from services.simulation.constraint import Constraint, half_breaks
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


def test_a_limit_that_one_half_cannot_keep_is_told_and_does_not_end_it() -> None:
    rows = make_halves(6.0, 1.5)
    found = value(rows)
    assert found.broken == ("chance is at least 0.6 on average",)
    said = half_breaks(found.broken)
    assert "one half of the cases by itself cannot keep this: chance is at least 0.6 on average" in said
    willing, unwilling = (half[0][0] for half in found.halves)
    assert unwilling == 0, "Nearest to the limit is the lowest price."
    assert unwilling < willing
    ((place,),) = found.choices
    price = float(values_of(SHARED, {})[place])
    assert expit(rows["willingness"] - 0.01 * price).mean() >= 0.6, "What is set keeps it."


def test_a_limit_that_all_cases_together_cannot_keep_ends_it() -> None:
    with pytest.raises(InvalidInputError, match="No setting of the levers that may be believed keeps this"):
        value(make_halves(1.0, 0.5))


def test_where_both_halves_keep_it_nothing_is_told() -> None:
    found = value(make_halves(5.2, 4.8))
    assert found.value > 0
    assert found.broken == ()


def test_one_setting_for_all_that_breaks_a_limit_is_no_way_to_compare_with() -> None:
    rows = make_rows()
    segments, in_first = deal_segments(rows, "group"), np.arange(len(rows)) % 2 == 0
    must = Constraint("chance * (group == 'low') - chance * (group == 'high')", "mean", "at least", 0.1)
    settings = make_settings(rows, GROUPED, ask=acceptance, constraints=[must])
    policy = value_common(settings, segments, in_first, Ceilings(least=(0.1,), words=(must.words,)))
    assert [gain.over for gain in policy.gains] == ["leaving everything as it is", "a supported action by chance"]
