"""True histories of a phone: what really happened, and what the phone and the server wrote down of it.

Time runs in nanoseconds of real time. The phone's monotonic clock runs at a rate that changes within the drift bound,
stops in sleep where the platform's does, and starts anew with each boot; its wall clock is set to anything at all.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from server.arrival.bounded_time import AnchorClaim, Clock, Issued

START_NS = 1_772_413_200_123_456_789
SECOND = 1_000_000_000
DEVICE = "phone-1"


@dataclass
class Written:
    """One tap: the truth (real nanoseconds), what the phone wrote, and what the server knows."""

    true_ns: int
    clock: Clock
    issued: Issued | None
    received_at: int = 0

    @property
    def true_us(self) -> int:
        return self.true_ns // 1000


@dataclass
class Phone:
    """A phone and the real time around it. `ticks` is the monotonic clock in 1e-15 s, so that rates are exact."""

    sleeps: bool
    now_ns: int = START_NS
    ticks: int = 0
    boot: int = 0
    wall_offset_us: int = 0
    anchor: tuple[AnchorClaim, Issued] | None = None
    anchors: list[tuple[AnchorClaim, Issued]] = field(default_factory=list)
    taps: list[Written] = field(default_factory=list)

    @property
    def monotonic(self) -> int:
        return self.ticks // 10**9

    def wait(self, nanoseconds: int, ppm: int) -> None:
        self.now_ns += nanoseconds
        self.ticks += nanoseconds * (10**6 + ppm)

    def sleep(self, nanoseconds: int, ppm: int) -> None:
        """Deep sleep: the clock stops where the platform lets it, and runs on where it does not."""
        if self.sleeps:
            self.now_ns += nanoseconds
        else:
            self.wait(nanoseconds, ppm)

    def reboot(self, nanoseconds: int, ppm: int) -> None:
        self.now_ns += nanoseconds
        self.boot += 1
        self.ticks = ppm % 7 * 10**15

    def set_wall(self, offset_us: int) -> None:
        """The owner or the network sets the clock back (negative) or forward, by seconds or by years."""
        self.wall_offset_us = offset_us

    def fetch_anchor(self, up: int, down: int, ppm: int, lost: bool) -> None:
        """An exchange with the server; any share of the round trip may be the way there, and the reply may be lost."""
        sent = self.monotonic
        self.wait(up, ppm)
        issued = Issued(self.now_ns // 1000, DEVICE)
        self.sleep(down, -ppm)
        if not lost:
            claim = AnchorClaim("token", self.monotonic, str(self.boot), self.monotonic - sent)
            self.anchor = (claim, issued)
            self.anchors.append(self.anchor)

    def lose_anchor(self) -> None:
        """The application's data were cleared, or it was killed before it wrote the anchor down."""
        self.anchor = None

    def tap_with_older_anchor(self, number: int) -> None:
        """A phone that holds several anchors need not use the newest."""
        if self.anchors:
            self.anchor = self.anchors[number % len(self.anchors)]
        self.tap()

    def tap(self) -> None:
        claim, issued = self.anchor or (None, None)
        wall = self.now_ns // 1000 + self.wall_offset_us
        clock = Clock(wall, self.monotonic, str(self.boot), self.sleeps, claim)
        self.taps.append(Written(self.now_ns, clock, issued))

    def deliver(self, nanoseconds: int) -> None:
        """The server receives whatever it has not."""
        self.now_ns += nanoseconds
        self.ticks += nanoseconds * 10**6
        for written in self.taps:
            written.received_at = written.received_at or self.now_ns // 1000


PPM = st.integers(-100, 100)
LONG = st.one_of(st.integers(0, 2 * SECOND), st.integers(0, 12 * 3600 * SECOND))
DELAY = st.one_of(st.just(0), st.integers(0, 3 * SECOND), st.integers(0, 60 * SECOND))

STEP = st.one_of(
    st.tuples(st.just("wait"), LONG, PPM),
    st.tuples(st.just("sleep"), LONG, PPM),
    st.tuples(st.just("reboot"), LONG, PPM),
    st.tuples(
        st.just("set_wall"), st.sampled_from([-1, 1]).flatmap(lambda sign: st.integers(1, 10**14).map(sign.__mul__))
    ),
    st.tuples(st.just("fetch_anchor"), DELAY, DELAY, PPM, st.booleans()),
    st.tuples(st.just("lose_anchor")),
    st.tuples(st.just("tap_with_older_anchor"), st.integers(0, 5)),
    st.tuples(st.just("tap")),
    st.tuples(st.just("deliver"), DELAY),
)


TWO_ANCHORS: list[tuple[Any, ...]] = [
    ("fetch_anchor", SECOND, SECOND, 40, False), ("wait", 3600 * SECOND, -70), ("fetch_anchor", 0, SECOND, 90, False),
    ("tap_with_older_anchor", 0),
]  # fmt: skip
CLOCK_SET: list[tuple[Any, ...]] = [("set_wall", 3 * 10**9), ("fetch_anchor", 0, 0, 0, False), ("set_wall", -(10**12))]
"""Beginnings that a list of any steps has too seldom."""


@st.composite
def histories(draw: Any) -> list[Written]:
    """The taps of a phone's life, in the order of its chain; all received in the end."""
    phone = Phone(sleeps=draw(st.booleans()))
    began = draw(st.sampled_from([[], TWO_ANCHORS, CLOCK_SET]))
    for name, *values in [*began, *draw(st.lists(STEP, min_size=3, max_size=25))]:
        getattr(phone, name)(*values)
        if name in ("wait", "sleep", "reboot", "set_wall", "fetch_anchor"):
            phone.tap()
    phone.tap()
    phone.deliver(draw(DELAY))
    return phone.taps


LIE = st.one_of(
    st.tuples(st.just("monotonic"), st.integers(-(10**11), 10**11)),
    st.tuples(st.just("round_trip"), st.integers(-(10**9), 10**11)),
    st.tuples(st.just("boot"), st.integers(0, 3)),
    st.tuples(st.just("sleeps"), st.booleans()),
    st.tuples(st.just("wall"), st.integers(-(10**18), 10**18)),
    st.tuples(st.just("anchor"), st.integers(0, 25)),
    st.tuples(st.just("no_anchor")),
)


def lied(taps: list[Written], number: int, what: str, value: Any = None) -> Written:
    """The tap as a phone would write it that lies in one respect. It can only show anchors that it had by then."""
    told = taps[number % len(taps)]
    clock, anchor = told.clock, told.clock.anchor
    if what == "monotonic":
        clock = replace(clock, monotonic=clock.monotonic + value)
    elif what == "round_trip" and anchor is not None:
        clock = replace(clock, anchor=replace(anchor, round_trip=value))
    elif what == "boot":
        clock = replace(clock, boot_id=str(value))
    elif what == "sleeps":
        clock = replace(clock, sleeps=value)
    elif what == "wall":
        clock = replace(clock, wall=value)
    elif what == "anchor":
        other = taps[value % (number % len(taps) + 1)]
        return Written(told.true_ns, replace(clock, anchor=other.clock.anchor), other.issued, told.received_at)
    elif what == "no_anchor":
        return Written(told.true_ns, replace(clock, anchor=None), None, told.received_at)
    return Written(told.true_ns, clock, told.issued, told.received_at)


@st.composite
def lying_histories(draw: Any) -> list[Written]:
    """True histories in which the phone wrote down some of its clocks otherwise than they were."""
    taps: list[Written] = draw(histories())
    for number, (what, *value) in draw(st.lists(st.tuples(st.integers(0, 25), LIE), min_size=1, max_size=6)):
        taps[number % len(taps)] = lied(taps, number, what, *value)
    return taps
