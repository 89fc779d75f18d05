"""What a workbook of reports would put on record: each row against what stands already. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exams.documents.sheets import CellFault, Row
from exams.interests import matching
from exams.interests.matching import Certain, Named
from exams.interests.models import Course
from exams.interests.recording import Taught
from exams.people import identity
from exams.people.models import Employment, Person
from exams.people.queries import index_of
from exams.people.registering import Stated
from exams.verdicts import gettext_noop as _


@dataclass
class Plan:
    """What would be done: persons by the keyed digest of their document, registered in the same go where nobody has it yet."""

    faults: list[CellFault] = field(default_factory=list)
    counted: int = 0
    same: int = 0
    stated: dict[str, Stated] = field(default_factory=dict)
    courses: list[Course] = field(default_factory=list)
    ended_courses: list[tuple[Course, date]] = field(default_factory=list)
    teachers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    trainees: list[tuple[str, Course]] = field(default_factory=list)
    works: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ended_posts: list[tuple[Employment, date]] = field(default_factory=list)
    kin: list[dict[str, Any]] = field(default_factory=list)
    named: list[tuple[Row, Named]] = field(default_factory=list)
    # Every report of the workbook that names somebody without a number, those on record already too.
    still_named: list[str] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(map(len, (self.courses, self.teachers, self.trainees, self.works, self.posts, self.kin)))

    @property
    def changed(self) -> int:
        return len(self.ended_courses) + len(self.ended_posts)

    @property
    def wrong(self) -> int:
        return len({(fault.sheet, fault.row) for fault in self.faults})

    @property
    def changes(self) -> int:
        return self.new + self.changed + len(self.named)

    def certain(self, persons: dict[str, Person]) -> Iterator[Certain]:
        """What the workbook says by document, as it may answer what was said by name."""
        yield from (Certain(kind="training", person=persons[index], course=given["course"]) for index, given in self.teachers)
        yield from (Certain(kind="attendance", person=persons[index], course=course) for index, course in self.trainees)
        yield from (Certain(kind="authorship", person=persons[index], rest=work) for index, work in self.works)
        yield from (Certain(kind="employment", person=persons[index], rest=post) for index, post in self.posts)

    def taught(self, persons: dict[str, Person]) -> Iterator[Taught]:
        return (Taught(person=persons[index], **given) for index, given in self.teachers)


class People:
    """Whom the rows of a workbook name: by document, or by name alone. Looked up in a constant number of queries."""

    def __init__(self, plan: Plan, rows: Iterable[Row], today: date) -> None:
        self.plan, self.today = plan, today
        self._indices = {id(row): self._index(row) for row in rows}
        found = Person.objects.filter(id_index__in={index for index in self._indices.values() if index})
        self.registered = {person.id_index: person for person in found}
        self._names: dict[str, tuple[str, Row]] = {}

    @staticmethod
    def _index(row: Row) -> str:
        number = row["id_number"]
        return index_of(row["document_type"] or "resident_id", number) if number else ""

    def index(self, row: Row) -> str:
        """The keyed digest of the document, empty where the row gives none."""
        return self._indices[id(row)]

    def same_person(self, one: Row, other: Row) -> bool:
        """Whether two rows name the same: by document, or where neither has one, by name and date of birth."""
        if self.index(one) or self.index(other):
            return self.index(one) == self.index(other)
        return _spelt(one) == _spelt(other)

    def key(self, row: Row) -> tuple[str, str]:
        """What two rows about the same person have in common."""
        return (self.index(row), "") if self.index(row) else _spelt(row)

    def faults(self, row: Row) -> list[CellFault]:
        """What is wrong with how a row names somebody; whoever is named rightly by document will be registered."""
        return list(self._by_document(row) if self.index(row) else self._by_name(row))

    def _by_document(self, row: Row) -> Iterator[CellFault]:
        kind, index = row["document_type"] or "resident_id", self.index(row)
        read = identity.read(kind, row["id_number"], self.today)
        objections = [("id_number", one) for one in read.objections] + [("name", one) for one in identity.name_objections(row["name"])]
        for column, objection in objections:
            yield row.fault(column, objection.message, **objection.params)
        if objections:
            return
        name, first = self._names.setdefault(index, (identity.compared_name(row["name"]), row))
        registered = self.registered.get(index)
        if name != identity.compared_name(row["name"]):
            message = _("Row %(row)s of the sheet “%(sheet)s” gives this identity number another name.")
            yield row.fault("name", message, row=first.number, sheet=first.sheet)
        elif registered and registered.name_match != name:
            yield row.fault("name", _("This document is registered under another name."))
        elif row["birth_date"] and read.birth_date and row["birth_date"] != read.birth_date:
            yield row.fault("birth_date", _("The number of the document says another date of birth."), read.birth_date.isoformat())
        elif registered is None:
            born = read.birth_date or row["birth_date"]
            stated = Stated(name=row["name"], id_number=row["id_number"], document_type=kind, birth_date=born)
            self.plan.stated.setdefault(index, stated)

    def _by_name(self, row: Row) -> Iterator[CellFault]:
        for objection in identity.name_objections(row["name"]):
            yield row.fault("name", objection.message, **objection.params)
        born = row["birth_date"]
        if born is not None and not date(1900, 1, 1) <= born <= self.today:
            yield row.fault("birth_date", _("Nobody was born on that day."))

    def wait_for(self, row: Row, kind: str, **given: Any) -> None:
        """The row names somebody without a number: it will wait for a decision."""
        self.plan.named.append((row, Named(kind=kind, name=row["name"], birth_date=row["birth_date"], **given)))


def _spelt(row: Row) -> tuple[str, str]:
    return identity.compared_name(row["name"]), str(row["birth_date"] or "")


def period_faults(row: Row) -> Iterator[CellFault]:
    """The last day lies not before the first."""
    if row["since"] and row["until"] and row["until"] < row["since"]:
        yield row.fault("until", _("The last day lies before the first."), row["since"].isoformat())


def twice(row: Row, key: Any, first: dict[Any, int], column: str = "name") -> Iterator[CellFault]:
    """The same again in one sheet."""
    earlier = first.setdefault(key, row.number)
    if earlier != row.number:
        yield row.fault(column, _("The same stands in row %(row)s already. Delete one of them."), row=earlier)


def leave_out_known(plan: Plan) -> None:
    """Names that wait already, or of whom it was decided who they are, change nothing."""
    plan.still_named = [one.same_key for _row, one in plan.named]
    standing = matching.known(one for _row, one in plan.named)
    plan.same += sum(one.same_key in standing for _row, one in plan.named)
    plan.named = [(row, one) for row, one in plan.named if one.same_key not in standing]
