"""The collections as tables of a PowerSync schema, written as TypeScript from their JSON Schemas with the contract."""

import json
from typing import Any

PATH = "typescript/src/adapters/powersync_tables.ts"
COLUMNS = {"integer": "integer", "boolean": "integer", "number": "real"}
HEAD = "// Written by `python -m server.contract` from mobile_contract/schemas/collections; do not edit.\n"


def tables(schemas: dict[str, dict[str, Any]]) -> str:
    """A TypeScript module with every column's type; objects, lists, ids and dates are text in SQLite."""
    found = {name: _columns(schema) for name, schema in sorted(schemas.items())}
    return f"{HEAD}export const TABLES = {json.dumps(found, indent=2)} as const;\n"


def _columns(schema: dict[str, Any]) -> dict[str, str]:
    row = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    return {name: _column(value) for name, value in row["properties"].items() if name != "id"}


def _column(value: dict[str, Any]) -> str:
    kinds = {one.get("type") for one in value.get("anyOf", [value])} - {"null"}
    return COLUMNS.get(str(kinds.pop()), "text") if len(kinds) == 1 else "text"
