"""Which names are time zones: those of the IANA database as the `tzdata` package lists them, the same on each machine.

A machine's own folder of zones has more names in it: `localtime` is wherever that machine stands, and `Factory`, which the
database itself lists, is no place at all.
"""

from functools import cache
from importlib.resources import files

from server.ground.problems import Invalid

NOWHERE = frozenset({"Factory", "localtime", "posixrules"})


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - NOWHERE


def must_be_zone(name: str) -> None:
    """Raises `Invalid` for what is no IANA time zone; says the right spelling where only the case is wrong."""
    if name in zones():
        return
    meant = next((zone for zone in zones() if zone.casefold() == name.strip().casefold()), "Asia/Shanghai")
    raise Invalid(f"{name} is not an IANA time zone. Use a name such as {meant}.")
