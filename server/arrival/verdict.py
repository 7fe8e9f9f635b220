"""The arrival verdict: place and time judged apart, then together, as one table and two rules.

The claim that is judged is 'the technician was at the site within the agreed window'. The judgement never blocks
work, is made again when the site or the window is corrected (both judgements stay), and is pure: the same evidence
gives the same judgement. Values are in `evidence`, the interval in `bounded_time` and `witness`, the place in `place`.
"""

import msgspec

from server.arrival.bounded_time import Interval, Shown, TimeFault, shown
from server.arrival.evidence import (
    Flag,
    Micros,
    Place,
    PreviousCheckIn,
    Reason,
    Site,
    Taken,
    Thresholds,
    TimeVerdict,
    Verdict,
    WindowVersion,
)
from server.arrival.place import Finding, find
from server.arrival.witness import Outcome, Reading
from server.arrival.words import Facts, in_words
from server.ground.words import Language

RULES_VERSION = 1
"""Raised whenever the same evidence may get another judgement; stored with each."""

TABLE: dict[tuple[Place, TimeVerdict], Verdict] = {
    (Place.INSIDE, TimeVerdict.ON_TIME): Verdict.PROVEN,
    (Place.INSIDE, TimeVerdict.INCONCLUSIVE): Verdict.LIKELY,  # rule 2 may lower it
    (Place.INSIDE, TimeVerdict.EARLY): Verdict.CONTRADICTED,
    (Place.INSIDE, TimeVerdict.LATE): Verdict.CONTRADICTED,
    (Place.INCONCLUSIVE, TimeVerdict.ON_TIME): Verdict.LIKELY,  # rule 1 may lower it
    (Place.INCONCLUSIVE, TimeVerdict.INCONCLUSIVE): Verdict.POSSIBLE,
    (Place.INCONCLUSIVE, TimeVerdict.EARLY): Verdict.CONTRADICTED,
    (Place.INCONCLUSIVE, TimeVerdict.LATE): Verdict.CONTRADICTED,
    (Place.OUTSIDE, TimeVerdict.ON_TIME): Verdict.CONTRADICTED,
    (Place.OUTSIDE, TimeVerdict.INCONCLUSIVE): Verdict.CONTRADICTED,
    (Place.OUTSIDE, TimeVerdict.EARLY): Verdict.CONTRADICTED,
    (Place.OUTSIDE, TimeVerdict.LATE): Verdict.CONTRADICTED,
}
"""Place and time to verdict, before the two rules of `_lowered`. Nothing raises a verdict above its row.

- *proven*: inside with high probability, and the whole interval lies in the window.
- *likely*: one of the two holds and the other is open but favourable.
- *possible*: nothing is shown and nothing excluded; it counts against nobody.
- *contradicted*: the phone was elsewhere, or the check-in was certainly before or after the window (`time` says which;
  an early arrival is no fault, it only is not within the window). A check-in from an uncertain place but certainly
  after the window is contradicted by its time, not by its fix.
"""

_UNDECIDABLE = frozenset({TimeFault.ORDER_DISAGREES, TimeFault.CO_WITNESS_DISAGREES})
"""Faults after which one cannot tell which evidence is right. After the others only the server's bounds are used."""


class Judgement(msgspec.Struct, frozen=True):
    """A judgement with everything that it rests on.

    `time` is against the window `held`, which counts; `time_by_latest` against the newest plan, to show beside it.
    `point` is the time to display. `probability_ppm` and `distance_mm` are None when no fix could be used.
    `reasons` say what keeps it from being proven; `flags` what to look at; `witness` what a typed code said; `words` the reasoning by language, a sentence a step.
    """

    verdict: Verdict
    place: Place
    time: TimeVerdict
    probability_ppm: int | None
    distance_mm: int | None
    interval: Interval
    point: Micros
    held: WindowVersion | None
    latest: WindowVersion | None
    time_by_latest: TimeVerdict
    reasons: tuple[Reason, ...]
    flags: tuple[Flag, ...]
    finding: Finding
    words: dict[str, tuple[str, ...]]
    witness: Reading | None = None
    rules_version: int = RULES_VERSION


def judge(
    fixes: tuple[Taken, ...],
    interval: Interval,
    wall: Micros,
    site: Site,
    held: WindowVersion | None,
    latest: WindowVersion | None,
    previous: PreviousCheckIn | None = None,
    thresholds: Thresholds | None = None,
    witness: Reading | None = None,
    languages: tuple[Language, ...] = (Language.EN, Language.ZH),
) -> Judgement:
    """Judge one check-in.

    `interval` is when it happened (already narrowed by order and by `witness`, if any), `wall` the phone's wall clock,
    `held` the window of the plan version that the phone had received (None when it had none), `latest` that of the
    newest plan version, `previous` the technician's check-in before this one; it is told in `languages`. Raises `ZoneInfoNotFoundError` for a
    site's unknown time zone.
    """
    thresholds = thresholds or Thresholds()
    finding = find(fixes, site, interval.latest, previous, thresholds)
    display = shown(wall, interval, thresholds.wall_tolerance_us)
    time = time_against(interval, held)
    verdict = TABLE[finding.place, time]
    lowered = _lowered(verdict, finding, time, display, held, thresholds)
    facts = Facts(
        verdict=lowered or verdict,
        time=time,
        finding=finding,
        fixes=fixes,
        site=site,
        interval=interval,
        shown=display,
        held=held,
        latest=latest,
        time_by_latest=time_against(interval, latest),
        reasons=_reasons(finding, time, interval, held, lowered),
        thresholds=thresholds,
        witness=witness,
    )
    return Judgement(
        verdict=facts.verdict,
        place=finding.place,
        time=time,
        probability_ppm=finding.probability_ppm,
        distance_mm=finding.distance_mm,
        interval=interval,
        point=display.point,
        held=held,
        latest=latest,
        time_by_latest=facts.time_by_latest,
        reasons=facts.reasons,
        flags=_flags(finding, interval, display, held, latest, witness),
        finding=finding,
        words={one.primary: in_words(facts, one) for one in languages},
        witness=witness,
    )


def time_against(interval: Interval, window: WindowVersion | None) -> TimeVerdict:
    """Where the interval lies: on time, early or late only when all of it does and its evidence does not conflict."""
    if window is None or _UNDECIDABLE.intersection(interval.faults):
        return TimeVerdict.INCONCLUSIVE
    if interval.latest < window.start:
        return TimeVerdict.EARLY
    if interval.earliest > window.end:
        return TimeVerdict.LATE
    if interval.earliest >= window.start and interval.latest <= window.end:
        return TimeVerdict.ON_TIME
    return TimeVerdict.INCONCLUSIVE


def _lowered(
    verdict: Verdict,
    finding: Finding,
    time: TimeVerdict,
    display: Shown,
    held: WindowVersion | None,
    thresholds: Thresholds,
) -> Verdict | None:
    """The two rules that lower *likely* to *possible*, where the open half is not favourable; None if neither does.

    1. The place is open, and the fixes are not to be trusted (any reason but mere imprecision) or P(inside) is below
       `likely_ppm`.
    2. The time is open, and the phone's wall clock is outside its interval or shows a time outside the window.
    """
    if verdict is not Verdict.LIKELY:
        return None
    if finding.place is Place.INCONCLUSIVE:
        trusted = finding.reasons == (Reason.POSITION_UNCERTAIN,)
        favourable = trusted and (finding.probability_ppm or 0) >= thresholds.likely_ppm
    else:
        within = held is not None and held.start <= display.point <= held.end
        favourable = within and not display.clock_disagrees
    return None if favourable else Verdict.POSSIBLE


def _reasons(
    finding: Finding, time: TimeVerdict, interval: Interval, held: WindowVersion | None, lowered: Verdict | None
) -> tuple[Reason, ...]:
    reasons = [*finding.reasons]
    if time is TimeVerdict.INCONCLUSIVE:
        if held is None:
            reasons.append(Reason.NO_WINDOW)
        elif _UNDECIDABLE.intersection(interval.faults):
            reasons.append(Reason.TIME_EVIDENCE_CONFLICTS)
        else:
            reasons.append(Reason.TIME_UNCERTAIN)
        if lowered is not None:
            reasons.append(Reason.WALL_CLOCK_UNHELPFUL)
    return tuple(reasons)


def _flags(
    finding: Finding,
    interval: Interval,
    display: Shown,
    held: WindowVersion | None,
    latest: WindowVersion | None,
    witness: Reading | None,
) -> tuple[Flag, ...]:
    flags = [*finding.flags]
    if display.clock_disagrees:
        flags.append(Flag.CLOCK_DISAGREES)
    if interval.faults:
        flags.append(Flag.TIME_EVIDENCE_CONFLICTS)
    if latest is not None and (held is None or latest.plan_version != held.plan_version):
        flags.append(Flag.NEWER_WINDOW_NOT_HELD)
    if held is not None and held.corrected:
        flags.append(Flag.WINDOW_CORRECTED)
    if witness is not None and witness.outcome in (Outcome.WRONG, Outcome.MALFORMED):
        flags.append(Flag.WITNESS_CODE_WRONG)
    elif witness is not None and witness.outcome is not Outcome.SEEN:
        flags.append(Flag.WITNESS_CODE_UNUSED)
    return tuple(flags)
