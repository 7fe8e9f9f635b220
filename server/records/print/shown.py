"""What a record shows to people, before any page is made of it: legible texts and the zone of its times."""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from server.ground.legible import legible_tree, plain_code

Json = Mapping[str, Any]

BYTES = frozenset({"report", "operations", "devices"})
"""Members whose texts are what was signed or hashed."""


def shown_of(record: Json) -> tuple[Json, Json]:
    """The record and its report, to be shown: what cannot be seen is numbered. The signed bytes in the record stay."""
    shown = {name: value if name in BYTES else legible_tree(value) for name, value in record.items()}
    return shown, legible_tree(_with_plain_codes(json.loads(record["report"]["canonical"])))


def _with_plain_codes(report: Json) -> Json:
    """Serial and part numbers are compared by whoever reads them, so nothing may hide in them."""
    asset, parts = report.get("asset"), report.get("parts") or []
    plain = {"parts": [_with_plain(part, "number") for part in parts]} if "parts" in report else {}
    return {**report, **plain, **({"asset": _with_plain(asset, "serial")} if asset else {})}


def _with_plain(line: Json, name: str) -> Json:
    return {**line, name: plain_code(line[name])} if isinstance(line.get(name), str) else line


def zone_of(record: Json) -> ZoneInfo:
    """The zone of the site, where people were; the office's for a record that does not have the site's."""
    site = record.get("site") or {}
    return ZoneInfo(site.get("time_zone") or record["issuer"]["time_zone"])
