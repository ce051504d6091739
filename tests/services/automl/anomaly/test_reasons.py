"""Which columns make a row unusual."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.anomaly.detectors import fit_detector
from services.automl.anomaly.reasons import explain_rows
from services.automl.columns import Column
from services.automl.distance_features import fit_space

RANDOM = np.random.default_rng(0)
COLUMNS = [Column("amount", "number"), Column("weight", "number"), Column("plan", "category"), Column("day", "date")]
LENGTHS = RANDOM.normal(size=300)
ORDINARY = pd.DataFrame(
    {
        "amount": LENGTHS + RANDOM.normal(0, 0.05, 300),
        "weight": LENGTHS,
        "plan": pd.Series(RANDOM.choice(["month", "year"], 300), dtype="str"),
        "day": RANDOM.integers(19_000, 19_100, 300).astype(float),
    }
)


def reasons(**cells: Any) -> tuple[str, ...]:
    row = ORDINARY.head(1).assign(amount=0.1, weight=0.1, plan="year", day=19_050.0).assign(**cells)
    space = fit_space(ORDINARY, COLUMNS, mark_gaps=True, weigh_rarity=True)
    detector = fit_detector(np.asarray(space.features.transform(ORDINARY)), "neighbours", seed=0)
    pipeline = Pipeline([("features", space.features), ("detector", detector)])
    (found,) = explain_rows(pipeline, row.astype(ORDINARY.dtypes), ORDINARY, COLUMNS, seed=0)
    return found


def test_a_number_far_outside_is_named_first_with_what_is_usual() -> None:
    first = reasons(amount=50.0)[0]
    assert first.startswith("“amount” is 50 (9 of 10 rows: −1.")


def test_a_pair_that_does_not_go_together_is_named_although_each_value_is_usual() -> None:
    found = reasons(amount=1.5, weight=-1.5)
    assert {text.split("”")[0] for text in found[:2]} == {"“amount", "“weight"}


def test_an_unknown_word_and_an_early_day_are_named() -> None:
    assert (
        reasons(plan="never") == ("“plan” is never (0% of the rows)",) or "“plan” is never" in reasons(plan="never")[0]
    )
    assert reasons(day=15_000.0)[0].startswith("“day” is 2011-01-26 (9 of 10 rows: 2022-01-")


def test_a_gap_is_named_where_there_is_none_usually() -> None:
    gappy = ORDINARY.assign(weight=ORDINARY["weight"].mask(ORDINARY.index < 3))
    space = fit_space(gappy, COLUMNS, mark_gaps=True, weigh_rarity=True)
    detector = fit_detector(np.asarray(space.features.transform(gappy)), "forest", seed=0)
    pipeline = Pipeline([("features", space.features), ("detector", detector)])
    (found,) = explain_rows(pipeline, gappy.head(1), gappy, COLUMNS, seed=0)
    assert any(text == "“weight” is missing (known in 99% of the rows)" for text in found)
