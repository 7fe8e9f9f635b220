"""Checks of how each photo arrived: verified by the server, or not, and then by whose decision the record goes on without."""

from typing import Any

from server.records.verify.claim import Finding
from server.records.verify.evidence import Evidence

PLAIN, DECIDED = "fieldproof/record/v1", "fieldproof/record/v2"
"""In a record of version 1 every photo was verified; one of version 2 has a photo about which the company decided."""
RECORD_TYPES = (PLAIN, DECIDED)

DECISION = ("decided_at", "decided_by", "reason")
MEMBERS = {
    "verified": ("verified_at",),
    "never_arrived": DECISION,
    "damaged_kept": (*DECISION, "finding"),
}
WORDS = {"never_arrived": "never arrived", "damaged_kept": "arrived damaged and is kept"}
TIMES = ("verified_at", "decided_at")
BLANKS = " \t\r\n"


def photo_custody(evidence: Evidence) -> Finding:
    """Each photo states exactly how it stands, as its version of the record has it; a decision has its author and reason."""
    record = evidence.record
    photos = record["photos"]
    if record["type"] == PLAIN:
        return Finding(_plain(photos), f"{len(photos)} verified by the server")
    problems, facts = [], []
    for photo in photos:
        name, state = f"photo {photo['photo_id']}", photo["state"]
        if state not in MEMBERS:
            problems.append(f"{name} stands in no known way")
            continue
        wanted = MEMBERS[state]
        problems += [f"{name} does not say its {key}" for key in wanted if not _says(photo, key)]
        problems += [
            f"{name} states {key}, which does not go with how it stands"
            for key in _all()
            if key in photo and key not in wanted
        ]
        if state in WORDS:
            facts.append(f"{name} {WORDS[state]}, decided by {photo.get('decided_by')}: {photo.get('reason')}")
    if not facts and not problems:
        problems.append("it is of the version for photos that were decided about, and has none")
    verified = sum(photo["state"] == "verified" for photo in photos)
    return Finding(problems, "; ".join([f"{verified} verified by the server", *facts]), open=True)


def _plain(photos: list[dict[str, Any]]) -> list[str]:
    found = []
    for photo in photos:
        name = f"photo {photo['photo_id']}"
        if not _says(photo, "verified_at"):
            found.append(f"{name} does not say its verified_at")
        found += [
            f"{name} states {key}, which this version of the record does not have"
            for key in ("state", *_all())
            if key in photo and key != "verified_at"
        ]
    return found


def _all() -> list[str]:
    return sorted({key for keys in MEMBERS.values() for key in keys})


def _says(photo: dict[str, Any], key: str) -> bool:
    value = photo.get(key)
    if key in TIMES:
        return type(value) is int
    return isinstance(value, str) and value.strip(BLANKS) != ""


def photo_moment(photo: dict[str, Any]) -> tuple[str, int]:
    """What was done with a photo last, and when: it was verified, or decided about."""
    done = "verified" if (photo.get("state") or "verified") == "verified" else "decided about"
    return done, photo["verified_at" if done == "verified" else "decided_at"]


def photos_strength(photos: list[dict[str, Any]]) -> str:
    """How strongly the record may claim its photos: the server hashed again what has arrived."""
    arrived = [photo.get("state") != "never_arrived" for photo in photos]
    return "hashed_again" if all(arrived) else "partly_hashed" if any(arrived) else "not_hashed"
