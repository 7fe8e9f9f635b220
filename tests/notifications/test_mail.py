"""Mail by a real SMTP server: what its readers see, what it refuses, and what nobody can slip into it."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from server.ground.words import Language
from server.notifications.mail.hand_on import letter
from server.notifications.outgoing import CannotSend, Encryption, Mail, Outgoing, read_mail
from server.notifications.render import LONGEST_SUBJECT, Facts, render
from server.notifications.rules import NotificationKind
from server.process.settings import SettingsError, load_settings
from tests.company import Company
from tests.notifications.sending import MailServer, mail_server, outbox, self_signed, send_all, sends_by
from tests.notifications.test_told import ticket

NASTY = "x\r\nBcc: evil@example.com\r\n\r\nbody\u2028\x00{company}{0}\u202e"


async def test_a_mail_arrives_as_it_was_rendered(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await ticket(company, contact, subject="冷水机组显示 E42 😀 — schnell!")
    [row] = await outbox(app)
    await send_all(app)
    [mail] = mails.mails
    assert mail["Subject"] == row.subject == f"我们已收到您的请求，编号 {(await numbers(app))[0]}"
    assert mail["To"].addresses[0].display_name == "王芳"
    assert mail["To"].addresses[0].addr_spec == mail["X-Envelope-To"] == "wang@example.com"
    assert mail["From"].addresses[0].display_name == "客服 Service"
    assert mail["Message-ID"] == row.message_id == f"<{row.id}@example.com>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "zh-CN")
    assert mail.get_content().replace("\r\n", "\n").strip() == row.text
    assert "冷水机组显示 E42 😀 — schnell!" in mail.get_content()
    [row] = await outbox(app)
    assert (row.state, row.attempts, row.sent_at is None, row.sent_by) == ("sent", 1, False, None)


async def numbers(app: Litestar) -> list[int]:
    rows = await app.state.readers.fetch("select number from ticket order by number")
    return [row["number"] for row in rows]


async def test_nobody_writes_headers_by_a_name_or_a_subject(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(text("update contact set name = :name"), {"name": NASTY.replace("\x00", "")})
    await ticket(company, contact, subject=NASTY.replace("\x00", "x"))
    await send_all(app)
    [mail] = mails.mails
    assert mail["Bcc"] is None
    assert mail["X-Envelope-To"] == "wang@example.com"
    assert "\n" not in mail["To"].addresses[0].display_name
    assert [row.state for row in await outbox(app)] == ["sent"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", [NotificationKind.TEST, NotificationKind.ON_THE_WAY])
def test_whatever_somebody_wrote_a_letter_is_one_mail(language: Language, kind: NotificationKind) -> None:
    facts = Facts("Asia/Shanghai", 7, NASTY, NASTY * 20)
    rendered = render(kind, facts, NASTY, NASTY * 10, language)
    assert "\n" not in rendered.subject
    assert len(rendered.subject) <= LONGEST_SUBJECT
    mail = Mail("h", 25, Encryption.NONE, None, None, NASTY, "a@example.com")
    made = letter(mail, "b@example.com", NASTY, rendered.subject + NASTY, rendered.text, language, "<1@example.com>")
    head = made.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted([
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"X-Auto-Response-Suppress",
        b"Content-Language", b"Content-Type", b"Content-Transfer-Encoding", b"MIME-Version",
    ])  # fmt: skip
    assert all(len(line) <= 998 for line in made.as_bytes().split(b"\r\n"))


@pytest.mark.parametrize(
    ("stage", "answer", "state"),
    [
        ("RCPT", "550 5.1.1 No such user", "failed"),
        ("RCPT", "450 4.2.1 Mailbox busy", "waiting"),
        ("DATA", "554 5.7.1 Spam", "failed"),
        ("DATA", "451 4.3.0 Later", "waiting"),
    ],
)
async def test_what_is_refused_for_good_is_not_tried_again(
    company: Company, app: Litestar, mails: MailServer, contact: str, stage: str, answer: str, state: str
) -> None:
    await ticket(company, contact)
    mails.answers[stage].append(answer)
    await send_all(app)
    [row] = await outbox(app)
    assert (row.state, row.attempts) == (state, 1)
    assert answer in row.last_error
    assert row.claimed_until is None


async def test_a_server_that_is_away_or_does_not_let_us_in_is_tried_again_and_no_password_is_told(
    company: Company, app: Litestar, mails: MailServer, contact: str, caplog: pytest.LogCaptureFixture
) -> None:
    await ticket(company, contact)
    password = "hunter2-very-secret"
    mail = Mail("127.0.0.1", mails.port, Encryption.NONE, "user", password, "S", "service@example.com")
    for outgoing in (
        Outgoing(mail),
        Outgoing(Mail("127.0.0.1", 1, Encryption.STARTTLS, "u", password, "S", "s@example.com")),
    ):
        sends_by(app, outgoing)
        async with app.state.sessions.begin() as session:
            await session.execute(text("update notification set next_at = made_at"))
        await send_all(app)
        [row] = await outbox(app)
        assert row.state == "waiting"
        assert row.last_error
        assert password not in f"{row.last_error} {outgoing!r} {caplog.text}"
    assert mails.mails == []


async def test_a_server_without_starttls_gets_nothing(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await ticket(company, contact)
    mail = Mail("127.0.0.1", mails.port, Encryption.STARTTLS, None, None, "S", "service@example.com")
    sends_by(app, Outgoing(mail))
    await send_all(app)
    assert mails.mails == []
    assert [row.state for row in await outbox(app)] == ["waiting"]


async def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    company: Company, app: Litestar, contact: str, tmp_path: Path
) -> None:
    async with mail_server(self_signed(tmp_path)) as mails:
        sends_by(app, mails.outgoing())
        await ticket(company, contact)
        sends_by(
            app, Outgoing(Mail("127.0.0.1", mails.port, Encryption.STARTTLS, "u", "p", "S", "service@example.com"))
        )
        await send_all(app)
        [row] = await outbox(app)
        assert (mails.mails, row.state) == ([], "waiting")
        assert "certificate" in row.last_error.lower()


async def test_a_test_mail_goes_to_the_address_that_is_given(
    company: Company, app: Litestar, mails: MailServer
) -> None:
    path = "/v1/notifications/test-mail"
    made = await company.must("root", "POST", path, json={"address": "root@bücher.example"})
    await send_all(app)
    [mail] = mails.mails
    assert mail["X-Envelope-To"] == "root@xn--bcher-kva.example"
    assert (await company.must("root", "GET", f"/v1/notifications/{made['id']}"))["state"] == "sent"
    assert (await company.call("mei", "POST", path, json={"address": "a@b.c"})).status_code == 403
    assert (await company.call("root", "POST", path, json={"address": "a@b.c\nBcc: x@y.z"})).status_code == 422
    sends_by(app, Outgoing())
    assert (await company.call("root", "POST", path, json={"address": "a@b.c"})).status_code == 409


FROM = "FIELDPROOF_MAIL_FROM"
URL = "FIELDPROOF_SMTP_URL"


def test_a_mail_server_is_read_from_its_address() -> None:
    environ = {URL: "smtp+starttls://me%40x:p%3Aw@mail.example.com", FROM: "服务 <a@example.com>"}
    mail = load_settings(environ).outgoing.mail
    assert mail == Mail("mail.example.com", 587, Encryption.STARTTLS, "me@x", "p:w", "服务", "a@example.com")
    assert "p:w" not in repr(load_settings(environ))
    assert load_settings({}).outgoing.mail is None
    assert read_mail("smtps://h", "a@b.c").port == 465


@pytest.mark.parametrize(
    "environ",
    [
        {URL: "smtp://h"},
        {FROM: "a@b.c"},
        {URL: "http://u:hunter2@h", FROM: "a@b.c"},
        {URL: "smtp://u:hunter2@mail.example.com", FROM: "a@b.c"},
        {URL: "smtps://:hunter2@h", FROM: "a@b.c"},
        {URL: "smtps://u:hunter2@h:nine", FROM: "a@b.c"},
        {URL: "smtps://u:hunter2@h/path", FROM: "a@b.c"},
        {URL: "smtps://h", FROM: "nobody"},
        {"FIELDPROOF_WEBHOOKS_INWARD": "maybe"},
    ],
)
def test_settings_of_mail_that_cannot_be_used_end_the_start_in_one_line(environ: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_password_in_clear_is_for_this_machine_only() -> None:
    assert read_mail("smtp://u:p@localhost", "a@b.c").password == "p"
    with pytest.raises(CannotSend):
        read_mail("smtp://u:p@mail.example.com", "a@b.c")
