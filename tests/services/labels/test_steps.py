"""Decisions as steps: nothing is lost, nothing is doubled, long lists are cut."""

from hypothesis import given
from hypothesis import strategies as st

from services.datasets.recipe.steps import checked_steps
from services.labels.steps import label_steps, verdict_steps

VERDICT = st.tuples(
    st.integers(0, 10_000),
    st.sampled_from(["keep", "exclude", "relabel"]),
    st.sampled_from(["No", "Yes"]),
    st.sampled_from(["A typing error", "A test"]),
)


@given(st.lists(VERDICT, unique_by=lambda verdict: verdict[0]))
def test_every_decision_but_keep_is_in_exactly_one_step(verdicts: list[tuple[int, str, str, str]]) -> None:
    steps = verdict_steps("churn", verdicts)
    checked_steps(steps)
    excluded = [row for step in steps for row in step.get("rows", [])]
    relabelled = {int(row): value for step in steps for row, value in step.get("values", {}).items()}
    assert sorted(excluded) == sorted(row for row, verdict, _, _ in verdicts if verdict == "exclude")
    assert relabelled == {row: value for row, verdict, value, _ in verdicts if verdict == "relabel"}


def test_many_labels_are_several_steps() -> None:
    labels = dict.fromkeys(range(25000), "Yes")
    steps = checked_steps(label_steps("churn", labels, "Labelled by 2 people"))
    assert [len(step["values"]) for step in steps] == [10_000, 10_000, 5_000]
