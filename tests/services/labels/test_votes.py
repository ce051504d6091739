"""Votes: majorities, ties, second raters, and whose turn it is."""

from hypothesis import given
from hypothesis import strategies as st

from services.labels.votes import count_votes, next_row, wants_second_rater


def test_a_majority_decides_and_a_tie_waits_for_a_person() -> None:
    votes = [(1, "a", "keyboard"), (1, "a", "keyboard"), (1, "b", "keyboard"), (2, "a", "keyboard"), (2, "b", "thumb")]
    found = count_votes(votes)
    assert found.agreed == {1: "a"}
    assert found.disputed == {2: ("a", "b")}


def test_a_reviewer_settles_what_others_see_differently() -> None:
    found = count_votes([(2, "a", "keyboard"), (2, "b", "keyboard"), (2, "b", "review")])
    assert found.agreed == {2: "b"}
    assert not found.disputed


def test_cannot_tell_is_no_vote() -> None:
    found = count_votes([(1, None, "keyboard"), (1, "a", "keyboard"), (3, None, "keyboard")])
    assert found.agreed == {1: "a"}
    assert found.unclear == (3,)


def test_about_the_asked_share_of_rows_gets_a_second_rater() -> None:
    chosen = [row for row in range(5_000) if wants_second_rater("task", row, 0.2)]
    assert 850 < len(chosen) < 1_150
    assert all(wants_second_rater("task", row, 0.5) for row in chosen)  # more of them, and these still
    assert not any(wants_second_rater("task", row, 0.0) for row in range(200))


@given(st.lists(st.integers(0, 30), unique=True), st.floats(0, 1), st.lists(st.sampled_from("xyz"), max_size=80))
def test_nobody_sees_a_row_twice_and_no_row_is_rated_too_often(
    queue: list[int], share: float, turns: list[str]
) -> None:
    raters: dict[int, frozenset[str]] = {}
    for rater in turns:
        row = next_row(queue, raters, rater, task_id="t", share=share)
        if row is None:
            continue
        assert rater not in raters.get(row, frozenset())
        raters[row] = raters.get(row, frozenset()) | {rater}
    assert all(len(of_row) <= (2 if wants_second_rater("t", row, share) else 1) for row, of_row in raters.items())
