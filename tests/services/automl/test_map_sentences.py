"""The map of a search in words."""

from services.automl import map_sentences as words
from services.automl.search_map import SearchMap
from tests.makers_search_map import make_searched

SHOWN = SearchMap(make_searched(), "lightgbm", in_money=True)
LABELS = {axis.name: axis.label for axis in SHOWN.axes}


def test_what_decides_is_named_with_its_share() -> None:
    said = words.describe_importance("lightgbm", len(SHOWN.complete), SHOWN.shares, SHOWN.axes)
    assert said.startswith("Learning rate decides most: ")
    assert "of what sets the best variants of gradient boosting apart, then " in said


def test_too_few_variants_are_said_to_be_too_few() -> None:
    assert words.describe_importance("linear", 1, {}, []) == (
        "1 variant of linear model was tried: 10 are needed to say what decides"
    )


def test_a_brush_says_how_many_lie_inside_and_how_good_the_best_is() -> None:
    all_of_them = words.describe_brush(SHOWN.run, len(SHOWN.trials), SHOWN.trials, is_brushed=False)
    assert all_of_them.startswith("40 variants were tried; the best reaches €899k a year")
    one = words.describe_brush(SHOWN.run, len(SHOWN.trials), SHOWN.complete[:1], is_brushed=True)
    assert one.startswith("1 of 40 variants lies inside the brush; the best reaches €")
    assert words.describe_brush(SHOWN.run, 40, [], is_brushed=True) == "No variant of 40 lies inside the brush"


def test_the_time_that_gave_no_model_is_named() -> None:
    said = words.describe_timeline(SHOWN.trials, 2)
    assert said.startswith("40 variants on 2 lanes; the longest took 5 s (Gradient boosting ")
    assert said.endswith("10% of the time gave no model")
    assert words.describe_timeline([], 1) == "No variant has ended yet"


def test_a_number_that_goes_with_a_better_result_is_named_with_its_direction() -> None:
    values = [trial.parameters["n_leaves"] for trial in SHOWN.complete]
    leaves = [axis for axis in SHOWN.axes if axis.name == "n_leaves"]
    more = words.describe_slices(SHOWN.complete, values, leaves, greater_is_better=True)
    assert more == "A higher number of leaves goes with a better result"
    less = words.describe_slices(SHOWN.complete, values, leaves, greater_is_better=False)
    assert less == "A lower number of leaves goes with a better result"
