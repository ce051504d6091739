"""What sets variants apart, in words."""

from services.automl.parameter_table import MISSING, flatten, in_words, parameter_rows, spell
from services.automl.pins import Pinned
from tests.services.automl.test_sentences import make_trial, make_view


def pinned(number: int, family: str = "lightgbm", **changes: object) -> Pinned:
    parameters = changes.pop("parameters", {"learning_rate": 0.05, "n_leaves": 31})
    trial = make_trial(number, family, parameters=parameters)
    return Pinned(make_view(trial, **changes), trial)


def rows(*items: Pinned) -> dict[str, tuple[str, ...]]:
    return {row.name: row.values for row in parameter_rows(items) if row.differs}


def test_only_what_differs_is_marked_as_such() -> None:
    one, other = pinned(1), pinned(2, parameters={"learning_rate": 0.1, "n_leaves": 31})
    assert rows(one, other) == {"Learning rate": ("0.05", "0.1")}


def test_a_parameter_that_only_one_kind_has_is_missing_in_the_other() -> None:
    found = rows(pinned(1), pinned(2, "linear", parameters={"strength": 1.0}))
    assert found["Kind of model"] == ("Gradient boosting", "Linear model")
    assert found["Strength"] == (MISSING, "1")
    assert found["Number of leaves"] == ("31", MISSING)


def test_data_seed_and_software_set_variants_apart_too() -> None:
    then = {"environment": {"python": "3.11.7", "libraries": {"scikit-learn": "1.9.0"}}, "split": {"n_train": 4_000}}
    now = {"environment": {"python": "3.11.7", "libraries": {"scikit-learn": "1.9.1"}}, "split": {"n_train": 4_000}}
    found = rows(pinned(1, seed=0, circumstances=then, dataset_version=2), pinned(2, seed=1, circumstances=now))
    assert found["Seed"] == ("0", "1")
    assert found["scikit-learn"] == ("1.9.0", "1.9.1")
    assert "Python" not in found
    assert "Rows to learn from" not in found
    assert "Data" in found


def test_values_are_written_shortly() -> None:
    assert [spell(value) for value in (0.0500000001, True, None, [1, 0.25], "sqrt")] == [
        "0.05",
        "yes",
        MISSING,
        "1, 0.25",
        "sqrt",
    ]
    assert flatten({"member": {"weight": 0.5}}) == {"member: weight": "0.5"}
    assert in_words("learning_rate") == "Learning rate"
