"""The customer's page of a sealed record: plain facts in the record's language, with every value escaped.

It has no script, no cookie and no outside asset, and works on any phone.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from server.ground import clock
from server.ground.clock import to_micros
from server.ground.legible import legible
from server.records.customer.answers import MAX_REASON, standing
from server.records.models import CustomerAnswer, SealedRecord
from server.records.print import wording
from server.records.print.labels import Wording
from server.records.print.page import photo_count, report_view
from server.records.print.shown import shown_of, zone_of

ANSWERED = {
    "confirmed": ("good", "you_confirmed", "you_confirmed_more"),
    "disputed": ("bad", "you_disputed", "you_disputed_more"),
}


def record_page(
    row: SealedRecord,
    answers: Sequence[CustomerAnswer],
    path: str,
    *,
    back: str = "",
    corrected: bool,
    problem: str = "",
    reason: str = "",
) -> str:
    """The page of a record at a path, with a way `back` where another page led to it. `corrected` says that a newer report replaces it, so that nobody confirms the old one;
    `problem` says why an answer was not taken, and `reason` is given back to be mended."""
    record, report = shown_of(json.loads(row.record))
    words, zone = Wording(record["locale"]), zone_of(record)
    view = report_view(record, report, None, words, zone)
    answer = standing(answers)
    page = _page(words, words.label("page_title")) | {
        "lead": words.label("page_lead", view["issuer"]),
        "facts": _facts(view, record, words, zone),
        "path": path,
        "back": back,
        "file": f"report-{row.id}.pdf",
        "record_id": str(row.id),
        "problem": problem,
        "reason": reason,
        "max_reason": MAX_REASON,
        "corrected": words.label("corrected") if corrected else "",
        "may_confirm": answer is None and not corrected,
        "may_dispute": (answer is None or answer.kind == "confirmed") and clock.now() <= row.answer_until,
        "answers": [
            {"kind": one.kind, "name": words.label(f"statement_{one.kind}"), "when": _moment(one.answered_at, zone)}
            for one in answers
        ],
    }
    if answer is not None:
        tone, notice, more = ANSWERED[answer.kind]
        page |= {
            "tone": tone,
            "notice": words.label(notice, _moment(answer.answered_at, zone)),
            "notice_more": legible(answer.reason) or words.label(more),
        }
    late = clock.now() > row.answer_until
    page["labels"]["until"] = words.label("until_over" if late else "until", _moment(row.answer_until, zone))
    return _template().render(page=page, view=view)


def plain_page(language: str, title: str, problem: str) -> str:
    """A page that only says what went wrong; it shows nothing of any record."""
    return _template().render(page=_page(Wording(language), title) | {"problem": problem}, view=None)


def policy() -> str:
    """The Content-Security-Policy of these pages: nothing but this style and forms to this server."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _facts(view: dict[str, Any], record: Mapping[str, Any], words: Wording, zone: ZoneInfo) -> list[list[str]]:
    rows = [row for card in view["cards"] for row in card["rows"] if row[0]]
    arrival = view["arrival"]
    rows += [[arrival["title"], arrival["verdict"] or arrival["words"]]]
    photos = photo_count(record, words)
    rows += [[words.label("photos"), photos]] if photos else []
    signature = view["signature"]
    signer = (record["signature"].get("signer") or {}).get("name")
    rows += [[signature["title"], signature["statement"] or words.label("signed_on_phone", signer or "")]]
    return [*rows, [words.label("sealed"), wording.moment(record["sealed_at"], zone)]]


def _page(words: Wording, title: str) -> dict[str, Any]:
    names = (
        "facts", "download", "your_answer", "answer_words", "have_read", "confirm", "disagree", "what_is_wrong",
        "dispute", "kept", "kept_words", "seal_words", "verify_page", "record", "back", "save_in_wechat",
    )  # fmt: skip
    labels = {name: words.label(name) for name in names}
    return {
        "lang": words.language.value,
        "title": title, "lead": "", "tone": "", "notice": "", "notice_more": "", "problem": "", "corrected": "", "back": "",
        "labels": labels | {"until": "", "verify": labels["verify_page"]}, "answers": [],
    }  # fmt: skip


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return wording.moment(to_micros(value), zone)


@cache
def _css() -> str:
    """Without a line's end, as the template engine puts it into the page: the policy names its hash."""
    return (resources.files("server.records.customer") / "customer.css").read_text().rstrip()


@cache
def _template() -> Template:
    page = (resources.files("server.records.customer") / "customer.html").read_text()
    files = DictLoader({"customer.html": page, "customer.css": _css()})
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=files)
    return environment.get_template("customer.html")
