"""The table of the day, the sealed reports, what verification says of one and of a tampered copy, and the checks."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from server.demo.company import PASSWORD
from server.demo.day import Day, Trip
from server.process.settings import Settings
from server.records.verify import all_hold, lines, verify_pdf


class Check(msgspec.Struct):
    """Something that must hold of the day."""

    name: str
    ok: bool


class Line(msgspec.Struct):
    """A visit of the day."""

    login: str
    customer: str
    state: str
    verdict: str
    photos: str
    sealed: str
    parked: int


class Summary(msgspec.Struct):
    """All that the demo shows at its end."""

    lines: list[Line]
    reports: list[Path]
    good: str
    tampered: str
    checks: list[Check]


async def summarise(day: Day, settings: Settings) -> Summary:
    """Read the day back through the API, fetch the PDFs, verify one and a copy of it with one byte changed."""
    board = {visit["visit_id"]: visit for visit in (await day.desk.call("GET", "/v1/board"))["visits"]}
    parked = await day.desk.call("GET", "/v1/parked")
    folder = settings.data / "reports"
    folder.mkdir(exist_ok=True)
    key = (await day.http.get("/v1/keys")).content
    (settings.data / "server.pub").write_bytes(key)
    found, reports = [], []
    for trip in day.trips:
        records = await day.desk.call("GET", f"/v1/visits/{trip.visit_id}/records")
        reports += [await _fetch(day, record["id"], folder) for record in records]
        found.append(_line(day, trip, board[trip.visit_id], records, parked))
    for phone in day.phones.values():
        await phone.sync()
    verdicts = [await asyncio.to_thread(verify_pdf, file.read_bytes(), key) for file in reports]
    tampered = folder / "tampered.pdf"
    tampered.write_bytes(_tamper(reports[0].read_bytes()))
    bad = await asyncio.to_thread(verify_pdf, tampered.read_bytes(), key)
    checks = [
        Check("every outbox is empty", all(not phone.state["outbox"] for phone in day.phones.values())),
        Check("every phone holds exactly what the server says", all(phone.is_intact() for phone in day.phones.values())),
        Check("every tap has an outcome", all(_all_answered(phone.state) for phone in day.phones.values())),
        Check("every promised photo arrived and was verified", all(v["photos_promised"] == v["photos_verified"] for v in board.values())),
        Check("every visit that was not taken away is closed with a sealed report", all(
            line.state == "closed" and line.sealed for line, trip in zip(found, day.trips, strict=True) if not trip.reassigned_to)),
        Check("work on the visit that was taken away is kept: its state changes are parked", bool(parked)),
        Check("a mocked position never counts as inside", _verdict_of(found, day, "mock") == "possible"),
        Check("an arrival after the window is contradicted", _verdict_of(found, day, "late") == "contradicted"),
        Check("all sealed reports verify", bool(verdicts) and all(map(all_hold, verdicts))),
        Check("a tampered report does not verify", not all_hold(bad)),
    ]  # fmt: skip
    return Summary(found, reports, lines(verdicts[0]), lines([claim for claim in bad if claim.ok is False]), checks)


def _all_answered(state: dict[str, Any]) -> bool:
    return bool(len(state["outcomes"]) == state["next_seq"] - 1)


def _verdict_of(found: list[Line], day: Day, which: str) -> str:
    for line, trip in zip(found, day.trips, strict=True):
        if (which == "mock" and trip.mock) or (which == "late" and trip.late_minutes):
            return line.verdict
    return ""


async def _fetch(day: Day, record_id: str, folder: Path) -> Path:
    login = await day.http.post("/v1/auth/login", json={"login": "mei.chen", "password": PASSWORD})
    headers = {"authorization": f"Bearer {login.json()['access_token']}"}
    answer = await day.http.get(f"/v1/records/{record_id}/pdf", headers=headers)
    answer.raise_for_status()
    file = folder / f"{record_id}.pdf"
    file.write_bytes(answer.content)
    return file


def _line(day: Day, trip: Trip, visit: dict[str, Any], records: list[Any], parked: list[Any]) -> Line:
    phone = day.phones[trip.login]
    arrivals = [row for row in phone.rows("check_in") if row["visit_id"] == trip.visit_id]
    return Line(
        login=trip.login,
        customer=visit["customer"],
        state=visit["state"],
        verdict=arrivals[0]["verdict"]["verdict"] if arrivals else "",
        photos=f"{visit['photos_verified']} of {visit['photos_promised']}",
        sealed=", ".join(str(record["leaf_index"]) for record in records),
        parked=sum(1 for one in parked if one["visit_id"] == trip.visit_id),
    )


def _tamper(pdf: bytes) -> bytes:
    """One byte in the middle of the file."""
    middle = len(pdf) // 2
    return pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]


def show(summary: Summary, settings: Settings) -> None:
    """Print it."""
    console = Console(width=118, soft_wrap=False)
    table = Table(title="The day")
    for name in ("technician", "customer", "visit", "arrival", "photos", "log leaf", "parked"):
        table.add_column(name)
    for line in summary.lines:
        table.add_row(
            line.login,
            line.customer,
            line.state,
            line.verdict,
            line.photos,
            line.sealed or "-",
            str(line.parked or "-"),
        )
    console.print(table)
    console.print(f"{len(summary.reports)} sealed reports:", highlight=False)
    for file in summary.reports:
        console.print(f"  {file}", highlight=False, soft_wrap=True)
    command = f"fieldproof verify {summary.reports[0]} --key {settings.data / 'server.pub'}"
    console.print(f"\n{command}\n{summary.good}", highlight=False, markup=False)
    console.print(f"\nThe same with one byte changed:\n{summary.tampered}\n", highlight=False, markup=False)
    for check in summary.checks:
        console.print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}", highlight=False, markup=False)
