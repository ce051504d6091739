"""Reading a formula: what it may say, and that nothing else ever can."""

import ast
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.formulas.formula import FUNCTIONS, Column, Formula, Node, Number, Operation, Word
from services.formulas.reading import read_formula
from tests.services.formulas.hostile_formulas import HOSTILE

KNOWN = ("price", "monthly fee", "max", "class", "Straße", "µ", "a`b", "weird [€] (1)")


def test_the_corpus_is_large() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_formula_is_refused_in_words_and_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidInputError) as refused:
        read_formula(text, ["price"])

    assert time.process_time() - start < 0.5
    assert refused.value.problems
    assert all(10 < len(problem) < 400 and problem.endswith(".") for problem in refused.value.problems)


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "price"])
def test_any_name_can_be_spelled_in_backticks(name: str) -> None:
    formula = read_formula("2 * `" + name.replace("`", "``") + "` + price", KNOWN)
    assert formula.names == (name, "price")


@pytest.mark.parametrize("name", ["Straße", "µ"])
def test_a_name_that_python_would_spell_otherwise_is_found(name: str) -> None:
    """Python turns the micro sign into the Greek letter when it reads a name."""
    assert read_formula(f"{name} + 1", KNOWN).names == (name,)


def test_a_column_may_be_called_like_a_function() -> None:
    assert read_formula("max(max, 1)", KNOWN).names == ("max",)


def test_every_unknown_name_is_told_at_once_with_the_nearest_and_the_known() -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_formula("prise * `month fee` + 1", KNOWN)

    first, second = refused.value.problems
    assert first.startswith(
        "The formula names prise, which is not known. Did you mean price? Known are price, `monthly fee`"
    )
    assert "Did you mean `monthly fee`?" in second


def test_of_many_known_names_some_are_shown() -> None:
    with pytest.raises(InvalidInputError, match="and 88 more"):
        read_formula("nothing_like_it", [f"column_{number}" for number in range(100)])
    with pytest.raises(InvalidInputError, match="only use numbers"):
        read_formula("price", [])


@pytest.mark.parametrize("text", ["1.234,56", "max(1,000)", "1,5", "0x1f", "1__0", "007", "1_00_0"])
def test_a_number_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_formula(text, KNOWN)


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" 1_000 ", 1000), ("0.5", 0.5), (".5", 0.5), ("1e-3", 0.001)])
def test_a_plain_number_is_a_formula(text: str, number: float) -> None:
    assert read_formula(text, ()).constant == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("min(1)", "2 to 20 values"), ("abs(1, 2)", "takes 1 value, "), ("where(1)", "takes 3 values")],
)
def test_a_function_says_how_many_values_it_takes(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        read_formula(text, KNOWN)


def test_the_text_is_kept_as_written() -> None:
    assert read_formula(" price*2 ", KNOWN).text == "price*2"


SIGNS = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    ",",
    ":",
    "=",
    "==",
    "<",
    "+",
    "*",
    "**",
    "/",
    "-",
    "@",
    "~",
    "`",
    "'",
    "\\",
    "\x00",
    "é",
]
PIECES = st.sampled_from(
    [
        *SIGNS,
        "price",
        "`monthly fee`",
        "'a'",
        '"b"',
        "1",
        "0.5",
        "1_0",
        "e9",
        "\n",
        "__class__",
        "eval(",
        "__import__(",
        "not ",
        " and ",
        " or ",
        " if ",
        " else ",
        " for x in ",
        "lambda ",
        "await ",
        "max(",
        "where(",
        "abs(",
        "f'",
    ]
)


def _read(text: str) -> Formula | None:
    try:
        return read_formula(text, KNOWN)
    except InvalidInputError:
        return None


def _is_known(node: Node) -> bool:
    kinds = {*FUNCTIONS, *"+-*/%<>", "**", "//", "<=", ">=", "==", "!=", "and", "or", "not", "negative", "positive"}
    if isinstance(node, Operation):
        return node.kind in kinds and all(_is_known(operand) for operand in node.operands)
    if isinstance(node, Column):
        return node.name in KNOWN
    return isinstance(node, Number | Word)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
def test_whatever_is_typed_is_refused_in_words_or_says_only_what_is_known(text: str) -> None:
    formula = _read(text)
    assert formula is None or _is_known(formula.root)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_read_has_no_attribute_no_import_and_calls_only_the_known(text: str) -> None:
    if _read(text) is None or "`" in text:
        return
    parts = list(ast.walk(ast.parse(text.strip(), mode="eval")))
    assert not any(isinstance(part, ast.Attribute | ast.Subscript | ast.Lambda | ast.Starred) for part in parts)
    assert all(_called(part) in FUNCTIONS for part in parts if isinstance(part, ast.Call))


def _called(call: ast.Call) -> Any:
    return call.func.id if isinstance(call.func, ast.Name) else None
