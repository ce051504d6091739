"""What a person asserts of a model in form fields: "if tenure is more than 24, expect stay in at least 80%"."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

from services.automl.columns import to_model_values
from services.automl.values_in_words import number_in_words, share_in_words
from services.datasets.recipe.conditions import checked_condition, describe_condition, matches
from services.errors import InvalidInputError
from services.examinations.contradictions import find_contradiction
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula
from services.formulas.spelling import LONGEST_TEXT
from services.valuation.limits import LARGEST_AMOUNT

Kind = Literal["share", "direction"]
MOST_CONDITIONS = 3
BOUNDS = {"at_least": "at least", "at_most": "at most"}
WAYS = {"raises": "raises", "lowers": "lowers"}
_WHOLE = 2**53


@dataclass(frozen=True)
class Asked:
    """What a model can be asked about, and what it answers with.

    Attributes
    ----------
    kinds
        Of all columns but the outcome and those that were left out.
    inputs
        The columns the model takes.
    tied
        Inputs that cannot be moved alone, with what the data compute: another input from them, or them from others.
    names
        Columns as the business calls them, where it does.
    """

    kinds: Mapping[str, str]
    inputs: tuple[str, ...]
    task: str
    classes: tuple[str, ...]
    target: str
    tied: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, column: str) -> str:
        """The business name of a column, or its own."""
        return self.names.get(column, column)


@dataclass(frozen=True)
class Assertion:
    """Something a person expects of every model of a project.

    Attributes
    ----------
    kind
        "share": where the conditions hold, the answer is as expected in at least a share of the rows. "direction": a
        higher value of `column` never moves the answer the wrong `way`.
    conditions
        Up to three, all of which must hold; none speaks of all rows.
    formula
        A formula over columns that must hold (be true, not 0) as well; empty for none.
    outcome
        The class that is expected; empty where the model answers with a number.
    bound, amount
        For a number: "at_least" or "at_most" an amount.
    least_share
        0 to 1.
    """

    kind: Kind
    conditions: tuple[dict[str, Any], ...] = ()
    formula: str = ""
    outcome: str = ""
    bound: str = ""
    amount: float | None = None
    least_share: float = 1.0
    column: str = ""
    way: str = ""

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self) | {"conditions": list(self.conditions)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Assertion":
        """What `document` wrote."""
        return cls(**{**document, "conditions": tuple(document["conditions"])})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its conditions and its direction name, without those of the formula."""
        named = [str(condition["column"]) for condition in self.conditions]
        return tuple(dict.fromkeys([*named, *([self.column] if self.column else [])]))


def condition_of(column: str | None, operator: str, text: str) -> dict[str, Any] | None:
    """A condition as it was typed into three fields; None where no column was chosen.

    Raises
    ------
    InvalidInputError
        “Between” is asked without two values.
    """
    if not column:
        return None
    if operator == "is_missing":
        return {"column": column, "operator": operator}
    if operator == "between":
        ends = [end.strip() for end in text.split(" and ")]
        if len(ends) != 2 or not all(ends):
            raise InvalidInputError(f"“{column}” between what? Type two values, such as 24 and 48.")
        return {"column": column, "operator": operator, "value": ends}
    if not text.strip():
        raise InvalidInputError(f"Type what “{column}” is compared with, or choose “is missing”.")
    return {"column": column, "operator": operator, "value": text.strip()}


def checked_assertion(assertion: Assertion, asked: Asked) -> Assertion:
    """The assertion with conditions that can be asked of these columns, and an expectation that the model can meet.

    Raises
    ------
    InvalidInputError
        One sentence for each fault: an unknown column, a wrong type, conditions that contradict each other.
    """
    problems: list[str] = []
    conditions = _checked_conditions(assertion.conditions, asked, problems)
    problems += _formula_problems(assertion.formula, asked)
    problems += _direction_problems(assertion, asked) if assertion.kind == "direction" else _problems(assertion, asked)
    if problems:
        raise InvalidInputError(*dict.fromkeys(problems))
    changes = {"conditions": tuple(conditions), "formula": assertion.formula.strip()}
    return Assertion(**{**asdict(assertion), **changes})


def describe_assertion(assertion: Assertion, target: str) -> str:
    """In one sentence."""
    where = [describe_condition(condition) for condition in assertion.conditions]
    where += [f"{assertion.formula} is true"] if assertion.formula else []
    beginning = f"Where {' and '.join(where)}: " if where else ""
    if assertion.kind == "direction":
        said = f"a higher “{assertion.column}” never {WAYS[assertion.way]} {_answer(assertion, target)}"
    else:
        share = share_in_words(assertion.least_share)
        said = f"expect {_expected(assertion, target)} in at least {share} of the cases"
    return f"{beginning}{said}" if beginning else said[0].upper() + said[1:]


def typed_columns(table: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Columns as conditions and formulas read them: numbers, moments and words, whatever the file held."""
    columns = {}
    for name, kind in kinds.items():
        if kind == "date":
            days = to_model_values(table[name], "date")
            columns[name] = pd.to_datetime(days, unit="D", errors="coerce")
        else:
            columns[name] = to_model_values(table[name], "number" if kind == "number" else "text")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)))


def rows_meant(assertion: Assertion, frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows (of `typed_columns`) the assertion speaks of."""
    meant = pd.Series(True, index=frame.index)
    for condition in assertion.conditions:
        meant &= matches(frame, condition)
    if assertion.formula:
        computed = compute(read_formula(assertion.formula, list(frame.columns)), frame, len(frame))
        meant &= computed.is_valid & (computed.values != 0)
    return meant


def named_columns(assertion: Assertion, kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Every column it needs, also those of its formula.

    Raises
    ------
    InvalidInputError
        The formula names something that is not among the columns.
    """
    of_formula = read_formula(assertion.formula, list(kinds)).names if assertion.formula else ()
    return tuple(dict.fromkeys([*assertion.columns, *of_formula]))


def _checked_conditions(given: Sequence[Mapping[str, Any]], asked: Asked, problems: list[str]) -> list[dict[str, Any]]:
    if len(given) > MOST_CONDITIONS:
        problems.append(f"An assertion has at most {MOST_CONDITIONS} conditions. Leave some out.")
    empty = typed_columns(pd.DataFrame({name: pd.Series(dtype="str") for name in asked.kinds}), asked.kinds)
    kept = []
    for raw in given[:MOST_CONDITIONS]:
        try:
            condition = _with_numbers(checked_condition(raw), asked.kinds)
            matches(empty, condition)
        except InvalidInputError as error:
            problems += error.problems
            continue
        kept.append(condition)
    contradiction = find_contradiction(kept)
    if contradiction:
        problems.append(contradiction)
    return kept


def _with_numbers(condition: dict[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    """Numbers that were typed as text as numbers, where the column holds numbers: so that they read as such."""
    if "value" not in condition or kinds.get(condition["column"]) != "number":
        return condition
    value = condition["value"]
    return {**condition, "value": [_number(one) for one in value] if isinstance(value, list) else _number(value)}


def _number(value: Any) -> Any:
    """The number that a text stands for, or the text as it is: whoever compares it says what is wrong with it."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number.is_integer() and abs(number) < _WHOLE else number


def _formula_problems(formula: str, asked: Asked) -> Iterator[str]:
    if not formula.strip():
        return
    if len(formula) > LONGEST_TEXT:
        yield f"The formula has more than {LONGEST_TEXT} characters. Say it more briefly."
        return
    try:
        read = read_formula(formula.strip(), list(asked.kinds))
        if not read.names:
            yield "The formula names no column, so it says the same of every row. Name at least one."
            return
        needed = {name: asked.kinds[name] for name in read.names}
        sample = pd.DataFrame({name: pd.Series([None], dtype="str") for name in needed})
        compute(read, typed_columns(sample, needed), 1)
    except InvalidInputError as error:
        yield from error.problems


def _problems(assertion: Assertion, asked: Asked) -> Iterator[str]:
    if asked.classes and assertion.outcome not in asked.classes:
        named = ", ".join(f"“{label}”" for label in asked.classes[:5])
        yield f"Say which answer you expect: {named}."
    if not asked.classes:
        if assertion.bound not in BOUNDS:
            yield "Say whether you expect at least or at most an amount."
        if assertion.amount is None or not math.isfinite(assertion.amount) or abs(assertion.amount) > LARGEST_AMOUNT:
            yield f"Say which amount of “{asked.target}” you expect, as a number."
    if not (math.isfinite(assertion.least_share) and 0 < assertion.least_share <= 1):
        yield "Say in which share of the cases you expect it: above 0% and at most 100%."


def _direction_problems(assertion: Assertion, asked: Asked) -> Iterator[str]:
    if asked.task == "multiclass":
        yield "The model tells several classes apart, so nothing goes up or down. Expect a class in a share of cases."
    if asked.classes and assertion.outcome not in asked.classes:
        yield f"The model has no answer “{assertion.outcome}”. Choose one of its answers."
    if assertion.way not in WAYS:
        yield "Say whether a higher value never raises or never lowers the answer."
    if not assertion.column:
        yield "Say which column is moved."
    elif assertion.column not in asked.inputs:
        yield f"The model takes no column “{assertion.column}”, so moving it changes nothing. Choose one of its inputs."
    elif asked.kinds.get(assertion.column) != "number":
        yield f"“{assertion.column}” holds no numbers, so it cannot be higher. Choose a column of numbers."
    elif assertion.column in asked.tied:
        other = asked.tied[assertion.column]
        yield (
            f"“{assertion.column}” cannot be moved alone: the data compute {other}, so the model would be asked "
            "about a case that cannot be. Choose another column."
        )


def _expected(assertion: Assertion, target: str) -> str:
    if assertion.outcome:
        return f"“{assertion.outcome}”"
    return f"“{target}” of {BOUNDS[assertion.bound]} {number_in_words(assertion.amount or 0.0)}"


def _answer(assertion: Assertion, target: str) -> str:
    return f"the chance of “{assertion.outcome}”" if assertion.outcome else f"“{target}”"
