"""Questions of the demo: elementary physics of two methods, worked out by number, so that every key is right. They belong to no real bank."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

PI = Decimal("3.14159265")
SOURCE = "示例：物理公式自算，不取自任何考题"
# unit, kind, marks, how many in a paper; 100 marks in all
ROWS = (
    ("基本物理量", "single_choice", "8", 6),
    ("检测方法", "multiple_choice", "10", 2),
    ("检测方法", "true_false", "3", 4),
    ("检测记录", "short_answer", "10", 2),
)


@dataclass(frozen=True)
class Draft:
    """A question as a setter would type it."""

    unit: str
    kind: str
    stem: str
    choices: tuple[str, ...]
    key: str
    marks: str
    difficulty: int


def blueprint_rows() -> list[dict[str, object]]:
    return [{"unit": unit, "kind": kind, "marks": marks, "count": count} for unit, kind, marks, count in ROWS]


def drafts(family: str, seed: int) -> Iterator[Draft]:
    """Enough different questions of each row for a paper and its spare."""
    dice = random.Random(f"questions-{family}-{seed}")
    for _, kind, marks, count in ROWS:
        for number in range(count * 2 + 2):
            yield _MAKERS[kind](family, number, marks, dice)


def _single(family: str, number: int, marks: str, dice: random.Random) -> Draft:
    if family == "UT":
        speed, megahertz = dice.choice((5900, 3230, 6260, 2730)), Decimal(dice.choice(("1", "1.25", "2", "2.5", "4", "5", "10")))
        value = (Decimal(speed) / (megahertz * 1000)).quantize(Decimal("0.01"))
        stem = f"第{number + 1}题组：某材料中声速为 {speed} m/s，探头频率为 {megahertz} MHz，波长最接近多少毫米？"
    else:
        diameter, current = dice.choice((25, 40, 50, 60, 80)), dice.choice((500, 800, 1000, 1200, 1600))
        value = (Decimal(current) / (PI * Decimal(diameter) / 10)).quantize(Decimal("0.1"))  # H = I / (π d), A/cm
        stem = f"第{number + 1}题组：直径 {diameter} mm 的圆钢通以 {current} A 电流，表面磁场强度最接近多少 A/cm？"
    options = _spread(value, dice)
    return Draft("基本物理量", "single_choice", stem, options, "ABCD"[options.index(str(value))], marks, dice.choice((2, 3)))


def _spread(value: Decimal, dice: random.Random) -> tuple[str, ...]:
    """The right value among three wrong ones, in no order that gives it away."""
    step = Decimal(1).scaleb(value.as_tuple().exponent)
    near = {value, (value * 2).quantize(step), (value / 2).quantize(step), (value * Decimal("1.4")).quantize(step)}
    while len(near) < 4:
        near.add(max(near) + step)
    options = [str(one) for one in near]
    options.sort()
    dice.shuffle(options)
    return tuple(options)


_FACTS = {
    "UT": (
        ("频率升高时，同一材料中的波长变短", True), ("纵波能在固体、液体和气体中传播", True), ("横波能在水中传播", False),
        ("晶片直径增大，远场扩散角变小", True), ("耦合剂的作用是排除探头与工件之间的空气", True), ("波长随频率升高而变长", False),
        ("近场区内声压起伏，不宜直接定量", True), ("粗晶材料宜选用更高的频率", False), ("斜探头利用波型转换产生横波", True),
        ("缺陷取向与声束平行时反射最强", False), ("声阻抗等于密度与声速之积", True), ("探伤灵敏度与表面粗糙度无关", False),
    ),
    "MT": (
        ("磁粉检测适用于铁磁性材料", True), ("奥氏体不锈钢适于磁粉检测", False), ("缺陷方向与磁力线垂直时漏磁场最强", True),
        ("磁化后可视需要进行退磁", True), ("荧光磁粉在紫外线下观察", True), ("磁粉检测能发现工件深处的气孔", False),
        ("线圈法产生纵向磁场", True), ("轴向通电法产生周向磁场", True), ("表面涂层厚度不影响检测灵敏度", False),
        ("交叉磁轭可一次检出不同方向的缺陷", True), ("磁悬液浓度越高越好", False), ("居里点以上铁磁性消失", True),
    ),
}  # fmt: skip


def _multiple(family: str, number: int, marks: str, dice: random.Random) -> Draft:
    right = dice.sample([text for text, true in _FACTS[family] if true], 2)
    wrong = dice.sample([text for text, true in _FACTS[family] if not true], 2)
    options = [*right, *wrong]
    dice.shuffle(options)
    key = "".join(letter for letter, text in zip("ABCD", options, strict=True) if text in right)
    return Draft("检测方法", "multiple_choice", f"第{number + 1}题组：下列说法正确的有哪些？", tuple(options), key, marks, 3)


def _true_false(family: str, number: int, marks: str, dice: random.Random) -> Draft:
    text, true = _FACTS[family][number % len(_FACTS[family])]
    return Draft("检测方法", "true_false", f"判断：{text}。", (), "T" if true else "F", marks, 2)


def _short(family: str, number: int, marks: str, dice: random.Random) -> Draft:
    topics = ("仪器与探头的校验", "灵敏度的设定", "缺陷的定位与定量", "检测面的准备", "结果的评定与签发", "不合格部位的复检")
    topic = topics[number % len(topics)]
    method = "超声检测" if family == "UT" else "磁粉检测"
    return Draft(
        "检测记录",
        "short_answer",
        f"简述{method}记录中“{topic}”一栏应当写明的内容。",
        (),
        f"写明{topic}的方法、数值、时间和操作人。",
        marks,
        4,
    )


_MAKERS = {"single_choice": _single, "multiple_choice": _multiple, "true_false": _true_false, "short_answer": _short}
