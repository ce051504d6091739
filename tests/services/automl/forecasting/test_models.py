"""Repeats and regressors have one form: a pipeline on the lag table."""

import numpy as np
import pandas as pd
import pytest

from services.automl.forecasting.models import NAIVE, Kind, Learnt, fit, is_naive, kinds_for, predict
from services.models.pipeline_file import dump_pipeline, load_pipeline

RANDOM = np.random.default_rng(0)
X = pd.DataFrame(
    {
        "step": RANDOM.integers(1, 8, 200).astype(float),
        "last": RANDOM.normal(size=200),
        "season_1": RANDOM.normal(size=200),
        "season_mean": RANDOM.normal(size=200),
        "on_drift": RANDOM.normal(size=200),
        "weekday": RANDOM.integers(0, 7, 200).astype(float),
        "empty": np.nan,
        "series": RANDOM.choice(["a", "b"], 200),
    }
)
LEARNT = Learnt(X, (0.8 * X["season_1"] + 0.2 * X["last"]).to_numpy())
KINDS = kinds_for(7, 200)


@pytest.mark.parametrize("kind", sorted(NAIVE))
def test_a_repeat_says_its_features_and_learns_nothing(kind: Kind) -> None:
    pipeline = fit(kind, LEARNT, seed=0)
    assert predict(pipeline, X) == pytest.approx(X[list(NAIVE[kind])].sum(axis=1).to_numpy())
    assert predict(pipeline, X.assign(last=np.nan, season_1=np.nan, season_mean=np.nan, on_drift=np.nan))[0] == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_every_pipeline_is_plain_and_says_the_same_when_it_is_read_again(kind: Kind) -> None:
    pipeline = fit(kind, LEARNT, seed=0)
    strange = X.head(3).assign(series="never seen", weekday=np.nan)
    again = load_pipeline(dump_pipeline(pipeline))
    assert predict(again, X) == pytest.approx(predict(pipeline, X))
    assert np.isfinite(predict(again, strange)).all()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not is_naive(kind)])
def test_a_regressor_learns_what_is_there(kind: Kind) -> None:
    errors = predict(fit(kind, LEARNT, seed=0), X) - LEARNT.y
    assert float(np.abs(errors).mean()) < 0.5 * float(np.abs(LEARNT.y).mean())


def test_without_a_season_none_is_repeated_and_from_few_rows_nothing_is_learned() -> None:
    assert "season" not in kinds_for(1, 1_000)
    assert all(is_naive(kind) for kind in kinds_for(12, 19))
