"""The arithmetic of a verdict in words, English and Chinese, for a dispatcher to read out. It decides nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.arrival.bounded_time import Basis, Interval, Shown
from server.arrival.evidence import (
    Fix,
    Micros,
    Place,
    Reason,
    Site,
    Taken,
    Thresholds,
    TimeVerdict,
    Verdict,
    WindowVersion,
)
from server.arrival.place import Finding
from server.arrival.witness import NOT_A_TEXT, Outcome, Reading
from server.ground.legible import legible, plain_code
from server.ground.local_time import differ, local, offset, outward
from server.identity.rules import Platform

Pair = tuple[str, str]
"""The same words in English and in Chinese."""
Teller = Callable[[datetime], str]
"""Writes a moment as a local time."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Words(msgspec.Struct, frozen=True):
    """Sentences in both languages, in the same order; the last one is the conclusion."""

    en: tuple[str, ...]
    zh: tuple[str, ...]


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


PLACES: dict[Place, Pair] = {
    Place.INSIDE: ("inside", "在围栏内"),
    Place.OUTSIDE: ("outside", "在围栏外"),
    Place.INCONCLUSIVE: ("inconclusive", "无法判定"),
}

TIMES: dict[TimeVerdict, Pair] = {
    TimeVerdict.ON_TIME: ("on time", "准时"),
    TimeVerdict.EARLY: ("early", "早到"),
    TimeVerdict.LATE: ("late", "迟到"),
    TimeVerdict.INCONCLUSIVE: ("inconclusive", "无法判定"),
}

VERDICTS: dict[Verdict, Pair] = {
    Verdict.PROVEN: (
        "proven: the evidence shows that the technician was at the site within the agreed window",
        "已证实：证据表明技术员在约定时段内到达现场",
    ),
    Verdict.LIKELY: (
        "likely: the evidence speaks for an arrival within the agreed window, but leaves place or time open",
        "很可能：证据支持在约定时段内到达，但地点或时间尚有一项未定",
    ),
    Verdict.POSSIBLE: (
        "possible: the evidence neither shows nor excludes an arrival within the window; it counts against nobody",
        "有可能：证据既不能证实也不能排除在约定时段内到达；不对任何人作不利认定",
    ),
    Verdict.CONTRADICTED: (
        "contradicted: the evidence speaks against an arrival at the site within the agreed window",
        "与证据不符：证据表明并非在约定时段内到达现场",
    ),
}

REASONS: dict[Reason, Pair] = {
    Reason.MOCKED: ("the phone was fed a mock position", "手机使用了模拟定位"),
    Reason.NO_FIX: ("the phone gave no fix", "手机没有提供定位"),
    Reason.NO_POSITION: ("a fix has no position", "定位结果没有坐标"),
    Reason.NO_ACCURACY: ("a fix has no accuracy", "定位结果没有精度"),
    Reason.IMPROBABLE_ACCURACY: ("a fix claims more accuracy than any phone has", "定位精度高于手机可能达到的水平"),
    Reason.IMPOSSIBLE_SPEED: ("a fix reports an impossible speed", "定位报告的速度不可能"),
    Reason.MALFORMED: ("a fix does not have the form of one", "定位结果格式不正确"),
    Reason.OUTSIDE_DATUM: ("a fix lies where its datum has no positions", "定位位于其坐标系不存在的位置"),
    Reason.TOO_MANY: ("of more than 20 fixes only the first 20 are weighed", "定位超过 20 次，仅采用前 20 次"),
    Reason.STALE: ("a fix was too old at the tap", "打卡时定位已过旧"),
    Reason.CONTRADICTORY_FIXES: ("the fixes contradict each other", "多次定位互相矛盾"),
    Reason.IMPOSSIBLE_TRAVEL: (
        "nobody could have come here from the previous check-in in that time",
        "从上一次打卡地点不可能在该时间内到达此处",
    ),
    Reason.DATUM_MISMATCH: (
        "the fix falls inside under another datum, so a datum may be stated wrongly",
        "换用另一坐标系则在围栏内，坐标系可能标注有误",
    ),
    Reason.POSITION_UNCERTAIN: ("the position is too uncertain to decide", "位置误差过大，无法判定"),
    Reason.TIME_UNCERTAIN: ("the interval reaches over an end of the window", "时间区间跨越约定时段的边界"),
    Reason.NO_WINDOW: ("the phone had received no window", "手机未收到约定时段"),
    Reason.WALL_CLOCK_UNHELPFUL: (
        "the phone's wall clock does not place the check-in within the window",
        "手机时钟未显示打卡在约定时段内",
    ),
    Reason.TIME_EVIDENCE_CONFLICTS: ("two pieces of evidence about the time conflict", "时间证据互相冲突"),
}

BASES: dict[Basis, Pair] = {
    Basis.ENROLMENT: ("the phone's enrolment", "手机注册时间"),
    Basis.ANCHOR: ("the server's last time anchor", "服务器最后一次时间锚"),
    Basis.MONOTONIC: ("the server's time anchor plus the phone's running clock", "服务器时间锚加手机单调时钟"),
    Basis.ORDER: ("the neighbouring operations in the signed chain", "签名链中的相邻操作"),
    Basis.CO_WITNESS: ("the code read at the site", "在现场读取的动态码"),
    Basis.RECEIPT: ("receipt by the server", "服务器收到时间"),
    Basis.RECORD: ("the stored bounds of the operation", "该操作已存储的时间界限"),
}

UNSEEN: dict[Outcome, Pair] = {
    Outcome.WRONG: (
        "was not shown at any time that the other evidence allows; it proves nothing, for or against",
        "与其他证据所允许时间内显示的动态码均不符；不作任何正面或反面证明",
    ),
    Outcome.MALFORMED: ("is not a code; it proves nothing, for or against", "不是有效的动态码；不作任何正面或反面证明"),
    Outcome.INTERVAL_TOO_WIDE: (
        "could not be used: the time is so open that a guess might have fitted",
        "无法采用：时间区间过宽，随意猜测也可能相符",
    ),
    Outcome.NOT_IN_USE: (
        "could not be checked: no code was shown at this site then",
        "无法核对：该现场当时未启用动态码",
    ),
}

_ACCURACY: dict[Platform, Pair] = {
    Platform.ANDROID: ("Android, the radius of 68 %", "安卓，68% 半径"),
    Platform.IOS: ("iOS, the root of both variances", "iOS，两轴方差之和的平方根"),
    Platform.WEB: ("a browser, the radius of 95 %", "浏览器，95% 半径"),
}


def in_words(facts: Facts) -> Words:
    """The whole reasoning, a sentence a step."""
    pairs = [*_place(facts), *_time(facts), *_later_plan(facts)]
    if facts.reasons:
        listed = [REASONS[reason] for reason in facts.reasons]
        english, chinese = "; ".join(pair[0] for pair in listed), "；".join(pair[1] for pair in listed)
        pairs.append((f"What limits this: {english}.", f"受限原因：{chinese}。"))
    english, chinese = VERDICTS[facts.verdict]
    pairs.append((f"Together {english}.", f"综合结论为{chinese}。"))
    return Words(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def _place(facts: Facts) -> list[Pair]:
    finding, count = facts.finding, len(facts.fixes)
    english_end, chinese_end = PLACES[finding.place]
    if finding.fix_number is None or finding.distance_mm is None or finding.sigma_mm is None:
        return [
            (
                f"Place: none of the {count} fixes can be used: {english_end}.",
                f"地点：{count} 次定位均不可用：{chinese_end}。",
            )
        ]
    best = facts.fixes[finding.fix_number]
    assert isinstance(best, Fix)  # the finding names the number of one that could be used
    distance, radius = _metres(finding.distance_mm), _metres(facts.site.radius_mm)
    sigma = _metres(finding.sigma_mm)
    accuracy, (english, chinese) = _metres(best.accuracy_mm), _ACCURACY[best.platform]
    inside, asked = _percent(finding.probability_ppm or 0), _percent(facts.thresholds.inside_ppm)
    needed, rare = _percent(finding.error_ppm or 0), _percent(facts.thresholds.outside_ppm)
    pairs = [
        (
            f"Place: the best of {count} fixes lies {distance} m from the site, whose geofence has a radius "
            f"of {radius} m. Its accuracy of {accuracy} m ({english}) and its age make a standard deviation of "
            f"{sigma} m.",
            f"地点：{count} 次定位中最好的一次距现场 {distance} 米，围栏半径 {radius} 米。其精度 "
            f"{accuracy} 米（{chinese}）加上定位时延，标准差为 {sigma} 米。",
        ),
        (
            f"So the phone was inside with a probability of {inside[0]}; the office asks for {asked[0]} to say inside.",
            f"因此手机在围栏内的概率为{inside[1]}；判定在内需达到{asked[1]}。",
        ),
    ]
    if finding.distance_mm > facts.site.radius_mm:
        pairs.append(
            (
                f"Had the phone been inside, its error would be as large as in {needed[0]} of cases; the office says "
                f"outside at {rare[0]} or less.",
                f"若手机当时在围栏内，出现如此大定位误差的概率为{needed[1]}；不高于{rare[1]}时判定在外。",
            )
        )
    if finding.aside:
        pairs.append(_aside(finding, count))
    pairs.append((f"Place: {english_end}.", f"地点结论：{chinese_end}。"))
    return pairs


def _aside(finding: Finding, count: int) -> Pair:
    """How many fixes were not used beside those that were, and why."""
    listed = [REASONS[reason] for reason in dict.fromkeys(item.reason for item in finding.aside)]
    english, chinese = "; ".join(pair[0] for pair in listed), "；".join(pair[1] for pair in listed)
    number = len(finding.aside)
    were = "was" if number == 1 else "were"
    return (
        f"{number} of the {count} fixes {were} set aside: {english}.",
        f"{count} 次定位中有 {number} 次未采用：{chinese}。",
    )


def _time(facts: Facts) -> list[Pair]:
    tell = _teller(facts)
    interval, held = facts.interval, facts.held
    earliest, latest = map(tell, _bounds(interval.earliest, interval.latest))
    from_en, from_zh = BASES[interval.earliest_basis]
    to_en, to_zh = BASES[interval.latest_basis]
    pairs = [
        (
            f"Time ({facts.site.time_zone}): the check-in happened between {earliest} (by {from_en}) "
            f"and {latest} (by {to_en}).",
            f"时间（{facts.site.time_zone}）：打卡发生在 {earliest}（依据{from_zh}）与 {latest}（依据{to_zh}）之间。",
        )
    ]
    if facts.witness is not None:
        pairs.append(_code(facts.witness, tell))
    english, chinese = TIMES[facts.time]
    if held is not None and held.corrected:
        window = _window(held, tell)
        pairs.append(
            (
                f"The agreed window is {window}, corrected afterwards (the phone had plan version {held.plan_version} "
                f"as it was first written): {english}.",
                f"约定时段为 {window}，系事后更正（手机所持为计划第 {held.plan_version} 版的原始内容）：{chinese}。",
            )
        )
    elif held is not None:
        window = _window(held, tell)
        pairs.append(
            (
                f"The agreed window is {window} (plan version {held.plan_version}, which the phone had): {english}.",
                f"约定时段为 {window}（手机所持的计划第 {held.plan_version} 版）：{chinese}。",
            )
        )
    if facts.shown.clock_disagrees:
        pairs.append(
            ("The phone's wall clock disagrees with this and was not used.", "手机显示时间与此不符，未予采用。")
        )
    return pairs


def _code(reading: Reading, tell: Teller) -> Pair:
    """What the typed code says. It proves that somebody saw it, not who, nor from where."""
    code = " ".join(legible(plain_code(reading.code)).split("\n"))
    if reading.earliest is None or reading.latest is None:
        english, chinese = UNSEEN[reading.outcome]
        if reading.code == NOT_A_TEXT:
            return f"The typed code is not a text: it {english}.", f"输入的动态码不是文本：{chinese}。"
        return f"The typed code '{code}' {english}.", f"输入的动态码“{code}”{chinese}。"
    first, last = map(tell, _bounds(reading.earliest, reading.latest))
    chance = _percent(reading.chance_ppm or 0)
    return (
        f"The typed code {code} was shown between {first} and {last}, with the clock's error and the time to "
        f"type it in; a guess would have fitted with a probability of {chance[0]}.",
        f"输入的动态码 {code} 在 {first} 与 {last} 之间显示（已计入时钟误差与输入时间）；随意猜中的概率为{chance[1]}。",
    )


def _later_plan(facts: Facts) -> list[Pair]:
    held, latest = facts.held, facts.latest
    if latest is None or (held is not None and held.plan_version == latest.plan_version):
        return []
    window = _window(latest, _teller(facts))
    english, chinese = TIMES[facts.time_by_latest]
    return [
        (
            f"Plan version {latest.plan_version} ({window}) had not reached the phone; "
            f"by it the check-in would be: {english}.",
            f"计划第 {latest.plan_version} 版（{window}）尚未送达手机；若按该版则为：{chinese}。",
        )
    ]


def _window(window: WindowVersion, tell: Teller) -> str:
    return f"{tell(_at(window.start))} – {tell(_at(window.end))}"


def _metres(millimetres: int) -> str:
    return f"{millimetres / 1000:.1f}" if millimetres < 10_000 else f"{millimetres / 1000:,.0f}"


def _percent(ppm: int) -> Pair:
    """Never rounded to certainty, in either direction."""
    if ppm > 999_000:
        return "more than 99.9 %", "超过 99.9%"
    if ppm < 1_000:
        return "less than 0.1 %", "不到 0.1%"
    return f"{ppm // 1000 / 10:g} %", f" {ppm // 1000 / 10:g}%"


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
