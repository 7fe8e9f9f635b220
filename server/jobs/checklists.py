"""What a visit has on its checklist when nothing else is given: each line in every language, with the English text as its label.

A migration gave these texts to the lines that were there before; a changed line is for new visits.
"""

from typing import NamedTuple

Texts = dict[str, str]


class Line(NamedTuple):
    """A line of a checklist; `label` is the text that is read where `labels` has nothing better."""

    label: str
    labels: Texts
    kind: str = "yes_no"
    required: bool = False


def _line(english: str, chinese: str, german: str) -> Line:
    return Line(english, {"en": english, "zh-CN": chinese, "de": german})


CLEAN = _line("Work area left clean", "作业现场已清理干净", "Arbeitsplatz sauber hinterlassen")
CHECKLISTS: dict[str, tuple[Line, ...]] = {
    "repair": (
        _line("Power isolated before work", "作业前已断电隔离", "Vor Arbeitsbeginn spannungsfrei geschaltet"),
        _line("Fault reproduced", "故障已复现", "Fehler nachgestellt"),
        _line("Function tested after repair", "维修后已做功能测试", "Funktion nach der Reparatur geprüft"),
        CLEAN,
    ),
    "maintenance": (
        _line("Filters and seals checked", "过滤器和密封件已检查", "Filter und Dichtungen geprüft"),
        _line("Lubrication done", "已加注润滑", "Schmierung durchgeführt"),
        _line("Readings within limits", "各项读数在允许范围内", "Messwerte innerhalb der Grenzen"),
        CLEAN,
    ),
    "installation": (
        _line(
            "Foundation and supply checked", "安装基础和水电供应已检查", "Fundament und Versorgungsanschlüsse geprüft"
        ),
        _line("Equipment levelled", "设备已调平", "Gerät waagerecht ausgerichtet"),
        _line("Trial run done", "试运行已完成", "Probelauf durchgeführt"),
        _line("Operator instructed", "操作人员已接受指导", "Bedienpersonal eingewiesen"),
    ),
}
"""By the job's kind."""

KNOWN = {line.label: line for lines in CHECKLISTS.values() for line in lines}


def line_of(label: str, labels: Texts) -> Line:
    """A line as the desk wrote it. One that is written like a line above, and in no language, has that one's texts."""
    known = KNOWN.get(label)
    return Line(label, known.labels if known and not labels else labels)
