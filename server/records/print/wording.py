"""How times, money, sizes and hashes are written on a page: pure functions from a value to a text."""

from zoneinfo import ZoneInfo

from server.ground.clock import from_micros
from server.ground.currencies import digits_of
from server.ground.local_time import MINUS, between, local, offset, outward
from server.ground.words import Words

SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "USD": "$"}

DASH = "–"
SECOND = 1_000_000


def money(amount: int | None, currency: str | None, words: Words) -> str:
    """An amount of minor units, as `¥1,280.00` or `1.280,00 €`; a dash for no amount."""
    if amount is None:
        return DASH
    currency = currency or ""
    digits = digits_of(currency)
    digits = 2 if digits is None else digits  # a report from elsewhere may name what the table does not know
    whole, rest = divmod(abs(amount), 10**digits)
    number = words.number(f"{whole:,}" + (f".{rest:0{digits}d}" if digits else ""))
    minus, symbol = MINUS if amount < 0 else "", SYMBOLS.get(currency)
    if symbol:
        return minus + words.say("format.money", symbol=symbol, number=number)
    return minus + (words.say("format.money_by_code", code=currency, number=number) if currency else number)


def quantity(milli: int, unit: str, words: Words) -> str:
    """A quantity of thousandths, as `2.5 kg`; what is counted in pieces stands alone, and without a fraction where it has none."""
    whole, rest = divmod(abs(milli), 1000)
    number = words.number(f"{whole}" + (f".{rest:03d}".rstrip("0") if rest else ""))
    return (MINUS if milli < 0 else "") + number + (f"\u00a0{unit}" if unit else "")


def moment(micros: int | None, zone: ZoneInfo) -> str:
    """A time to the minute with its offset, as `2026-03-14 09:26 (UTC+8)`; a dash for none."""
    if micros is None:
        return DASH
    at = local(from_micros(micros), zone)
    return f"{at:%Y-%m-%d %H:%M} ({offset(at)})"


def exact_moment(micros: int | None, zone: ZoneInfo, stated: str) -> str:
    """A time to the second for a table whose heading states an offset; with its own where that is another."""
    if micros is None:
        return DASH
    at = local(from_micros(micros), zone)
    return f"{at:%Y-%m-%d %H:%M:%S}" + ("" if offset(at) == stated else f" ({offset(at)})")


def period(start: int | None, end: int | None, zone: ZoneInfo) -> str:
    """A window, as `2026-03-14 09:00–11:00 (UTC+8)`; both dates when it passes midnight, seconds when it has some."""
    if start is None or end is None:
        return moment(start if end is None else end, zone)
    clock = "%H:%M:%S" if start // SECOND % 60 or end // SECOND % 60 else "%H:%M"
    return between(local(from_micros(start), zone), local(from_micros(end), zone), clock)


def interval(start: int, end: int, zone: ZoneInfo) -> str:
    """A bounded time in whole seconds, outward, as `2026-03-14 09:24:10–09:26:40 (UTC+8)`."""
    first, last = outward(from_micros(start), from_micros(end))
    return between(local(first, zone), local(last, zone), "%H:%M:%S")


def share(parts_per_million: int | None, words: Words) -> str:
    """A probability as a percentage that never claims certainty: `> 99.9 %` at the top, `< 0.1 %` at the bottom."""
    if parts_per_million is None:
        return DASH
    if parts_per_million > 999_000:
        return words.number("> 99.9 %")
    return words.number("< 0.1 %" if parts_per_million < 1_000 else f"{parts_per_million / 10_000:.1f} %")


def short_hash(digest: str) -> str:
    """The first and last eight digits of a hash: enough to compare by eye, while the full one stands elsewhere."""
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 17 else digest
