"""Item families under the names of their items."""

from __future__ import annotations

import pytest
from django.utils import translation

from exams.catalogue import queries
from exams.catalogue.models import Qualification

ITEMS = [
    ("UT(AUTO)-Ⅱ", "UT", "Ⅱ", "超声检测（自动）Ⅱ级", "Automated ultrasonic testing, level Ⅱ"),
    ("UT-Ⅲ", "UT", "Ⅲ", "超声检测Ⅲ级", "Ultrasonic testing, level Ⅲ"),
    ("锅炉", "boiler", "检验员", "锅炉检验员", "Boiler, inspector"),
    ("漏磁", "MFL", "", "漏磁检测", ""),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", {"MFL": "漏磁检测", "UT": "Ultrasonic testing", "boiler": "Boiler"}),
        ("zh-hans", {"MFL": "漏磁检测", "UT": "超声检测", "boiler": "锅炉"}),
    ],
)
def test_a_family_is_called_after_its_items_without_their_level(language: str, titles: dict[str, str]) -> None:
    for code, family, level, chinese, english in ITEMS:
        Qualification.objects.create(code=code, family=family, level=level, name_zh=chinese, name_en=english, regulation="TSG")
    with translation.override(language):
        assert queries.families() == titles
