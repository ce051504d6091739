"""A run as a file, written and read back."""

from dataclasses import replace

import pytest

from services.automl.candidates import Candidate
from services.automl.errors import UnusableDataError
from services.automl.project_file import RunProject, TriedCandidate, read_project, write_project
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import make_goal

PROJECT = RunProject(
    name="keep-customers 3",
    file="customers.csv",
    dataset_version=2,
    table_sha256="a" * 64,
    target="left: yes or no?",
    positive_label="Yes",
    task="binary",
    metric="roc_auc",
    columns=("months", "#charges", "no"),
    types={"months": "float64", "#charges": "str", "no": "int64", "left: yes or no?": "str"},
    seed=7,
    split_sha256="b" * 64,
    n_trials=40,
    seconds=300.0,
    money=make_goal(capacity_rate=0.25),
    environment={"python": "3.11.7", "libraries": {"scikit-learn": "1.9.1"}},
    candidates=(
        TriedCandidate(1, Candidate("linear", {"strength": 1e-05, "numbers": "ranked"}), 0.1 + 0.2, 12_345.678),
        TriedCandidate(2, Candidate("extra_trees", {"max_features": None, "calibrate": True, "n_trees": 300}), 1e-17),
    ),
    split={"kind": "auto", "time": None, "group": None},
    directions={"months": -1},
    members=((2, 2 / 3), (1, 1 / 3)),
    holdout_score=0.8123456789012345,
)


def test_what_is_written_is_read_back_to_the_last_digit() -> None:
    assert read_project(write_project(PROJECT)) == PROJECT
    large = replace(PROJECT, learns_from_all=True)
    assert read_project(write_project(large)) == large
    assert "learns_from_all" not in write_project(PROJECT)


def test_a_file_of_before_demands_no_directions() -> None:
    text = write_project(replace(PROJECT, directions={})).replace("directions: {}\n", "")
    assert "directions" not in text
    assert read_project(text).directions == {}


BY_ROW = replace(
    PROJECT,
    money=make_goal(amounts=AmountRule('where(plan == "année", `fee: a month` * 12, 0.1 + 0.2)', 480.0, 1 / 3)),
    types={**PROJECT.types, "plan": "str", "fee: a month": "float64"},
)


def test_amounts_of_rows_are_read_back_with_the_columns_they_are_computed_from() -> None:
    text = write_project(BY_ROW)
    assert read_project(text) == BY_ROW
    assert read_project(text).columns == PROJECT.columns  # none of them is an input


def test_without_a_formula_the_file_is_that_of_before() -> None:
    assert "amounts" not in write_project(PROJECT)
    assert "priced_by" not in write_project(PROJECT)


@pytest.mark.parametrize(
    ("old", "new"),
    [("usual_amount: 480.0", "usual_amount: .inf"), ("usual_amount: 480.0", "x: 1"), ("success_rate:", "rate:")],
)
def test_amounts_that_cannot_be_are_refused_with_a_sentence(old: str, new: str) -> None:
    text = write_project(BY_ROW)
    assert old in text
    with pytest.raises(UnusableDataError, match="lacks or misspells"):
        read_project(text.replace(old, new))


def test_without_payoffs_and_without_a_model_it_is_read_back_too() -> None:
    bare = replace(PROJECT, money=None, members=(), holdout_score=None, split_sha256=None, positive_label=None)
    assert read_project(write_project(bare)) == bare


def test_it_says_in_its_first_line_how_to_use_it() -> None:
    assert write_project(PROJECT).startswith("# Makes this run again: python -m portal recreate project.yml --train")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "no project file"),
        ("[1, 2]", "no project file"),
        ("portal: 99", "no project file"),
        ("a: [unclosed", "cannot be read as YAML"),
        ("!!python/object/apply:os.system ['true']", "cannot be read as YAML"),
        ("portal: 1\nrun: x", "lacks or misspells"),
    ],
)
def test_another_file_is_refused_with_a_sentence(text: str, cause: str) -> None:
    with pytest.raises(UnusableDataError, match=cause):
        read_project(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type: float64", "type: object"),
        ("seed: 7", "seed: many"),
        ("holdout_score: 0.8123456789012345", "holdout_score: .nan"),
        ("- number: 2\n    weight", "- number: 9\n    weight"),
    ],
)
def test_a_value_that_cannot_be_is_refused(old: str, new: str) -> None:
    text = write_project(PROJECT)
    assert old in text
    with pytest.raises(UnusableDataError, match="lacks or misspells"):
        read_project(text.replace(old, new))
