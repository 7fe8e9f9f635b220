"""What a dispatcher reads of an arrival, and how corrections, exemptions and thresholds change it: nothing is lost."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import event, text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.arrival.datum import wgs84_to_gcj02
from server.arrival.evidence import Place, TimeVerdict
from server.arrival.figure import Figure, figure, share_ppm
from server.ground import clock
from server.media.storage import Storage
from server.process.worker import working
from server.records.seal.seal import Sealer
from tests.arrival.desk import Shift, arrival, check_in, newest, work_on_corrections
from tests.company import Company

NORTH = {"latitude": 31.2322, "longitude": 121.4381, "datum": "wgs84"}
"""About 1.1 km north of the site."""


def window(offset_minutes: float) -> tuple[str, str]:
    """A window of two hours that began so many minutes before now."""
    start = clock.now() - timedelta(minutes=offset_minutes)
    return start.isoformat(), (start + timedelta(hours=2)).isoformat()


async def visit_now(company: Company, offset_minutes: float = 60, who: str = "wei") -> str:
    """A visit whose window began some minutes ago."""
    visit_id = await company.visit()
    start, end = window(offset_minutes)
    plan = {"technician_ids": [company.ids[who]], "window_start": start, "window_end": end}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)
    return visit_id


async def arrived(company: Company, phone: Phone, offset_minutes: float = 60, **changed: Any) -> str:
    visit_id = await visit_now(company, offset_minutes)
    await phone.sync()
    await check_in(phone, visit_id, **changed)
    return visit_id


async def correct(company: Company, who: str | None = "mei", **change: Any) -> Any:
    return await company.call(who, "PATCH", f"/v1/sites/{company.ids['site']}", json=change)


async def test_the_desk_reads_the_evidence_and_the_arithmetic_in_both_languages(company: Company, wei: Phone) -> None:
    visit_id = await arrived(company, wei)
    found = await arrival(company, visit_id)
    (one,) = found["check_ins"]
    (verdict,) = one["verdicts"]
    assert (one["technician"], one["plan_version_held"], len(one["fixes"])) == ("李伟", 1, 1)
    assert (verdict["verdict"], verdict["place"], verdict["time"], verdict["counts"]) == (
        "proven", "inside", "on_time", True,
    )  # fmt: skip
    assert "probability of more than 99.9 %" in verdict["words"]["en"]
    assert "综合结论为已证实" in verdict["words"]["zh"]
    assert verdict["inputs"]["thresholds"]["inside_ppm"] == 900_000
    assert (found["figure"], found["exemptions"], found["window_corrections"]) == ("kept", [], [])


async def test_a_visit_without_a_check_in_says_so(company: Company) -> None:
    found = await arrival(company, await company.visit("wei"))
    assert (found["figure"], found["check_ins"]) == ("no_check_in", [])


async def test_a_corrected_position_makes_a_new_verdict_beside_the_old(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await arrived(company, wei)
    answer = await correct(company, **NORTH, reason="The pin was on the wrong gate")
    assert answer.status_code == 200
    assert await work_on_corrections(app) == 1
    (one,) = (await arrival(company, visit_id))["check_ins"]
    new, old = one["verdicts"]
    assert (old["verdict"], new["verdict"], new["place"]) == ("proven", "contradicted", "outside")
    assert (old["counts"], new["counts"], new["because"]) == (
        False, True, "site corrected: The pin was on the wrong gate",
    )  # fmt: skip
    assert await work_on_corrections(app) == 0, "nothing is judged twice on the same circle"
    await wei.sync()
    assert wei.rows("check_in")[0]["verdict"]["verdict"] == "contradicted"


async def test_every_position_of_a_site_stays_on_record(company: Company) -> None:
    await correct(company, **NORTH, reason="moved")
    await correct(company, geofence_radius_m=300, reason="large yard")
    await correct(company, geofence_radius_m=300, reason="the same again")
    found = await company.must("mei", "GET", f"/v1/sites/{company.ids['site']}/positions")
    assert [(p["latitude"], p["geofence_radius_m"], p["reason"], p["author_id"]) for p in found] == [
        (31.2222, 150, "as it was first entered", None),
        (31.2322, 150, "moved", company.ids["mei"]),
        (31.2322, 300, "large yard", company.ids["mei"]),
    ]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (NORTH, 422),
        ({**NORTH, "reason": ""}, 422),
        ({"latitude": 31.0, "datum": "wgs84", "reason": "half"}, 422),
        ({"latitude": 31.0, "longitude": 121.0, "reason": "under which datum?"}, 422),
        ({"datum": "mars", "reason": "x"}, 400),
        ({"odd": 1}, 400),
        ({"geofence_radius_m": 5, "reason": "x"}, 400),
    ],
)
async def test_a_position_without_reason_or_datum_is_refused(company: Company, change: Any, status: int) -> None:
    assert (await correct(company, **change)).status_code == status
    assert await company.must("mei", "GET", f"/v1/sites/{company.ids['site']}/positions") == []


async def test_a_name_or_note_needs_no_reason_and_judges_nothing(company: Company, app: Litestar) -> None:
    answer = await correct(company, name="Main building", access_note="gate 2")
    assert (answer.json()["name"], answer.json()["access_note"]) == ("Main building", "gate 2")
    async with app.state.sessions() as session:
        assert (await session.execute(text("select count(*) from pgqueuer"))).scalar() == 0


async def test_the_worker_judges_again_in_small_steps(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer, database_url: str
) -> None:
    visits = [await arrived(company, wei) for _ in range(3)]
    await correct(company, **NORTH, reason="moved")
    storage: Storage = app.state.storage
    async with working(database_url, app.state.sessions, storage, sealer):
        for _ in range(100):
            verdicts = [len((await arrival(company, one))["check_ins"][0]["verdicts"]) for one in visits]
            if verdicts == [2, 2, 2]:
                break
            await asyncio.sleep(0.1)
    assert verdicts == [2, 2, 2]


async def test_a_corrected_window_judges_again_and_says_that_it_was_corrected(company: Company, wei: Phone) -> None:
    visit_id = await arrived(company, wei, offset_minutes=180)
    assert (await newest(company, visit_id))["time"] == "late"
    start, end = window(60)
    body = {"plan_version": 1, "window_start": start, "window_end": end, "reason": "The mail says an hour later"}
    path = f"/v1/visits/{visit_id}/arrival/window-corrections"
    assert (await company.call("mei", "POST", path, json=body)).status_code == 403
    found = await company.must("root", "POST", path, json=body)
    new, old = found["check_ins"][0]["verdicts"]
    assert (old["verdict"], new["verdict"], new["flags"]) == ("contradicted", "proven", ["window_corrected"])
    assert "corrected afterwards" in new["words"]["en"]
    assert "事后更正" in new["words"]["zh"]
    assert [(one["plan_version"], one["author"]) for one in found["window_corrections"]] == [(1, "Root")]
    orders = await company.must("mei", "GET", f"/v1/visits/{visit_id}/orders")
    assert len(orders) == 1, "the order as it was sent out stays as it is"
    assert found["figure"] == "kept"


@pytest.mark.parametrize(
    ("plan_version", "start", "end", "status"),
    [
        (1, "2026-03-02T11:00:00+08:00", "2026-03-02T09:00:00+08:00", 422),
        (1, "2026-03-02T09:00:00", "2026-03-02T11:00:00", 422),
        (7, "2026-03-02T09:00:00+08:00", "2026-03-02T11:00:00+08:00", 404),
        (0, "2026-03-02T09:00:00+08:00", "2026-03-02T11:00:00+08:00", 400),
    ],
)
async def test_a_window_that_is_none_is_refused(
    company: Company, plan_version: int, start: str, end: str, status: int
) -> None:
    visit_id = await company.visit("wei")
    body = {"plan_version": plan_version, "window_start": start, "window_end": end, "reason": "x"}
    answer = await company.call("root", "POST", f"/v1/visits/{visit_id}/arrival/window-corrections", json=body)
    assert answer.status_code == status


async def test_a_plan_that_comes_after_the_arrival_is_shown_beside_it(company: Company, wei: Phone) -> None:
    visit_id = await arrived(company, wei)
    start, end = window(-300)
    plan = {"technician_ids": [company.ids["wei"]], "window_start": start, "window_end": end, "reason": "come again"}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)
    found = await newest(company, visit_id)
    assert (found["time"], found["time_by_latest"], found["flags"]) == ("on_time", "early", ["newer_window_not_held"])


async def test_the_window_that_the_phone_had_counts_although_a_newer_one_was_ordered(
    company: Company, wei: Phone
) -> None:
    visit_id = await visit_now(company, 60)
    await wei.sync()
    start, end = window(-300)
    plan = {"technician_ids": [company.ids["wei"]], "window_start": start, "window_end": end}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)
    await check_in(wei, visit_id)
    found = await newest(company, visit_id)
    assert (found["verdict"], found["time"], found["time_by_latest"]) == ("proven", "on_time", "early")
    assert "Plan version 2" in found["words"]["en"]


async def test_nobody_comes_from_beijing_in_no_time(company: Company, wei: Phone) -> None:
    await arrived(company, wei, lat_e7=399_119_540, lon_e7=1_163_778_170)
    found = await newest(company, await arrived(company, wei))
    assert (found["place"], found["flags"]) == ("inconclusive", ["impossible_travel"])
    assert "nobody could have come here" in found["words"]["en"]


async def test_a_fix_under_another_datum_than_stated_counts_against_nobody(company: Company, wei: Phone) -> None:
    north, east = wgs84_to_gcj02(31.2222, 121.4381)
    found = await newest(company, await arrived(company, wei, lat_e7=round(north * 1e7), lon_e7=round(east * 1e7)))
    assert (found["place"], found["verdict"], found["flags"]) == ("inconclusive", "possible", ["datum_mismatch"])


async def test_a_wound_back_clock_is_flagged_and_not_believed(company: Company, wei: Phone) -> None:
    visit_id = await visit_now(company, 180)
    await wei.sync()
    wei.micros = lambda: clock.micros() - 7_200_000_000
    await check_in(wei, visit_id)
    found = await newest(company, visit_id)
    assert (found["time"], found["flags"]) == ("late", ["clock_disagrees"])
    assert "wall clock disagrees" in found["words"]["en"]


async def test_an_exemption_changes_the_figure_and_never_the_verdict(company: Company, wei: Phone) -> None:
    visit_id = await arrived(company, wei, offset_minutes=180)
    before = await arrival(company, visit_id)
    assert before["figure"] == "missed"
    body = {"reason": "traffic", "note": "Accident on the elevated road"}
    after = await company.must("mei", "POST", f"/v1/visits/{visit_id}/arrival/exemptions", json=body)
    assert after["figure"] == "exempt"
    assert after["check_ins"] == before["check_ins"]
    (one,) = after["exemptions"]
    assert (one["reason"], one["note"], one["author"], one["withdrawn"]) == (
        "traffic", "Accident on the elevated road", "陈梅", False,
    )  # fmt: skip
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert history[-1]["kind"] == "exempted"


async def test_an_exemption_is_taken_back_by_a_row_of_its_own_and_once(company: Company, wei: Phone) -> None:
    visit_id = await arrived(company, wei, offset_minutes=180)
    path = f"/v1/visits/{visit_id}/arrival/exemptions"
    made = await company.must("mei", "POST", path, json={"reason": "customer_not_in"})
    back = f"{path}/{made['exemptions'][0]['id']}/withdraw"
    found = await company.must("mei", "POST", back, json={"note": "The customer was in after all"})
    assert found["figure"] == "missed"
    first, second = found["exemptions"]
    assert (first["withdrawn"], second["withdraws_id"], second["note"]) == (
        True, first["id"], "The customer was in after all",
    )  # fmt: skip
    assert (await company.call("mei", "POST", back, json={"note": "again"})).status_code == 409
    odd = f"{path}/{second['id']}/withdraw"
    assert (await company.call("mei", "POST", odd, json={"note": "a withdrawal is none"})).status_code == 404


@pytest.mark.parametrize(("reason", "status"), [("other", 422), ("because", 400), ("traffic", 404)])
async def test_a_wrong_exemption_is_refused(company: Company, reason: str, status: int) -> None:
    visit_id = await company.visit("wei") if status == 422 else uuid7()
    body = {"reason": reason}
    assert (
        await company.call("mei", "POST", f"/v1/visits/{visit_id}/arrival/exemptions", json=body)
    ).status_code == status


async def test_figures_count_what_was_kept_and_leave_out_what_is_open(company: Company, wei: Phone) -> None:
    kept = await arrived(company, wei, offset_minutes=119)
    missed = await arrived(company, wei, offset_minutes=300)
    exempt = await arrived(company, wei, offset_minutes=300)
    mocked = await arrived(company, wei, offset_minutes=119, mock=True)
    await visit_now(company, offset_minutes=300)
    body = {"reason": "weather"}
    await company.must("mei", "POST", f"/v1/visits/{exempt}/arrival/exemptions", json=body)
    path = f"/v1/visits/{missed}/arrival/exemptions"
    taken_back = (await company.must("mei", "POST", path, json=body))["exemptions"][0]["id"]
    await company.must("mei", "POST", f"{path}/{taken_back}/withdraw", json={"note": "the sun was shining"})
    shift = Shift()
    shift.forward(10)
    clock.hold(shift.micros)
    try:
        start, end = (clock.now() - timedelta(hours=9)).isoformat(), clock.now().isoformat()
        query = {"start": start, "end": end}
        found = await company.must("mei", "GET", "/v1/arrivals/figures", params=query)
        assert found == {"kept": 1, "missed": 1, "exempt": 1, "open": 1, "no_check_in": 1, "kept_ppm": 500_000}
        hers = {**query, "technician_id": company.ids["anna"]}
        assert (await company.must("mei", "GET", "/v1/arrivals/figures", params=hers))["kept_ppm"] is None
        other = {**query, "office_id": uuid7()}
        none = await company.must("mei", "GET", "/v1/arrivals/figures", params=other)
        assert {name for name, value in none.items() if value} == set()
    finally:
        clock.hold(None)
    assert [(await arrival(company, one))["figure"] for one in (kept, missed, exempt, mocked)] == [
        "kept", "missed", "exempt", "open",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "time", "exempt", "expected"),
    [
        (Place.INSIDE, TimeVerdict.ON_TIME, False, Figure.KEPT),
        (Place.INSIDE, TimeVerdict.EARLY, False, Figure.KEPT),
        (Place.INSIDE, TimeVerdict.ON_TIME, True, Figure.KEPT),
        (Place.INCONCLUSIVE, TimeVerdict.ON_TIME, False, Figure.OPEN),
        (Place.INSIDE, TimeVerdict.LATE, False, Figure.MISSED),
        (Place.INSIDE, TimeVerdict.LATE, True, Figure.EXEMPT),
        (Place.OUTSIDE, TimeVerdict.ON_TIME, False, Figure.MISSED),
        (Place.INSIDE, TimeVerdict.INCONCLUSIVE, False, Figure.OPEN),
        (None, None, False, Figure.NO_CHECK_IN),
        (None, None, True, Figure.EXEMPT),
    ],
)
def test_how_an_arrival_counts(place: Place | None, time: TimeVerdict | None, exempt: bool, expected: Figure) -> None:
    assert figure(place, time, exempt=exempt) is expected


def test_a_share_of_nothing_is_nothing() -> None:
    assert share_ppm({Figure.EXEMPT: 3, Figure.OPEN: 1}) is None


async def test_a_lead_sets_what_the_office_asks_and_older_judgements_stay(company: Company, wei: Phone) -> None:
    path = f"/v1/offices/{company.ids['office']}/arrival-thresholds"
    (before,) = await company.must("mei", "GET", path)
    assert (before["thresholds"]["inside_ppm"], before["author_id"]) == (900_000, None)
    first = await arrived(company, wei)
    body = {"thresholds": {"inside_ppm": 999_999}, "reason": "A contract asks for it"}
    assert (await company.call("mei", "PUT", path, json=body)).status_code == 403
    await company.must("root", "PUT", path, json=body)
    second = await arrived(company, wei, accuracy_mm=60_000)
    assert (await newest(company, first))["place"] == "inside"
    assert (await newest(company, second))["place"] == "inconclusive"
    assert (await newest(company, second))["inputs"]["thresholds"]["inside_ppm"] == 999_999
    (now,) = await company.must("mei", "GET", path)
    assert (now["reason"], now["author_id"]) == ("A contract asks for it", company.ids["root"])


@pytest.mark.parametrize(
    ("thresholds", "status"),
    [({"inside_ppm": 400_000}, 400), ({"inside_ppm": 600_000, "likely_ppm": 700_000}, 422), ({"max_age": 5}, 400)],
)
async def test_thresholds_that_make_no_sense_are_refused(company: Company, thresholds: Any, status: int) -> None:
    path = f"/v1/offices/{company.ids['office']}/arrival-thresholds"
    body = {"thresholds": thresholds, "reason": "x"}
    assert (await company.call("root", "PUT", path, json=body)).status_code == status


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 404)])
async def test_arrivals_are_the_desks(company: Company, who: str | None, status: int) -> None:
    nobody = uuid7()
    for method, path, body in (
        ("GET", f"/v1/visits/{nobody}/arrival", None),
        ("POST", f"/v1/visits/{nobody}/arrival/exemptions", {"reason": "traffic"}),
        ("POST", f"/v1/visits/{nobody}/arrival/exemptions/{nobody}/withdraw", {"note": "x"}),
        ("GET", f"/v1/offices/{nobody}/arrival-thresholds", None),
        ("PATCH", f"/v1/sites/{nobody}", {"name": "x"}),
    ):
        answer = await company.call(who, method, path, json=body)
        assert (answer.status_code, bool(answer.json()["detail"])) == (status, True), path


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 400)])
async def test_figures_are_the_desks(company: Company, who: str | None, status: int) -> None:
    assert (await company.call(who, "GET", "/v1/arrivals/figures")).status_code == status
    assert (await company.call(who, "GET", f"/v1/sites/{uuid7()}/positions")).status_code == (
        200 if who == "mei" else status
    )


async def test_an_arrival_takes_five_queries_however_many_verdicts_there_are(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await arrived(company, wei)
    for number in range(3):
        await correct(company, geofence_radius_m=200 + number, reason="again")
        await work_on_corrections(app)
    statements: list[str] = []
    engine = app.state.sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len((await arrival(company, visit_id))["check_ins"][0]["verdicts"]) == 4
    assert len([one for one in statements if one.startswith("SELECT")]) == 5
