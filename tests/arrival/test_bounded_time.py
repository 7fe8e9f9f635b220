"""The interval of a tap holds its true time in every honest history, and is as narrow as the evidence allows."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.arrival.bounded_time import (
    AnchorClaim,
    Basis,
    Clock,
    Interval,
    Issued,
    TimeFault,
    interval_of,
    narrow_by_order,
    narrow_by_witness,
    shown,
)
from server.arrival.witness import CodePlan, NoSighting, code_at, seen_between
from tests.arrival.history import DEVICE, START_NS, Written, histories, lying_histories
from tests.sizes import size

ENROLLED = START_NS // 1000 - 86_400_000_000
MINUTE = 60_000_000
HOUR = 60 * MINUTE
NOON = START_NS // 1000
SECRET = b"12345678901234567890"


def bound(written: Written) -> Interval:
    return interval_of(written.clock, written.issued, DEVICE, ENROLLED, written.received_at)


def holds(interval: Interval, written: Written) -> bool:
    return interval.earliest <= written.true_us <= interval.latest and not interval.faults


@settings(max_examples=size(150, 600), deadline=None)
@given(histories())
def test_the_true_time_lies_in_the_interval(taps: list[Written]) -> None:
    for written in taps:
        assert holds(bound(written), written)


@settings(max_examples=size(150, 600), deadline=None)
@given(histories())
def test_the_true_time_lies_in_the_interval_after_narrowing_by_order(taps: list[Written]) -> None:
    own = [bound(written) for written in taps]
    narrowed = narrow_by_order([(written.clock, interval) for written, interval in zip(taps, own, strict=True)])
    for written, before, after in zip(taps, own, narrowed, strict=True):
        assert holds(after, written)
        assert before.earliest <= after.earliest
        assert after.latest <= before.latest


@settings(max_examples=size(150, 600), deadline=None)
@given(
    histories(),
    st.sets(st.integers(0, 25)),
)
def test_missing_links_of_the_chain_do_no_harm(taps: list[Written], missing: set[int]) -> None:
    kept = [written for number, written in enumerate(taps) if number not in missing]
    assume(kept)
    for written, interval in zip(kept, narrow_by_order([(one.clock, bound(one)) for one in kept]), strict=True):
        assert holds(interval, written)


@settings(max_examples=size(50, 120), deadline=None)
@given(histories(), st.integers(0, 120_000_000), st.integers(-30_000_000, 30_000_000))
def test_the_true_time_lies_in_the_interval_after_a_co_witness(taps: list[Written], entry: int, skew: int) -> None:
    for written in taps:
        interval = bound(written)
        code = code_at(SECRET, written.true_us - entry + skew)
        seen = seen_between(SECRET, code, interval)
        if isinstance(seen, NoSighting):
            assert seen is NoSighting.INTERVAL_TOO_WIDE
            continue
        narrowed = narrow_by_witness(interval, seen.earliest, seen.latest)
        assert holds(narrowed, written)
        if seen.matches == 1:
            assert narrowed.width <= CodePlan().step + 2 * CodePlan().skew + CodePlan().entry


SERVERS_OWN = frozenset({Basis.ENROLMENT, Basis.ANCHOR, Basis.RECEIPT, Basis.CO_WITNESS})
"""What needs no trust in the phone."""


@settings(max_examples=size(100, 400), deadline=None)
@given(lying_histories())
def test_what_rests_on_the_server_alone_holds_even_when_the_phone_lies(taps: list[Written]) -> None:
    """A lie about the steady clock can move the bounds that rest on it, and those say so; it moves no other."""
    own = [bound(written) for written in taps]
    chain = [(written.clock, interval) for written, interval in zip(taps, own, strict=True)]
    for intervals in (own, narrow_by_order(chain)):
        for written, interval in zip(taps, intervals, strict=True):
            assert interval.earliest_basis not in SERVERS_OWN or interval.earliest <= written.true_us
            assert interval.latest_basis not in SERVERS_OWN or written.true_us <= interval.latest
            assert ENROLLED <= interval.earliest <= interval.latest <= written.received_at


@settings(max_examples=size(100, 400), deadline=None)
@given(histories())
def test_the_true_time_lies_in_the_interval_when_the_server_narrows_one_neighbour_at_a_time(
    taps: list[Written],
) -> None:
    """As operations come in: forward from the stored neighbour, then back for as long as anything gets tighter."""
    kept: list[Interval] = []
    for number, written in enumerate(taps):
        kept.append(bound(written))
        if number:
            before = taps[number - 1].clock
            kept[number] = narrow_by_order([(before, kept[number - 1]), (written.clock, kept[number])])[1]
        for earlier in reversed(range(number)):
            pair = [(taps[earlier].clock, kept[earlier]), (taps[earlier + 1].clock, kept[earlier + 1])]
            tighter = narrow_by_order(pair)[0]
            if tighter == kept[earlier]:
                break
            kept[earlier] = tighter
    for written, interval in zip(taps, kept, strict=True):
        assert holds(interval, written)


def test_the_histories_have_all_that_happens_to_phones() -> None:
    """Drift, reboots, sleep, a wall clock set back and forward, no anchor, old anchors, taps long before receipt."""
    seen: set[str] = set()

    @settings(max_examples=size(200, 800), deadline=None, database=None)
    @given(histories())
    def look(taps: list[Written]) -> None:
        for written in taps:
            clock = written.clock
            seen.add("wall back" if clock.wall < written.true_us - MINUTE else "")
            seen.add("wall forward" if clock.wall > written.true_us + MINUTE else "")
            seen.add("no anchor" if clock.anchor is None else "anchor")
            seen.add("rebooted" if clock.anchor is not None and clock.anchor.boot_id != clock.boot_id else "")
            seen.add("sleeps" if clock.sleeps else "runs on")
            seen.add("hours offline" if written.received_at - written.true_us > HOUR else "")
        tokens = {written.issued for written in taps if written.issued}
        seen.add("two anchors" if len(tokens) > 1 else "")
        issued = [written.issued.server_time for written in taps if written.issued]
        seen.add("an older anchor again" if issued != sorted(issued) else "")

    look()
    assert seen - {""} == {
        "wall back", "wall forward", "no anchor", "anchor", "rebooted", "sleeps", "runs on", "hours offline",
        "two anchors", "an older anchor again",
    }  # fmt: skip


LYING = st.builds(
    Clock,
    wall=st.integers(-(10**18), 10**18),
    monotonic=st.integers(-(10**13), 10**13),
    boot_id=st.sampled_from("ab"),
    sleeps=st.booleans(),
    anchor=st.none()
    | st.builds(
        AnchorClaim,
        token=st.just("token"),
        monotonic=st.integers(-(10**13), 10**13),
        boot_id=st.sampled_from("ab"),
        round_trip=st.integers(-(10**12), 10**12),
    ),
)
ISSUED = st.none() | st.builds(Issued, st.integers(NOON - 3 * HOUR, NOON + HOUR), st.sampled_from([DEVICE, "phone-2"]))


@settings(max_examples=size(150, 600), deadline=None)
@given(st.lists(st.tuples(LYING, ISSUED), min_size=1, max_size=8), st.integers(-HOUR, HOUR), st.integers(0, 10**10))
def test_whatever_a_phone_claims_an_interval_keeps_its_order_and_the_servers_bounds(
    claims: list[tuple[Clock, Issued | None]], seen: int, entry: int
) -> None:
    chain = [(clock, interval_of(clock, issued, DEVICE, ENROLLED, NOON)) for clock, issued in claims]
    for (_, own), narrowed in zip(chain, narrow_by_order(chain), strict=True):
        witnessed = narrow_by_witness(narrowed, NOON + seen, NOON + seen + entry)
        assert ENROLLED <= own.earliest <= narrowed.earliest <= witnessed.earliest
        assert witnessed.earliest <= witnessed.latest <= narrowed.latest <= own.latest <= NOON


def clock_after(hours: float, *, boot: str = "a", sleeps: bool = False, anchored: bool = True) -> Clock:
    """A tap some hours after an anchor whose reply took 400 ms."""
    claim = AnchorClaim("token", 5_000_000, "a", 400_000) if anchored else None
    return Clock(NOON, 5_000_000 + round(hours * HOUR), boot, sleeps, claim)


def interval_after(clock: Clock, received_after: float = 20) -> Interval:
    return interval_of(clock, Issued(NOON, DEVICE), DEVICE, ENROLLED, NOON + round(received_after * HOUR))


def test_eight_hours_after_an_anchor_the_interval_is_six_seconds_and_the_round_trip() -> None:
    interval = interval_after(clock_after(8))
    assert 6_100_000 < interval.width < 6_200_000
    assert (interval.earliest_basis, interval.latest_basis) == (Basis.MONOTONIC, Basis.MONOTONIC)


def test_another_boot_lies_between_anchor_and_receipt() -> None:
    interval = interval_after(clock_after(8, boot="b"))
    assert (interval.earliest, interval.latest) == (NOON, NOON + 20 * HOUR)
    assert (interval.earliest_basis, interval.latest_basis) == (Basis.ANCHOR, Basis.RECEIPT)


def test_a_clock_that_may_stop_gives_only_the_earlier_end() -> None:
    interval = interval_after(clock_after(8, sleeps=True))
    assert NOON + 8 * HOUR - 4_000_000 < interval.earliest <= NOON + 8 * HOUR
    assert (interval.latest, interval.latest_basis) == (NOON + 20 * HOUR, Basis.RECEIPT)


def test_without_an_anchor_it_lies_between_enrolment_and_receipt() -> None:
    interval = interval_after(clock_after(8, anchored=False))
    assert (interval.earliest, interval.latest) == (ENROLLED, NOON + 20 * HOUR)


def test_an_early_receipt_cuts_the_interval() -> None:
    interval = interval_after(clock_after(8), received_after=8)
    assert (interval.latest, interval.latest_basis) == (NOON + 8 * HOUR, Basis.RECEIPT)


def test_a_later_anchor_dates_what_was_tapped_before_it_in_the_same_boot() -> None:
    """After a reboot in the cellar the first tap has only an old anchor; the next tap of the boot has a fresh one."""
    cellar = Clock(NOON, HOUR, "b", False, AnchorClaim("token", 5_000_000, "a", 400_000))
    street = Clock(NOON, 3 * HOUR + 1_000_000, "b", False, AnchorClaim("token", 3 * HOUR, "b", 400_000))
    received = NOON + 20 * HOUR
    alone = interval_of(cellar, Issued(NOON, DEVICE), DEVICE, ENROLLED, received)
    fresh = interval_of(street, Issued(NOON + 10 * HOUR, DEVICE), DEVICE, ENROLLED, received)
    narrowed = narrow_by_order([(cellar, alone), (street, fresh)])[0]
    assert alone.width == 20 * HOUR
    assert narrowed.width < 3_000_000
    assert narrowed.earliest <= NOON + 8 * HOUR <= narrowed.latest
    assert narrowed.earliest_basis is Basis.ORDER


def test_neighbours_narrow_what_another_boot_leaves_open() -> None:
    first, middle, last = clock_after(1), clock_after(0, boot="b", anchored=False), clock_after(6)
    chain = [(clock, interval_after(clock)) for clock in (first, middle, last)]
    narrowed = narrow_by_order(chain)[1]
    assert narrowed.earliest > NOON + 1 * HOUR - MINUTE
    assert narrowed.latest < NOON + 6 * HOUR + MINUTE


def test_a_foreign_anchor_is_left_out_and_named() -> None:
    interval = interval_of(clock_after(1), Issued(NOON, "phone-2"), DEVICE, ENROLLED, NOON + HOUR)
    assert (interval.earliest, interval.faults) == (ENROLLED, (TimeFault.FOREIGN_ANCHOR,))


def test_an_anchor_issued_after_receipt_is_left_out_and_named() -> None:
    interval = interval_of(clock_after(1), Issued(NOON, DEVICE), DEVICE, ENROLLED, NOON - HOUR)
    assert (interval.earliest, interval.faults) == (ENROLLED, (TimeFault.ANCHOR_AFTER_RECEIPT,))


def test_a_monotonic_clock_that_ran_backwards_only_leaves_the_servers_bounds() -> None:
    interval = interval_after(clock_after(-0.001))
    assert (interval.earliest, interval.latest) == (NOON, NOON + 20 * HOUR)
    assert interval.faults == (TimeFault.MONOTONIC_BACKWARDS,)


def test_a_negative_round_trip_only_leaves_the_servers_bounds() -> None:
    claim = AnchorClaim("token", 5_000_000, "a", -1)
    interval = interval_after(Clock(NOON, 6_000_000, "a", False, claim))
    assert (interval.earliest, interval.faults) == (NOON, (TimeFault.MONOTONIC_BACKWARDS,))


def test_a_monotonic_clock_ahead_of_receipt_only_leaves_the_servers_bounds() -> None:
    interval = interval_after(clock_after(8), received_after=7)
    assert (interval.earliest, interval.latest) == (NOON, NOON + 7 * HOUR)
    assert interval.faults == (TimeFault.MONOTONIC_DISAGREES,)


def test_neighbours_that_cannot_both_be_true_are_named_and_not_used() -> None:
    late, early = clock_after(6), clock_after(2)
    chain = [(late, interval_after(late)), (early, interval_after(early))]
    narrowed = narrow_by_order(chain)
    assert [(one.earliest, one.latest) for one in narrowed] == [(one.earliest, one.latest) for _, one in chain]
    assert all(one.faults == (TimeFault.ORDER_DISAGREES,) for one in narrowed)


def test_a_code_from_another_time_is_a_fault_and_narrows_nothing() -> None:
    interval = interval_after(clock_after(8))
    narrowed = narrow_by_witness(interval, NOON, NOON + HOUR)
    assert (narrowed.earliest, narrowed.latest) == (interval.earliest, interval.latest)
    assert narrowed.faults == (TimeFault.CO_WITNESS_DISAGREES,)


def test_the_wall_clock_only_picks_a_point_inside() -> None:
    interval = Interval(NOON, NOON + HOUR, Basis.ANCHOR, Basis.RECEIPT)
    assert shown(NOON + MINUTE, interval, 0) == shown(NOON + MINUTE, interval, MINUTE)
    assert shown(NOON + MINUTE, interval, 0).point == NOON + MINUTE
    assert (shown(NOON - 1, interval, 0).point, shown(NOON - 1, interval, 0).clock_disagrees) == (
        NOON + HOUR // 2,
        True,
    )
    assert (shown(NOON - 1, interval, 1).point, shown(NOON - 1, interval, 1).clock_disagrees) == (NOON, False)


@given(st.integers(-(10**18), 10**18), st.integers(0, 10**12), st.integers(0, 10**9))
def test_the_point_shown_always_lies_inside(wall: int, width: int, tolerance: int) -> None:
    interval = Interval(NOON, NOON + width, Basis.ANCHOR, Basis.RECEIPT)
    assert interval.earliest <= shown(wall, interval, tolerance).point <= interval.latest
