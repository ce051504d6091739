"""A recipe on newer data: what applies is taken, and what does not is said."""

from services.datasets.recipe.replay import plan_replay
from services.datasets.recipe.steps import checked_steps

RECIPE = checked_steps(
    [
        {"kind": "trim_text", "columns": ["a", "b"]},
        {"kind": "exclude_rows", "rows": [3], "reason": "A test"},
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "is_missing"}, "reason": "Unusable"},
        {"kind": "set_values", "column": "a", "values": {"1": "x"}},
        {"kind": "drop_duplicates"},
    ]
)


def test_steps_by_number_are_left_out_and_the_others_keep_their_order() -> None:
    plan = plan_replay(RECIPE, {"a", "b"}, from_version=4)
    assert [step["kind"] for step in plan.steps] == ["trim_text", "exclude_rows", "drop_duplicates"]
    assert [left_out.step["kind"] for left_out in plan.left_out] == ["exclude_rows", "set_values"]
    assert plan.from_version == 4


def test_missing_columns_are_named() -> None:
    plan = plan_replay(RECIPE, {"b"})
    assert [step["kind"] for step in plan.steps] == ["drop_duplicates"]
    assert plan.left_out[0].sentence == "The new data have no column called “a”."
