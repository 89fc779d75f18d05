"""An announced event with two items, and workbooks to apply with."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from exams import clock
from exams.applications.actions import confirm_by_employer, import_workbook, preview_workbook, verify
from exams.applications.models import Application, ImportBatch
from exams.applications.template import template_for
from exams.catalogue.loading import load
from exams.catalogue.models import Edition, Qualification
from exams.documents.workbook import make
from exams.people.models import Person
from exams.programme.models import Event, EventItem
from tests.cast import Cast, id_number

DATA = Path("exams/catalogue/data")
PDF = b"%PDF-1.7\nstamped"
NAMES = ["王五", "买合木提江·阿不都克里木·玉素甫", "陈㙍", "㛃书珩", "欧阳静", "李明"]


@dataclass
class World:
    """One body's event, open for applications today."""

    cast: Cast
    today: date = field(default_factory=clock.today)

    def __post_init__(self) -> None:
        self.body, self.employer = self.cast.body, self.cast.employer
        self.event = Event.objects.create(
            body=self.body, number="LJ-2026-1", title="2026年第一批", place="临江", method="mixed", contact="0871-1", state="announced",
            apply_from=self.today - timedelta(days=5), apply_until=self.today + timedelta(days=20),
            starts_on=self.today + timedelta(days=40), ends_on=self.today + timedelta(days=41),
        )  # fmt: skip
        self.items = {code: self._item(code, name) for code, name in (("UT-Ⅱ", "ut-2"), ("MT-Ⅱ", "mt-2"))}
        self.clerk = self.cast.actor("employer_clerk")
        self.exam_clerk = self.cast.actor("exam_clerk")
        self.approver = self.cast.actor("application_approver")
        self.first, self.second, self.third = (self.cast.actor("verifier", name=name) for name in ("核验甲", "核验乙", "核验丙"))

    def _item(self, code: str, name: str) -> EventItem:
        loaded = load(DATA / f"example-{name}.toml")[0]
        qualification = Qualification.objects.create(
            code=code, name_zh=loaded.name_zh, name_en=loaded.name_en, regulation=loaded.regulation, level="Ⅱ", family=loaded.family
        )
        edition = Edition.objects.create(
            qualification=qualification, version="2026", effective_from=date(2026, 1, 1), values=loaded.values, state="in_force"
        )
        return EventItem.objects.create(event=self.event, qualification=qualification, edition=edition)

    # -- workbooks --------------------------------------------------------------------------------------------------------

    def row(self, n: int = 1, **changes: Any) -> dict[str, Any]:
        """A candidate who fulfils every condition; None takes a value away."""
        row = {
            "name": NAMES[(n - 1) % len(NAMES)], "id_number": id_number(n), "phone": f"138{n:08d}", "item": "UT-Ⅱ", "category": "first",
            "education": "bachelor", "school": "云泽大学", "education_number": f"1000{n:06d}", "science": "yes", "years": 5,
            "employed_since": date(2020, 3, 1), "eyesight": "5.0", "colour_vision": "yes",
        }  # fmt: skip
        return {**row, **changes}

    def reports(self, n: int = 1, count: int = 3, **changes: Any) -> list[dict[str, Any]]:
        return [
            {
                "id_number": id_number(n),
                "equipment": "压力容器",
                "inspected_on": date(2026, 3, 1),
                "report_number": f"BG-{n}-{k}",
                **changes,
            }
            for k in range(count)
        ]

    def workbook(self, *rows: dict[str, Any], performance: list[dict[str, Any]] | None = None) -> bytes:
        """The template filled in; without `performance` each candidate gets three reports."""
        numbers = [row["id_number"] for row in rows]
        listed = performance
        if listed is None:
            listed = [
                {"id_number": number, "equipment": "压力容器", "inspected_on": date(2026, 3, 1), "report_number": f"BG-{number[-4:]}-{k}"}
                for number in dict.fromkeys(numbers)
                for k in range(3)
            ]
        return make(template_for(self.event, "zh-hans"), {"candidates": rows, "performance": listed})

    def changed(self, data: bytes, change: Any) -> bytes:
        """The workbook after somebody's hand on it."""
        book = openpyxl.load_workbook(io.BytesIO(data))
        change(book)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def preview(self, data: bytes, **more: Any) -> ImportBatch:
        given = {"by": self.clerk, "event": self.event, "employer": self.employer, "file_bytes": data, "file_name": "名册.xlsx", **more}
        return preview_workbook(**given)

    def imported(self, *rows: dict[str, Any]) -> list[Application]:
        batch = import_workbook(by=self.clerk, batch=self.preview(self.workbook(*(rows or (self.row(),)))))
        return list(batch.applications.order_by("number"))

    # -- states -----------------------------------------------------------------------------------------------------------

    def confirmed(self, n: int = 1, **changes: Any) -> Application:
        (application,) = self.imported(self.row(n, **changes))
        confirm_by_employer(by=self.clerk, application=application, stamp=PDF)
        application.refresh_from_db()
        return application

    def verified(self, n: int = 1, **changes: Any) -> Application:
        application = self.confirmed(n, **changes)
        for officer in (self.first, self.second):
            self.look(application, officer, "education")
            self.look(application, officer, "performance")
        return application

    def look(self, application: Application, officer: Any, kind: str = "education", outcome: str = "confirmed", **more: Any) -> Any:
        method = {"education": "chsi_query", "performance": "performance", "title": "title_platform", "public_platform": "sepp"}[kind]
        given = {"report_number": "CX-1", "note": "" if outcome == "confirmed" else "查无此证", **more}
        return verify(by=officer, application=application, kind=kind, outcome=outcome, method=method, **given)

    def person(self, application: Application) -> Person:
        return application.person
