"""Search keys: a name in pinyin, joined and as initials, with the readings that surnames have."""

from __future__ import annotations

from pypinyin import Style, pinyin

from exams.people.identity import compared_name

# A surname is often read otherwise than the word; where both readings are borne by people, both are kept.
SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "仇": ("qiu",), "解": ("xie",), "查": ("zha",), "盖": ("ge", "gai"), "区": ("ou",),
    "朴": ("piao",), "曾": ("zeng",), "缪": ("miao",), "翟": ("zhai", "di"), "覃": ("qin", "tan"), "乐": ("yue", "le"),
    "员": ("yun",), "种": ("chong",), "洗": ("xian",), "召": ("shao",), "折": ("she",), "繁": ("po",), "逄": ("pang",),
    "黑": ("he",), "秘": ("bi",), "贲": ("ben",), "谌": ("chen", "shen"), "佴": ("nai",), "宓": ("mi", "fu"),
    "华": ("hua",), "任": ("ren",), "燕": ("yan",), "葛": ("ge",), "过": ("guo",), "应": ("ying",), "宿": ("su",),
    "隗": ("wei", "kui"), "郇": ("xun", "huan"), "尉": ("wei",), "祭": ("zhai",), "行": ("xing",), "句": ("gou",),
    "阚": ("kan",), "訾": ("zi",), "么": ("yao",), "牟": ("mu", "mou"), "六": ("lu",), "适": ("kuo",), "盛": ("sheng",),
    "晟": ("cheng",), "厘": ("xi",), "长": ("chang", "zhang"), "车": ("che",), "卜": ("bu",), "万": ("wan",), "哈": ("ha",),
    "那": ("na",), "纪": ("ji",), "令": ("ling",), "幺": ("yao",), "冼": ("xian",), "涂": ("tu",), "殷": ("yin",),
    "尉迟": ("yuchi",), "万俟": ("moqi",), "令狐": ("linghu",), "长孙": ("zhangsun",), "鲜于": ("xianyu",),
    "澹台": ("tantai",), "欧阳": ("ouyang",), "上官": ("shangguan",), "皇甫": ("huangfu",), "宰父": ("zaifu",),
    "濮阳": ("puyang",), "单于": ("chanyu",), "呼延": ("huyan",), "尉犁": ("yuli",), "乐正": ("yuezheng",),
}  # fmt: skip
INITIALS = {"ouyang": "oy", "yuchi": "yc", "moqi": "mq", "linghu": "lh", "zhangsun": "zs", "xianyu": "xy", "tantai": "tt",
            "shangguan": "sg", "huangfu": "hf", "zaifu": "zf", "puyang": "py", "chanyu": "cy", "huyan": "hy", "yuli": "yl",
            "yuezheng": "yz"}  # fmt: skip
LONGEST = 400


def search_key(name: str) -> str:
    """What a person is found and sorted by: pinyin and initials for each reading of the surname, then the name itself."""
    plain = compared_name(name)
    family, given = _divided(plain)
    syllables = _readings(given)
    words = []
    for surname in SURNAMES.get(family) or ("".join(_readings(family)),):
        words += [surname + "".join(syllables), _initials(family, surname) + "".join(s[0] for s in syllables)]
    return " ".join(dict.fromkeys([*words, plain])).strip()[:LONGEST]


def query_key(text: str) -> str:
    """What somebody types, in the form of the keys above."""
    return compared_name(text)


def _divided(plain: str) -> tuple[str, str]:
    for length in (2, 1):
        if plain[:length] in SURNAMES and len(plain) > length:
            return plain[:length], plain[length:]
    return plain[:1], plain[1:]


def _initials(family: str, surname: str) -> str:
    return INITIALS.get(surname, surname[0]) if len(family) > 1 else surname[:1]


def _readings(text: str) -> list[str]:
    """One syllable for each character; what has no reading stands for itself."""
    return [found[0].lower() for found in pinyin(text, style=Style.NORMAL, errors=lambda rest: list(rest)) if found[0]]
