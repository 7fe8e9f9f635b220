"""True histories of a phone: what really happened, and what the phone and the server wrote down of it.

Time runs in nanoseconds of real time. The phone's monotonic clock runs at a rate that changes within the drift bound,
stops in sleep where the platform's does, and starts anew with each boot; its wall clock is set to anything at all.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

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

    def set_wall(self, nanoseconds: int, ppm: int) -> None:
        self.wall_offset_us = nanoseconds // 1000 * (1 if ppm >= 0 else -1)

    def fetch_anchor(self, up: int, down: int, ppm: int, lost: bool) -> None:
        """An exchange with the server; any share of the round trip may be the way there, and the reply may be lost."""
        sent = self.monotonic
        self.wait(up, ppm)
        issued = Issued(self.now_ns // 1000, DEVICE)
        self.sleep(down, -ppm)
        if not lost:
            claim = AnchorClaim("token", self.monotonic, str(self.boot), self.monotonic - sent)
            self.anchor = (claim, issued)

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
    st.tuples(st.just("set_wall"), st.integers(0, 10**17), PPM),
    st.tuples(st.just("fetch_anchor"), DELAY, DELAY, PPM, st.booleans()),
    st.tuples(st.just("tap")),
    st.tuples(st.just("tap")),
    st.tuples(st.just("deliver"), DELAY),
)


@st.composite
def histories(draw: Any) -> list[Written]:
    """The taps of a phone's life, in the order of its chain; all received in the end."""
    phone = Phone(sleeps=draw(st.booleans()))
    for name, *values in draw(st.lists(STEP, min_size=3, max_size=25)):
        getattr(phone, name)(*values)
    phone.tap()
    phone.deliver(draw(DELAY))
    return phone.taps
