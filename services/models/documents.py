"""Frozen dataclasses as plain JSON data and back, so that they can be stored and hashed."""

from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_document(value: Any) -> Any:
    """`value` with dataclasses as dictionaries and tuples as lists; everything else as it is."""
    if is_dataclass(value):
        return {field.name: to_document(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [to_document(item) for item in value]
    if isinstance(value, dict):
        return {key: to_document(item) for key, item in value.items()}
    return value


def restore(kind: type[T], document: dict[str, Any]) -> T:
    """The dataclass `kind` from what `to_document` made of it.

    Raises
    ------
    KeyError
        The document lacks a field that has no default.
    """
    hints = get_type_hints(kind)
    optional = {field.name for field in fields(kind) if field.default is not MISSING}  # type: ignore[arg-type]
    wanted = [name for name in hints if name in document or name not in optional]
    return kind(**{name: _restored(hints[name], document[name]) for name in wanted})


def _restored(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _restored_union(get_args(hint), value)
    if origin is tuple:
        return _restored_tuple(get_args(hint), value)
    if isinstance(hint, type) and is_dataclass(hint):
        return restore(hint, value)
    return float(value) if hint is float else value


def _restored_union(options: tuple[Any, ...], value: Any) -> Any:
    kinds = [option for option in options if option is not NoneType]
    return _restored(kinds[0], value) if value is not None and len(kinds) == 1 else value


def _restored_tuple(items: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_restored(items[0], item) for item in value)
    return tuple(_restored(item, part) for item, part in zip(items, value, strict=True))
