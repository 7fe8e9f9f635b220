"""Which values a place in a shape takes, for the sentence that refuses another: `kind` of a ticket takes repair, installation and so on."""

import re
from functools import cache
from typing import Any

from msgspec import inspect

_STEP = re.compile(r"\.([^.\[\]]+)|\[([^\]]*)\]")


@cache
def allowed(shape: Any, path: str) -> tuple[str, ...]:
    """The values that are allowed at a path as msgspec writes it (`$.lines[0].kind`); empty where any of a type may stand."""
    places = [inspect.type_info(shape)]
    for name, _ in _STEP.findall(path):
        places = [inside for place in places for one in _each(place) for inside in _inside(one, name)]
    return tuple(dict.fromkeys(value for place in places for one in _each(place) for value in _values(one)))


def _each(place: inspect.Type) -> tuple[inspect.Type, ...]:
    """The place, or each of those that may stand there."""
    if isinstance(place, inspect.Metadata):
        return _each(place.type)
    if isinstance(place, inspect.UnionType):
        return tuple(inner for one in place.types for inner in _each(one))
    return (place,)


def _inside(place: inspect.Type, name: str) -> list[inspect.Type]:
    """What stands in a member of that name, or, without a name, in an entry of a list or under any key."""
    if isinstance(place, inspect.StructType):
        return [field.type for field in place.fields if field.encode_name == name]
    if isinstance(place, inspect.DictType):
        return [place.value_type]
    if isinstance(place, inspect.CollectionType):
        return [place.item_type]
    return list(place.item_types) if isinstance(place, inspect.TupleType) else []


def _values(place: inspect.Type) -> list[str]:
    if isinstance(place, inspect.EnumType):
        return [str(one.value) for one in place.cls]
    return [str(one) for one in place.values] if isinstance(place, inspect.LiteralType) else []
