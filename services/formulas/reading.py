"""Read a formula: Python's grammar gives the tree, a short list decides what of it may be said.

The text is parsed and never compiled or executed. Whatever is not on the lists below is refused by name, so a new kind
of syntax in a later Python is refused as well.
"""

import ast
import math
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from services.errors import InvalidInputError
from services.formulas.formula import FUNCTIONS, Column, Formula, Node, Number, Operation, Word
from services.formulas.spelling import Spelled, spell, unknown_name

MOST_PARTS = 200
DEEPEST = 60
LARGEST_EXPONENT = 64
MOST_DIGITS = 10

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.FloorDiv: "//",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_SIGNS: dict[type[ast.unaryop], str] = {ast.USub: "negative", ast.UAdd: "positive", ast.Not: "not"}
_WORDS_FOR: dict[type[ast.AST], str] = {
    ast.Attribute: "a dot after a name",
    ast.Subscript: "square brackets",
    ast.Lambda: "lambda",
    ast.Tuple: "a list of values; write decimals with a point, without thousands separators",
    ast.NamedExpr: ":=",
    ast.Starred: "a star before a name",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.GeneratorExp: "for",
}


def read_formula(text: str, known: Iterable[str]) -> Formula:
    """The formula a text stands for.

    Parameters
    ----------
    known
        The names it may use, spelled as in the data.

    Raises
    ------
    InvalidInputError
        It cannot be read, is too long or too deep, or uses what is not known; one sentence for each unknown name.
    """
    spelled = spell(text)
    tree = _parsed(spelled.grammar)
    _refuse_size(tree)
    reader = _Reader(spelled, tuple(known))
    root = reader.node(tree.body)
    if reader.unknown:
        raise InvalidInputError(*(unknown_name(name, reader.known) for name in dict.fromkeys(reader.unknown)))
    if isinstance(root, Word):
        raise InvalidInputError("The formula is a word. It must give a number.")
    return Formula(text.strip(), root)


@lru_cache(maxsize=256)  # the steps of a model are read for every row it is asked about
def read_with_own_names(text: str) -> Formula:
    """The formula with whatever names it uses, for where a later table has to have them.

    Raises
    ------
    InvalidInputError
        As `read_formula`, but for unknown names.
    """
    spelled = spell(text)
    named = (node.id for node in ast.walk(_parsed(spelled.grammar)) if isinstance(node, ast.Name))
    return read_formula(text, [spelled.names.get(name, name) for name in named if name not in spelled.words])


def _parsed(grammar: str) -> ast.Expression:
    try:
        return ast.parse(grammar, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InvalidInputError(
            "The formula cannot be read. Write it as 0.2 * price + 5; a name with blanks stands in backticks: "
            "`my column`."
        ) from None


def _refuse_size(tree: ast.Expression) -> None:
    """Walk without recursion, so that no tree is too deep to be refused."""
    level: list[ast.AST] = [tree.body]
    n_parts = depth = 0
    while level:
        n_parts, depth = n_parts + len(level), depth + 1
        if n_parts > MOST_PARTS or depth > DEEPEST:
            raise InvalidInputError("The formula has too many parts. Split it, or write it shorter.")
        level = [part for node in level for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


class _Reader:
    """From Python's tree to the formula's own, and what it could not name."""

    def __init__(self, spelled: Spelled, known: tuple[str, ...]) -> None:
        self.spelled = spelled
        self.known = known
        self.unknown: list[str] = []
        self._plain = {unicodedata.normalize("NFKC", name): name for name in reversed(known)}

    def node(self, part: ast.expr) -> Node:
        """A part that may also be a word; only comparisons ask for it."""
        if isinstance(part, ast.Name):
            return self._named(part.id)
        if isinstance(part, ast.Constant):
            return _number(part.value)
        if isinstance(part, ast.BinOp):
            return self._arithmetic(part)
        if isinstance(part, ast.UnaryOp) and type(part.op) in _SIGNS:
            return Operation(_SIGNS[type(part.op)], (self._value(part.operand),))
        if isinstance(part, ast.Compare):
            return self._comparison(part)
        if isinstance(part, ast.BoolOp):
            kind = "and" if isinstance(part.op, ast.And) else "or"
            return Operation(kind, tuple(self._value(value) for value in part.values))
        if isinstance(part, ast.IfExp):
            return Operation("where", tuple(self._value(each) for each in (part.test, part.body, part.orelse)))
        if isinstance(part, ast.Call):
            return self._call(part)
        raise _not_known(_WORDS_FOR.get(type(part), "this kind of expression"))

    def _value(self, part: ast.expr) -> Node:
        node = self.node(part)
        if isinstance(node, Word):
            raise InvalidInputError('A word can only be compared, by == or !=, as in channel == "phone".')
        return node

    def _named(self, name: str) -> Node:
        if name in self.spelled.words:
            return Word(self.spelled.words[name])
        if name in self.spelled.names:
            exact = self.spelled.names[name]
            found = exact if exact in self.known else None
        else:
            exact, found = name, name if name in self.known else self._plain.get(name)
        if found is None:
            self.unknown.append(exact)
            return Number(0.0)
        return Column(found)

    def _arithmetic(self, part: ast.BinOp) -> Node:
        kind = _ARITHMETIC.get(type(part.op))
        if kind is None:
            raise _not_known("this sign between two values; known are + - * / ** // %")
        operands = (self._value(part.left), self._value(part.right))
        exponent = _constant(operands[1])
        if kind == "**" and exponent is not None and abs(exponent) > LARGEST_EXPONENT:
            raise InvalidInputError(f"An exponent may be at most {LARGEST_EXPONENT}.")
        return Operation(kind, operands)

    def _comparison(self, part: ast.Compare) -> Node:
        sides = [self.node(each) for each in (part.left, *part.comparators)]
        pairs = []
        for operator, left, right in zip(part.ops, sides, sides[1:], strict=False):
            kind = _COMPARISONS.get(type(operator))
            if kind is None:
                raise _not_known('"in" and "is"; known are < <= > >= == !=')
            n_words = sum(isinstance(side, Word) for side in (left, right))
            if n_words == 2 or (n_words and kind not in {"==", "!="}):
                raise InvalidInputError('A word can only be compared with a column, by == or !=: channel == "phone".')
            pairs.append(Operation(kind, (left, right)))
        return pairs[0] if len(pairs) == 1 else Operation("and", tuple(pairs))

    def _call(self, part: ast.Call) -> Node:
        name = part.func.id if isinstance(part.func, ast.Name) else ""
        if name not in FUNCTIONS:
            raise _not_known(f"this function; known are {', '.join(FUNCTIONS)}")
        fewest, most = FUNCTIONS[name]
        if part.keywords or not fewest <= len(part.args) <= most:
            count = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise InvalidInputError(f"{name} takes {count} {'value' if most == 1 else 'values'}, without names.")
        operands = tuple(self._value(each) for each in part.args)
        if name == "round" and len(operands) == 2:
            digits = _constant(operands[1])
            if digits is None or not digits.is_integer() or not 0 <= digits <= MOST_DIGITS:
                raise InvalidInputError(f"round takes a whole number of digits from 0 to {MOST_DIGITS}.")
        return Operation(name, operands)


def _number(value: object) -> Number:
    if not isinstance(value, int | float):
        raise _not_known("this kind of value; known are numbers, True and False")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidInputError("A number in the formula is too large.")
    return Number(number)


def _constant(node: Node) -> float | None:
    """The number a node stands for where it is one, with its sign."""
    sign = 1.0
    while isinstance(node, Operation) and node.kind in {"negative", "positive"}:
        sign *= -1.0 if node.kind == "negative" else 1.0
        node = node.operands[0]
    return sign * node.value if isinstance(node, Number) else None


def _not_known(what: str) -> InvalidInputError:
    return InvalidInputError(f"A formula does not know {what}.")
