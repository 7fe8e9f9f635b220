"""Bounded time: the interval in which a tap truly happened, from the phone's clocks and what the server knows.

The wall clock never bounds anything; it only picks the point inside the interval that is shown.
"""

import msgspec

from server.taps import PhoneClock

DRIFT_PPM = 100
"""How fast a phone's monotonic clock may run wrong, parts per million; crystals of phones stay under 50."""


class Interval(msgspec.Struct, frozen=True):
    """Microseconds since the epoch: not before `earliest`, not after `latest`, shown as `display`."""

    earliest: int
    latest: int
    display: int
    clock_disagrees: bool


def bound(phone: PhoneClock, anchor_time: int | None, received_at: int, previous_earliest: int | None) -> Interval:
    """The interval of one operation.

    With an anchor of the same boot: the anchor's time plus the monotonic difference, widened by the round trip (the
    anchor was signed somewhere within it) and by drift. With an anchor of another boot, or a clock that may have
    slept: not before the anchor. Always: not before the operation before it in the chain, not after its receipt.
    """
    earliest, latest = previous_earliest or 0, received_at
    anchor = phone.anchor
    if anchor is not None and anchor_time is not None:
        earliest = max(earliest, anchor_time)
        elapsed = phone.monotonic - anchor.monotonic
        if anchor.boot_id == phone.boot_id and elapsed >= 0:
            drift = elapsed * DRIFT_PPM // 1_000_000 + 1
            # The token was signed up to a round trip before it arrived, when the phone read its monotonic clock.
            earliest = max(earliest, anchor_time + elapsed - drift)
            if not phone.sleeps:
                latest = min(latest, anchor_time + elapsed + anchor.round_trip + drift)
    # A phone whose clocks contradict the order of its own chain proves nothing narrower than receipt.
    if earliest > latest:
        earliest, latest = min(previous_earliest or latest, received_at), received_at
    display = min(max(phone.wall, earliest), latest)
    return Interval(earliest, latest, display, display != phone.wall)
