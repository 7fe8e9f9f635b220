"""Nothing grows for ever: a year of what is written down every day, in fast motion, and a word for every table."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from server.ground import clock
from server.ground.processes import wait_until
from server.process import retention
from server.process.log_files import put_aside, short_logs
from server.process.retention import TERMS, forget_old
from tests.company import Company
from tests.phones import enrolled

DAY = timedelta(days=1)

WORK = frozenset(
    [
        "office",
        "app_user",
        "device",
        "job",
        "visit",
        "visit_plan",
        "visit_withdrawal",
        "window_agreement",
        "field_request",
        "visit_link",
        "change_request",
        "page_receipt",
        "asset_label",
        "photo_impossible",
        "visit_crew",
        "visit_event",
        "checklist_item",
        "part_used",
        "meter_reading",
        "expense",
        "note",
        "service_report",
        "signature",
        "sealed_record",
        "sealing_decision",
        "customer_answer",
        "log_head",
        "log_node",
        "customer",
        "contact",
        "site",
        "site_position",
        "product",
        "asset",
        "part",
        "fault_word",
        "reason",
        "consent_text",
        "asset_history",
        "photo",
        "photo_alias",
        "media_object",
        "photo_alert",
        "photo_decision",
        "check_in",
        "arrival_verdict",
        "arrival_exemption",
        "window_correction",
        "office_threshold",
        "site_code",
        "code_link",
        "technician",
        "survey_response",
        "ticket",
        "clock",
        "operation",
        "notification_rule",
        "webhook_endpoint",
    ]
)
"""What belongs to the work and stays."""
ELSEWHERE = {
    "login_session": "identity/upkeep.py", "refresh_token": "identity/upkeep.py", "access_end": "identity/upkeep.py",
    "used_challenge": "identity/upkeep.py", "sign_in_attempts": "identity/upkeep.py",
    "media_upload": "media/orphans.py", "media_part": "media/orphans.py",
    "sync_member": "sync/down/upkeep.py: removals", "sync_scope": "one a technician", "sync_touched": "emptied by each commit", "sync_body_form": "one a collection",
    "desk_change": "desk_feed/upkeep.py", "desk_feed": "one",
    "log_origin": "one a log", "restoration": "one a restore", "safe_copy": "one for each row that is kept twice",
    "incident_acknowledgement": "with its incident", "pgqueuer": "a task is deleted when it is done",
    "pgqueuer_schedules": "one a schedule", "alembic_version": "one",
}  # fmt: skip


async def test_each_table_has_a_term_or_a_reason_to_stay(app: Litestar) -> None:
    async with app.state.sessions() as session:
        found = set(await session.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    known = WORK | ELSEWHERE.keys() | {term.table for term in TERMS}
    fix = "give it a term in server/process/retention.py, or say in this test why it stays or who clears it"
    assert not (unknown := found - known), f"{sorted(unknown)}: {fix}"


@pytest.fixture
def day(company: Company) -> Iterator[Any]:
    start, passed = clock.micros(), [0]
    clock.hold(lambda: start + passed[0] * DAY // timedelta(microseconds=1))

    def next_day() -> None:
        passed[0] += 1

    yield next_day
    clock.hold(None)


DAILY = """
insert into enrolment_code (sha256, id, user_id, made_by, made_at, delivery, expires_at)
select sha256((:day || '-' || n)::bytea), gen_random_uuid(), u.id, u.id, :now, 'shown', :now from app_user u, generate_series(1, 3) n
where u.login = 'mei';
insert into task_fault (task, subject, code, sentence, trace, tries, held, since, last_at, settled_at)
select 'seal', gen_random_uuid(), 'busy', '', '', 1, false, :now, :now, case when n > 1 then cast(:now as timestamptz) end from generate_series(1, 3) n;
insert into incident (id, device_id, code, detail, evidence, fingerprint, times, created_at, last_at)
select gen_random_uuid(), d.id, 'sequence_gap', '', '', gen_random_uuid()::text, 1, :now, :now from device d, generate_series(1, 3);
insert into incident_acknowledgement (id, incident_id, author_id, note, created_at)
select gen_random_uuid(), i.id, u.id, 'seen', :now from incident i, app_user u where u.login = 'mei' and i.last_at = :now;
insert into action (id, at, actor_id, what, thing, thing_id, before, after, withheld)
select gen_random_uuid(), :now, u.id, 'add_part', 'part', gen_random_uuid(), '{}', '{}', '{}' from app_user u, generate_series(1, 9) where u.login = 'mei';
insert into notification (id, kind, thing, thing_id, occasion_id, channel, recipient_name, recipient, language, subject, text, message_id, state,
attempts, next_at, last_error, made_at) select gen_random_uuid(), 'test', 'user', gen_random_uuid(), gen_random_uuid(), 'manual', '', '', 'en', '', '',
gen_random_uuid()::text, 'failed', 0, :now, '', :now from generate_series(1, 5);
insert into pgqueuer_log (job_id, status, entrypoint, priority, created) select 1, 'successful', 'x', 0, :now from generate_series(1, 50);
insert into pgqueuer_statistics (count, created, entrypoint, priority, status)
select 1, cast(:now as timestamptz) + n * interval '1 second', 'x', 0, 'successful' from generate_series(1, 20) n
"""

SMALL = tuple(term._replace(kept=min(term.kept, timedelta(days=100))) for term in TERMS)
"""Incidents and actions with a term that a year reaches."""


async def counts(app: Litestar) -> dict[str, int]:
    async with app.state.sessions() as session:
        tables = [term.table for term in TERMS] + ["incident_acknowledgement"]
        return {one: int(await session.scalar(text(f"select count(*) from {one}")) or 0) for one in tables}


async def test_a_year_of_days_leaves_no_more_than_the_terms_hold(company: Company, app: Litestar, day: Any) -> None:
    await enrolled(company, "wei")
    most: dict[str, int] = {}
    for number in range(365):
        day()
        async with app.state.sessions.begin() as session:
            for statement in DAILY.split(";"):
                values = {"now": clock.now(), "day": str(number)}
                await session.execute(text(statement), {one: values[one] for one in values if f":{one}" in statement})
        if number % 5 == 4:  # some nights fail
            await forget_old(app.state.sessions, SMALL)
        if number == 200:
            most = await counts(app)
    await forget_old(app.state.sessions, SMALL)
    end = await counts(app)
    kept = {term.table: term.kept.days + 1 for term in SMALL}
    assert end["enrolment_code"] <= 3 * kept["enrolment_code"] + 1
    assert end["incident"] <= 3 * kept["incident"]
    assert end["incident_acknowledgement"] == end["incident"]
    assert 0 < end["action"] <= 9 * kept["action"]
    assert 0 < end["notification"] <= 5 * kept["notification"]
    assert end["pgqueuer_log"] <= 50 * kept["pgqueuer_log"] + 20
    assert end["pgqueuer_statistics"] <= 20 * kept["pgqueuer_statistics"] + 20
    open_faults = 365
    assert end["task_fault"] <= 2 * kept["task_fault"] + open_faults, "what nobody has mended stays"
    for table, count in end.items():
        assert count <= most[table] * 1.1 + open_faults, table


async def test_what_is_removed_in_rounds_is_removed_to_the_last(
    company: Company, app: Litestar, day: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 7)
    async with app.state.sessions.begin() as session:
        await session.execute(
            text("""insert into pgqueuer_log (job_id, status, entrypoint, priority, created)
                    select 1, 'successful', 'x', 0, '2020-01-01' from generate_series(1, 50)""")
        )
    assert await forget_old(app.state.sessions) == 50


def test_logs_of_the_embedded_servers_are_put_aside_while_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    file = tmp_path / "postgres" / "log"
    with file.open("ab") as writer:
        for _ in range(3):
            writer.write(b"x" * 2000)
            writer.flush()
            assert put_aside(tmp_path, limit=1000) == 1
            assert file.stat().st_size == 0
        writer.write(b"on")
        writer.flush()
        assert (put_aside(tmp_path, limit=1000), file.read_bytes()) == (0, b"on"), "it goes on from the beginning"
    assert file.with_name("log.1").stat().st_size == 2000
    with short_logs(tmp_path, every=0.01):
        file.write_bytes(b"y" * 20_000_000)
        assert wait_until(lambda: file.stat().st_size == 0, seconds=5)
