"""Which levers of an objective can be moved in a model, and why the others cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.datasets.recipe.new_rows import derived_columns, steps_on_cells
from services.datasets.recipe.steps import DERIVE, columns_of
from services.models.signature import Signature
from services.proposals.lever import Lever


@dataclass(frozen=True, slots=True)
class UsableLever:
    """A lever, and why it cannot take part; `problem` is empty where it can."""

    lever: Lever
    problem: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether it may be moved."""
        return not self.problem


def examine_levers(
    levers: Iterable[Lever], signature: Signature, recipe: Sequence[Mapping[str, Any]]
) -> tuple[UsableLever, ...]:
    """Each lever with what stands in its way, if anything.

    Parameters
    ----------
    recipe
        Steps of the version of the data that the model learned from: what they derive from a lever's column would stay
        as it was when the lever moves, so the model would be asked about a case that cannot be.
    """
    kinds = {column.name: column.kind for column in signature.columns}
    steps = steps_on_cells(recipe, signature.names)
    return tuple(UsableLever(lever, _problem(lever, kinds, steps)) for lever in levers)


def computed_from(columns: Iterable[str], recipe: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns that the data compute from these, also by way of others."""
    reached, found = set(columns), []
    for step in recipe:
        if step["kind"] == DERIVE and reached.intersection(columns_of(step)):
            reached.add(step["column"])
            found.append(step["column"])
    return tuple(found)


def scope_problem(levers: Sequence[Lever], segment_column: str) -> str:
    """Why these levers cannot be moved together; empty where they can."""
    by_case = [lever.name for lever in levers if lever.scope == "per_row"]
    together = [lever.name for lever in levers if lever.scope != "per_row"]
    if by_case and together:
        return (
            f"“{by_case[0]}” is set for each case and “{together[0]}” for many cases alike: the best of one depends on "
            "the other in too many ways. Simulate one kind of them at a time."
        )
    grouped = [lever for lever in levers if lever.scope == "segment"]
    if grouped and not segment_column:
        return f"“{grouped[0].name}” is set for groups of cases alike. Choose the column whose values are the groups."
    if segment_column and not grouped:
        return "No lever among these is set for groups of cases, so leave the column of the groups empty."
    if segment_column in [lever.column for lever in levers]:
        return f"“{segment_column}” holds a lever, so its values cannot be the groups. Choose another column."
    return ""


def _problem(lever: Lever, kinds: Mapping[str, str], steps: Sequence[Mapping[str, Any]]) -> str:
    name, column = f"“{lever.name}”", lever.column
    if not column:
        return f"{name} has no column in the data. Say on the objective which column holds it."
    if column not in kinds:
        return (
            f"{name} is held by the column “{column}”, which this model does not take. Include that column and search "
            "again, or name another one on the objective."
        )
    if column in derived_columns(steps):
        return f"{name} is held by “{column}”, which the data compute from others, so it cannot be set by itself."
    for step in steps:
        if step["kind"] == DERIVE and step["column"] in kinds and column in columns_of(step):
            return (
                f"The model also takes “{step['column']}”, which the data compute from “{column}”: it would stay as it "
                f"was when {name} moves. Leave that column out and search again."
            )
    return _kind_problem(lever, kinds[column])


def _kind_problem(lever: Lever, kind: str) -> str:
    if lever.is_numeric and kind != "number":
        return f"“{lever.name}” is a number, but its column “{lever.column}” holds no numbers. Correct one of the two."
    if lever.kind == "choice" and kind != "category":
        return (
            f"“{lever.name}” is a choice, but its column “{lever.column}” holds no categories. Correct one of the two."
        )
    if lever.kind == "yes_no" and kind not in ("category", "number"):
        return f"“{lever.name}” is yes or no, but its column “{lever.column}” holds neither. Correct one of the two."
    return ""
