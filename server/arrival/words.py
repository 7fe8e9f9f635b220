"""The arithmetic of a verdict in words, for a dispatcher to read out. It decides nothing; the sentences stand in the language files."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.arrival.bounded_time import Interval, Shown
from server.arrival.evidence import (
    Fix,
    Micros,
    Reason,
    Site,
    Taken,
    Thresholds,
    TimeVerdict,
    Verdict,
    WindowVersion,
)
from server.arrival.place import Finding
from server.arrival.witness import NOT_A_TEXT, Reading
from server.ground.legible import legible, plain_code
from server.ground.local_time import differ, local, offset, outward
from server.ground.words import Language, Words, words

Teller = Callable[[datetime], str]
"""Writes a moment as a local time."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Facts(msgspec.Struct, frozen=True):
    """All that the sentences speak of; see `Judgement`."""

    verdict: Verdict
    time: TimeVerdict
    finding: Finding
    fixes: tuple[Taken, ...]
    site: Site
    interval: Interval
    shown: Shown
    held: WindowVersion | None
    latest: WindowVersion | None
    time_by_latest: TimeVerdict
    reasons: tuple[Reason, ...]
    thresholds: Thresholds
    witness: Reading | None = None


def in_words(facts: Facts, language: Language) -> tuple[str, ...]:
    """The whole reasoning in a language, a sentence a step; the last one is the conclusion."""
    said = words(language)
    sentences = [*_place(facts, said), *_time(facts, said), *_later_plan(facts, said)]
    if facts.reasons:
        sentences.append(said.say("arrival.limits", reasons=_listed(facts.reasons, said)))
    return (*sentences, said.say("arrival.together", verdict=said.at("arrival.verdicts")[facts.verdict]))


def as_text(sentences: tuple[str, ...], language: Language) -> str:
    """The sentences as one text."""
    return str(words(language).at("format.sentences")).join(sentences)


def _place(facts: Facts, said: Words) -> list[str]:
    finding, count = facts.finding, len(facts.fixes)
    place = said.at("arrival.places")[finding.place]
    if finding.fix_number is None or finding.distance_mm is None or finding.sigma_mm is None:
        return [said.say("arrival.nothing_usable", count=count, place=place)]
    best = facts.fixes[finding.fix_number]
    assert isinstance(best, Fix)  # the finding names the number of one that could be used
    sentences = [
        said.say(
            "arrival.best_fix", count=count, distance=_metres(finding.distance_mm, said),
            radius=_metres(facts.site.radius_mm, said), accuracy=_metres(best.accuracy_mm, said),
            meaning=said.at("arrival.accuracies")[best.platform], sigma=_metres(finding.sigma_mm, said),
        ),
        said.say(
            "arrival.inside", share=_share(finding.probability_ppm or 0, said),
            asked=_share(facts.thresholds.inside_ppm, said),
        ),
    ]  # fmt: skip
    if finding.distance_mm > facts.site.radius_mm:
        share, rare = _share(finding.error_ppm or 0, said), _share(facts.thresholds.outside_ppm, said)
        sentences.append(said.say("arrival.outside", share=share, rare=rare))
    if finding.aside:
        number, reasons = len(finding.aside), _listed([item.reason for item in finding.aside], said)
        sentences.append(said.say("arrival.aside", count=number, fixes=count, reasons=reasons))
    return [*sentences, said.say("arrival.place", place=place)]


def _listed(reasons: Iterable[Reason], said: Words) -> str:
    return str(said.at("format.clauses")).join(said.key(reason) for reason in dict.fromkeys(reasons))


def _time(facts: Facts, said: Words) -> list[str]:
    tell = _teller(facts)
    interval, held = facts.interval, facts.held
    earliest, latest = map(tell, _bounds(interval.earliest, interval.latest))
    sentences = [
        said.say(
            "arrival.time", zone=facts.site.time_zone, earliest=earliest, since=said.key(interval.earliest_basis),
            latest=latest, until=said.key(interval.latest_basis),
        )
    ]  # fmt: skip
    if facts.witness is not None:
        sentences.append(_code(facts.witness, tell, said))
    if held is not None:
        name = "window_corrected" if held.corrected else "window"
        time = said.at("arrival.times")[facts.time]
        sentences.append(said.say(f"arrival.{name}", window=_window(held, tell), version=held.plan_version, time=time))
    if facts.shown.clock_disagrees:
        sentences.append(said.say("arrival.wall_clock"))
    return sentences


def _code(reading: Reading, tell: Teller, said: Words) -> str:
    """What the typed code says. It proves that somebody saw it, not who, nor from where."""
    code = " ".join(legible(plain_code(reading.code)).split("\n"))
    if reading.earliest is None or reading.latest is None:
        finding = said.at("arrival.codes")[reading.outcome]
        name = "code_no_text" if reading.code == NOT_A_TEXT else "code_unseen"
        return said.say(f"arrival.{name}", code=code, finding=finding)
    first, last = map(tell, _bounds(reading.earliest, reading.latest))
    return said.say("arrival.code_seen", code=code, first=first, last=last, share=_share(reading.chance_ppm or 0, said))


def _later_plan(facts: Facts, said: Words) -> list[str]:
    held, latest = facts.held, facts.latest
    if latest is None or (held is not None and held.plan_version == latest.plan_version):
        return []
    time, window = said.at("arrival.times")[facts.time_by_latest], _window(latest, _teller(facts))
    return [said.say("arrival.newer_plan", version=latest.plan_version, window=window, time=time)]


def _window(window: WindowVersion, tell: Teller) -> str:
    return f"{tell(_at(window.start))} – {tell(_at(window.end))}"


def _metres(millimetres: int, said: Words) -> str:
    return said.number(f"{millimetres / 1000:.1f}" if millimetres < 10_000 else f"{millimetres / 1000:,.0f}")


def _share(ppm: int, said: Words) -> str:
    """Never rounded to certainty, in either direction."""
    if ppm > 999_000:
        return said.say("arrival.share_most")
    if ppm < 1_000:
        return said.say("arrival.share_least")
    return said.say("arrival.share", number=said.number(f"{ppm // 1000 / 10:g}"))


def _teller(facts: Facts) -> Teller:
    """Writes local times: all with their offsets where some have another, or the clocks show one of them twice."""
    zone, reading = ZoneInfo(facts.site.time_zone), facts.witness
    moments = [*_bounds(facts.interval.earliest, facts.interval.latest)]
    if reading is not None and reading.earliest is not None and reading.latest is not None:
        moments += _bounds(reading.earliest, reading.latest)
    for window in (facts.held, facts.latest):
        moments += [_at(window.start), _at(window.end)] if window is not None else []
    with_offset = differ(local(moment, zone) for moment in moments)

    def tell(moment: datetime) -> str:
        at = local(moment, zone)
        return f"{at:%Y-%m-%d %H:%M:%S}" + (f" ({offset(at)})" if with_offset else "")

    return tell


def _bounds(earliest: Micros, latest: Micros) -> tuple[datetime, datetime]:
    return outward(_at(earliest), _at(latest))


def _at(micros: Micros) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
