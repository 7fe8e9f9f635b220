"""Checks that a record claims no more than its own facts hold: the strength of each claim follows from them."""

from typing import Any

from server.records.verify.claim import Finding
from server.records.verify.evidence import Evidence
from server.records.verify.photos import photos_strength

MINUTE = 60_000_000


def modesty(evidence: Evidence) -> Finding:
    """Exactly the claims that follow from the record, each as strong as the facts make it."""
    record = evidence.record
    signature = record["signature"]
    problems = []
    level = "SES" if signature["kind"] == "signed" else None
    if signature["level"] != level:
        problems.append(f"the signature is called {signature['level']!r}; what was made is {level or 'none'}")
    wanted = dict(_strengths(record))
    stated = {claim["id"]: claim["strength"] for claim in record["claims"]}
    if len(stated) != len(record["claims"]):
        problems.append("a claim stands there twice")
    problems += [
        f"claim {name!r}: stated {stated.get(name)}, held {wanted.get(name)}"
        for name in sorted(wanted.keys() | stated.keys())
        if stated.get(name) != wanted.get(name)
    ]
    return Finding(problems, ", ".join(f"{name}: {strength}" for name, strength in wanted.items()))


def _strengths(record: dict[str, Any]) -> list[tuple[str, str]]:
    attested = [device.get("attestation", "none") != "none" for device in record["devices"]]
    key = "attested" if attested and all(attested) else "partly_attested" if any(attested) else "not_attested"
    found = [("content", "bound"), ("device_key", key)]
    if arrival := record["arrival"]:
        minutes = max(1, -((arrival["earliest"] - arrival["latest"]) // MINUTE))
        found += [("arrival_place", "reported_by_phone"), ("arrival_time", f"within_{minutes}_min")]
    if record["photos"]:
        found.append(("photos", photos_strength(record["photos"])))
    signature = record["signature"]
    return [
        *found,
        ("signature", "SES" if signature["kind"] == "signed" else signature["kind"]),
        ("seal", "company"),
        ("confirmation", "not_confirmed"),
        ("log", "in_log"),
        ("time", "company_clock"),
    ]
