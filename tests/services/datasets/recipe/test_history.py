"""What can be repeated follows from the recipes of the versions alone."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.datasets.recipe.history import find_undone, without_step

A: dict[str, Any] = {"kind": "to_text", "column": "a"}
B: dict[str, Any] = {"kind": "to_text", "column": "b"}
C: dict[str, Any] = {"kind": "drop_duplicates"}


def test_nothing_was_undone_at_first() -> None:
    assert find_undone([]) is None
    assert find_undone([[], [A], [A, B]]) is None


def test_what_was_undone_last_comes_first() -> None:
    assert find_undone([[], [A], [A, B], [A], []]) == [A]
    assert find_undone([[], [A], [A, B], [A], [], [A]]) == [A, B]
    assert find_undone([[], [A], [A, B], [A], [], [A], [A, B]]) is None


def test_a_new_step_forgets_what_was_undone() -> None:
    assert find_undone([[], [A], [], [C]]) is None


def test_other_decisions_forget_nothing() -> None:
    assert find_undone([[], [A], [A], [], []]) == [A]


def test_a_step_is_taken_out_by_its_place() -> None:
    assert without_step([A, B, A], 0) == [B, A]


@given(st.lists(st.sampled_from(["add", "undo", "redo"]), max_size=20), st.randoms())
def test_repeating_leads_back_through_what_was_undone(actions: list[str], draw: Any) -> None:
    recipes: list[list[dict[str, Any]]] = [[]]
    undone: list[list[dict[str, Any]]] = []
    for number, action in enumerate(actions):
        now = recipes[-1]
        if action == "add":
            recipes.append([*now, {"kind": "to_text", "column": str(number)}])
            undone = []
        elif action == "undo" and now:
            undone.append(now)
            recipes.append([dict(step) for step in without_step(now, draw.randrange(len(now)))])
        elif action == "redo" and undone:
            assert find_undone(recipes) == undone[-1]
            recipes.append(undone.pop())
    assert find_undone(recipes) == (undone[-1] if undone else None)
