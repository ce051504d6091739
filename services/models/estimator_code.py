"""An unfitted estimator as Python code that makes it: its class and its parameters, all the way down.

Nothing is pickled. What comes from outside of public libraries, or cannot be spelled, is refused.
"""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from services.errors import PortalError

WIDTH = 110
_OWN = ("services", "portal", "db", "pages", "tests", "__main__")


class UnwritableError(PortalError):
    """The model has a part that cannot be written as code."""

    status = 422
    code = "unwritable_model"


@dataclass(frozen=True)
class OwnPart:
    """A part that a class in the code itself stands for: its name, and what its constructor takes."""

    name: str
    arguments: Mapping[str, Any]


@dataclass
class Imports:
    """What the code needs, as import lines.

    Attributes
    ----------
    own
        Says of a part that the code has a class of its own for it; None otherwise.
    """

    names: dict[str, set[str]] = field(default_factory=dict)
    own: Callable[[Any], OwnPart | None] = lambda _: None
    own_used: set[str] = field(default_factory=set)

    def need(self, module: str, name: str) -> str:
        """The name, to be imported from the module."""
        other = next((known for known, names in self.names.items() if name in names and known != module), None)
        if other is not None:
            raise UnwritableError(f"Two parts of the model are called {name}, of {other} and of {module}.")
        self.names.setdefault(module, set()).add(name)
        return name

    def lines(self) -> list[str]:
        """The import lines in order."""
        return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self.names.items())]


def code_of(value: Any, imports: Imports, *, indent: int = 0) -> str:
    """The expression that makes `value`, broken into lines where it is long.

    Parameters
    ----------
    indent
        Spaces before the line the expression begins in.

    Raises
    ------
    UnwritableError
        A part of it is no plain value and no estimator, function or class of a public library.
    """
    flat = _code(value, imports, None)
    return flat if len(flat) + indent <= WIDTH else _code(value, imports, indent)


def _code(value: Any, imports: Imports, indent: int | None) -> str:
    if value is None or isinstance(value, bool | int | str | bytes):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, np.generic):
        return _code(value.item(), imports, indent)
    if isinstance(value, np.ndarray):
        kind = ", dtype=object" if value.dtype == np.dtype(object) else ""
        return f"np.array({_code(value.tolist(), imports, indent)}{kind})"
    if isinstance(value, np.dtype):
        return f"np.dtype({value.str!r})"
    if isinstance(value, np.ufunc):
        return f"np.{value.__name__}"
    if isinstance(value, list | tuple | set | frozenset):
        return _collection(value, imports, indent)
    if isinstance(value, Mapping):
        return _bracketed("{", [(f"{_code(k, imports, None)}: ", v) for k, v in value.items()], "}", imports, indent)
    if isinstance(value, partial):
        imports.need("functools", "partial")
        parts = [("", value.func), *(("", part) for part in value.args)]
        named = [(f"{key}=", part) for key, part in value.keywords.items()]
        return _bracketed("partial(", [*parts, *named], ")", imports, indent)
    if isinstance(value, type) and value.__module__ == "builtins":
        return value.__name__
    if isinstance(value, type | FunctionType) or inspect.isbuiltin(value) or _is_array_function(value):
        return imports.need(_public_module(value), value.__name__)
    return _call(value, imports, indent)


def _collection(value: Iterable[Any], imports: Imports, indent: int | None) -> str:
    parts = [("", part) for part in value]
    if isinstance(value, list):
        return _bracketed("[", parts, "]", imports, indent)
    if isinstance(value, tuple):
        closing = ",)" if len(parts) == 1 and indent is None else ")"
        return _bracketed("(", parts, closing, imports, indent)
    return f"{type(value).__name__}({_bracketed('[', parts, ']', imports, indent)})"


def _call(value: Any, imports: Imports, indent: int | None) -> str:
    """An object by its class and what its constructor takes."""
    if (own := imports.own(value)) is not None:
        imports.own_used.add(own.name)
        named = [(f"{key}=", part) for key, part in own.arguments.items()]
        return _bracketed(f"{own.name}(", named, ")", imports, indent)
    kind = type(value)
    name = imports.need(_public_module(kind), kind.__name__)
    given = value.get_params(deep=False) if hasattr(value, "get_params") else _attributes(value)
    if isinstance(given.get("estimators"), list) and hasattr(value, "estimators_"):
        # A vote: its members as they were fitted, because only these know how sharp they are.
        given |= {
            "estimators": [(name, part) for (name, _), part in zip(given["estimators"], value.estimators_, strict=True)]
        }
    defaults = _defaults(kind)
    changed = [(f"{key}=", part) for key, part in given.items() if not _is_same(part, defaults.get(key, _MISSING))]
    return _bracketed(f"{name}(", changed, ")", imports, indent)


def _attributes(value: Any) -> dict[str, Any]:
    names = [name for name in inspect.signature(type(value).__init__).parameters if name != "self"]
    if not names or not all(hasattr(value, name) for name in names):
        raise UnwritableError(f"The model has a part that cannot be written as code: {type(value).__name__}.")
    return {name: getattr(value, name) for name in names}


def _bracketed(opening: str, parts: list[tuple[str, Any]], closing: str, imports: Imports, indent: int | None) -> str:
    """Parts with their prefixes between brackets, on one line or one line each."""
    if indent is None:
        return opening + ", ".join(prefix + _code(part, imports, None) for prefix, part in parts) + closing
    if not parts:
        return opening + closing
    inner = " " * (indent + 4)
    lines = [f"{inner}{prefix}{_fitting(part, imports, indent + 4, len(prefix))}," for prefix, part in parts]
    return "\n".join([opening, *lines, " " * indent + closing.removeprefix(",")])


def _fitting(part: Any, imports: Imports, indent: int, used: int) -> str:
    flat = _code(part, imports, None)
    return flat if indent + used + len(flat) + 1 <= WIDTH else _code(part, imports, indent)


def _public_module(thing: Any) -> str:
    """The shortest public module that has the thing under its name: sklearn.ensemble, not sklearn.ensemble._forest."""
    module = thing.__module__
    if module.split(".")[0] in _OWN:
        raise UnwritableError(f"{thing.__name__} is a part of the portal itself, so the model needs the portal.")
    public = [part for part in module.split(".") if not part.startswith("_")]
    for length in range(1, len(public) + 1):
        name = ".".join(public[:length])
        if getattr(import_module(name), thing.__name__, None) is thing:
            return name
    return str(module)


def _defaults(kind: type) -> dict[str, Any]:
    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    return {name: part.default for name, part in parameters.items()}


def _is_same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    return type(one) is type(other) and isinstance(one, bool | int | float | str | tuple) and bool(one == other)


def _is_array_function(value: Any) -> bool:
    """numpy's functions, such as np.ravel, are of a type of their own."""
    return callable(value) and type(value).__name__ == "_ArrayFunctionDispatcher"


_MISSING = object()
