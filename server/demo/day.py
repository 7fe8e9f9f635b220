"""One day through the public HTTP API: a call comes in, visits are sent out, phones work offline for hours and come back.

The server follows the demo's clock file, so that hours pass in seconds; phones and server agree on it only as real ones
would: by the anchors that the server signs.
"""

import io
import json
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from PIL import Image, ImageDraw

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from mobile_contract.shapes.texts import fault_text, line_text
from server.demo.company import DISPATCHERS, PASSWORD, Cast
from server.ground import clock

Json = dict[str, Any]
MINUTE = 60_000_000


class DemoClock:
    """The day's time: the system's, moved by what is written in the file that the server follows."""

    def __init__(self, file: Path, start: datetime) -> None:
        self.file = file
        self.set(start)

    def set(self, moment: datetime) -> None:
        """Make it this moment."""
        self._write(clock.to_micros(moment) - clock.micros())

    def forward(self, minutes: int) -> None:
        """Let time pass."""
        self._write(int(self.file.read_text()) + minutes * MINUTE)

    def micros(self) -> int:
        """Now, in the demo."""
        return clock.micros() + int(self.file.read_text())

    def _write(self, offset: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(offset))
        new.replace(self.file)


class Desk:
    """The dispatchers' calls. `desks` has who answers for what is named in an address; Mei answers for all else."""

    def __init__(self, http: httpx.AsyncClient, desks: dict[str, str]) -> None:
        self.http, self.desks = http, desks

    async def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """One call as a dispatcher, who signs in for each: hours of demo time pass between two of them."""
        who = next((self.desks[part] for part in path.split("/") if part in self.desks), DISPATCHERS[0][0])
        login = await self.http.post("/v1/auth/login", json={"login": who, "password": PASSWORD})
        login.raise_for_status()
        headers = {"authorization": f"Bearer {login.json()['access_token']}"}
        answer = await self.http.request(method, path, headers=headers, **kwargs)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json()


class Trip(msgspec.Struct):
    """One visit of the day, as planned for the demo."""

    visit_id: str
    login: str
    hour: int
    late_minutes: int = 0
    mock: bool = False
    outcome: str = "signed"
    reassigned_to: str = ""


def picture(draw: random.Random, caption: str) -> bytes:
    """A JPEG that no other has: a gradient, some shapes and a caption."""
    image = Image.new("RGB", (1280, 960), tuple(draw.randrange(40, 200) for _ in range(3)))
    canvas = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = draw.randrange(1280), draw.randrange(960)
        colour = tuple(draw.randrange(256) for _ in range(3))
        canvas.ellipse((x, y, x + draw.randrange(40, 300), y + draw.randrange(40, 300)), fill=colour)
    canvas.rectangle((0, 900, 1280, 960), fill=(20, 20, 20))
    canvas.text((20, 920), caption, fill=(255, 255, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def strokes(draw: random.Random) -> str:
    """A signature as the phone's screen gives it: two strokes of points with time and pressure."""
    lines = []
    for start in (30, 180):
        x, y, at = start, 90, start * 4
        line = []
        for _ in range(40):
            x, y, at = x + draw.randrange(1, 6), max(20, min(150, y + draw.randrange(-14, 15))), at + 16
            line.append([x, y, at, draw.randrange(300, 900)])
        lines.append(line)
    return json.dumps({"width": 420, "height": 170, "strokes": lines}, separators=(",", ":"))


class Day:
    """Runs the day and keeps what is needed for its summary."""

    def __init__(
        self, http: httpx.AsyncClient, time: DemoClock, cast: Cast, folder: Path, say: Callable[[str], None]
    ) -> None:
        self.http, self.time, self.cast, self.folder, self.say = http, time, cast, folder, say
        self.desk = Desk(http, cast.desks)
        self.draw = random.Random(11)
        self.phones: dict[str, Phone] = {}
        self.trips: list[Trip] = []

    async def morning(self, eight: datetime) -> None:
        """A call comes in and is answered; twelve visits are sent out; phones enrol and sync before they leave."""
        logins = list(self.cast.technicians)
        for number, visit_id in enumerate(self.cast.visits[:12]):
            login = logins[number % 6]
            hour = 1 if number < 6 else 5
            trip = Trip(str(visit_id), login, hour)
            await self._assign(trip.visit_id, login, eight, hour)
            self.trips.append(trip)
        called = await self._call_comes_in()
        await self._assign(called, "li.wei", eight, 7)
        self.trips.append(Trip(called, "li.wei", 7))
        self.trips[3].late_minutes = 150
        self.trips[4].mock = True
        self.trips[7].outcome = "customer_absent"
        self.trips[8].outcome = "refused"
        self.trips[10].reassigned_to = "tom.baker"
        for login, user_id in self.cast.technicians.items():
            code = await self.desk.call("POST", f"/v1/users/{user_id}/enrolment-codes")
            phone = Phone(
                self.http, disk=self.folder / f"{login}.json", micros=self.time.micros, monotonic=self.time.micros
            )
            await phone.enrol(code["code"], label=f"{login}'s phone")
            await phone.sync()
            self.phones[login] = phone

    async def _call_comes_in(self) -> str:
        site = self.cast.sites[34]
        ticket = await self.desk.call(
            "POST", "/v1/tickets",
            json={
                "customer_id": str(self.cast.customers[site]), "contact_id": str(self.cast.contacts[site]),
                "site_id": str(site),
                "asset_id": str(self.cast.assets[site]), "kind": "repair", "channel": "phone",
                "subject": "Unit shows E42 and stops 机组报E42停机",
                "description": "Since this morning; the key is at the gate. 今早开始，钥匙在门卫处。",
            },
        )  # fmt: skip
        self.time.forward(12)
        answered = await self.desk.call("POST", f"/v1/tickets/{ticket['id']}/respond")
        self.say(
            f"Ticket {ticket['number']}: repair notice by phone, first response {answered['first_response']['state']}"
        )
        job = await self.desk.call("POST", "/v1/jobs", json={"ticket_id": ticket["id"], "skills": ["chiller"]})
        return str(job["visits"][0]["id"])

    async def _assign(self, visit_id: str, login: str, eight: datetime, hour: int) -> None:
        start = eight + timedelta(hours=hour)
        plan = {
            "technician_ids": [str(self.cast.technicians[login])], "window_start": start.isoformat(),
            "window_end": (start + timedelta(hours=2)).isoformat(),
        }  # fmt: skip
        await self.desk.call("POST", f"/v1/visits/{visit_id}/assign", json=plan)

    async def field(self, eight: datetime) -> None:
        """The phones go offline and work; one visit is taken away meanwhile; in the evening everything comes in."""
        for hour in (1, 5, 7):
            for trip in [trip for trip in self.trips if trip.hour == hour]:
                arrival = eight + timedelta(hours=hour, minutes=20 + trip.late_minutes)
                self.time.set(arrival + timedelta(minutes=self.trips.index(trip) % 6))
                self.work(trip)
            if hour == 5:
                moved = next(trip for trip in self.trips if trip.reassigned_to)
                await self._assign(moved.visit_id, moved.reassigned_to, eight, 9)
            if hour == 1:
                self.say("12:00 the phones have had no network since 08:12; 6 visits are done")
        self.time.set(eight + timedelta(hours=10))

    def work(self, trip: Trip) -> None:
        """One visit on one phone with no network at all."""
        phone = self.phones[trip.login]
        visit_id = trip.visit_id
        phone.tap("accept", visit_id)
        phone.tap("depart", visit_id)
        self.time.forward(1)
        self.check_in(trip)
        phone.tap("start", visit_id)
        phone.photo(visit_id, "before", picture(self.draw, f"before {visit_id}"))
        self.time.forward(25)
        for item in [row for row in phone.rows("checklist_item") if row["visit_id"] == visit_id]:
            phone.tap("checklist_answer", visit_id, {"item_id": item["id"], "answer": "yes"})
        part = self.draw.choice(phone.rows("part"))
        used = {"part_used_id": uuid7(), "part_id": part["id"], "quantity": 1, "charged": True}
        phone.tap("part_used", visit_id, used)
        phone.tap(
            "note",
            visit_id,
            {"note_id": uuid7(), "text": "Replaced the part and tested under load. 更换配件并带载测试。"},
        )
        expense = {"expense_id": uuid7(), "kind": "parking", "amount": 1500, "currency": "CNY", "note": ""}
        phone.tap("expense", visit_id, expense)
        phone.photo(visit_id, "after", picture(self.draw, f"after {visit_id}"))
        self.time.forward(5)
        self.finish(trip, part)

    def check_in(self, trip: Trip) -> None:
        """Fixes near the site, with an accuracy such as phones have."""
        phone = self.phones[trip.login]
        visit = phone.row("visit", trip.visit_id)["body"]
        site = phone.row("site", phone.row("job", visit["job_id"])["body"]["site_id"])["body"]
        fixes = [
            {
                "lat_e7": site["latitude_e7"] + self.draw.randrange(-2500, 2500),
                "lon_e7": site["longitude_e7"] + self.draw.randrange(-2500, 2500),
                "accuracy_mm": self.draw.randrange(6_000, 25_000), "platform": "android", "datum": "wgs84",
                "age_ms": 900, "provider": "fused", "mock": trip.mock, "speed_mm_s": 0,
            }
            for _ in range(3)
        ]  # fmt: skip
        body = {"check_in_id": uuid7(), "fixes": fixes, "plan_version": visit["plan_version"]}
        phone.tap("check_in", trip.visit_id, body)

    def finish(self, trip: Trip, part: Json) -> None:
        """The report is shown, the customer signs (or not), and the visit is completed; all in the outbox."""
        phone = self.phones[trip.login]
        job = phone.row("job", phone.row("visit", trip.visit_id)["body"]["job_id"])["body"]
        customer = phone.row("customer", job["customer_id"])["body"]
        contact = phone.row("contact", job["contact_id"])["body"]
        technician = {"id": str(self.cast.technicians[trip.login]), "name": self.cast.names[trip.login]}
        locale = customer["locale"]
        zh = locale == "zh-CN"
        worn = next(row for row in phone.rows("fault_word") if row["code"] == "WORN")
        fault = {
            "symptom": job["title"], **fault_text(worn, locale), **line_text(part, "name", locale, "component"),
        }  # fmt: skip
        report = make_report(
            phone, trip.visit_id, technician=technician, locale=locale, fault=fault,
            work="更换故障配件，清洁并带载试运行两小时，运行正常。" if zh else "Replaced the faulty part, cleaned, ran under load.",
        )  # fmt: skip
        phone.tap("report", trip.visit_id, report)
        self.time.forward(2)
        if trip.outcome == "signed":
            ink = strokes(self.draw)
            signer = {
                "name": contact["name"],
                "role": "设备主管" if zh else "Facility manager",
                "contact": contact["phone"],
            }
            phone.tap("sign", trip.visit_id, sign_body(report, "signed", strokes=ink, signer=signer), attachment=ink)
        else:
            reason = (
                "Asks for a written offer first" if trip.outcome == "refused" else "Nobody from the customer on site"
            )
            phone.tap("sign", trip.visit_id, sign_body(report, trip.outcome, strokes=None, signer=None, reason=reason))
        phone.tap(
            "survey", trip.visit_id, {"survey_id": uuid7(), "satisfaction": self.draw.randrange(3, 6), "recommend": 8}
        )
        phone.tap("complete", trip.visit_id, {"work_summary": "Done", "fault": None})

    async def evening(self, halfway: Callable[[], Awaitable[None]] | None = None) -> None:
        """The phones find a network: outbox first, then photos. `halfway` happens after three of them have synced."""
        for number, (login, phone) in enumerate(self.phones.items()):
            await phone.sync()
            if number == 2 and halfway is not None:
                await halfway()
            count = await phone.upload_photos()
            await phone.sync()
            self.say(f"18:00 {login}: outbox empty, {count} photos in storage")
