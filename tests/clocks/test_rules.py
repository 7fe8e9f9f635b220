"""What a clock says, against a count minute by minute that nobody can get wrong, and the desk cases that need no calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.clocks.rules import ClockKind, ClockStanding, Pause, Policy, Reading, due_at, read

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = Policy("a test's", ClockKind.REPLY, timedelta(hours=1), pausable=True)


def at(minute: int) -> datetime:
    return MONDAY + minute * MINUTE


def minutes(span: timedelta) -> int:
    assert span % MINUTE == timedelta()
    return span // MINUTE


def slow(within: int, pauses: list[tuple[int, int | None]], met: int | None, stopped: int | None, now: int) -> Reading:
    """Minute by minute: each that lies in no pause uses up one. A clock is over when one passes that it no longer had."""

    def counts(minute: int) -> bool:
        return not any(since <= minute and (until is None or minute < until) for since, until in pauses)

    left, due, minute = within, None, 0
    while due is None and minute < 10_000:
        if left == 0:
            due = minute
        elif counts(minute):
            left -= 1
        minute += 1
    if due is None:  # it is paused before the time is used up, for who knows how long: the earliest is asked for
        since = pauses[-1][0]
        due = since + left
        paused = since <= now
    else:
        paused = False
    end = next((one for one in (met, stopped) if one is not None), now)
    used = sum(counts(minute) for minute in range(end))
    if stopped is not None:
        standing = ClockStanding.STOPPED
    elif met is not None:
        standing = ClockStanding.MET_LATE if met > due else ClockStanding.MET_IN_TIME
    elif paused:
        standing = ClockStanding.PAUSED
    else:
        standing = ClockStanding.OVERDUE if now > due else ClockStanding.RUNNING
    return Reading(at(due), (within - used) * MINUTE, standing)


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[tuple[int, int | None]], int | None, int | None, int]:
    """How much time, pauses in order and apart, of which the last may last, and what happened after them."""
    moments = sorted(draw(st.lists(st.integers(0, 60), unique=True, max_size=8)))
    pauses: list[tuple[int, int | None]] = list(zip(moments[::2], moments[1::2], strict=False))
    last = moments[-1] if moments else 0
    end, now = sorted(last + draw(st.integers(0, 60)) for _ in range(2))
    what = draw(st.sampled_from(["met", "stopped", "waits"]))
    if what == "waits" and len(moments) % 2:
        pauses.append((last, None))
    met = draw(st.integers(0, end)) if what == "met" else None  # what was done before a pause may be entered after it
    return draw(st.integers(1, 60)), pauses, met, end if what == "stopped" else None, now


@given(histories())
def test_a_clock_is_what_a_count_minute_by_minute_says(
    history: tuple[int, list[tuple[int, int | None]], int | None, int | None, int],
) -> None:
    within, pauses, met, stopped, now = history
    says = read(
        HOUR._replace(within=within * MINUTE),
        at(0),
        [Pause(at(since), None if until is None else at(until)) for since, until in pauses],
        None if met is None else at(met),
        at(now),
        None if stopped is None else at(stopped),
    )
    assert says == slow(*history)


@given(histories(), st.integers(0, 60))
def test_what_waits_is_overdue_from_the_moment_at_which_nothing_is_left(
    history: tuple[int, list[tuple[int, int | None]], int | None, int | None, int], later: int
) -> None:
    within, pauses, _, _, now = history
    ended = [Pause(at(since), at(until)) for since, until in pauses if until is not None]
    says = read(HOUR._replace(within=within * MINUTE), at(0), ended, None, at(now + later))
    assert (says.standing is ClockStanding.OVERDUE) == (at(now + later) > says.due)
    if not any(pause.until is not None and pause.until > says.due for pause in ended):
        assert says.due - at(now + later) == says.remaining


def test_what_is_done_at_the_very_moment_is_done_in_time() -> None:
    assert read(HOUR, MONDAY, (), at(60), at(90)).standing is ClockStanding.MET_IN_TIME
    assert read(HOUR, MONDAY, (), at(60) + timedelta(microseconds=1), at(90)).standing is ClockStanding.MET_LATE
    assert read(HOUR, MONDAY, (), None, at(60)).standing is ClockStanding.RUNNING
    assert read(HOUR, MONDAY, (), None, at(60) + timedelta(microseconds=1)).standing is ClockStanding.OVERDUE


def test_desk_case_1_the_plans_own_clocks_know_no_calendar() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    spring_festival = datetime(2026, 2, 16, 23, 40, tzinfo=shanghai)
    assert due_at(timedelta(hours=1), spring_festival.astimezone(UTC), ()) == datetime(
        2026, 2, 17, 0, 40, tzinfo=shanghai
    )


def test_desk_case_2_a_day_of_24_hours_over_the_change_of_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    started = datetime(2026, 3, 28, 16, tzinfo=berlin).astimezone(UTC)
    assert due_at(timedelta(hours=24), started, ()) == datetime(2026, 3, 29, 17, tzinfo=berlin)


def test_desk_case_18_met_while_it_was_paused() -> None:
    paused = [Pause(at(60), at(51 * 60))]
    says = read(HOUR._replace(within=timedelta(hours=8)), MONDAY, paused, at(51 * 60), at(60 * 60))
    assert (says.standing, says.remaining) == (ClockStanding.MET_IN_TIME, timedelta(hours=7))


def test_desk_case_14_hours_in_which_nobody_works_are_pauses_without_end() -> None:
    """Monday 10:00, 8 hours of 9 to 18, and nobody may work from Monday 17:00 to Tuesday 10:00: due Tuesday 11:00."""
    monday = datetime(2026, 3, 2, 10, tzinfo=UTC)
    nights = (Pause(monday + timedelta(days=day, hours=7), monday + timedelta(days=day + 1)) for day in range(10**9))
    assert due_at(timedelta(hours=8), monday, nights) == monday + timedelta(days=1, hours=1)
