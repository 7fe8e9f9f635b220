"""Every route by which a desk changes something: one line of the log, in its transaction, without a word that somebody wrote."""

import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select, text

from server.actions.models import Action
from server.actions.rules import Verb
from server.identity.rules import DESK
from tests.actions.ways import MARK, WAYS, Stage
from tests.company import Company
from tests.http.lists.rows import ids_of
from tests.identity.test_audiences import another_office, doors

PHONES = {
    "upload_photo", "complete_photo", "begin_multipart", "sign_multipart_parts", "complete_multipart", "abort_multipart",
}  # fmt: skip
"""Bytes of photos on their way: open to all staff, and no decision of anybody."""
TRIES = {"sign_in_attempts"}
"""Counted before a password is looked at, in a transaction of its own."""
POWER_CUT = (
    "create function power_cut() returns trigger language plpgsql as $$ begin raise exception 'the lights went out'; end $$",
    "create constraint trigger power_cut after insert on action deferrable initially deferred"
    " for each row execute function power_cut()",
)
"""The commit of whatever writes a line fails."""
NOBODYS = {"change_own_password", "end_other_sessions", "retry_fault"}
"""What every desk may do, whichever office it is of."""


@pytest.fixture
async def stage(company: Company, app: Litestar) -> Stage:
    return Stage(company, app, await ids_of(company, app))


async def actions(app: Litestar) -> Sequence[Action]:
    async with app.state.sessions() as session:
        return (await session.scalars(select(Action).order_by(Action.at, Action.id))).all()


async def everything(app: Litestar) -> dict[str, str]:
    """What is in each table, as a number that any change changes."""
    async with app.state.sessions() as session:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        return {
            one: str(
                await session.scalar(text(f'select coalesce(sum(hashtextextended(t::text, 0)), 0) from "{one}" t'))
            )
            for one in tables
            if one not in TRIES
        }


def test_every_change_at_a_desk_is_a_verb_of_the_log(application: Litestar) -> None:
    changing = {
        handler.handler_name
        for method, _, handler, audience in doors(application)
        if method != "GET" and audience.roles is not None and audience.roles & DESK
    }
    fix = "have its verb call log_action, and say in tests/actions/ways.py how it is called"
    assert changing - PHONES == set(WAYS), fix
    assert set(WAYS) == set(Verb)


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_a_verb_writes_one_line_with_who_and_what_and_no_text(stage: Stage, app: Litestar, name: str) -> None:
    call = await WAYS[name](stage)
    before = {row.id for row in await actions(app)}
    answer = await stage.company.call(call.who, call.method, call.path, json=call.body)
    assert answer.is_success, answer.text
    [row] = [row for row in await actions(app) if row.id not in before]
    thing = call.thing or answer.json()["id"]
    assert (row.what, row.actor_id, row.thing_id) == (name, stage.ids[call.who], UUID(str(thing)))
    assert row.office_id in (stage.ids["office"], None if name != "add_office" else row.thing_id)
    kept = json.dumps([row.before, row.after, row.withheld], ensure_ascii=False)
    assert MARK not in kept
    secrets = ("reset_password", "change_own_password")
    written = [field for field, value in (call.body or {}).items() if MARK in json.dumps(value, ensure_ascii=False)]
    assert set(row.withheld) >= {field for field in written if name not in secrets and field != "password"}
    assert not {"password", "new", "present"} & {*row.before, *row.after, *row.withheld}


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_a_verb_and_its_line_are_there_together_or_not_at_all(stage: Stage, app: Litestar, name: str) -> None:
    call = await WAYS[name](stage)
    async with app.state.sessions.begin() as session:
        for statement in POWER_CUT:
            await session.execute(text(statement))
    before = await everything(app)
    answer = await stage.company.call(call.who, call.method, call.path, json=call.body)
    assert answer.status_code == 500
    assert await everything(app) == before


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_what_is_refused_leaves_no_line(stage: Stage, app: Litestar, name: str) -> None:
    await another_office(app, stage.company)
    call = await WAYS[name](stage)
    before = len(await actions(app))
    callers = [None] if name in NOBODYS else [None, "yan"]
    refused = [await stage.company.call(who, call.method, call.path, json=call.body) for who in callers]
    if call.body:
        refused.append(await stage.company.call(call.who, call.method, call.path, json={"nonsense": True}))
    assert [one.text for one in refused if not one.is_error] == []
    assert len(await actions(app)) == before
