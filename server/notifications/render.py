"""The words of a message, made once when it is made: sentences of the language files with what happened put in."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from server.actions.log_action import Of
from server.ground.legible import legible
from server.ground.local_time import between, local, offset
from server.ground.words import Language, words
from server.notifications.recipients import Recipient
from server.notifications.rules import NotificationKind

LINK = "[[link]]"
"""Stands in a text for the link, which is kept encrypted beside it."""
LONGEST_SUBJECT = 150
"""Characters; more of one is not shown in any list of mails."""


class Facts(msgspec.Struct, frozen=True):
    """What happened, as far as messages say it. Times are shown in `zone`. `detail` is a key of ours, such as a problem's code."""

    zone: str = "UTC"
    number: int | None = None
    title: str = ""
    site: str = ""
    due: datetime | None = None
    within: timedelta | None = None
    window: tuple[datetime, datetime] | None = None
    detail: str = ""


class Rendered(msgspec.Struct, frozen=True):
    """Subject and text in a language."""

    language: Language
    subject: str
    text: str


def render(kind: NotificationKind, facts: Facts, name: str, company: str, language: Language) -> Rendered:
    """The words of a message to a person."""
    say, zone = words(language).say, ZoneInfo(facts.zone)
    hours = round(facts.within / timedelta(hours=1)) if facts.within else 0
    members: dict[str, Any] = {
        "name": one_line(name), "company": one_line(company), "number": facts.number, "title": one_line(facts.title),
        "site": one_line(facts.site), "link": LINK, "due": _at(facts.due, zone),
        "within": say("notifications.within", count=hours) if hours else "",
        "window": _window(facts.window, zone),
    }  # fmt: skip
    subject = one_line(say(f"notifications.{kind}.subject", **members))
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
    return Rendered(
        language, subject, say("notifications.letter", text=say(f"notifications.{kind}.text", **members), **members)
    )


def payload(
    kind: NotificationKind, at: datetime, of: Of, facts: Facts, to: Recipient | None, rendered: Rendered | None
) -> str:
    """What an endpoint gets, as JSON; the recipient and the words only where they are handed in."""
    window = facts.window or (None, None)
    data: dict[str, Any] = {
        "thing": of.thing, "thing_id": of.id, "office_id": of.office_id, "number": facts.number, "due_at": facts.due,
        "window_start": window[0], "window_end": window[1], "detail": facts.detail or None,
    }  # fmt: skip
    if rendered is not None:
        data |= {"language": rendered.language, "subject": rendered.subject, "text": rendered.text}
    if to is not None and rendered is not None:
        data["recipient"] = {"name": to.name, "email": to.email, "phone": to.phone}
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data}).decode()


def with_link(text: str, link: str) -> str:
    """A text, or a payload, with the link where its mark stands. A link has nothing that JSON would escape."""
    return text.replace(LINK, json.dumps(link)[1:-1])


def one_line(text: str) -> str:
    """What somebody wrote, in one line and without what cannot be seen."""
    return " ".join(legible(text).split())


def _window(window: tuple[datetime, datetime] | None, zone: ZoneInfo) -> str:
    return between(local(window[0], zone), local(window[1], zone), "%H:%M") if window else ""


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    there = local(moment, zone)
    return f"{there:%Y-%m-%d %H:%M} ({offset(there)})"
