"""What is fitted inside a fold must not know the rows outside it."""

import numpy as np
import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.columns import describe_columns, model_frame
from services.automl.families import build_pipeline, family_named
from services.automl.features import layout_of
from services.automl.preparation import prepare
from services.automl.task import Task
from services.automl.training import new_pipeline, train_candidate
from tests.makers_automl import CANDIDATES, FEATURES, make_cases, prepared


def make_hard_frame(n: int = 300) -> pd.DataFrame:
    """A crowded category, a category, gaps, and text."""
    random = np.random.default_rng(0)
    words = ["good", "bad", "fine", "poor", "nice", "awful", "soft", "rough", "great", "weak"]
    return pd.DataFrame(
        {
            "city": [f"city {code}" for code in random.integers(0, 60, n)],
            "size": np.where(random.random(n) < 0.2, np.nan, random.normal(size=n)),
            "colour": random.choice(["red", "blue"], n),
            "review": [f"{' '.join(random.choice(words, 6))} number {i}" for i in range(n)],
        }
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("family", list(CANDIDATES))
def test_every_family_takes_gaps_unseen_values_and_text(family: str) -> None:
    frame = make_hard_frame()
    columns = describe_columns(frame)
    assert [column.kind for column in columns] == ["category", "number", "category", "text"]
    x = model_frame(frame, columns)
    y = (frame["size"].fillna(1) > 0).to_numpy().astype(int)
    layout = layout_of(x, columns)
    assert layout.crowded == ("city",)
    pipeline = build_pipeline(family, CANDIDATES[family].parameters, layout, Task.BINARY, seed=0).fit(x, y)
    strange = x.head(3).assign(city=np.nan, colour="green", review=np.nan, size=np.nan)
    assert np.isfinite(pipeline.predict_proba(strange.astype(x.dtypes))).all()


@pytest.mark.parametrize("family", list(CANDIDATES))
def test_rows_of_a_fold_do_not_reach_the_model_that_judges_them(family: str) -> None:
    """Shift the numbers and the target of one judged row: no other row of its fold may get another prediction.

    How many rounds there are is chosen on all judged rows, as which candidate is best: here there is no choice.
    """
    honest, candidate = prepared(), _without_choice(CANDIDATES[family])
    before = train_candidate(honest, candidate, seconds_limit=60).predictions
    fold = honest.folds[0]
    spied = prepare(make_cases(), target="left", feature_columns=FEATURES, n_folds=3)
    row = fold[0]
    spied.train.x.loc[row, "months"] = 1e6
    spied.train.y[row] = 1 - spied.train.y[row]
    after = train_candidate(spied, candidate, seconds_limit=60).predictions
    assert np.array_equal(before[fold[1:]], after[fold[1:]])
    assert not np.array_equal(before[honest.folds[1]], after[honest.folds[1]])


def _without_choice(candidate: Candidate) -> Candidate:
    rounds = family_named(candidate.family).rounds
    return Candidate(candidate.family, {**candidate.parameters, **({rounds: 1} if rounds else {})})


def test_a_category_of_pure_chance_earns_nothing_out_of_fold() -> None:
    """Means of the target by category memorise noise, unless they are learned without the rows they are judged on."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"noise": [f"v{c}" for c in random.integers(0, 150, 600)], "x": random.normal(size=600)})
    frame["y"] = random.choice(["a", "b"], 600)
    outcome = train_candidate(prepare(frame, target="y", n_folds=3), CANDIDATES["linear"], seconds_limit=60)
    assert abs(outcome.score - 0.5) < 0.07


def test_a_pipeline_holds_no_class_of_the_portal() -> None:
    for family in CANDIDATES:
        for step in _all_steps(new_pipeline(prepared(), CANDIDATES[family])):
            assert type(step).__module__.split(".")[0] in {"sklearn", "lightgbm", "builtins", "numpy", "pandas"}, step


def _all_steps(estimator: object) -> list[object]:
    nested: dict[str, object] = getattr(estimator, "get_params", dict)()
    return [estimator, *(value for value in nested.values() if hasattr(value, "fit"))]
