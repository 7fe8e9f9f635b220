"""The customer's pages as documents: plain facts in the reader's language, every text legible and escaped. No script, nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from mobile_contract.shapes.texts import text_for
from server.customer_pages.open import OfAsset, OfVisit
from server.customer_pages.queries import windows_of
from server.customer_pages.rules import ENDED, LONGEST, TO_COME, WANTED, WINDOWS, PageState
from server.customer_pages.told import Served, Told
from server.ground.clock import to_micros
from server.ground.legible import legible, plain_code
from server.ground.local_time import between, local
from server.ground.words import Language, Words, words
from server.jobs.agreed import Window, window_of
from server.records.print import wording

NAMES = (
    "report", "read_report", "asked", "not_answered", "change", "stands", "wishes", "other_times", "day", "from", "to",
    "send_change", "request", "request_words", "report_fault", "kind", "name", "phone", "send", "languages",
)  # fmt: skip
"""Words that the template puts where they belong."""
NOTHING: Mapping[str, str] = {}


class Reader(NamedTuple):
    """Who reads, and whose page it is: the language, the company's name, and the number that it can be called by."""

    language: Language
    company: str
    phone: str

    @property
    def words(self) -> Words:
        """The words of their language."""
        return words(self.language)


class Sent(NamedTuple):
    """What became of a form: `tone` is `good` or `bad`; `wrong` names what is wrong by field, and `typed` is given back to be mended."""

    tone: str
    text: str
    more: str = ""
    wrong: Mapping[str, str] = NOTHING
    typed: Mapping[str, str] = NOTHING
    form: str = ""
    """Which of the page's forms it was, where it must be mended."""


def visit_page(opened: OfVisit, told: Told, path: str, reader: Reader, sent: Sent | None) -> str:
    """The page of a visit."""
    say, zone = reader.words.say, ZoneInfo(opened.site.time_zone)
    page = _page(reader, path, reader.words.key(told.state), sent) | {
        "leads": _leads(opened, told, reader.words, zone),
        "facts_title": say("visit_page.visit"),
        "facts": _facts(opened, told, reader.words, zone),
        "zone": say("visit_page.zone", zone=zone.key),
        "reports": _reports(told, path, reader, zone),
        "asked": _asked(told, reader.words, zone),
        "keep": say("visit_page.keep"),
        "request": _request_form(path, reader, sent, fault=False),
    }
    if told.state in TO_COME:
        page["change"] = {
            "action": f"{path}/change?lang={reader.language}", "form": _form_id(sent, "change"),
            "open": sent is not None and sent.form == "change", "numbers": range(1, WINDOWS + 1),
            "names": [say("visit_page.other_time", number=number) for number in range(1, WINDOWS + 1)],
        }  # fmt: skip
    return _template().render(page=page)


def asset_page(opened: OfAsset, served: Served | None, path: str, reader: Reader, sent: Sent | None) -> str:
    """The page of an asset: what it is, when it was last served, and a form to report a fault."""
    say, product = reader.words.say, opened.product
    name = text_for(product.names, product.name, reader.language.value).text
    last = say("visit_page.no_service")
    if served is not None:
        day = local(served.at, ZoneInfo(opened.site.time_zone))
        last = f"{day:%Y-%m-%d}, {reader.words.key(served.kind)}"
    page = _page(reader, path, say("visit_page.report_fault"), sent) | {
        "leads": [say("visit_page.asset_lead")],
        "facts_title": say("visit_page.asset"),
        "facts": [
            [say("visit_page.product"), legible(name)],
            [say("visit_page.serial"), legible(plain_code(opened.asset.serial))],
            [say("visit_page.last_service"), last],
        ],
        "request": _request_form(path, reader, sent, fault=True),
    }
    return _template().render(page=page)


def plain_page(path: str, reader: Reader, title: str, more: str) -> str:
    """A page that only says what went wrong; it shows nothing of any visit."""
    return _template().render(page=_page(reader, path, title, None) | {"leads": [more]})


def policy() -> str:
    """The Content-Security-Policy of these pages: nothing but this style and forms to this server."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _page(reader: Reader, path: str, title: str, sent: Sent | None) -> dict[str, Any]:
    say = reader.words.say
    labels = {name: say(f"visit_page.{name}") for name in NAMES}
    labels |= {name: say(f"customer_page.{name}") for name in ("download", "save_in_wechat")}
    return {
        "lang": reader.language.value, "title": title, "company": legible(reader.company), "labels": labels,
        "phone": reader.phone, "phone_uri": "".join(one for one in reader.phone if one in "+0123456789"),
        "call": say("visit_page.call", phone=reader.phone), "most": LONGEST,
        "notice": sent if sent is None else {"tone": sent.tone, "text": sent.text, "more": sent.more, "at": sent.form},
        "wrong": {name: say(f"visit_page.problems.{what}") for name, what in (sent.wrong if sent else NOTHING).items()},
        "typed": {"kind": ""} | dict(sent.typed if sent else NOTHING),
        "languages": [
            {"href": f"{path}?lang={one}", "tag": one.value, "name": words(one).at("name")} for one in Language
        ],
        "leads": [], "facts": [], "facts_title": "", "zone": "", "reports": [], "asked": [], "keep": "", "change": None,
        "request": None,
    }  # fmt: skip


def _request_form(path: str, reader: Reader, sent: Sent | None, *, fault: bool) -> dict[str, Any]:
    say = reader.words.say
    return {
        "tag": "section" if fault else "details", "action": f"{path}/request?lang={reader.language}",
        "form": _form_id(sent, "request"), "open": not fault and sent is not None and sent.form == "request",
        "kinds": [] if fault else [(one.value, say(f"visit_page.kinds.{one}")) for one in WANTED],
        "asks": say("visit_page.fault_words" if fault else "visit_page.words"),
    }  # fmt: skip


def _form_id(sent: Sent | None, form: str) -> str:
    """A name for a form: the one that is mended keeps its own."""
    return sent.typed.get("form", "") if sent is not None and sent.form == form else str(uuid4())


def _leads(opened: OfVisit, told: Told, say: Words, zone: ZoneInfo) -> list[str]:
    leads = [say.say(f"visit_page.leads.{told.state}")]
    if told.state is PageState.APPOINTED and window_of(opened.visit) is None:
        leads = [say.say("visit_page.to_be_agreed")]
    if told.state is PageState.NOT_COMPLETED:
        comes = f"visit_page.next.{told.comes_next}" if told.comes_next else "visit_page.next_unknown"
        leads.append(say.say(comes))
    if told.state is PageState.CANCELLED and told.next_visit is None:
        leads.append(say.say("visit_page.after_cancelled"))
    return leads


def _facts(opened: OfVisit, told: Told, say: Words, zone: ZoneInfo) -> list[list[str]]:
    window, over = window_of(opened.visit), told.state in ENDED
    rows = [["since", wording.moment(to_micros(told.since), zone)]] if told.since else []
    if window is not None:
        rows.append(["was_agreed" if over else "when", _window(window, zone)])
    elif not over:
        rows.append(["when", say.say("visit_page.to_be_agreed")])
    if told.next_visit is not None:
        following = window_of(told.next_visit)
        rows.append(["next_visit", _window(following, zone) if following else say.say("visit_page.to_be_agreed")])
    if told.crew:
        rows.append(["who_came" if over else "who", ", ".join(map(legible, told.crew))])
    rows += [
        ["where", legible(f"{opened.site.name}, {opened.site.address}")],
        ["what", legible(opened.job.title)],
        ["number", str(opened.job.number)],
    ]
    return [[say.say(f"visit_page.{name}"), value] for name, value in rows]


def _reports(told: Told, path: str, reader: Reader, zone: ZoneInfo) -> list[dict[str, str]]:
    say = reader.words.say
    return [
        {
            "path": f"{path}/reports/{one.record.id}",
            "file": f"report-{one.record.id}.pdf",
            "when": say("visit_page.report_of", when=wording.moment(to_micros(one.record.sealed_at), zone)),
            "corrected": say("visit_page.report_corrected") if one.corrected else "",
        }
        for one in told.reports
    ]


def _asked(told: Told, say: Words, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "when": say.say("visit_page.asked_at", when=wording.moment(to_micros(one.asked_at), zone)),
            "wishes": legible(one.wishes),
            "windows": [_window(window, zone) for window in windows_of(one)],
            "answer": legible(one.answer),
            "answered": say.say("visit_page.answered_at", when=wording.moment(to_micros(one.answered_at), zone))
            if one.answered_at
            else "",
        }
        for one in told.asked
    ]


def _window(window: Window, zone: ZoneInfo) -> str:
    return between(local(window.start, zone), local(window.end, zone), "%H:%M")


@cache
def _css() -> str:
    """Without a line's end, as the template engine puts it into the page: the policy names its hash."""
    return (resources.files("server.customer_pages") / "pages.css").read_text().rstrip()


@cache
def _template() -> Template:
    page = (resources.files("server.customer_pages") / "pages.html").read_text()
    files = DictLoader({"pages.html": page, "pages.css": _css()})
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=files)
    return environment.get_template("pages.html")
