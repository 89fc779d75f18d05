"""What a workbook would change: each row against the register and what stands already. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from exams.applications.models import ENDED_STATES, Application, PerformanceEntry
from exams.applications.template import template_for
from exams.documents.sheets import CellFault, Reading, Row
from exams.documents.workbook_reading import read
from exams.people import identity
from exams.people.models import Employment, Organisation, Person
from exams.people.queries import index_of
from exams.programme.models import Event, EventItem
from exams.register.queries import barred
from exams.verdicts import gettext_noop as _

STATED = ("education", "school", "education_number", "graduated_on", "major", "science", "title", "title_number", "years", "employed_since")
HEALTH = ("eyesight", "colour_vision")
OPEN_TO_CHANGE = ("draft", "submitted")


@dataclass
class Planned:
    """One row of candidates: what would be done with it."""

    row: Row
    kind: str = "new"
    person: Person | None = None
    application: Application | None = None
    performance: list[Row] = field(default_factory=list)

    @property
    def document_type(self) -> str:
        return self.row["document_type"] or "resident_id"


@dataclass
class Plan:
    """A whole workbook: its rows, every fault, and the counts of the preview."""

    rows: list[Planned]
    faults: list[CellFault]
    counted: int

    def count(self, kind: str) -> int:
        return sum(planned.kind == kind for planned in self.rows)

    @property
    def wrong(self) -> int:
        return len({(fault.sheet, fault.row) for fault in self.faults})


def plan(data: bytes, event: Event, employer: Organisation, today: date) -> Plan:
    """Read the workbook and say what each row would do."""
    reading = read(template_for(event), data)
    return _Planner(event, employer, today, reading).plan()


class _Planner:
    """The reading with what the database knows of its people, gathered in a constant number of queries."""

    def __init__(self, event: Event, employer: Organisation, today: date, reading: Reading) -> None:
        self.event, self.employer, self.today, self.reading = event, employer, today, reading
        self.faults = list(reading.faults)
        self.rows = [Planned(row) for row in reading.rows.get("candidates", ())]
        self.items: dict[str, EventItem] = {item.qualification.code: item for item in event.items.select_related("qualification")}
        self.indices = {id(planned): index_of(planned.document_type, planned.row["id_number"]) for planned in self.rows}

    def plan(self) -> Plan:
        self._look_up()
        wrong: set[int] = set()
        first: dict[tuple[str, str], int] = {}
        names: dict[str, tuple[str, int]] = {}
        for planned in self.rows:
            found = [*self._identity(planned), *self._twice(planned, first, names), *self._standing(planned)]
            if found:
                self.faults += found
                wrong.add(planned.row.number)
        self._share_out_performance(wrong)
        good = [planned for planned in self.rows if planned.row.number not in wrong]
        for planned in list(good):
            planned.kind = self._kind(planned)
            if planned.kind == "closed":
                message = _("This application is being checked already and cannot be changed by an import.")
                self.faults.append(planned.row.fault("item", message))
                good.remove(planned)
        order = {title: n for n, title in enumerate(dict.fromkeys(fault.sheet for fault in self.faults))}
        faults = sorted(self.faults, key=lambda fault: (order[fault.sheet], fault.row, len(fault.column), fault.column))
        return Plan(good, faults, self.reading.counted)

    def _look_up(self) -> None:
        self.persons = {person.id_index: person for person in Person.objects.filter(id_index__in=set(self.indices.values()))}
        ids = [person.pk for person in self.persons.values()]
        rows = Application.objects.filter(event=self.event, person__in=ids).exclude(state__in=ENDED_STATES).prefetch_related("performance")
        self.standing = {(row.person_id, row.item_id): row for row in rows}
        self.bars = barred(ids, self.today)
        current = Q(until=None) | Q(until__gte=self.today)
        posts = Employment.objects.filter(current, person__in=ids, organisation__kind="employer").exclude(organisation=self.employer)
        self.elsewhere: dict[UUID, str] = dict(posts.values_list("person_id", "organisation__name"))
        reports = [row["report_number"] for row in self.reading.rows.get("performance", ())]
        used = PerformanceEntry.objects.filter(report_number__in=reports).exclude(application__state__in=ENDED_STATES)
        self.reports: dict[str, set[UUID]] = {}
        for number, person in used.values_list("report_number", "application__person_id"):
            self.reports.setdefault(number, set()).add(person)

    def _identity(self, planned: Planned) -> Iterator[CellFault]:
        row = planned.row
        read_number = identity.read(planned.document_type, row["id_number"], self.today)
        for objection in read_number.objections:
            yield row.fault("id_number", objection.message, **objection.params)
        for objection in identity.name_objections(row["name"]):
            yield row.fault("name", objection.message, **objection.params)
        for objection in identity.phone_objections(row["phone"]):
            yield row.fault("phone", objection.message, **objection.params)
        if self.event.categories and row["category"] not in self.event.categories:
            yield row.fault("category", _("The notice of this event does not admit this category."))
        if row["employed_since"] > self.today:
            yield row.fault("employed_since", _("This day is later than today."), self.today.isoformat())

    def _twice(self, planned: Planned, first: dict[tuple[str, str], int], names: dict[str, tuple[str, int]]) -> Iterator[CellFault]:
        row, index = planned.row, self.indices[id(planned)]
        earlier = first.setdefault((index, row["item"]), row.number)
        if earlier != row.number:
            yield row.fault("id_number", _("The same person for the same item stands in row %(row)s. Delete one of them."), row=earlier)
        name, where = names.setdefault(index, (identity.compared_name(row["name"]), row.number))
        if name != identity.compared_name(row["name"]):
            yield row.fault("name", _("Row %(row)s gives this identity number another name."), row=where)

    def _standing(self, planned: Planned) -> Iterator[CellFault]:
        """What the register and earlier applications say of the person."""
        row, person = planned.row, self.persons.get(self.indices[id(planned)])
        if person is None:
            return
        planned.person = person
        if person.name_match != identity.compared_name(row["name"]):
            yield row.fault("name", _("This document is registered under another name."))
            return
        if person.pk in self.bars:
            yield row.fault("name", _("Barred from applying until %(until)s."), until=self.bars[person.pk].isoformat())
        if person.pk in self.elsewhere:
            yield row.fault(
                "name",
                _("Employed by %(employer)s at present; one person cannot practise in two bodies."),
                employer=self.elsewhere[person.pk],
            )
        application = self.standing.get((person.pk, self.items[row["item"]].pk))
        if application and application.employer_id not in (None, self.employer.pk):
            yield row.fault("item", _("Another employer has applied for this person and item."))
        planned.application = application

    def _share_out_performance(self, wrong: set[int]) -> None:
        """Each entry to all rows of its candidate; a report belongs to one person only."""
        owners: dict[str, list[Planned]] = {}
        for planned in self.rows:
            owners.setdefault(identity.tidy(planned.row["id_number"]), []).append(planned)
        taken: dict[str, tuple[str, int]] = {}
        # What is wrong on the first sheet is said there, not once more for each report.
        broken = {identity.tidy(row["id_number"] or "") for row in self.reading.broken.get("candidates", ())}
        for row in self.reading.rows.get("performance", ()):
            number = identity.tidy(row["id_number"])
            if number in broken and number not in owners:
                continue
            fault = self._performance_fault(row, number, owners, taken)
            if fault:
                self.faults.append(fault)
                wrong.update(planned.row.number for planned in owners.get(number, ()))
                continue
            for planned in owners[number]:
                planned.performance.append(row)

    def _performance_fault(
        self, row: Row, number: str, owners: Mapping[str, list[Planned]], taken: dict[str, tuple[str, int]]
    ) -> CellFault | None:
        if number not in owners:
            return row.fault("id_number", _("No right row of the first sheet has this identity number."))
        if row["inspected_on"] > self.today:
            return row.fault("inspected_on", _("This day is later than today."), self.today.isoformat())
        since = owners[number][0].row["employed_since"]
        if row["inspected_on"] < since:
            return row.fault("inspected_on", _("Before the employment began on %(since)s."), since=since.isoformat())
        owner, where = taken.setdefault(row["report_number"], (number, row.number))
        if where != row.number:
            return row.fault("report_number", _("The same report stands in row %(row)s."), row=where)
        person = owners[number][0].person
        if self.reports.get(row["report_number"], set()) - ({person.pk} if person else set()):
            return row.fault("report_number", _("Another applicant has named this report."))
        return None

    def _kind(self, planned: Planned) -> str:
        application = planned.application
        if application is None:
            return "new"
        same = application.stated == stated_of(planned.row) and health_text(planned.row) == application.health
        same = same and application.category == planned.row["category"]
        reports = {entry.report_number for entry in application.performance.all()}
        if same and reports == {row["report_number"] for row in planned.performance}:
            return "same"
        return "changed" if application.state in OPEN_TO_CHANGE else "closed"


def stated_of(row: Row) -> dict[str, Any]:
    """What the row states, as it is kept with the application."""
    found = {key: row[key] for key in STATED if row[key] is not None}
    return {key: value if isinstance(value, str) else str(value) for key, value in found.items()}


def health_text(row: Row) -> str:
    """The medical part, kept encrypted: eyesight and colour vision in one short text."""
    return ";".join(f"{key}={row[key]}" for key in HEALTH if row[key] is not None)
