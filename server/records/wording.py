"""How times, money, sizes and hashes are written on a page: pure functions from a value to a text."""

from datetime import datetime
from zoneinfo import ZoneInfo

from server.clock import from_micros

DIGITS = dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF"), 0)
DIGITS |= dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3)
"""Digits after the point where they are not two (ISO 4217)."""

SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "USD": "$"}

DASH = "–"
MINUS = "\u2212"


def money(amount: int | None, currency: str | None) -> str:
    """An amount of minor units, as `¥1,280.00`; a dash for no amount."""
    if amount is None:
        return DASH
    currency = currency or ""
    digits = DIGITS.get(currency, 2)
    whole, rest = divmod(abs(amount), 10**digits)
    text = f"{whole:,}" + (f".{rest:0{digits}d}" if digits else "")
    symbol = SYMBOLS.get(currency, f"{currency}\u00a0" if currency else "")
    return (MINUS if amount < 0 else "") + symbol + text


def moment(micros: int | None, zone: ZoneInfo) -> str:
    """A time to the minute with its offset, as `2026-03-14 09:26 (UTC+8)`; a dash for none."""
    if micros is None:
        return DASH
    local = from_micros(micros).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} ({offset(local)})"


def exact_moment(micros: int | None, zone: ZoneInfo) -> str:
    """A time to the second, without its offset: for tables whose heading names the zone."""
    return DASH if micros is None else f"{from_micros(micros).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def period(start: int | None, end: int | None, zone: ZoneInfo) -> str:
    """A window, as `2026-03-14 09:00–11:00 (UTC+8)`; both dates when it passes midnight."""
    if start is None or end is None:
        return moment(start if end is None else end, zone)
    first, last = from_micros(start).astimezone(zone), from_micros(end).astimezone(zone)
    until = f"–{last:%H:%M}" if first.date() == last.date() else f" – {last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M}{until} ({offset(last)})"


def interval(start: int, end: int, zone: ZoneInfo) -> str:
    """A bounded time to the second, as `2026-03-14 09:24:10–09:26:40 (UTC+8)`."""
    first, last = from_micros(start).astimezone(zone), from_micros(end).astimezone(zone)
    until = f"–{last:%H:%M:%S}" if first.date() == last.date() else f" – {last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d %H:%M:%S}{until} ({offset(last)})"


def offset(local: datetime) -> str:
    """The offset of an aware time from UTC, as `UTC+8` or `UTC+5:30`."""
    delta = local.utcoffset()
    minutes = int(delta.total_seconds()) // 60 if delta else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02d}" if rest else "")


def share(parts_per_million: int | None) -> str:
    """A probability as a percentage that never claims certainty: `> 99.9 %` at the top, `< 0.1 %` at the bottom."""
    if parts_per_million is None:
        return DASH
    if parts_per_million > 999_000:
        return "> 99.9 %"
    return "< 0.1 %" if parts_per_million < 1_000 else f"{parts_per_million / 10_000:.1f} %"


def short_hash(digest: str) -> str:
    """The first and last eight digits of a hash: enough to compare by eye, while the full one stands elsewhere."""
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 17 else digest
