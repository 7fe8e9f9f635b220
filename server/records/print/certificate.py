"""The certificate of evidence as plain data: claims with what holds them, every hash in full, the place in the log."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from server.ground.clock import from_micros
from server.ground.legible import legible
from server.ground.local_time import local, offset
from server.records.canonical import from_base64url, sha256_hex
from server.records.print import wording
from server.records.print.labels import Wording

Json = Mapping[str, Any]


def certificate_view(record_bytes: bytes, record: Json, proof: Json, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    """What the certificate shows of a record and its proof."""
    origin, size, root = str(proof["checkpoint"]).split("\n")[:3]
    return {
        "title": words.label("certificate"),
        "lead": words.label("certificate_lead"),
        "claims": {
            "title": words.label("claims"),
            "rows": [[words.code("claim", claim["id"]), claim["holds"]] for claim in record.get("claims") or []],
        },
        "fingerprints": {"title": words.label("fingerprints"), "rows": _fingerprints(record_bytes, record, words)},
        "photos": {
            "title": words.label("photos"),
            "rows": [[_photo(photo, words), photo["sha256"]] for photo in record.get("photos") or []],
        },
        "operations": _operations(record, words, zone),
        "devices": _devices(record, words, zone),
        "log": {
            "title": words.label("log"),
            "rows": [
                [words.label("log_name"), origin],
                [words.label("leaf"), words.label("leaf_of", proof["leaf_index"], size)],
                [words.label("root"), root],
                [words.label("server_key"), proof["server_key"]],
            ],
        },
        "verify": {
            "title": words.label("verify"),
            "words": words.label("verify_words"),
            "command": "fieldproof verify report.pdf --key server.pub",
            "link_words": words.label("verify_link"),
        },
    }


def _photo(photo: Json, words: Wording) -> str:
    slot, state = words.code("slot", photo["slot"]), photo.get("state", "verified")
    return slot if state == "verified" else f"{slot} ({words.label(f'photo_{state}')})"


def _fingerprints(record_bytes: bytes, record: Json, words: Wording) -> list[list[str]]:
    signature = record["signature"]
    pairs = [
        ("sealed_record", sha256_hex(record_bytes)),
        ("shown_report", record["report"]["sha256"]),
        ("consent_text", (signature.get("consent") or {}).get("sha256")),
        ("strokes", signature.get("strokes_sha256")),
    ]
    return [[words.label(key), digest] for key, digest in pairs if digest]


def _operations(record: Json, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    stated = _offset(record, zone)
    rows = []
    for operation in record["operations"]:
        body = json.loads(operation["body"])
        received = wording.exact_moment(operation["received_at"], zone, stated)
        rows.append([str(body["seq"]), words.code("operation", body["kind"]), received, sha256_hex(operation["body"])])
    return {
        "title": words.label("operations"),
        "note": words.label("operations_note", f"{zone.key} ({stated})"),
        "head": [words.label(key) for key in ("sequence", "operation", "received", "hash")],
        "rows": rows,
    }


def _offset(record: Json, zone: ZoneInfo) -> str:
    """The offset that the certificate states for its times, that of the sealing; a time of another says its own."""
    return offset(local(from_micros(record["sealed_at"]), zone))


def _devices(record: Json, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    rows = []
    for device in record["devices"]:
        fingerprint = hashlib.sha256(from_base64url(device["public_key"])).hexdigest()
        kept = words.code("attestation", device.get("attestation", "none"))
        enrolled = words.label(
            "enrolled_as", wording.exact_moment(device["enrolled_at"], zone, _offset(record, zone)), kept
        )
        if said := device.get("enrolment"):
            by = legible(said["made_by"])
            enrolled = words.label("enrolled_by", enrolled, by, words.code("delivery", said["delivery"]))
            if "confirmed_by" in said:
                enrolled = words.label("enrolled_with", enrolled, legible(said["confirmed_by"]))
        rows.append([device["device_id"], enrolled, fingerprint])
    return {
        "title": words.label("devices"),
        "head": [words.label(key) for key in ("device", "enrolled", "public_key")],
        "rows": rows,
    }
