"""A phone that is lost or stolen: what was signed before counts, what came after is parked, and nothing goes down."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone, SyncRefused
from server.arrival.bounded_time import Interval
from server.field.models import Operation
from server.ground import clock
from server.ground.clock import from_micros
from server.sync.up.revocation import Signed, signed
from tests.company import Company
from tests.day import jpeg
from tests.sync.test_exchange import outcome

AT = from_micros(1_000_000)
MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [
        (0, 1_000_000, Signed.BEFORE),
        (0, 1_000_001, Signed.AROUND),
        (1_000_000, 2_000_000, Signed.AROUND),
        (1_000_001, 2_000_000, Signed.AFTER),
    ],
)
def test_before_and_after_are_told_by_all_of_the_interval(earliest: int, latest: int, expected: Signed) -> None:
    assert signed(Interval(earliest, latest), AT) is expected
    assert signed(Interval(earliest, latest), None) is Signed.BEFORE


class Shift:
    """The server's and the phone's time, run ahead together."""

    def __init__(self) -> None:
        self.by = 0
        self.start = clock.micros()

    def server(self) -> int:
        return self.start + self.by

    def forward(self, minutes: int) -> None:
        self.by += minutes * MINUTE


@pytest.fixture
def time(wei: Phone) -> Any:
    shift = Shift()
    clock.hold(shift.server)
    wei.micros = shift.server
    wei.monotonic = lambda: 5_000_000 + shift.by
    yield shift
    clock.hold(None)


async def revoke(company: Company, phone: Phone) -> None:
    for login in ("root", "mei"):
        await company.log_in(login)
    await company.must("root", "POST", f"/v1/devices/{phone.state['device_id']}/revoke")


async def test_an_outbox_signed_before_the_revocation_counts_and_what_came_after_is_parked(
    company: Company, wei: Phone, time: Shift
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    time.forward(3)
    before = wei.tap("accept", visit_id)
    time.forward(3)
    await revoke(company, wei)
    time.forward(3)
    after = wei.tap("depart", visit_id)
    wei.access_token = ""
    await wei.sync()
    assert (outcome(wei, before), outcome(wei, after)) == (("applied", None), ("parked", "device_revoked"))
    assert wei.state["outbox"] == []
    assert wei.state["rows"] == {}, "its work is handed in, so it keeps nothing of the customers"
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "accepted"
    (incident,) = await company.must("mei", "GET", "/v1/incidents", params={"visit_id": visit_id})
    assert (incident["code"], incident["seq"], incident["signed_by_device"]) == ("device_revoked", 2, True)
    (waiting,) = await company.must("mei", "GET", "/v1/parked")
    assert (waiting["id"], waiting["visit_id"]) == (after, visit_id)


async def test_what_cannot_be_told_from_before_counts_and_is_flagged(
    company: Company, wei: Phone, time: Shift, app: Any
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.boot_id = "rebooted in the cellar"
    tap = wei.tap("accept", visit_id)
    wei.tap("depart", visit_id)
    time.forward(3)
    await revoke(company, wei)
    time.forward(3)
    wei.access_token = ""
    await wei.sync()
    assert outcome(wei, tap) == ("applied", None)
    async with app.state.sessions() as session:
        row = await session.get_one(Operation, UUID(tap))
    assert row.flags == {"received_after_revocation": True, "signed_around_revocation": True}
    (incident,) = await company.must("mei", "GET", "/v1/incidents", params={"visit_id": visit_id})
    assert (incident["code"], incident["seq"], incident["times"]) == ("signed_around_revocation", 1, 2)


async def test_neither_a_token_from_before_the_revocation_nor_a_new_one_opens_anything(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await revoke(company, wei)
    await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    before = {"authorization": f"Bearer {wei.access_token}"}
    await wei.session.sign_in()
    headers = {"authorization": f"Bearer {wei.access_token}"}
    for path in (
        "/v1/me",
        "/v1/parts",
        "/v1/parked",
        "/v1/devices",
        "/v1/sync/stream",
        f"/v1/visits/{visit_id}/photos",
    ):
        assert (await company.http.get(path, headers=before)).status_code in (401, 403), path
        assert (await company.http.get(path, headers=headers)).status_code == 403, path
    body = {"contract_version": 1, "operations": [], "cursor": None}
    answer = await company.http.post("/v1/sync", json=body, headers=headers)
    assert set(answer.json()) == {"anchor", "last_seq", "revoked"}


async def test_a_revoked_phone_still_brings_the_photos_that_it_promised(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    photo = wei.photo(visit_id, "after", jpeg())
    await wei.sync()
    await revoke(company, wei)
    assert await wei.upload_photos() == 1
    photos = await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")
    assert [(one["id"], one["state"]) for one in photos] == [(photo, "verified")]


async def test_the_technician_may_not_apply_what_a_revoked_phone_sent(
    company: Company, wei: Phone, time: Shift
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    time.forward(3)
    await revoke(company, wei)
    time.forward(3)
    tap = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "who wrote this?"})
    wei.access_token = ""
    await wei.sync()
    await company.log_in("wei")
    path, apply = f"/v1/parked/{tap}", {"resolution": "applied"}
    assert (await company.call("wei", "POST", path, json=apply)).status_code == 403
    await company.must("mei", "POST", path, json=apply)
    assert await company.must("mei", "GET", "/v1/parked") == []


async def test_devices_are_listed_with_the_head_of_their_chain(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei")
    wei.tap("accept", visit_id)
    await wei.sync()
    await company.must("root", "POST", f"/v1/devices/{anna.state['device_id']}/revoke")
    ours, hers = await company.must("mei", "GET", "/v1/devices")
    assert (ours["last_seq"], ours["last_hash"], ours["revoked_at"]) == (1, wei.state["prev"], None)
    assert (hers["last_seq"], hers["last_hash"], hers["revoked_by"]) == (0, None, company.ids["root"])
    assert [one["id"] for one in await company.must("wei", "GET", "/v1/devices")] == [wei.state["device_id"]]


async def test_a_dispatcher_does_not_revoke_and_a_stranger_sees_no_device(company: Company, wei: Phone) -> None:
    path = f"/v1/devices/{wei.state['device_id']}/revoke"
    assert [(await company.call(who, "POST", path)).status_code for who in (None, "mei", "anna", "wei")] == [
        401, 403, 404, 200,
    ]  # fmt: skip


async def test_the_outbox_is_kept_when_the_server_does_not_know_the_phone(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    wei.tap("accept", visit_id)
    wei.state["device_id"], wei.access_token = uuid7(), ""
    with pytest.raises(SyncRefused):
        await wei.sync()
    assert len(wei.state["outbox"]) == 1


def test_a_revocation_is_compared_to_the_microsecond() -> None:
    assert signed(Interval(0, 1_000_001), AT + timedelta(microseconds=1)) is Signed.BEFORE
