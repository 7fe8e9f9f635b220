"""Checks of the seal: that these are the very bytes that the company signed and wrote into its log."""

import hashlib

from server.records.verify.claim import Finding
from server.records.verify.evidence import Evidence
from server.records.verify.log import checkpoint_signed, read_checkpoint, root_from_path
from server.records.verify.photos import RECORD_TYPES
from server.records.verify.strict import is_hash, read_canonical, sha256, signed_by

PROOF_TYPE = "fieldproof/proof/v1"
PROOF_MEMBERS = {
    "type", "record_sha256", "leaf_index", "tree_size", "inclusion", "checkpoint", "server_signature", "server_key",
}  # fmt: skip


def record_form(evidence: Evidence) -> Finding:
    """Canonical bytes of a known type."""
    record = read_canonical(evidence.record_bytes)
    problems = [] if record["type"] in RECORD_TYPES else [f"unknown record type {record['type']}"]
    return Finding(problems, f"{len(evidence.record_bytes)} bytes, SHA-256 {sha256(evidence.record_bytes)}")


def proof_form(evidence: Evidence) -> Finding:
    """The proof has exactly its members and speaks of this record."""
    proof = evidence.proof
    problems = []
    if proof.get("type") != PROOF_TYPE or set(proof) != PROOF_MEMBERS:
        problems.append("the proof is not of the known form")
    if proof.get("record_sha256") != sha256(evidence.record_bytes):
        problems.append("the proof names another record hash: the record or the proof was changed")
    return Finding(problems, "the proof names this record's hash")


def server_signature(evidence: Evidence) -> Finding:
    """The company's document key signed the record's bytes."""
    name = evidence.proof["server_key"]
    key = evidence.trusted.document.get(name)
    if key is None:
        return Finding([f"signed with a key ({str(name)[:16]}…) that is not in the key file"])
    if not signed_by(key, evidence.record_bytes, evidence.proof["server_signature"]):
        return Finding(["the company's signature is not over these bytes: the record or the signature was changed"])
    return Finding([], f"ECDSA P-256 by the company's key {name[:16]}…; the seal is the company's, not the customer's")


def log_inclusion(evidence: Evidence) -> Finding:
    """The record's leaf leads to the root of the checkpoint."""
    proof = evidence.proof
    head, _, _ = read_checkpoint(proof["checkpoint"])
    index, size = proof["leaf_index"], proof["tree_size"]
    if not all(is_hash(each) for each in proof["inclusion"]) or type(index) is not int or type(size) is not int:
        return Finding(["the inclusion proof is not made of hashes and numbers"])
    if size != head.size:
        return Finding([f"the proof is for {size} leaves, the checkpoint for {head.size}"])
    leaf = hashlib.sha256(b"\x00" + evidence.record_bytes).digest()
    if root_from_path(leaf, index, size, [bytes.fromhex(each) for each in proof["inclusion"]]) != head.root:
        return Finding(["the record is not the leaf that the log holds there: record, place or path was changed"])
    return Finding([], f"leaf {index} of {size}")


def checkpoint(evidence: Evidence) -> Finding:
    """The log's key signed the checkpoint, under the name that the key file gives."""
    head, signed, signature = read_checkpoint(evidence.proof["checkpoint"])
    if not checkpoint_signed(signed, signature, head.origin, evidence.trusted.log):
        return Finding(["the checkpoint's signature is not by the log's key: checkpoint or signature was changed"])
    if evidence.trusted.origins and head.origin not in evidence.trusted.origins:
        return Finding(
            [
                f"get the new key file: the log's key signed this under the name {head.origin}, which this key file does not list. "
                "A company begins a log under a new name when a backup was restored; the checkpoint was not changed"
            ]
        )
    return Finding(
        [], f"Ed25519 by the log {head.origin}; compare with a checkpoint kept elsewhere to see that it only grew"
    )
