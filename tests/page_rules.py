"""Two mistakes a page can make that only show under load, found in its syntax tree."""

import ast
from collections.abc import Iterator
from itertools import takewhile

_LEAVING = {"rerun", "stop", "switch_page", "go_to", "go_to_shared"}  # Streamlit ends a script by raising
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class PageSource:
    """A page's syntax tree with the two questions asked of it; each answers with line numbers."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._functions = {node.name: node for node in ast.walk(self.tree) if isinstance(node, _Function)}

    def unguarded_commands(self) -> list[int]:
        """Where a command would run at every rerun: neither under an `if`, nor after one that returns, nor in a
        function that is handed to somebody else to call.
        """
        commands = set(self._imported_commands())
        calls = (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        return [
            call.lineno
            for call in calls
            if (_called(call) in commands or _is_of_commands(call.func)) and not self._is_guarded(call)
        ]

    def departures_in_transactions(self) -> list[int]:
        """Where a script is left inside an open transaction, which would roll back without a word."""
        blocks = (node for node in ast.walk(self.tree) if isinstance(node, ast.With) and _opens_transaction(node))
        inside = (node for block in blocks for statement in block.body for node in ast.walk(statement))
        return [node.lineno for node in inside if isinstance(node, ast.Call) and self._leaves(node, set())]

    def _imported_commands(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and ".commands" in (node.module or ""):
                yield from (alias.asname or alias.name for alias in node.names)

    def _is_guarded(self, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
        child, parent = node, self._parents.get(node)
        while parent is not None:
            if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
                return True
            if isinstance(parent, ast.Lambda):
                return True  # a callback
            if isinstance(parent, _Function):
                if _follows_an_early_return(parent.body, child):
                    return True
                return parent.name in seen or self._every_use_is_guarded(parent.name, seen | {parent.name})
            child, parent = parent, self._parents.get(parent)
        return False

    def _every_use_is_guarded(self, name: str, seen: frozenset[str]) -> bool:
        uses = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name) and node.id == name]
        return all(self._is_callback(use) or self._is_guarded(self._parents[use], seen) for use in uses)

    def _is_callback(self, use: ast.Name) -> bool:
        parent = self._parents[use]
        return isinstance(parent, ast.keyword) or (isinstance(parent, ast.Call) and use in parent.args)

    def _leaves(self, call: ast.Call, seen: set[str]) -> bool:
        name = _called(call)
        if name in _LEAVING:
            return True
        if name not in self._functions or name in seen:
            return False
        inner = (node for node in ast.walk(self._functions[name]) if isinstance(node, ast.Call))
        return any(self._leaves(node, seen | {name}) for node in inner)


def _is_of_commands(function: ast.expr) -> bool:
    """Whether a function is called by its module: `commands.undo_step(...)`."""
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "").endswith("commands")


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _follows_an_early_return(body: list[ast.stmt], step: ast.AST) -> bool:
    return any(_returns_early(earlier) for earlier in takewhile(lambda statement: statement is not step, body))


def _returns_early(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return | ast.Raise)


def _opens_transaction(block: ast.With) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call) and _called(item.context_expr) == "transaction" for item in block.items
    )
