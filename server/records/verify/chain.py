"""Checks of the operation chain: each device's signatures, order, links, and the gaps between."""

from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from server.records.verify.claim import Finding
from server.records.verify.enrolment import enrolments
from server.records.verify.evidence import Evidence, Operation
from server.records.verify.strict import from_base64url, is_hash, signed_by


def operation_signatures(evidence: Evidence) -> Finding:
    """Each operation is signed by the key that its device enrolled."""
    devices = {device["device_id"]: device for device in evidence.record["devices"]}
    keys = {name: _key(device) for name, device in devices.items()}
    problems = []
    for each in evidence.operations:
        name = each.said["device_id"]
        if name not in keys:
            problems.append(f"{each.name} is by a device that the record does not list")
        elif not signed_by(keys[name], each.text.encode(), each.signature):
            problems.append(
                f"{each.name} is not signed by its device: the operation, its signature or the key was changed"
            )
    if not evidence.operations:
        problems.append("the record holds no operation")
    weak = all(device.get("attestation", "none") == "none" for device in devices.values())
    words = "the keys' storage is not attested" if weak else "with attestation"
    wrong, facts = enrolments(list(evidence.record["devices"]))
    told = "; ".join([f"{len(evidence.operations)} operations, {len(keys)} device key(s)", words, *facts])
    return Finding(problems + wrong, told)


def _key(device: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(from_base64url(device["public_key"]))
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError("a device's key is no P-256 key")
    return key


def _chains(evidence: Evidence) -> dict[str, list[Operation]]:
    chains: dict[str, list[Operation]] = {}
    for each in evidence.operations:
        chains.setdefault(each.said["device_id"], []).append(each)
    return chains


def operation_order(evidence: Evidence) -> Finding:
    """Operations stand by device and number, each number and id once."""
    problems = []
    devices = [each.said["device_id"] for each in evidence.operations]
    runs = [name for at, name in enumerate(devices) if at == 0 or devices[at - 1] != name]
    if len(runs) != len(set(runs)):
        problems.append("the operations of the devices are mixed")
    for chain in _chains(evidence).values():
        for before, after in pairwise(chain):
            if after.said["seq"] <= before.said["seq"]:
                problems.append(f"{after.name} stands after {before.name}: the order was changed")
    ids = [each.said["id"] for each in evidence.operations]
    if len(ids) != len(set(ids)):
        problems.append("an operation stands there twice")
    return Finding(problems, "by device and number")


def chain_links(evidence: Evidence) -> Finding:
    """Where two operations are neighbours in the chain, the later one names the earlier one's hash."""
    problems, checked = [], 0
    for chain in _chains(evidence).values():
        for at, each in enumerate(chain):
            seq, prev = each.said["seq"], each.said["prev"]
            if (prev is None) != (seq == 1) or not (prev is None or is_hash(prev)):
                problems.append(f"{each.name} names no hash before it, or is the first and names one")
            if at and seq == chain[at - 1].said["seq"] + 1:
                checked += 1
                if prev != chain[at - 1].hash:
                    problems.append(
                        f"{each.name} does not follow {chain[at - 1].name}: an operation was changed or replaced"
                    )
    return Finding(problems, f"{checked} links checked")


def chain_gaps(evidence: Evidence) -> Finding:
    """Numbers of the chain that are not in this record: a fact, since a device also works on other visits."""
    missing = []
    for chain in _chains(evidence).values():
        numbers = [each.said["seq"] for each in chain]
        gaps = [(before + 1, after - 1) for before, after in pairwise(numbers) if after - before > 1]
        missing += [str(first) if first == last else f"{first}–{last}" for first, last in gaps]
    if not missing:
        return Finding([], "none between the first and the last operation")
    words = f"operations {', '.join(missing)} of the device are not in this record (it works on other visits too); "
    return Finding([], words + "across a gap the link cannot be checked here", open=True)


def operation_subjects(evidence: Evidence) -> Finding:
    """Operations on a visit are on this visit, and the report is of it."""
    visit = evidence.record["visit_id"]
    problems = [
        f"{each.name} is about another visit"
        for each in evidence.operations
        if each.said["subject"]["type"] == "visit" and each.said["subject"]["id"] != visit
    ]
    if evidence.report["visit"]["id"] != visit:
        problems.append("the report is of another visit")
    return Finding(problems, f"visit {visit}")
