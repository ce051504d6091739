"""Frozen dataclasses as plain JSON data and back, so that they can be stored and hashed."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Restorer = Callable[[Any], Any]
LATER = {"is_later": True}
"""Metadata of a field that documents of before lack: with its default it is not written, so they keep their hash."""


def to_document(value: Any) -> Any:
    """`value` with dataclasses as dictionaries and tuples as lists; everything else as it is."""
    if is_dataclass(value):
        return {
            field.name: to_document(getattr(value, field.name)) for field in fields(value) if _is_written(field, value)
        }
    if isinstance(value, list | tuple):
        return [to_document(item) for item in value]
    if isinstance(value, dict):
        return {key: to_document(item) for key, item in value.items()}
    return value


def _is_written(field: "Field[Any]", value: Any) -> bool:
    return not field.metadata.get("is_later") or getattr(value, field.name) != field.default


def restore(kind: type[T], document: dict[str, Any]) -> T:
    """The dataclass `kind` from what `to_document` made of it.

    Raises
    ------
    KeyError
        The document lacks a field that has no default.
    """
    restored: T = _restorer_of(cast("Any", kind))(document)
    return restored


@cache
def _restorer_of(kind: Any) -> Restorer:
    """Asking a class for its hints takes longer than using them: once for each class, not for each document."""
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    parts = [(name, _restorer(hint), name in optional) for name, hint in get_type_hints(kind).items()]

    def restore_one(document: Any) -> Any:
        return kind(
            **{
                name: document[name] if restorer is None else restorer(document[name])
                for name, restorer, may_lack in parts
                if not may_lack or name in document
            }
        )

    return restore_one


def _restorer(hint: Any) -> Restorer | None:
    """What makes a value of the hint; None where the value is that already."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _restorer_of_union(get_args(hint))
    if origin is tuple:
        return _restorer_of_tuple(get_args(hint))
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: _restorer_of(hint)(value)  # asked late: a class may hold others of its kind
    return float if hint is float else None


def _restorer_of_union(options: tuple[Any, ...]) -> Restorer | None:
    kinds = [option for option in options if option is not NoneType]
    restorer = _restorer(kinds[0]) if len(kinds) == 1 else None
    return None if restorer is None else lambda value: None if value is None else restorer(value)


def _restorer_of_tuple(items: tuple[Any, ...]) -> Restorer:
    restorers = [_restorer(item) or _same for item in items if item is not Ellipsis]
    if len(items) == 2 and items[1] is Ellipsis:
        return lambda value: tuple(map(restorers[0], value))
    return lambda value: tuple(restorer(part) for restorer, part in zip(restorers, value, strict=True))


def _same(value: Any) -> Any:
    return value
