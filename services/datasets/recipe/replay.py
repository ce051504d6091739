"""Which steps of a recipe can be taken again on newer data, and why the others cannot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.datasets.recipe.steps import DERIVE, Step, columns_of, made_by, names_rows


@dataclass(frozen=True, slots=True)
class LeftOutStep:
    """A step that is not taken again, and why."""

    step: Step
    sentence: str


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """The steps to take again, in their order, and the steps left out."""

    steps: tuple[Step, ...]
    left_out: tuple[LeftOutStep, ...]
    from_version: int = 0


def plan_replay(recipe: Sequence[Mapping[str, Any]], columns: Collection[str], *, from_version: int = 0) -> ReplayPlan:
    """What of the recipe applies to a table with these columns.

    A step that names rows by their numbers is left out: in another file another row stands there.
    """
    steps, left_out = [], []
    there = set(columns)
    for raw in recipe:
        step = dict(raw)
        missing = [column for column in columns_of(step) if column not in there]
        if names_rows(step):
            left_out.append(LeftOutStep(step, "It names single rows, and other rows stand there now."))
        elif step["kind"] == DERIVE and step["column"] in there:
            left_out.append(LeftOutStep(step, f"The new data have a column called “{step['column']}” themselves."))
        elif missing:
            names = ", ".join(f"“{column}”" for column in missing)
            left_out.append(LeftOutStep(step, f"The new data have no column called {names}."))
        else:
            steps.append(step)
            there.update(filter(None, [made_by(step)]))
    return ReplayPlan(tuple(steps), tuple(left_out), from_version)
