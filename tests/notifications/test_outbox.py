"""The outbox: retried with growing pauses, decided by desks, sent by one worker at a time, and never waiting for ever."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import text

from server.desk_feed.looking import Change, look
from server.ground import clock
from server.notifications.failures import NotSent
from server.notifications.models import Notification
from server.notifications.outgoing import Outgoing
from server.notifications.rules import (
    BY_HAND_WITHIN,
    FORGOTTEN_AFTER,
    JITTER,
    LEASE,
    LONGEST_PAUSE,
    LOST_AFTER,
    TEXT_KEPT,
    TRIES,
    pause_after,
)
from server.notifications.send import send
from server.notifications.upkeep import erase_words, see_to_waiting
from server.notifications.webhook.post import post
from server.process.worker import working
from tests.company import Company
from tests.identity.test_audiences import another_office
from tests.notifications.sending import MailServer, Receiver, one, outbox, passes, receiver, send_all, sends_by
from tests.notifications.test_told import endpoint, say_all, ticket


async def waiting(company: Company, app: Litestar, contact: str) -> UUID:
    """A mail that waits."""
    await ticket(company, contact)
    return (await outbox(app))[-1].id


async def swept(app: Litestar) -> int:
    async with app.state.sessions.begin() as session:
        return await see_to_waiting(session)


async def tasks(app: Litestar) -> int:
    query = "select count(*) from pgqueuer where entrypoint = 'notification_due'"
    return int((await app.state.readers.fetch(query))[0]["count"])


@given(st.integers(1, 100), st.floats(0, 1), st.floats(0, 1))
def test_pauses_grow_to_a_limit_and_are_never_all_the_same(tries: int, low: float, high: float) -> None:
    pauses = [pause_after(one, 0.5) for one in range(1, TRIES)]
    assert all(first <= second for first, second in pairwise(pause for pause in pauses if pause))
    assert timedelta(hours=10) < sum((pause for pause in pauses if pause), timedelta()) < timedelta(hours=24)
    drawn = pause_after(tries, low)
    if tries >= TRIES:
        assert drawn is None
        return
    assert drawn is not None
    assert timedelta(0) < drawn <= LONGEST_PAUSE * (1 + JITTER)
    assert (low == high) or (pause_after(tries, high) != drawn) or abs(low - high) < 1e-6


async def test_a_message_is_tried_until_the_limit_and_then_has_failed_before_desks_eyes(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    mails.answers["RCPT"] = ["450 Later"] * 100
    for number in range(1, TRIES + 1):
        assert (await one(app, message)).state == "waiting"
        await send_all(app)
        row = await one(app, message)
        assert row.attempts == number
        await send_all(app)
        assert (await one(app, message)).attempts == number, "not before its time"
        await passes(app, LONGEST_PAUSE * (1 + JITTER))
    row = await one(app, message)
    assert (row.state, "450 Later" in row.last_error) == ("failed", True)
    told = await app.state.readers.fetch("select subject from desk_change where kind = 'notifications'")
    assert [one["subject"] for one in told] == [message]
    [change] = [one for one in (await look(app.state.readers, 0)).changes if one.kind == "notifications"]
    assert change == Change("notifications", message, UUID(company.ids["office"]))
    [listed] = await company.must("mei", "GET", "/v1/notifications?status=failed")
    assert listed["id"] == str(message)


async def test_a_desk_is_not_told_of_each_message_that_goes_out(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await waiting(company, app, contact)
    await send_all(app)
    assert await app.state.readers.fetch("select 1 from desk_change where kind = 'notifications'") == []


async def test_two_workers_never_send_one_message_at_the_same_time(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    await endpoint(company, hooks.url)
    await ticket(company)
    [row] = await outbox(app)
    await asyncio.gather(*(send(app.state.sessions, row.id) for _ in range(8)))
    assert len(hooks.got) == 1
    assert (await one(app, row.id)).attempts == 1


async def test_a_message_that_another_holds_is_looked_at_when_its_lease_is_over(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    async with app.state.sessions.begin() as session:
        held = text("update notification set attempts = 1, claimed_until = :until")
        await session.execute(held, {"until": clock.now() + LEASE})
    before = await tasks(app)
    await send(app.state.sessions, message)
    assert (mails.mails, await tasks(app)) == ([], before + 1)
    await passes(app, LEASE)
    await send(app.state.sessions, message)
    assert (len(mails.mails), (await one(app, message)).attempts) == (1, 2)


async def test_a_try_that_lost_its_message_changes_nothing(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    """Its lease ran out while the server thought, and a desk took the message back."""
    message = await waiting(company, app, contact)

    async def slow(*_: Any) -> None:
        await passes(app, LEASE)
        await company.must("mei", "POST", f"/v1/notifications/{message}/cancel")

    with patch("server.notifications.send.hand_to_server", slow):
        await send(app.state.sessions, message)
    assert (await one(app, message)).state == "cancelled"


@pytest.mark.parametrize(("slow_one_ends", "state"), [("failed", "waiting"), ("sent", "sent")])
async def test_a_try_that_comes_back_after_another_began_counts_only_if_it_sent(
    company: Company, app: Litestar, hooks: Receiver, slow_one_ends: str, state: str
) -> None:
    await endpoint(company, hooks.url)
    await ticket(company)
    [row] = await outbox(app)

    async def slow(*_: Any, **__: Any) -> None:
        await passes(app, LEASE)
        hooks.answers = ["500 No"]
        with patch("server.notifications.send.post", post):
            await send(app.state.sessions, row.id)
        if slow_one_ends == "failed":
            raise NotSent("It wants nothing of this.", final=True)

    with patch("server.notifications.send.post", slow):
        await send(app.state.sessions, row.id)
    after = await one(app, row.id)
    assert (len(hooks.got), after.attempts, after.state) == (1, 2, state)


async def test_a_message_is_sent_again_under_the_same_id(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    path = f"/v1/notifications/{message}/replay"
    assert (await company.call("mei", "POST", path)).status_code == 409, "it waits"
    await send_all(app)
    await company.must("mei", "POST", path)
    assert (await one(app, message)).attempts == 0
    await send_all(app)
    assert len({mail["Message-ID"] for mail in mails.mails}) == 1
    assert len(mails.mails) == 2


async def test_a_message_by_hand_is_copied_and_marked(company: Company, app: Litestar, mails: MailServer) -> None:
    await ticket(company, company.ids["contact"])
    [row] = await company.must("mei", "GET", "/v1/notifications?status=waiting&channel=manual")
    path = f"/v1/notifications/{row['id']}"
    shown = await company.must("mei", "GET", path)
    assert "E42" in shown["text"]
    assert "text" not in row
    assert (await company.call("mei", "POST", f"{path}/replay")).status_code == 409
    done = await company.must("mei", "POST", f"{path}/sent-by-hand", json={"way": "wechat"})
    assert (done["state"], done["sent_by"], done["sent_way"]) == ("sent", company.ids["mei"], "wechat")
    for verb, body in (("sent-by-hand", {"way": "sms"}), ("cancel", None)):
        assert (await company.call("mei", "POST", f"{path}/{verb}", json=body)).status_code == 409


async def test_a_mail_that_failed_is_passed_on_by_hand(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    mails.answers["RCPT"] = ["550 No"]
    await send_all(app)
    await company.must("mei", "POST", f"/v1/notifications/{message}/sent-by-hand", json={"way": "phone"})
    row = await one(app, message)
    assert (row.state, row.sent_way, row.sent_by) == ("sent", "phone", UUID(company.ids["mei"]))


async def test_what_is_being_sent_cannot_be_taken_back(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    async with app.state.sessions.begin() as session:
        held = text("update notification set attempts = 1, claimed_until = :until")
        await session.execute(held, {"until": clock.now() + LEASE})
    assert (await company.call("mei", "POST", f"/v1/notifications/{message}/cancel")).status_code == 409
    await passes(app, LEASE)
    await company.must("mei", "POST", f"/v1/notifications/{message}/cancel")
    await send_all(app)
    assert mails.mails == []


async def test_another_offices_message_is_read_and_not_decided_on(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    await another_office(app, company)
    path = f"/v1/notifications/{message}"
    assert (await company.call("yan", "GET", path)).status_code == 200
    assert (await company.call("yan", "POST", f"{path}/cancel")).status_code == 403
    assert (await company.call("wei", "GET", path)).status_code == 403


async def test_nothing_waits_for_a_person_for_ever(company: Company, app: Litestar) -> None:
    await say_all(company)
    await ticket(company, company.ids["contact"])
    await passes(app, BY_HAND_WITHIN - timedelta(minutes=1))
    await swept(app)
    assert [row.state for row in await outbox(app)] == ["waiting"]
    await passes(app, timedelta(minutes=2))
    await swept(app)
    [row] = await outbox(app)
    assert (row.state, row.last_error) == ("failed", "Nobody passed it on by hand in time.")


async def test_a_message_whose_task_is_lost_gets_another_and_at_last_fails(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    async with app.state.sessions.begin() as session:
        await session.execute(text("delete from pgqueuer"))
    assert await swept(app) == 0
    await passes(app, FORGOTTEN_AFTER + timedelta(seconds=1))
    assert (await swept(app), await tasks(app)) == (1, 1)
    await passes(app, LOST_AFTER)
    await swept(app)
    assert (await one(app, message)).state == "failed"


async def test_words_are_erased_after_their_term_and_never_what_waits(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    sent, waits = await waiting(company, app, contact), await waiting(company, app, contact)
    await send(app.state.sessions, sent)
    await passes(app, TEXT_KEPT - timedelta(minutes=5))

    async def erased() -> int:
        async with app.state.sessions.begin() as session:
            return await erase_words(session)

    assert await erased() == 0
    await passes(app, timedelta(minutes=10))
    assert await erased() == 1
    row = await one(app, sent)
    assert (row.subject, row.text, row.recipient, row.recipient_name) == ("", "", "", "")
    assert row.erased_at is not None
    assert (await one(app, waits)).text
    assert (await company.call("mei", "POST", f"/v1/notifications/{sent}/replay")).status_code == 409


async def test_without_a_mail_server_what_waits_for_one_fails_in_the_end(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    message = await waiting(company, app, contact)
    sends_by(app, Outgoing())
    for _ in range(TRIES):
        await send_all(app)
        await passes(app, LONGEST_PAUSE * (1 + JITTER))
    row = await one(app, message)
    assert (row.state, "FIELDPROOF_SMTP_URL" in row.last_error) == ("failed", True)


async def _something(company: Company, app: Litestar, row: Notification, drawn: Random) -> None:
    """What may happen to a message that waits."""
    path, chance = f"/v1/notifications/{row.id}", drawn.random()
    if chance < 0.05:
        await company.call("mei", "POST", f"{path}/cancel")
    elif chance < 0.1:
        await company.call("mei", "POST", f"{path}/sent-by-hand", json={"way": "other"})
    elif chance < 0.2:  # a worker is killed in its try
        with (
            patch("server.notifications.send._did", _end),
            patch("server.notifications.send._did_not", _end),
            suppress(Killed),
        ):
            await send(app.state.sessions, row.id)
    elif chance < 0.9:
        await send(app.state.sessions, row.id)


class Killed(BaseException):
    """Nothing of a process goes on behind this."""


async def _end(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_made_ends_sent_failed_or_cancelled(
    company: Company, app: Litestar, mails: MailServer, contact: str, seed: int
) -> None:
    """Whatever servers say and desks do, and wherever tries are cut off."""
    drawn = Random(seed)
    async with receiver() as hooks:
        await endpoint(company, hooks.url)
        for _ in range(4):
            await ticket(company, drawn.choice([contact, None]))
        made = len(await outbox(app))
        for _ in range(TRIES + 2):
            mails.answers["RCPT"] = drawn.choices(["450 Later", "550 No", "421 Bye"], [4, 1, 1], k=4)
            hooks.answers = drawn.choices(["500 No", "200 OK", "404 Not there"], k=4)
            for row in await outbox(app, state="waiting"):
                await _something(company, app, row, drawn)
            await passes(app, timedelta(hours=drawn.choice([1, 5, 20])))
            await swept(app)
        await passes(app, LOST_AFTER)
        await swept(app)
    ended = [row.state for row in await outbox(app)]
    assert len(ended) >= made
    assert set(ended) <= {"sent", "failed", "cancelled"}


async def test_a_worker_sends_what_waits(
    company: Company, app: Litestar, mails: MailServer, contact: str, database_url: str
) -> None:
    message = await waiting(company, app, contact)
    async with asyncio.timeout(30), working(database_url, app.state.sessions, app.state.storage, app.state.sealer):
        while (await one(app, message)).state == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert [mail["Message-ID"] for mail in mails.mails] == [(await one(app, message)).message_id]
