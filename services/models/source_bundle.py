"""Functions of the portal with all they need, as code that runs without it.

The code is copied from the modules themselves, so that it is what the portal runs, and never an older likeness.
"""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

OWN = ("services", "portal", "db")


@dataclass
class Bundle:
    """Import lines, and definitions by name in an order in which they can be read."""

    imports: dict[str, None] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The definitions, two empty lines between functions."""
        return "\n\n\n".join(self.definitions.values())


@dataclass(frozen=True)
class _Module:
    """What a module defines and imports at its top level."""

    source: str
    definitions: dict[str, ast.stmt]
    imports: dict[str, tuple[str, str | None, str]]  # local name -> module, name in it (None: the module), import line

    def text_of(self, name: str) -> str:
        node = self.definitions[name]
        if decorators := getattr(node, "decorator_list", None):  # which a segment of the source leaves out
            return "\n".join(self.source.splitlines()[decorators[0].lineno - 1 : node.end_lineno])
        return ast.get_source_segment(self.source, node) or ""


def bundle(functions: list[Callable[..., Any]]) -> Bundle:
    """The functions and what they use of the portal.

    Raises
    ------
    ValueError
        Two things of different modules have the same name and are not the same.
    """
    found = Bundle()
    for function in functions:
        _add(found, sys.modules[function.__module__], function.__name__, set())
    return found


def _add(found: Bundle, module: ModuleType, name: str, on_the_way: set[str]) -> None:
    if name in on_the_way:
        return
    known = _parsed(module.__name__)
    text = known.text_of(name)
    if name in found.definitions:
        if found.definitions[name] != text:
            raise ValueError(f"Two different things are called {name}; one of them is in {module.__name__}.")
        return
    on_the_way.add(name)
    for used in _names_in(known.definitions[name]):
        if used in known.definitions and used != name:
            _add(found, module, used, on_the_way)
        elif used in known.imports:
            _add_import(found, *known.imports[used], on_the_way)
    on_the_way.discard(name)
    found.definitions[name] = text


def _add_import(found: Bundle, module: str, name: str | None, line: str, on_the_way: set[str]) -> None:
    if module.split(".")[0] not in OWN:
        found.imports[line] = None
    elif name is None:
        raise ValueError(f"A whole module of the portal cannot be copied: {module}.")
    else:
        _add(found, import_module(module), name, on_the_way)


@lru_cache(maxsize=32)
def _parsed(module_name: str) -> _Module:
    source = inspect.getsource(import_module(module_name))
    known = _Module(source, {}, {})
    for node in ast.parse(source).body:
        for name in _defined_by(node):
            known.definitions[name] = node
        known.imports.update(_imported_by(node))
    return known


def _defined_by(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _imported_by(node: ast.stmt) -> dict[str, tuple[str, str | None, str]]:
    if isinstance(node, ast.ImportFrom) and node.module:
        return {
            alias.asname or alias.name: (node.module, alias.name, f"from {node.module} import {ast.unparse(alias)}")
            for alias in node.names
        }
    if isinstance(node, ast.Import):
        return {
            (alias.asname or alias.name).split(".")[0]: (alias.name, None, f"import {ast.unparse(alias)}")
            for alias in node.names
        }
    return {}


def _names_in(node: ast.AST) -> list[str]:
    """Every name in order of appearance; text in quotes is no name."""
    found = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return list(dict.fromkeys(found))
