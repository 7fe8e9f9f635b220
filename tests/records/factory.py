"""Makes sealed records as a real server would: real P-256 device keys, a real operation chain, a log with other leaves.

Everything follows from the arguments, so the same call gives the same bytes.
"""

import hashlib
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image, ImageDraw

from server.records.canonical import canonical, sha256_hex, to_base64url
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import ServerKeys, public_keys
from server.records.log import merkle
from server.records.record import REPORT_TYPE, build_proof, build_record
from server.records.vault import Vault
from tests.records.story import DE, EN, MINUTE, SLOTS, START, ZH

ORIGIN = "records.hengtong.example/fieldproof"
LINK = "https://records.hengtong.example/r/kT8w2ZrQx4Vn1mPe7sLdYg"
SEALED_AT = START + 200 * MINUTE
FAULT = "it cannot be decoded as an image"


@dataclass(frozen=True)
class Sealed:
    """A sealed record with everything that goes beside it."""

    record: bytes
    proof: dict[str, Any]
    strokes: str | None
    photos: dict[str, bytes]
    keys: ServerKeys

    @property
    def key_file(self) -> bytes:
        return public_keys(self.keys, ORIGIN).encode()

    @property
    def facts(self) -> dict[str, Any]:
        """The record parsed, free to be changed."""
        return dict(json.loads(self.record))


@cache
def server_keys(seed: int = 1) -> ServerKeys:
    document = ec.derive_private_key(0xF1E1D + seed, ec.SECP256R1())
    log = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"log %d" % seed).digest())
    return ServerKeys(document, log, Vault([hashlib.sha256(b"strokes %d" % seed).digest()]))


@cache
def device_key(seed: int = 1) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0xDE71CE + seed, ec.SECP256R1())


def uid(*names: object) -> str:
    """An id that follows from names."""
    return str(UUID(bytes=hashlib.sha256(repr(names).encode()).digest()[:16], version=4))


def sign_text(text: str, key: ec.EllipticCurvePrivateKey) -> str:
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@cache
def _noise(width: int, height: int) -> Image.Image:
    """As of a small sensor; drawing it takes longer than all the rest of a photo."""
    return Image.effect_noise((width, height), 40).convert("RGB")


@cache
def photo(number: int, size: tuple[int, int] = (720, 540)) -> bytes:
    """A JPEG that looks like a picture of a machine: a shaded panel, bolts, a gauge."""
    dice = random.Random(number)
    tall = number % 5 == 3
    width, height = size[::-1] if tall else size
    base = tuple(dice.randrange(60, 150) for _ in range(3))
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image = Image.blend(image, Image.new("RGB", (width, height), base), 0.7)
    draw = ImageDraw.Draw(image)
    for _ in range(7):
        x, y = dice.randrange(width), dice.randrange(height)
        shade = tuple(min(255, part + dice.randrange(-40, 60)) for part in base)
        draw.rectangle([x - 90, y - 60, x + 90, y + 60], fill=shade, outline=(30, 30, 30), width=3)
        draw.ellipse([x - 30, y - 30, x + 30, y + 30], fill=(230, 232, 235), outline=(20, 20, 20), width=4)
        draw.line([x, y, x + dice.randrange(-24, 24), y - 22], fill=(180, 30, 30), width=4)
    image = Image.blend(image, _noise(width, height), 0.08)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def draw_strokes(seed: int) -> str:
    """A signature of a few loops with pressure, as a phone records it."""
    dice = random.Random(seed)
    strokes, x, t = [], 60, 0
    for _ in range(5):
        points, y = [], dice.randrange(90, 150)
        rise, run = dice.randrange(20, 60), dice.randrange(3, 7)
        for step in range(26):
            wave = (step % 9 - 4) * rise // 4
            points.append([x, y + wave, t, 250 + 700 * min(step, 25 - step) // 13])
            x, t = x + run, t + 11
        strokes.append(points)
        x, t = x - 30 + dice.randrange(25), t + 120
    return json.dumps({"width": 800, "height": 300, "strokes": strokes}, separators=(",", ":"))


class Phone:
    """A device that signs operations into its chain; operations of other visits take numbers and are not handed out."""

    def __init__(self, seed: int, first: int = 41) -> None:
        self.key, self.id = device_key(seed), uid("device", seed)
        self.seq, self.prev = first, sha256_hex(f"before {seed}") if first > 1 else None
        self.operations: list[dict[str, Any]] = []

    def skip(self) -> None:
        """An operation of another visit."""
        self.prev, self.seq = sha256_hex(f"elsewhere {self.id} {self.seq}"), self.seq + 1

    def add(self, kind: str, subject: tuple[str, str], body: Mapping[str, Any], at: int) -> str:
        operation_id = uid(self.id, self.seq)
        anchor = {"token": "anchor", "monotonic": at - START + 5, "boot_id": "boot-1", "round_trip": 84_000}
        clock = {"wall": at + 3_000_000, "monotonic": at - START + 9_000, "boot_id": "boot-1", "anchor": anchor}
        text = canonical(
            {
                "id": operation_id, "device_id": self.id, "seq": self.seq, "prev": self.prev, "kind": kind,
                "subject": {"type": subject[0], "id": subject[1]}, "base": 17, "body": body, "clock": clock,
            }
        ).decode()  # fmt: skip
        received = START + 170 * MINUTE + self.seq * 1_000
        signature = sign_text(text, self.key)
        self.operations.append({"body": text, "signature": signature, "received_at": received, "outcome": "applied"})
        self.seq, self.prev = self.seq + 1, sha256_hex(text)
        return operation_id

    @property
    def device(self) -> dict[str, Any]:
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        enrolled = START - 90 * 24 * 60 * MINUTE
        return {"device_id": self.id, "public_key": to_base64url(spki), "enrolled_at": enrolled, "attestation": "none"}


def enrolment(enrolled_at: int, visit_id: str) -> dict[str, Any]:
    """By whose code the phone came in, in three of four records; a phone of an older version does not say."""
    kind = int(visit_id[-1], 16) % 4
    if not kind:
        return {}
    said: dict[str, Any] = {
        "made_by": "陈梅", "made_by_id": uid("desk", visit_id), "made_at": enrolled_at - 20 * MINUTE,
        "delivery": ("shown", "in_person", "call", "message")[kind], "used_at": enrolled_at,
    }  # fmt: skip
    if kind == 3:
        said |= {"confirmed_by": "Root", "confirmed_by_id": uid("root", visit_id), "confirmed_at": enrolled_at - MINUTE}
    return {"enrolment": said}


def make_report(
    story: Mapping[str, Any], locale: str, visit_id: str, photos: list[dict[str, Any]], rows: int
) -> dict[str, Any]:
    """The report that the phone shows; `rows` repeats the parts, for a table that runs over pages."""
    currency = story["currency"]
    parts = [
        {"number": n, "name": name, "quantity": q, "unit_price": price, "currency": currency, "charged": charged}
        for n, name, q, price, charged in (story["parts"] * rows)[: max(rows, len(story["parts"]))]
    ]
    return {
        "type": REPORT_TYPE, "report_id": uid("report", visit_id), "amends": None, "locale": locale,
        "number": story["number"], "visit": {"id": visit_id, "kind": "repair"},
        "customer": story["customer"], "asset": story["asset"],
        "technician": {"name": story["technician"], "id": uid("technician", story["technician"])},
        "window": {"start": START, "end": START + 120 * MINUTE}, "arrived_at": START + 26 * MINUTE,
        "started_at": START + 34 * MINUTE, "finished_at": START + 158 * MINUTE, "work": story["work"],
        "fault": story["fault"],
        "checklist": [{"label": label, "answer": answer} for label, answer in story["checklist"]],
        "parts": parts,
        "charges": [{"label": name, "amount": amount, "currency": currency} for name, amount in story["charges"]],
        "total": {"amount": story["total"], "currency": currency},
        "warranty": {"status": story["warranty"][0], "reason": story["warranty"][1]},
        "photos": [{key: photo[key] for key in ("photo_id", "slot", "sha256")} for photo in photos],
        "consent": {"id": "consent-2026-1", "text": story["consent"], "sha256": sha256_hex(story["consent"])},
        "time_zone": story["issuer"]["time_zone"],
    }  # fmt: skip


def make_verdict(story: Mapping[str, Any]) -> dict[str, Any]:
    """A good arrival."""
    return {
        "verdict": "proven", "place": "inside", "time": "on_time", "probability_ppm": 998_700,
        "earliest": START + 25 * MINUTE, "latest": START + 26 * MINUTE + 3_000_000,
        "window": {"start": START, "end": START + 120 * MINUTE, "plan_version": 3}, "words": story["arrival"],
        "inputs": {"fixes": 1, "radius_m": 120},
    }  # fmt: skip


def stands(story: Mapping[str, Any], decided: Sequence[str], photos: int) -> list[dict[str, Any]]:
    """How each photo of a record stands: the first ones as they were decided about, the others verified."""
    verified: dict[str, Any] = {"verified_at": START + 180 * MINUTE}
    if not decided:
        return [verified] * photos
    found = []
    for kind in decided[:photos]:
        why = {"decided_at": START + 190 * MINUTE, "decided_by": story["desk"], "reason": story["lost"]}
        found.append({"state": kind, **why} | ({"finding": FAULT} if kind == "damaged_kept" else {}))
    return found + [{"state": "verified", **verified}] * (photos - len(found))


def make_facts(
    locale: str = "zh-CN",
    *,
    seed: int = 1,
    photos: int = 3,
    rows: int = 3,
    kind: str = "signed",
    arrival: bool = True,
    decided: Sequence[str] = (),
) -> tuple[dict[str, Any], str | None, dict[str, bytes]]:
    """The facts of a record, its strokes and its pictures; `decided` says how the first photos stand that were not verified."""
    story = {"zh-CN": ZH, "en": EN, "de": DE}[locale]
    visit_id = uid("visit", locale, seed)
    visit, phone = ("visit", visit_id), Phone(seed)
    pictures = {uid("photo", visit_id, n): photo(n + 100 * seed) for n in range(photos)}
    manifest = [
        {
            "photo_id": name,
            "slot": SLOTS[n % len(SLOTS)],
            "sha256": sha256_hex(data),
            "size": len(data),
            "content_type": "image/jpeg",
        }
        for n, (name, data) in enumerate(pictures.items())
    ]
    phone.add("accept", visit, {}, START - 60 * MINUTE)
    phone.add("depart", visit, {}, START - 20 * MINUTE)
    phone.skip()
    phone.add(
        "check_in",
        visit,
        {"fixes": [{"latitude": 313_041_220, "longitude": 1_207_123_940, "accuracy": 12}]},
        START + 26 * MINUTE,
    )
    phone.add("start", visit, {}, START + 34 * MINUTE)
    for entry in manifest:
        position = {"latitude": 313_041_100, "longitude": 1_207_124_000}
        phone.add(
            "photo", visit, {**entry, "taken": {"wall": START + 60 * MINUTE}, "position": position}, START + 61 * MINUTE
        )
    report = make_report(story, locale, visit_id, manifest, rows)
    shown = canonical(report).decode()
    digest = sha256_hex(shown)
    strokes = draw_strokes(seed) if kind == "signed" else None
    signer = story["signer"] if kind == "signed" else None
    reason = None if kind == "signed" else story["refusal"]
    consent = {"id": "consent-2026-1", "sha256": report["consent"]["sha256"], "locale": locale}
    strokes_hash = sha256_hex(strokes) if strokes else None
    sent = {"report_id": report["report_id"], "locale": locale, "canonical": shown, "amends_id": None}
    phone.add("report", visit, sent, START + 160 * MINUTE)
    signed = {
        "signature_id": uid("signature", visit_id), "outcome": kind, "report_id": report["report_id"],
        "shown_sha256": digest, "strokes_sha256": strokes_hash,
        "signer": signer, "reason": reason, "consent": consent,
    }  # fmt: skip
    operation_id = phone.add("sign", visit, signed, START + 164 * MINUTE)
    facts = {
        "record_id": uid("record", visit_id), "visit_id": visit_id, "amends": None, "locale": locale,
        "sealed_at": SEALED_AT, "answer_until": SEALED_AT + 14 * 24 * 60 * MINUTE,
        "issuer": story["issuer"], "report": {"canonical": shown, "sha256": digest}, "operations": phone.operations,
        "devices": [phone.device | enrolment(phone.device["enrolled_at"], visit_id)], "arrival": make_verdict(story) if arrival else None,
        "photos": [
            {**entry, **how} for entry, how in zip(manifest, stands(story, decided, len(manifest)), strict=True)
        ],
        "signature": {
            "kind": kind, "operation_id": operation_id, "signer": signer, "reason": reason, "consent": consent,
            "strokes_sha256": strokes_hash, "level": "SES" if kind == "signed" else None,
        },
    }  # fmt: skip
    return facts, strokes, pictures


def seal(record: bytes, keys: ServerKeys, *, before: int = 5, after: int = 2) -> dict[str, Any]:
    """The proof of a record in a log with other leaves before and after it."""
    leaves = [merkle.leaf_hash(b"record %d" % n) for n in range(before + after)]
    leaves.insert(before, merkle.leaf_hash(record))
    nodes = merkle.append(0, leaves, {})
    size = len(leaves)
    note = make_checkpoint(Checkpoint(ORIGIN, size, merkle.root(size, nodes)), keys.log)
    path = merkle.inclusion_proof(before, size, nodes)
    return build_proof(record, leaf_index=before, tree_size=size, inclusion=path, checkpoint=note, key=keys.document)


def make_sealed(locale: str = "zh-CN", **options: Any) -> Sealed:
    """A sealed record; the options are those of `make_facts`."""
    facts, strokes, pictures = make_facts(locale, **options)
    keys = server_keys()
    record = build_record(facts)
    return Sealed(record, seal(record, keys), strokes, pictures, keys)


def sealed_again(sealed: Sealed, record: bytes) -> Sealed:
    """What a company would publish that changed a record and sealed it anew with its own keys."""
    return replace(sealed, record=record, proof=seal(record, sealed.keys))
