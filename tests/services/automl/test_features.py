"""What is fitted inside a fold must not know the rows outside it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from services.automl.candidates import Candidate
from services.automl.columns import describe_columns, model_frame
from services.automl.families import build_pipeline, family_named
from services.automl.features import MAX_ONE_HOT, View, features_for, layout_of, split_mark
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


ODD_WORDS = ["red", "blue", "", "1_red", "0_blue", "ü", "red "]


def make_categories(n: int = 200, n_columns: int = 12) -> pd.DataFrame:
    """Words that columns share, that look like marks, and that are missing; and whole numbers that columns share."""
    random = np.random.default_rng(3)
    words = {f"word {i}": random.choice(np.array([*ODD_WORDS, None], dtype=object), n) for i in range(n_columns)}
    levels = {f"level {i}": random.choice([-2.0, 0.0, 3.0, 2.0**37], n) for i in range(3)}
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in words.items()} | levels)


def fitted_part(frame: pd.DataFrame, view: View, part: str) -> tuple[Any, list[str]]:
    """A fitted step of a view, and the columns it takes."""
    layout = layout_of(frame, describe_columns(frame))
    fitted = features_for(view, layout, Task.BINARY, seed=0).fit(frame, np.arange(len(frame)) % 2)
    return next((step, list(names)) for name, step, names in fitted.transformers_ if name == part)


def test_all_categories_at_once_become_what_an_encoder_of_each_column_gives() -> None:
    frame = make_categories()
    step, names = fitted_part(frame, "scaled", "category")
    assert len(names) == 12 and frame[names].nunique().max() <= MAX_ONE_HOT
    strange = pd.concat([frame, frame.assign(**dict.fromkeys(names, "never seen"))], ignore_index=True)
    wanted = OneHotEncoder(handle_unknown="ignore").fit(frame[names].fillna("")).transform(strange[names].fillna(""))
    given = step.transform(strange[names])
    assert sparse.issparse(given)
    assert (given != wanted).nnz == 0
    assert given[len(frame) :].nnz == 0


def test_all_levels_at_once_become_what_an_encoder_of_each_column_gives() -> None:
    frame = make_categories()
    step, names = fitted_part(frame, "scaled", "level")
    beyond = frame.assign(**{names[0]: 2.0**40 + 3.0})  # is the mark of level 3 in the next column
    wanted = OneHotEncoder(handle_unknown="ignore").fit(frame[names]).transform(pd.concat([frame, beyond])[names])
    given = step.transform(pd.concat([frame, beyond])[names])
    assert (given != wanted).nnz == 0


def test_codes_of_all_words_at_once_are_in_the_order_of_an_encoder_of_each_column() -> None:
    frame = make_categories()
    step, names = fitted_part(frame, "codes", "category")
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    wanted = encoder.fit(frame[names].fillna("")).transform(frame[names].fillna(""))
    given = step.transform(frame[names])
    assert np.array_equal(given - given.min(axis=0), wanted)
    strange = frame.head(1).assign(**dict.fromkeys(names, "never seen"))
    assert (step.transform(strange[names]) == -1).all()


@pytest.mark.parametrize(("marked", "wanted"), [("07_a_b", (7, "a_b")), (2.0**41 - 3, (2, -3.0)), (5.0, (0, 5.0))])
def test_a_mark_is_taken_off_again(marked: object, wanted: tuple[int, object]) -> None:
    assert split_mark(marked) == wanted


@pytest.mark.parametrize("unit", [1.0, 1e-4, 1e4])
def test_amounts_that_are_mostly_nothing_keep_their_size_in_any_unit(unit: float) -> None:
    amounts = unit * np.r_[np.zeros(992), 10.0, 20, 50, 100, 200, 500, 1_000, 9_999]
    frame = pd.DataFrame({"amount": amounts})
    step, names = fitted_part(frame, "scaled", "number")
    values = step.transform(frame[names]).ravel()
    assert len(np.unique(values)) == 9
    assert np.array_equal(np.argsort(values[-8:]), np.arange(8))


def test_a_number_far_beyond_the_others_says_no_more_than_the_end_of_their_middle() -> None:
    """A sum must not run away with one house that is ten times as large as others."""
    frame = pd.DataFrame({"size": np.r_[np.random.default_rng(0).normal(100, 10, 500), 100_000.0]})
    step, names = fitted_part(frame, "scaled", "number")
    middle, last = np.array([[100.0], [150.0]]), np.array([[100_000.0]])
    values = step.transform(pd.DataFrame(np.r_[middle, last], columns=names)).ravel()
    assert values[0] < values[1] == values[2]
