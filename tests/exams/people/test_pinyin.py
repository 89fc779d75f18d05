"""How people are found by pinyin."""

import pytest

from exams.people.pinyin import INITIALS, LONGEST, SURNAMES, query_key, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("沈砚秋", "shenyanqiu syq 沈砚秋"),
        ("单雁翎", "shanyanling syl 单雁翎"),
        ("仇英", "qiuying qy 仇英"),
        ("欧阳思远", "ouyangsiyuan oysy 欧阳思远"),
        ("尉迟恭", "yuchigong ycg 尉迟恭"),
        ("覃吉", "qinji qj tanji tj 覃吉"),
        ("买买提·吐尔逊", "maimaitituerxun mmttex 买买提吐尔逊"),
        ("Anna O’Neil", "annaoneil"),
        ("", ""),
    ],
)
def test_search_keys(name: str, key: str) -> None:
    assert search_key(name) == key


def test_what_is_typed_meets_the_key() -> None:
    assert query_key("Shan Yan-Ling") in search_key("单雁翎")
    assert query_key("思远") in search_key("欧阳思远")


def test_a_character_without_a_reading_stands_for_itself() -> None:
    assert search_key("王\uf8ff") == "wang\uf8ff w\uf8ff 王\uf8ff"


def test_the_key_fits_its_column() -> None:
    assert len(search_key("张" * 60)) <= LONGEST


def test_every_double_surname_has_its_initials() -> None:
    assert {readings[0] for surname, readings in SURNAMES.items() if len(surname) == 2} == set(INITIALS)
