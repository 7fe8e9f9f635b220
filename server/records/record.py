"""The sealed record and its proof as plain data: put together, made canonical, signed by the server.

The record's canonical bytes are everything: they are the leaf of the log, what the server signs and what the PDF
carries. The proof is beside them, because it can only be made once the leaf has its place in the log.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.records.canonical import canonical, sha256_hex, to_base64url
from server.records.print.claims import claims

RECORD_TYPE = "fieldproof/record/v1"
DECIDED_TYPE = "fieldproof/record/v2"
"""Of a record with a photo that never arrived or arrived damaged: version 1 says of each photo that it was verified."""
REPORT_TYPE = "fieldproof/report/v1"
PROOF_TYPE = "fieldproof/proof/v1"


def build_record(facts: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a record from its facts (every member but `type` and `claims`, which are added here).

    Raises `NotCanonical` when a fact is a fraction or too large a number.
    """
    decided = any("state" in photo for photo in facts.get("photos") or [])
    record = {"type": DECIDED_TYPE if decided else RECORD_TYPE, **facts}
    record["claims"] = claims(record)
    return canonical(record)


def sign_record(record: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    """The server's signature on a record's bytes: base64url of r and s, 32 bytes each (P-256, SHA-256).

    Deterministic (RFC 6979), so that a seal that is made again after a crash is the same to the byte.
    """
    r, s = decode_dss_signature(key.sign(record, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """How a proof names the server's document key: hex SHA-256 of its SubjectPublicKeyInfo."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def build_proof(
    record: bytes,
    *,
    leaf_index: int,
    tree_size: int,
    inclusion: Sequence[bytes],
    checkpoint: str,
    key: ec.EllipticCurvePrivateKey,
) -> dict[str, Any]:
    """The proof of a record: its place in the log, the path to the checkpoint's root, and the server's signature."""
    return {
        "type": PROOF_TYPE,
        "record_sha256": sha256_hex(record),
        "leaf_index": leaf_index,
        "tree_size": tree_size,
        "inclusion": [hashed.hex() for hashed in inclusion],
        "checkpoint": checkpoint,
        "server_signature": sign_record(record, key),
        "server_key": key_id(key.public_key()),
    }
