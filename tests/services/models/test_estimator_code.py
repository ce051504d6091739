"""Estimators as code: what is written makes an equal one."""

from typing import Any

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder

from services.models.estimator_code import WIDTH, Imports, UnwritableError, code_of


def again(value: Any) -> Any:
    """What the code makes, with nothing but its own imports."""
    imports = Imports()
    code = code_of(value, imports)
    namespace: dict[str, Any] = {"np": np}
    exec("\n".join(imports.lines()), namespace)  # noqa: S102 - code of this test
    return eval(code, namespace)  # noqa: S307 - code of this test


COLUMNS = ColumnTransformer(
    [
        (
            "number",
            Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())]),
            ["a", 'b "quoted"'],
        ),
        ("word", TargetEncoder(cv=StratifiedKFold(5, shuffle=True, random_state=3), target_type="binary"), ["c\n= 1"]),
        ("rest", OneHotEncoder(handle_unknown="ignore", dtype=np.float32), ["d"]),
        (
            "text",
            Pipeline([("flat", FunctionTransformer(np.ravel)), ("weigh", TfidfVectorizer(ngram_range=(1, 2)))]),
            ["e"],
        ),
    ],
    sparse_threshold=0.3,
)
ESTIMATORS = {
    "pipeline": Pipeline([("columns", COLUMNS), ("model", LogisticRegression(C=0.1 + 0.2, max_iter=1_000))]),
    "boosting": LGBMClassifier(learning_rate=1 / 3, n_estimators=41, min_child_samples=7, verbose=-1),
    "team": VotingClassifier(
        [
            ("one", Pipeline([("columns", COLUMNS), ("model", ExtraTreesClassifier(20, max_features=0.5))])),
            ("two", LogisticRegression()),
        ],
        voting="soft",
        weights=[0.75, 0.25],
    ),
    "stack": StackingClassifier([("one", LogisticRegression())], LogisticRegression(C=2.0)),
    "log": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1, check_inverse=False),
}


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_the_code_makes_an_equal_estimator(name: str) -> None:
    estimator: BaseEstimator = ESTIMATORS[name]
    made = again(estimator)
    assert type(made) is type(estimator)
    assert repr(made.get_params(deep=True)) == repr(clone(estimator).get_params(deep=True))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.1 + 0.2,
        1e-300,
        "a\n\"'b",
        (1,),
        (1, "a"),
        [],
        {"a": [1.5, None]},
        np.float64(1 / 3),
        np.int64(7),
    ],
)
def test_plain_values_come_back_exactly(value: Any) -> None:
    assert again(value) == value


def test_numbers_beyond_all_numbers_and_arrays_come_back() -> None:
    assert np.isnan(again(float("nan")))
    assert again(float("-inf")) == float("-inf")
    assert np.array_equal(again(np.array([[0.0, -1.0], [0.5, 0.25]])), np.array([[0.0, -1.0], [0.5, 0.25]]))
    assert again(np.dtype("float32")) == np.dtype("float32")


def test_lines_fit_and_public_names_are_imported() -> None:
    imports = Imports()
    code = code_of(ESTIMATORS["team"], imports, indent=4)
    assert max(len(line) for line in code.splitlines()) <= WIDTH
    assert "from sklearn.ensemble import ExtraTreesClassifier, VotingClassifier" in imports.lines()
    assert not any("._" in line for line in imports.lines())


class OwnModel(BaseEstimator):  # type: ignore[misc]
    """A model that only this test has."""


@pytest.mark.parametrize("value", [OwnModel(), object(), lambda x: x])
def test_what_the_public_libraries_do_not_have_is_refused(value: Any) -> None:
    with pytest.raises(UnwritableError):
        code_of(Pipeline([("columns", "passthrough"), ("model", value)]), Imports())


def test_two_classes_of_one_name_are_not_mixed_up() -> None:
    imports = Imports()
    imports.need("sklearn.linear_model", "Ridge")
    with pytest.raises(UnwritableError, match="Two parts"):
        imports.need("elsewhere", "Ridge")
