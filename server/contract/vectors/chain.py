"""A device's chain of three operations, every way to break it with the code that answers, and checksums of scopes."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from mobile_contract.chain import DeviceKey, base64url, make_operation, sha256_hex
from mobile_contract.checksum import checksum, share

Json = dict[str, Any]
DEVICE = "0192f6a0-0000-7000-8000-0000000000d1"
VISIT = "0192f6a0-0000-7000-8000-0000000000f1"


class SteadyKey(DeviceKey):
    """A key whose signatures are the same each time (RFC 6979), so that the file does not change by itself.

    Phones need not sign so: any valid signature is as good.
    """

    def sign(self, text: str) -> str:
        steady = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self.private.sign(text.encode(), steady))
        return base64url(r.to_bytes(32) + s.to_bytes(32))


KEY = SteadyKey(ec.derive_private_key(0x0F1E1D, ec.SECP256R1()))
OTHER = SteadyKey(ec.derive_private_key(0x0F1E1E, ec.SECP256R1()))


def _operation(seq: int, prev: str | None, kind: str, body: Json, *, name: int = 0, key: DeviceKey = KEY) -> Json:
    envelope = {
        "id": f"0192f6a0-0000-7000-8000-{name or seq:012x}", "device_id": DEVICE, "seq": seq, "prev": prev,
        "kind": kind, "subject": {"type": "visit", "id": VISIT}, "base": 7, "body": body,
        "clock": {"wall": 1772413200000000 + seq, "monotonic": 5000000 + seq, "boot_id": "b1", "anchor": None},
    }  # fmt: skip
    wire = make_operation(key, envelope)
    return {"envelope": envelope, **wire, "sha256": sha256_hex(wire["body"])}


def chain() -> Json:
    """Three links that hold; then what may stand in the place of one of them, and the problem's code."""
    first = _operation(1, None, "accept", {})
    second = _operation(2, first["sha256"], "note", {"note_id": VISIT, "text": '风机 "E42" — ok\n'})
    third = _operation(3, second["sha256"], "start", {"note": "e\u0301 / \u2028 \U0001f600"})
    stranger = _operation(3, second["sha256"], "start", {}, key=OTHER)
    changed = {**third, "body": third["body"].replace('"start"', '"resume"')}
    changed["sha256"] = sha256_hex(changed["body"])
    cut = {**third, "signature": third["signature"][:-4]}
    return {
        "public_key": KEY.public(),
        "operations": [first, second, third],
        "broken": [
            {"name": "signed by another key", "after": 2, "code": "wrong_signature", "operation": stranger},
            {"name": "one word changed after signing", "after": 2, "code": "wrong_signature", "operation": changed},
            {"name": "a signature that is too short", "after": 2, "code": "wrong_signature", "operation": cut},
            {
                "name": "prev is of the operation before the last", "after": 2, "code": "chain_broken",
                "operation": _operation(3, first["sha256"], "start", {}),
            },
            {
                "name": "prev is missing", "after": 2, "code": "chain_broken",
                "operation": _operation(3, None, "start", {}),
            },
            {
                "name": "prev in upper-case hex", "after": 2, "code": "chain_broken",
                "operation": _operation(3, second["sha256"].upper(), "start", {}),
            },
            {"name": "one operation is left out", "after": 1, "code": "sequence_gap", "operation": third},
            {
                "name": "another operation under a number that was used", "after": 2, "code": "device_forked",
                "operation": _operation(2, first["sha256"], "hold", {"reason": "lunch"}, name=0x99),
            },
        ],
    }  # fmt: skip


def checksums() -> Json:
    """Scopes with the share of each row and the sum; one sum runs over 2^64, one is empty."""
    rows = [
        {"collection": "visit", "id": VISIT, "rev": 3, "hash": "00112233445566ff"},
        {"collection": "part", "id": "0192f6a0-0000-7000-8000-0000000000b1", "rev": 9, "hash": "ffeeddccbbaa9988"},
        {"collection": "checklist_item", "id": "0192f6a0-0000-7000-8000-0000000000c1", "rev": 2**40, "hash": "0" * 16},
    ]
    many = [{**rows[0], "rev": rev} for rev in range(1, 9)]
    return {"scopes": [_scope("empty", []), _scope("one row", rows[:1]), _scope("three", rows), _scope("eight", many)]}


def _scope(name: str, rows: list[Json]) -> Json:
    shares = [share(row["collection"], row["id"], row["rev"], row["hash"]) for row in rows]
    told = [{**row, "share": f"{one:016x}"} for row, one in zip(rows, shares, strict=True)]
    return {"name": name, "rows": told, "count": len(rows), "checksum": checksum(shares)}
