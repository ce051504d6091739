"""Fair share, as arithmetic."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.automl.turns.rule import PRIORITIES, Asking, Owner, in_turn, positions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def asking(run_id: str, person: str = "Ada", project: str = "churn", *, minute: int = 0, **changes: Any) -> Asking:
    values: dict[str, Any] = {"n_free": 8, **changes}
    return Asking(run_id, person, project, NOON + timedelta(minutes=minute), **values)


def order(runs: list[Asking], n: int, **served: datetime) -> list[str]:
    moments: dict[Owner, datetime] = {(person,): moment for person, moment in served.items()}
    return [run.run_id for run in islice(in_turn(runs, moments), n)]


def test_twenty_runs_of_one_person_take_no_more_places_than_the_one_run_of_another() -> None:
    many = [asking(f"a{number:02}", "Ada", minute=number) for number in range(20)]
    one = asking("b", "Bob", minute=99)
    assert order([*many, one], 4) == ["a00", "b", "a00", "b"]
    assert positions([*many, one], {})["b"] == 2


def test_a_person_without_a_trial_at_work_comes_before_one_who_has_some() -> None:
    busy = asking("a", "Ada", n_at_work=2)
    assert order([busy, asking("b", "Bob", minute=5)], 3) == ["b", "b", "a"]


def test_of_two_who_have_as_many_the_one_served_longest_ago_is_next() -> None:
    runs = [asking("a", "Ada"), asking("b", "Bob", minute=1)]
    assert order(runs, 2, Ada=NOON, Bob=NOON - timedelta(seconds=1)) == ["b", "a"]
    assert order(runs, 2, Ada=NOON) == ["b", "a"]


def test_a_trial_counts_for_its_person_also_where_its_run_can_begin_no_more() -> None:
    last = asking("a1", "Ada", n_free=0, n_at_work=1)
    assert order([last, asking("a2", "Ada"), asking("b", "Bob", minute=9)], 1) == ["b"]


def test_the_projects_of_a_person_take_turns_and_the_runs_of_a_project_wait_for_each_other() -> None:
    runs = [
        asking("first", project="churn", minute=0),
        asking("second", project="churn", minute=1),
        asking("other", project="prices", minute=2),
    ]
    assert order(runs, 4) == ["first", "other", "first", "other"]
    assert order([asking("first", n_free=1), asking("second", minute=1)], 3) == ["first", "second", "second"]


def test_a_higher_priority_is_served_first_whoever_waits_longer() -> None:
    runs = [asking("low", priority="low"), asking("normal", "Bob", minute=1), asking("high", "Cy", minute=2, n_free=2)]
    runs[2] = asking("high", "Cy", minute=2, n_free=2, priority="high")
    assert order(runs, 3) == ["high", "high", "normal"]
    assert positions(runs, {}) == {"high": 1, "normal": 2, "low": 3}


def test_who_has_used_the_time_of_a_day_comes_after_everybody_else_of_the_priority() -> None:
    over = asking("a", "Ada", is_over_quota=True)
    assert order([over, asking("b", "Bob", n_free=2, n_at_work=5)], 3) == ["b", "b", "a"]


def test_the_runs_of_one_project_are_numbered_as_they_were_started() -> None:
    runs = [asking(name, minute=minute) for minute, name in enumerate("abc")]
    assert positions(runs, {}) == {"a": 1, "b": 2, "c": 3}


def test_a_run_that_can_begin_nothing_has_no_position() -> None:
    assert positions([asking("full", n_free=0), asking("waits", minute=1)], {}) == {"waits": 1}


RUNS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), st.sampled_from("xy"), st.integers(0, 4), st.integers(0, 3), st.sampled_from(PRIORITIES)
    ),
    max_size=8,
)


def _runs(drawn: list[tuple[str, str, int, int, str]]) -> list[Asking]:
    return [
        asking(str(number), person, project, minute=number, n_free=free, n_at_work=at_work, priority=priority)
        for number, (person, project, free, at_work, priority) in enumerate(drawn)
    ]


@given(drawn=RUNS)
def test_everything_that_can_begin_does_exactly_as_often_as_it_can(drawn: list[tuple[str, str, int, int, str]]) -> None:
    runs = _runs(drawn)
    assert Counter(run.run_id for run in in_turn(runs, {})) == Counter({run.run_id: run.n_free for run in runs})
    assert set(positions(runs, {})) == {run.run_id for run in runs if run.n_free}


@given(drawn=RUNS)
def test_nobody_is_served_while_another_of_the_priority_has_fewer_trials_at_work(
    drawn: list[tuple[str, str, int, int, str]],
) -> None:
    runs = _runs(drawn)
    at_work: Counter[str] = Counter()
    for run in runs:
        at_work[run.person_id] += run.n_at_work
    left = Counter({run.run_id: run.n_free for run in runs})
    for served in in_turn(runs, {}):
        rivals = {run.person_id for run in runs if left[run.run_id] > 0 and run.priority == served.priority}
        assert at_work[served.person_id] == min(at_work[person] for person in rivals)
        at_work[served.person_id] += 1
        left[served.run_id] -= 1
