"""Two realistic visits, one in Chinese and one in English, as the words and numbers that a report is made of."""

from typing import Any

MINUTE = 60_000_000
START = 1_773_450_000_000_000
"""2026-03-14 01:00 UTC, which is 09:00 in Shanghai; where the window of the visit begins."""

ZH: dict[str, Any] = {
    "issuer": {"name": "江苏恒通压缩机有限公司", "office": "苏州售后服务中心", "time_zone": "Asia/Shanghai"},
    "number": "SR-2026-003187",
    "customer": {
        "name": "苏州恒润精密机械有限公司",
        "address": "江苏省苏州市工业园区星湖街 328 号 6 号厂房",
        "contact": {"name": "周建华", "phone": "0512-6288 0317"},
    },
    "asset": {"product": "HT-75A 螺杆式空气压缩机", "serial": "HT75A-24-08817", "arrival_date": "2024-09-02"},
    "technician": "李明辉",
    "desk": "陈梅",
    "refusal": "对维修费用有异议",
    "lost": "技术员手机坠入电梯井，无法找回。",
    "work": "到场后与设备科周工确认故障现象：运行约二十分钟后排气温度升至 108 ℃ 并停机报警。检查油位正常，"
    "油冷却器翅片积尘严重，温控阀卡滞在旁通位置。\n更换温控阀芯与油滤芯，清洗油冷却器，补充专用油 2 升。试机 60 分钟，"
    "排气温度稳定在 86 ℃，加卸载正常，无泄漏。已向操作人员说明每周清洁散热器的方法。",
    "fault": {
        "symptom": "排气温度过高，停机报警",
        "cause": "温控阀卡滞；冷却器积尘",
        "component": "温控阀（冷却系统）",
    },
    "checklist": [
        ("安全断电与挂牌上锁", True),
        ("油位与油质检查", "正常"),
        ("皮带与联轴器", "正常"),
        ("安全阀校验标签有效", True),
        ("试机排气温度（℃）", 86),
        ("现场清理完毕", True),
    ],
    "parts": [
        ("HT-TV-071", "温控阀芯 71 ℃", 1, 48_000, False),
        ("HT-OF-220", "油滤芯", 1, 18_500, False),
        ("HT-LUB-02", "螺杆机专用润滑油（升）", 2, 6_800, True),
    ],
    "charges": [("润滑油", 13_600), ("保修期内工时费", 0)],
    "total": 13_600,
    "currency": "CNY",
    "warranty": ("under_warranty", "到货日期 2024-09-02 起 24 个月；润滑油属消耗品，不在保修范围内。"),
    "signer": {"name": "周建华", "role": "设备科主管", "contact": "zhou.jh@hengrun.example"},
    "consent": "本人确认已查看上述服务报告，内容与现场情况相符。本人同意以手写电子签名确认，并知悉签名笔迹将加密保存。",
    "arrival": {
        "en": "Inside the site with high probability, and within the window of the plan that the phone had received.",
        "zh": "定位显示在现场范围内，且到达时刻整体落在手机已接收的派工版本所约定的时段内。",
    },
}

EN: dict[str, Any] = {
    "issuer": {
        "name": "Hengtong Compressors Europe GmbH",
        "office": "Field service Hamburg",
        "time_zone": "Europe/Berlin",
    },
    "number": "SR-2026-000412",
    "customer": {
        "name": "Nordwerk Precision Castings Ltd",
        "address": "Hall 3, 17 Am Industriehafen, 21079 Hamburg",
        "contact": {"name": "Katharina O'Neill", "phone": "+49 40 555 0142"},
    },
    "asset": {"product": "HT-75A rotary screw compressor", "serial": "HT75A-23-01146", "arrival_date": "2023-05-19"},
    "technician": "Tomasz Zieliński",
    "desk": "Ingrid Sørensen",
    "refusal": "Disputes the charge for travel",
    "lost": "The phone fell into a lift shaft and could not be recovered.",
    "work": "Compressor stopped after about twenty minutes with discharge temperature at 108 °C. Oil level correct; "
    "oil cooler fins blocked with dust; thermostatic valve stuck in bypass.\nReplaced the valve element and "
    "the oil filter, cleaned the cooler, topped up 2 litres of oil. Ran 60 minutes: discharge steady at 86 °C, load "
    "and unload normal, no leaks. Showed the operator how to clean the cooler weekly.",
    "fault": {
        "symptom": "Discharge temperature too high, trip",
        "cause": "Valve stuck; cooler blocked",
        "component": "Thermostatic valve",
    },
    "checklist": [
        ("Isolated, locked and tagged", True),
        ("Oil level and condition", "good"),
        ("Coupling", "good"),
        ("Safety valve label in date", True),
        ("Discharge temperature after test (°C)", 86),
        ("Work area left clean", True),
    ],
    "parts": [
        ("HT-TV-071", "Thermostatic valve element 71 °C", 1, 6_200, True),
        ("HT-OF-220", "Oil filter", 1, 2_450, True),
        ("HT-LUB-02", "Screw compressor oil (litre)", 2, 900, True),
    ],
    "charges": [("Parts", 10_450), ("Labour, 2.5 h", 23_750), ("Travel", 4_800)],
    "total": 39_000,
    "currency": "EUR",
    "warranty": ("out_of_warranty", "24 months from delivery on 2023-05-19 ended on 2025-05-19."),
    "signer": {"name": "Katharina O'Neill", "role": "Maintenance manager", "contact": "k.oneill@nordwerk.example"},
    "consent": "I have read the service report above and it matches what was done on site. I agree to confirm it "
    "with a handwritten electronic signature and know that the strokes are kept encrypted.",
    "arrival": {
        "en": "Inside the site with high probability, and within the window of the plan that the phone had received.",
        "zh": "定位显示在现场范围内，且到达时刻整体落在手机已接收的派工版本所约定的时段内。",
    },
}

DE = EN | {
    "number": "SB-2026-000731",
    "customer": {
        "name": "Sächsische Präzisionsgussteile-Fertigungsgesellschaft mbH & Co. KG",
        "address": "Betriebsgelände Süd, Halle 3, Straße der Wasserkraftwerke 117a, 09599 Freiberg",
        "contact": {"name": "Dr.-Ing. Friederike Großmüller-Schönenberger", "phone": "+49 3731 555 0142"},
    },
    "asset": {
        "product": "HT-75A ölgeschmierter Schraubenkompressor mit Drehzahlregelung",
        "serial": "HT75A-23-01146",
        "arrival_date": "2023-05-19",
    },
    "technician": "Jürgen Weißenbach",
    "desk": "Käthe Örtel",
    "refusal": "Beanstandet die Anfahrtspauschale",
    "lost": "Das Telefon fiel in einen Aufzugsschacht und war nicht mehr zu bergen.",
    "work": "Der Kompressor schaltete nach etwa zwanzig Minuten mit einer Verdichtungsendtemperatur von 108 °C ab. Ölstand in Ordnung; "
    "Kühlerlamellen verstaubt; Thermostatventil klemmte in Bypassstellung.\nVentileinsatz und Ölfilter getauscht, Kühler gereinigt, "
    "2 Liter Öl nachgefüllt. 60 Minuten Probelauf: 86 °C, keine Undichtigkeiten.",
    "fault": {
        "symptom": "Verdichtungsendtemperatur zu hoch, Sicherheitsabschaltung",
        "cause": "Ventil klemmt; Kühler verstopft",
        "component": "Thermostatventil",
    },
    "checklist": [
        ("Freigeschaltet, gegen Wiedereinschalten gesichert und gekennzeichnet", True),
        ("Ölstand und Ölzustand", "in Ordnung"),
        ("Prüfplakette des Sicherheitsventils gültig", True),
        ("Arbeitsplatz sauber hinterlassen", True),
    ],
    "parts": [
        ("HT-TV-071", "Thermostatventileinsatz 71 °C", 1, 6_200, True),
        ("HT-OF-220", "Ölfilter", 1, 2_450, True),
        ("HT-LUB-02", "Schraubenkompressorenöl (Liter)", 2, 900, False),
    ],
    "charges": [("Ersatzteile", 8_650), ("Arbeitszeit, 2,5 h", 123_750), ("Anfahrtspauschale", 4_800)],
    "total": 137_200,
    "warranty": ("out_of_warranty", "Die 24 Monate ab Lieferung am 2023-05-19 endeten am 2025-05-19."),
    "signer": {
        "name": "Dr.-Ing. Friederike Großmüller-Schönenberger",
        "role": "Instandhaltungsbevollmächtigte",
        "contact": "f.grossmueller@praezisionsguss.example",
    },
    "consent": "Ich habe den Servicebericht gelesen; er entspricht dem, was vor Ort getan wurde. Ich bestätige ihn mit meiner "
    "handschriftlichen elektronischen Unterschrift.",
    "arrival": EN["arrival"]
    | {
        "de": "Mit hoher Wahrscheinlichkeit am Einsatzort und ganz im Zeitfenster des Plans, den das Telefon erhalten hatte."
    },
}

SLOTS = (
    "before",
    "before",
    "nameplate",
    "fault",
    "fault",
    "part",
    "part",
    "part",
    "after",
    "after",
    "after",
    "other",
    "after",
    "other",
)
