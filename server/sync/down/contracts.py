"""What phones of an older contract get: rows without the members that came since, because their schemas are closed.

A row's hash is the same for all, so that counts and checksums are. When an app is brought to a newer contract its cursor still says
the older one, and every row is sent anew.
"""

from collections import defaultdict

from mobile_contract.limits import CONTRACT_VERSION
from server.sync.down.collections import DECLARED

LATER = tuple(one.name for one in DECLARED if one.came > 1)
"""Collections that came after the first contract: an app of before them that adds up its rows by tables has none for these."""


def spoken(version: int) -> int:
    """The contract that is spoken with a phone of this one: a later one than ours is taken for ours."""
    return min(version, CONTRACT_VERSION)


def body_for(contract: str) -> str:
    """SQL of the body of `sync_member` as a phone knows it whose contract is the expression `contract`."""
    newer: dict[int, list[str]] = defaultdict(list)
    for one in DECLARED:
        for version in sorted(set(one.since.values())):
            members = ",".join(member for member, came in one.since.items() if came >= version)
            newer[version].append(f"when '{one.name}' then (body::jsonb - '{{{members}}}'::text[])::text")
    cases = "".join(
        f"when {contract} < {version} and collection in ({_names(version)}) then case collection {' '.join(lines)} end "
        for version, lines in sorted(newer.items())
    )
    return f"case {cases}else body end" if cases else "body"


def _names(version: int) -> str:
    return ", ".join(f"'{one.name}'" for one in DECLARED if version in one.since.values())
