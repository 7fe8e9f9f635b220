"""What no server takes is refused when it is tapped, by the reference phone: it must never get a place in the chain."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mobile_contract.chain import uuid7
from mobile_contract.limits import (
    ATTACHMENT_BYTES,
    BATCH_OPERATIONS,
    DEPTH,
    KIND_BYTES,
    OPERATION_BYTES,
    PAGE_BYTES_LEAST,
    PAGE_BYTES_MOST,
    PHOTO_BYTES,
    REQUEST_BYTES,
)
from mobile_contract.outbox import chain_anew, sent_bytes
from mobile_contract.phone import NotSendable, Phone
from server.media.rules import MAX_PHOTO
from server.process.app import MAX_BODY
from server.sync.schemas import MAX_OPERATIONS, SyncIn
from tests.company import Company
from tests.phones import enrolled, tap_unchecked

VISIT = "0192f6a0-0000-7000-8000-0000000000f1"


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    """A phone that was enrolled long ago and has no network."""
    phone = Phone(httpx.AsyncClient(), disk=tmp_path / "phone.json")
    phone.commit(device_id=uuid7(), key=phone.key.pem())
    return phone


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"quantity": 0.5}, "body.quantity is 0.5"),
        ({"quantity": 2.0}, "body.quantity is 2.0"),
        ({"fixes": [{"lat": 31}, {"lat": 31.2}]}, "body.fixes[1].lat is 31.2"),
        ({"at": float("nan")}, "body.at is nan"),
        ({"amount": 2**53}, "body.amount is 9007199254740992"),
        ({"amount": -(2**53)}, "body.amount"),
        ({"text": "half \ud83d of it"}, "body.text holds half of a character"),
        ({"\udc00": 1}, "A name in body holds half of a character"),
        ({1: "one"}, "body has a name that is no text"),
        ({"when": object()}, "body.when is object"),
        ({"bytes": b"raw"}, "body.bytes is bytes"),
        ({"deep": nested(DEPTH)}, "nested too deeply"),
        (["a", "list"], "an object with named fields"),
        ({"text": "机" * (KIND_BYTES // 3)}, "64000 can be sent"),
    ],
)
def test_what_no_server_takes_is_refused_and_named(phone: Phone, body: Any, named: str) -> None:
    before = dict(phone.state)
    with pytest.raises(NotSendable) as refused:
        phone.tap("note", VISIT, body)
    assert named in str(refused.value)
    assert phone.state == before, "nothing is in the outbox, and the chain has not moved"


@pytest.mark.parametrize(
    ("kind", "visit_id"), [("", VISIT), ("k" * 41, VISIT), ("note", "the cellar"), ("note", ""), (None, VISIT)]
)
def test_an_operation_of_no_kind_or_about_nothing_is_refused(phone: Phone, kind: Any, visit_id: str) -> None:
    with pytest.raises(NotSendable) as refused:
        phone.tap(kind, visit_id)
    assert refused.value.code == "not_canonical"
    assert phone.state["outbox"] == []


@pytest.mark.parametrize("ink", ["x" * (ATTACHMENT_BYTES + 1), "墨" * (ATTACHMENT_BYTES // 3 + 1), "\ud800"])
def test_an_attachment_that_is_too_large_in_bytes_or_no_text_is_refused(phone: Phone, ink: str) -> None:
    with pytest.raises(NotSendable):
        phone.tap("sign", VISIT, {}, attachment=ink)
    assert phone.state["outbox"] == []


@pytest.mark.parametrize("data", [b"", b"x" * (PHOTO_BYTES + 1)], ids=["empty", "too large"])
def test_a_photo_that_nobody_takes_leaves_neither_promise_nor_bytes(phone: Phone, data: bytes) -> None:
    with pytest.raises(NotSendable):
        phone.photo(VISIT, "before", data)
    with pytest.raises(NotSendable):
        phone.photo("no visit", "before", b"x")
    assert (phone.state["outbox"], phone.state["photos"]) == ([], {})
    assert phone.pictures.folder is not None
    assert not phone.pictures.folder.exists() or not list(phone.pictures.folder.iterdir())


def test_a_check_in_and_a_report_may_be_larger_than_other_kinds(phone: Phone) -> None:
    body = {"text": "x" * KIND_BYTES}
    for kind in ("check_in", "report"):
        phone.tap(kind, VISIT, body)
        with pytest.raises(NotSendable, match="1000000 can be sent"):
            phone.tap(kind, VISIT, {"text": "x" * OPERATION_BYTES})
    for kind in ("complete", "photo", "from tomorrow"):
        with pytest.raises(NotSendable, match="64000 can be sent"):
            phone.tap(kind, VISIT, body)


def test_what_was_signed_before_still_goes_to_another_device(phone: Phone) -> None:
    """An older version let it in. The server parks it, and the desk can read what was written."""
    tap_unchecked(phone, "note", VISIT, {"note_id": uuid7(), "text": "x" * KIND_BYTES})
    moved = chain_anew(phone.key, uuid7(), phone.state["outbox"], {})
    assert (len(moved.anew), moved.behind) == (1, [])


def test_what_the_disk_refuses_is_not_in_the_outbox(phone: Phone) -> None:
    phone.disk = Path("/proc/no such place/phone.json")
    with pytest.raises(OSError, match="no such place"):
        phone.tap("accept", VISIT)
    assert (phone.state["outbox"], phone.state["next_seq"]) == ([], 1)


@pytest.mark.parametrize("wall", [2**53, 10**17, -(10**17)])
def test_a_phone_whose_wall_clock_is_beyond_all_numbers_can_still_tap(phone: Phone, wall: int) -> None:
    phone.micros = lambda: wall
    phone.tap("accept", VISIT)
    assert f'"wall":{"-" if wall < 0 else ""}9007199254740991' in phone.state["outbox"][0]["body"]


def test_the_name_of_a_type_is_sent_as_it_is(phone: Phone) -> None:
    photo_id = phone.photo(VISIT, "before", b"x", "image/jpg")
    assert '"content_type":"image/jpg"' in phone.state["outbox"][0]["body"]
    assert phone.state["photos"][photo_id]["content_type"] == "image/jpg"


async def test_the_largest_operation_fits_one_request(company: Company) -> None:
    """However much of it has to be escaped."""
    wei, visit_id = await enrolled(company, "wei"), await company.visit("wei")
    await wei.sync()
    empty = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "-"})
    room = OPERATION_BYTES - len(wei.state["outbox"][0]["body"].encode()) - 120
    largest = wei.tap("report", visit_id, {"canonical": '"' * (room // 2)}, attachment="\x01" * ATTACHMENT_BYTES)
    assert OPERATION_BYTES - 400 < len(wei.state["outbox"][1]["body"].encode()) <= OPERATION_BYTES
    assert 4_900_000 < sent_bytes(wei.state["outbox"][1]) < REQUEST_BYTES
    await wei.sync()
    assert [wei.state["outcomes"][one]["outcome"] for one in (empty, largest)] == ["applied", "parked"]


def test_the_limits_are_the_servers() -> None:
    page = SyncIn.__annotations__["page_bytes"].__metadata__[0]
    assert (REQUEST_BYTES, BATCH_OPERATIONS, PHOTO_BYTES) == (MAX_BODY, MAX_OPERATIONS, MAX_PHOTO)
    assert (page.ge, page.le) == (PAGE_BYTES_LEAST, PAGE_BYTES_MOST)


@pytest.mark.parametrize("how", ["upper", "without hyphens", "in braces", "urn"])
def test_an_id_that_every_server_parks_is_refused_at_the_tap(phone: Phone, how: str) -> None:
    written = {
        "upper": VISIT.upper(), "without hyphens": VISIT.replace("-", ""), "in braces": "{" + VISIT + "}",
        "urn": f"urn:uuid:{VISIT}",
    }[how]  # fmt: skip
    with pytest.raises(NotSendable, match="small letters with hyphens"):
        phone.tap("note", written, {"note_id": uuid7(), "text": "x"})
    assert phone.state["outbox"] == []
