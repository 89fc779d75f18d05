"""Items with rules in force, an entrustment, and an event, for the tests of the programme."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from exams import catalogue, clock
from exams.bodies.models import Entrustment
from exams.catalogue import loading
from exams.catalogue.models import Edition, Qualification
from exams.programme import actions
from exams.programme.models import Event
from tests.cast import Cast

DATA = Path(catalogue.__file__).parent / "data"


def item(code: str = "UT-Ⅱ", family: str = "UT", state: str = "in_force", **values: Any) -> Qualification:
    """A qualification whose rules are those of the example, in force since the year began."""
    [loaded, *_rest] = loading.load(DATA / "example-ut-2.toml")
    qualification = Qualification.objects.create(
        code=code, name_zh="超声检测Ⅱ级", name_en="Ultrasonic testing, level Ⅱ", regulation="TSG Z8001-2019", level="Ⅱ", family=family
    )
    Edition.objects.create(
        qualification=qualification,
        version="2026-01-01",
        effective_from=date(2026, 1, 1),
        values={**loaded.values, **values},
        is_example=True,
        state=state,
    )
    return qualification


def entrust(cast: Cast, **change: Any) -> Entrustment:
    given = {"families": ["UT"], "places": ["临江考点"], "since": date(2026, 1, 1), "until": date(2028, 12, 31), **change}
    return Entrustment.objects.create(body=cast.body, authority=cast.authority, document_number="云市监特〔2026〕1号", **given)


def dates(start_in: int = 40) -> dict[str, date]:
    """Applications from today for ten days, the examination in so many days."""
    today = clock.today()
    return {
        "apply_from": today,
        "apply_until": today + timedelta(days=10),
        "starts_on": today + timedelta(days=start_in),
        "ends_on": today + timedelta(days=start_in + 1),
    }


def planned(cast: Cast, *items: Qualification, start_in: int = 40, **change: Any) -> Event:
    """An event planned by the clerk."""
    given = {
        "number": "2026-04",
        "title": "2026年第4次超声检测Ⅱ级考试",
        "items": list(items),
        "place": "临江考点",
        "method": "mixed",
        "syllabus": "见附件大纲",
        "contact": "0571-00000000",
        **dates(start_in),
        **change,
    }
    event: Event = actions.plan_event(by=cast.actor("exam_clerk"), body=cast.body, **given)
    return event
