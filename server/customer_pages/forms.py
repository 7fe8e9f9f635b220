"""What somebody typed on a customer's page: read within limits, and what is wrong said beside its field."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.customer_pages.rules import LONGEST, WANTED, WINDOWS
from server.ground import clock
from server.ground.problems import Invalid
from server.ground.texts import is_blank
from server.jobs.agreed import Window
from server.requests.rules import TicketKind

Typed = Mapping[str, str]
Wrong = dict[str, str]
"""By the name of a field, the word for what is wrong there."""


class ChangeForm(NamedTuple):
    """Another time is asked for."""

    form_id: UUID
    wishes: str
    windows: list[Window]


class RequestForm(NamedTuple):
    """Something is asked for or reported."""

    form_id: UUID
    kind: TicketKind
    words: str
    name: str
    phone: str


def form_id_of(typed: Typed) -> UUID:
    """Which form it is: the page gave it a name of its own. Raises `Invalid` for what no page of ours sends."""
    try:
        return UUID(typed.get("form", ""))
    except ValueError as error:
        raise Invalid("This form names itself by no id. Load the page again.") from error


def read_change(typed: Typed, zone: ZoneInfo) -> tuple[ChangeForm | None, Wrong]:
    """A request for another time; None with what is wrong."""
    form_id, wrong, windows = form_id_of(typed), Wrong(), []
    wishes = _text(typed, "wishes", wrong)
    for number in range(1, WINDOWS + 1):
        day, start, end = (typed.get(f"{name}{number}", "").strip() for name in ("day", "from", "to"))
        if not (day or start or end):
            continue
        window = _window(day, start, end, zone)
        if isinstance(window, str):
            wrong[f"window{number}"] = window
        else:
            windows.append(window)
    if is_blank(wishes) and not windows and not wrong:
        wrong["wishes"] = "say_wishes"
    return (None, wrong) if wrong else (ChangeForm(form_id, wishes, windows), wrong)


def read_request(typed: Typed, *, fault: bool) -> tuple[RequestForm | None, Wrong]:
    """A request; None with what is wrong. `fault`: the page takes nothing but faults."""
    form_id, wrong = form_id_of(typed), Wrong()
    words, name, phone = (_text(typed, field, wrong) for field in ("words", "name", "phone"))
    if is_blank(words):
        wrong["words"] = "say_words"
    wanted = TicketKind.REPAIR if fault else next((one for one in WANTED if one == typed.get("kind")), None)
    if wanted is None:
        wrong["kind"] = "say_kind"
    if wrong or wanted is None:
        return None, wrong
    return RequestForm(form_id, wanted, words, name, phone), wrong


def _text(typed: Typed, field: str, wrong: Wrong) -> str:
    """A text as it can be kept: without what nobody can type, and with line ends of one kind."""
    text = typed.get(field, "").replace("\r\n", "\n")
    text = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()
    if len(text) > LONGEST[field]:
        wrong[field] = f"{field}_too_long"
    return "" if is_blank(text) else text


def _window(day: str, start: str, end: str, zone: ZoneInfo) -> Window | str:
    """A time that was named, on the site's clocks, or the word for what is wrong with it."""
    if not (day and start and end):
        return "window_whole"
    try:
        on = date.fromisoformat(day)
        first, last = (datetime.combine(on, time.fromisoformat(at), zone) for at in (start, end))
        late = first <= clock.now()
    except (ValueError, OverflowError):
        return "window_unreadable"
    if on.year > clock.now().year + 5:
        return "window_unreadable"
    if first >= last:
        return "window_order"
    return "window_past" if late else Window(first, last)
