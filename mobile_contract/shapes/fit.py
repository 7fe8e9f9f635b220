"""Finds the first place where a value does not fit a schema of the contract, and says it in words for a technician.

Whether it fits is msgspec's word, which made the schema; this only looks for the place, which msgspec tells without the
number of the line. The TypeScript client does the same with the same schema, so both say the same.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class Unfit(ValueError):
    """What was made cannot be sealed. `field` is where, like `parts[2].quantity`; the text is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def must_fit(value: Any, schema: Json, definitions: Json) -> None:
    """Raises `Unfit` at the first place that does not fit, in the order of the schema's members."""
    for field, wanted in _misfits(value, schema, definitions, ""):
        raise Unfit(field, f"{field or 'It'} {wanted}.")


def with_nul(value: Any, field: str = "") -> str | None:
    """Where the first NUL of a JSON value is, like `signer.name`; None when there is none. No database keeps it in a text."""
    if isinstance(value, str):
        return field if "\0" in value else None
    if isinstance(value, list):
        return next((at for number, one in enumerate(value) if (at := with_nul(one, f"{field}[{number}]"))), None)
    for name, one in value.items() if isinstance(value, dict) else ():
        inside = f"{field}.{name}" if field else name
        if "\0" in name:
            return str(inside).replace("\0", "\ufffd")
        if at := with_nul(one, inside):
            return at
    return None


def kind_of(value: Any) -> str:
    """The JSON kind of a value, as a key of `KINDS`."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _misfits(value: Any, schema: Json, definitions: Json, field: str) -> Iterator[tuple[str, str]]:
    schema = _resolved(schema, definitions)
    if "anyOf" in schema:
        yield from _none_of(value, [_resolved(one, definitions) for one in schema["anyOf"]], definitions, field)
    elif not _is_kind(value, schema):
        yield field, f"should be {_wanted(schema)}, and is {KINDS[kind_of(value)]}"
    elif isinstance(value, dict):
        for name, member in schema.get("properties", {}).items():
            inside = f"{field}.{name}" if field else name
            if name in value:
                yield from _misfits(value[name], member, definitions, inside)
            elif name in schema.get("required", ()):
                yield inside, "is missing"
    elif isinstance(value, list):
        yield from _list_misfits(value, schema, definitions, field)
    elif not _is_in_range(value, schema):
        yield field, f"should be {_wanted(schema)}"


def _list_misfits(value: list[Any], schema: Json, definitions: Json, field: str) -> Iterator[tuple[str, str]]:
    if len(value) > schema.get("maxItems", len(value)):
        yield field, f"has {len(value)} entries, and at most {schema['maxItems']} fit"
    if len(value) < schema.get("minItems", 0):
        yield field, f"has {len(value)} entries, and at least {schema['minItems']} are needed"
    first: list[Json] = schema.get("prefixItems", [])
    for at, item in enumerate(value):
        wanted = first[at] if at < len(first) else schema.get("items")
        if wanted:
            yield from _misfits(item, wanted, definitions, f"{field}[{at}]")


def _none_of(value: Any, choices: list[Json], definitions: Json, field: str) -> Iterator[tuple[str, str]]:
    """Where no choice fits: what is wrong by the first one of the value's kind; else what was to choose from."""
    found = [list(_misfits(value, choice, definitions, field)) for choice in choices]
    if not all(found):
        return
    alike = [misfits for choice, misfits in zip(choices, found, strict=True) if _is_kind(value, choice)]
    if alike:
        yield from alike[0]
    else:
        wanted = " or ".join(_wanted(choice) for choice in choices)
        yield field, f"should be {wanted}, and is {KINDS[kind_of(value)]}"


def _resolved(schema: Json, definitions: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = definitions[schema["$ref"].rpartition("/")[2]]
    return found


def _is_kind(value: Any, schema: Json) -> bool:
    kind = schema.get("type") or ("string" if "enum" in schema else None)
    return kind is None or kind == kind_of(value) or (kind == "number" and kind_of(value) == "integer")


def _is_in_range(value: Any, schema: Json) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, str):
        return (
            len(value) <= schema.get("maxLength", len(value))
            and re.search(schema.get("pattern", ""), value) is not None
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _wanted(schema: Json) -> str:
    if "enum" in schema:
        return " or ".join(schema["enum"])
    kind = KINDS[schema["type"]]
    return str(schema.get("description", kind)) if schema["type"] not in ("object", "array") else kind
