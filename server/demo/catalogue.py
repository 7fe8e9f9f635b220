"""What the demo's company makes and sells, and the words for what breaks: in Chinese for its home, English, and German for customers abroad."""

from server.customers.rules import FaultRole
from server.ground.by_language import Labels, Names

PRODUCTS = (
    ("CH-200", Names("Chiller CH-200", "冷水机组 CH-200", "Kaltwassersatz CH-200"), 24),
    ("AC-75", Names("Air compressor AC-75", "空压机 AC-75", "Druckluftkompressor AC-75"), 18),
    ("DR-30", Names("Refrigerated dryer DR-30", "冷干机 DR-30", "Kältetrockner DR-30"), 12),
    ("CT-9", Names("Controller CT-9", "控制柜 CT-9", "Schaltschrank CT-9"), 36),
)
PARTS = (
    ("FAN-12", Names("Condenser fan", "冷凝风机", "Verflüssigerlüfter"), 45000),
    ("BRG-6205", Names("Bearing 6205", "轴承 6205", "Kugellager 6205"), 6800),
    ("SEN-T1", Names("Temperature sensor", "温度传感器", "Temperaturfühler"), 12500),
    ("FLT-20", Names("Oil filter", "油过滤器", "Ölfilter"), 9900),
    ("PCB-7", Names("Control board", "控制板", "Steuerplatine"), 188000),
    ("VLV-3", Names("Expansion valve", "膨胀阀", "Expansionsventil"), 56000),
    ("BLT-A42", Names("Drive belt", "传动带", "Antriebsriemen"), 4200),
    ("CNT-40", Names("Contactor", "接触器", "Schütz"), 17500),
)
FAULT_WORDS = (
    ("E42", FaultRole.SYMPTOM, Labels("Stops with E42", "报 E42 停机", "Schaltet mit E42 ab")),
    ("NOISE", FaultRole.SYMPTOM, Labels("Loud noise", "异响", "Lautes Geräusch")),
    ("LEAK", FaultRole.SYMPTOM, Labels("Water leak", "漏水", "Wasser tritt aus")),
    ("WARM", FaultRole.SYMPTOM, Labels("Does not reach temperature", "降温不足", "Erreicht die Temperatur nicht")),
    ("FAN", FaultRole.COMPONENT, Labels("Condenser fan", "冷凝风机", "Verflüssigerlüfter")),
    ("BEARING", FaultRole.COMPONENT, Labels("Bearing", "轴承", "Lager")),
    ("VALVE", FaultRole.COMPONENT, Labels("Expansion valve", "膨胀阀", "Expansionsventil")),
    ("WORN", FaultRole.CAUSE, Labels("Worn", "磨损", "Verschlissen")),
    ("DIRTY", FaultRole.CAUSE, Labels("Blocked with dirt", "积尘堵塞", "Durch Schmutz verstopft")),
    ("LOOSE", FaultRole.CAUSE, Labels("Loose contact", "接触不良", "Wackelkontakt")),
)


def plain(names: Names) -> str:
    """The name that is read where there is no better one: of this company, the English."""
    return str(names.en)
