"""Checks of what a record says of each phone's enrolment: by whose code it came in, how that was handed over, who confirmed it.

A record of version 1 may leave it out: phones that came in before these facts were kept do not have them.
"""

from typing import Any

TEXTS = ("made_by", "delivery")
TIMES = ("made_at", "used_at")
CONFIRMED = ("confirmed_by", "confirmed_at")
BLANKS = " \t\r\n"


def enrolments(devices: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """What is wrong with the enrolments of a record, and what they say."""
    problems: list[str] = []
    facts: list[str] = []
    for device in devices:
        if "enrolment" not in device:
            continue
        said, name = device["enrolment"], f"the enrolment of device {device['device_id']}"
        if not isinstance(said, dict):
            problems.append(f"{name} says nothing")
            continue
        confirmed = any(key in said for key in CONFIRMED)
        wanted = (*TEXTS, *TIMES, *(CONFIRMED if confirmed else ()))
        lacking = [key for key in wanted if not _says(said, key)]
        problems += [f"{name} does not say its {key}" for key in lacking]
        if lacking:
            continue
        if said["used_at"] > device["enrolled_at"]:
            problems.append(f"{name}: its code was used after the device was enrolled")
        words = f"enrolled by a code of {said['made_by']} ({said['delivery']})"
        facts.append(f"{words}, confirmed by {said['confirmed_by']}" if confirmed else words)
    return problems, facts


def _says(said: dict[str, Any], key: str) -> bool:
    value = said.get(key)
    if key.endswith("_at"):
        return type(value) is int
    return isinstance(value, str) and value.strip(BLANKS) != ""
