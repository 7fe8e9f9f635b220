"""Checks of a customer's answer: a statement of its own in the company's log, about the record at hand."""

import json
from typing import Any

from server.records.verify import sealing
from server.records.verify.claim import Claim, Finding, claim
from server.records.verify.evidence import Evidence
from server.records.verify.steps import STEPS, Steps
from server.records.verify.strict import read_canonical, sha256
from server.records.verify.trusted import Trusted

ANSWER_TYPE = "fieldproof/answer/v1"
MEMBERS = {
    "type", "record_id", "record_sha256", "answer", "reason", "answered_at", "answer_until", "holds",
}  # fmt: skip
LONGEST = 1_000_000


def answer_claims(record_bytes: bytes, file: bytes, trusted: Trusted) -> list[Claim]:
    """Every claim of an answer file beside the record that it is about."""
    statement = "The customer's answer is readable"
    try:
        if len(file) > LONGEST:
            raise ValueError("the file is too large")
        value = read_canonical(file)
        text, proof = value["statement"], value["proof"]
        if set(value) != {"statement", "proof"} or not isinstance(text, str) or not isinstance(proof, dict):
            raise ValueError("it has other members than statement and proof")
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        return [Claim("answer_file", False, statement, f"malformed: {error}")]
    evidence = Evidence(text.encode(), proof, None, trusted)
    return [
        claim("answer_form", "The answer is canonical and of a known type", lambda: _form(text)),
        claim("answer_proof", "The proof is about this answer", lambda: sealing.proof_form(evidence)),
        claim("answer_signature", "The company signed this answer", lambda: sealing.server_signature(evidence)),
        claim("answer_log", "The answer is in the company's log", lambda: sealing.log_inclusion(evidence)),
        claim("answer_checkpoint", "The log's key signed its checkpoint", lambda: sealing.checkpoint(evidence)),
        claim("answer_record", "The answer is about this record", lambda: _about(text, proof, record_bytes)),
        claim("customer_answer", "What the customer said", lambda: _said(text)),
    ]


def _form(text: str) -> Finding:
    value = read_canonical(text)
    known = set(value) - {STEPS} == MEMBERS and not Steps(value).problems
    problems = [] if value["type"] == ANSWER_TYPE and known else ["the answer is not of the known form"]
    return Finding(problems, f"SHA-256 {sha256(text)}")


def _about(text: str, proof: dict[str, Any], record_bytes: bytes) -> Finding:
    value, record = json.loads(text), json.loads(record_bytes)
    steps, problems = Steps(value), []
    if value["record_sha256"] != sha256(record_bytes) or value["record_id"] != record["record_id"]:
        problems.append("the answer is about another record")
    elif not steps.in_order(record["sealed_at"], value["answered_at"]):
        problems.append("the answer is older than the record")
    found = [f"record {record['record_id']}", f"leaf {proof['leaf_index']} of the log", *steps.words()]
    return Finding(problems, "; ".join(found))


def _said(text: str) -> Finding:
    value = json.loads(text)
    if value["answer"] not in ("confirmed", "disputed"):
        return Finding([f"unknown answer {value['answer']!r}"])
    if value["answer"] == "disputed" and value["answered_at"] > value["answer_until"]:
        return Finding(["the dispute came after its time"])
    words = f"{value['answer']} by the link; who held it was not checked"
    return Finding([], f"{words}: {value['reason']}" if value["reason"] else words, open=True)
