"""Writes the contract that phones build on: OpenAPI, JSON Schemas, errors and vectors, from the code that serves them.

`python -m server.contract` writes it; a test fails when what is committed and what the server does differ.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

import server.http.door.problems  # noqa: F401  answered before the application is asked, which does not know them
from mobile_contract.chain import DeviceKey, make_operation, sha256_hex
from mobile_contract.checksum import checksum, share
from mobile_contract.limits import CONTRACT_VERSION, LIMITS
from mobile_contract.shapes.check import schema_of
from mobile_contract.shapes.report import Report
from mobile_contract.shapes.strokes import Strokes
from server.contract import choices
from server.contract.vectors import vector_files
from server.contract.vectors.visits import visit_states
from server.embedded.s3_address import S3Address
from server.ground import problems
from server.identity.signin import decode_base64url
from server.identity.signing import is_signed
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import make_app
from server.records.keys import ServerKeys
from server.records.sealer import Sealer
from server.sync.adapters import powersync_tables
from server.sync.down.collections import COLLECTIONS
from server.sync.schemas import Envelope, ReconcileIn, ReconcileOut, SyncIn, SyncOut
from server.sync.sql.generate import current
from server.sync.up.kinds import KINDS

FOLDER = Path(__file__).parents[2] / "mobile_contract"
CURRENT = Path(__file__).parents[1] / "sync" / "sql" / "current.sql"
"""What the declared collections make in the database."""
CHOICES = Path(__file__).parents[2] / "docs" / "words.md"
"""Every closed set of keys, for people."""


def contract() -> dict[str, str]:
    """Every generated file of the contract by its path in `mobile_contract/`."""
    files: dict[str, Any] = {"openapi.json": openapi(), "errors.json": problems.catalogue(), "vectors.json": vectors()}
    files["limits.json"] = LIMITS
    files["subjects.json"] = {name: kind.subject for name, kind in KINDS.items()}
    files["visit_states.json"] = visit_states()
    files |= vector_files()
    files["schemas/wire.json"] = schema([SyncIn, SyncOut, Envelope, ReconcileIn, ReconcileOut])
    files["schemas/report.json"], files["schemas/strokes.json"] = schema_of(Report), schema_of(Strokes)
    for name, kind in KINDS.items():
        files[f"schemas/operations/{name}.json"] = schema([kind.body])
    rows = {name: row_schema(row) for name, row in COLLECTIONS.items()}
    files |= {f"schemas/collections/{name}.json": row for name, row in rows.items()}
    texts = {
        path: json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n" for path, value in files.items()
    }
    texts[powersync_tables.PATH] = powersync_tables.tables(rows)
    return texts


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the application; nothing is connected for it."""
    storage = Storage(S3Address("http://127.0.0.1:1", "none", "none", "us-east-1"), "none")
    app = make_app("postgresql://none@127.0.0.1:1/none", storage, Tokens("x" * 32), _no_sealer(), work=False)
    document: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema(), default=str))
    return document


def row_schema(row: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a collection's rows. It is open: a later server adds members, and who reads rows passes over what it does not know."""
    found = schema([row])
    for shape in found["$defs"].values():
        shape.pop("additionalProperties", None)
    return found


def schema(types: list[type[msgspec.Struct]]) -> dict[str, Any]:
    """JSON Schema 2020-12 of structs and what they refer to."""
    references, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    head: dict[str, Any] = references[0] if len(references) == 1 else {"anyOf": list(references)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **head, "$defs": components}


def vectors() -> dict[str, Any]:
    """The shortest example with its exact bytes; `vectors/` has many more, by subject.

    ECDSA signatures differ each time they are made, so the one that is committed is kept while it verifies.
    """
    key = DeviceKey(ec.derive_private_key(0x0F1E1D, ec.SECP256R1()))
    envelope = {
        "id": "0192f6a0-0000-7000-8000-000000000001", "device_id": "0192f6a0-0000-7000-8000-0000000000d1", "seq": 1,
        "prev": None, "kind": "note", "subject": {"type": "visit", "id": "0192f6a0-0000-7000-8000-0000000000f1"},
        "base": 7, "body": {"note_id": "0192f6a0-0000-7000-8000-0000000000a1", "text": "风机 \"E42\" — ok\n"},
        "clock": {"wall": 1772413200000000, "monotonic": 5000000, "boot_id": "b1", "anchor": None},
    }  # fmt: skip
    wire = make_operation(key, envelope)
    rows: list[dict[str, Any]] = [
        {"collection": "visit", "id": "0192f6a0-0000-7000-8000-0000000000f1", "rev": 3, "hash": "00112233445566ff"},
        {"collection": "part", "id": "0192f6a0-0000-7000-8000-0000000000b1", "rev": 9, "hash": "ffeeddccbbaa9988"},
    ]
    return {
        "contract_version": CONTRACT_VERSION,
        "public_key": key.public(),
        "envelope": envelope,
        "body": wire["body"],
        "sha256": sha256_hex(wire["body"]),
        "signature": _kept_signature(key, wire),
        "rows": rows,
        "checksum": checksum([share(row["collection"], row["id"], row["rev"], row["hash"]) for row in rows]),
    }


def _kept_signature(key: DeviceKey, wire: dict[str, Any]) -> str:
    file = FOLDER / "vectors.json"
    if file.exists():
        kept: str = json.loads(file.read_text())["signature"]
        spki = decode_base64url(key.public(), "public_key")
        if is_signed(spki, wire["body"].encode(), decode_base64url(kept, "signature")):
            return kept
    made: str = wire["signature"]
    return made


def _no_sealer() -> Sealer:
    """The document of the API does not depend on what seals are made with."""
    keys = ServerKeys.__new__(ServerKeys)
    return Sealer(keys, None, "", "")  # type: ignore[arg-type]


def write() -> None:
    """Write every file, and remove schemas of what is no more."""
    files = contract()
    for old in (FOLDER / "schemas").rglob("*.json"):
        if str(old.relative_to(FOLDER)) not in files:
            old.unlink()
    CURRENT.write_text(current())
    CHOICES.write_text(choices.page())
    for path, text in files.items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
