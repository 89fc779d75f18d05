"""Invented people of the demo: names as they are met in China, and identity numbers that are valid in form and belong to nobody.

The region part of every number is one that is no longer or never was given to persons of these birth dates in these sequences;
the numbers only satisfy the check character of GB 11643.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

# Frequent surnames, some compound and some rare ones, so that fonts, pinyin and column widths are tried.
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "尉迟", "令狐")
RARE = ("禤", "仝", "亓", "卞", "戚", "逄")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建文斌宇浩凯佳欣雨轩梓涵思远子墨若溪俊豪立言国平志鹏晓东海燕红梅玉兰春燕雪松嘉怡一凡书瑶景行知夏乐天"
WHOLE = ("古丽努尔·买买提艾力", "迪丽拜尔·阿卜杜克热木·伊敏", "扎西次仁", "买买提·阿不都热依木·吐尔逊", "陈㙍", "吴骉", "禤䶮", "李㛃")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = ("110221", "420606", "130629", "320102", "440103", "510104", "610102", "330102")


class People:
    """An endless supply of different people from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"people-{seed}")
        self._names: set[str] = set()
        self._numbers: set[str] = set()
        self._whole = iter(WHOLE)

    def name(self) -> str:
        """A name not given before in this world."""
        while True:
            name = self._name()
            if name not in self._names:
                self._names.add(name)
                return name

    def unusual(self) -> str:
        """One of the names that systems get wrong; ordinary ones when they are used up."""
        name = next(self._whole, None) or self.name()
        self._names.add(name)
        return name

    def id_number(self, oldest: int = 1968, youngest: int = 2002) -> str:
        """A number that passes the check character, with a real birth date between the two years."""
        while True:
            start = date(oldest, 1, 1)
            birth = start + timedelta(days=self._random.randrange((date(youngest, 12, 31) - start).days))
            stem = f"{self._random.choice(_REGIONS)}{birth:%Y%m%d}{self._random.randrange(1, 999):03d}"
            number = stem + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, stem, strict=True)) % 11]
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def phone(self) -> str:
        return f"1{self._random.choice('3578')}{self._random.randrange(10**9):09d}"

    def credit_codes(self) -> Iterator[str]:
        """Unified social credit codes with a true check character (GB 32100)."""
        alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        while True:
            stem = "91" + "110221" + "".join(self._random.choice(alphabet) for _ in range(9))
            total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
            yield stem + alphabet[(31 - total % 31) % 31]

    def _name(self) -> str:
        dice = self._random.random()
        family = (
            self._random.choice(COMPOUND) if dice < 0.03 else self._random.choice(RARE) if dice < 0.06 else self._random.choice(SURNAMES)
        )
        return family + "".join(self._random.choice(GIVEN) for _ in range(self._random.choice((1, 2, 2, 2))))
