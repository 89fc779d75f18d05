"""The plan of each kind of workbook: courses with teachers and trainees, works, posts, relatives from signed forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from exams.access import Actor
from exams.documents.sheets import CellFault, Reading, Row
from exams.documents.workbook_reading import read
from exams.interests.models import Attendance, Authorship, Course, TrainingEngagement
from exams.interests.planning import People, Plan, leave_out_known, period_faults, twice
from exams.interests.template import template_for
from exams.people import identity
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.people.queries import index_of, persons_visible_to
from exams.verdicts import gettext_noop as _


def plan(kind: str, data: bytes, by: Actor, organisation: Organisation, today: date) -> Plan:
    """Read the workbook for the organisation that reports and say what each row would do."""
    reading = read(template_for(kind), data)
    made = Plan(faults=list(reading.faults), counted=reading.counted)
    _PLANNERS[kind](made, reading, by, organisation, today)
    leave_out_known(made)
    order = {title: n for n, title in enumerate(dict.fromkeys(fault.sheet for fault in made.faults))}
    made.faults.sort(key=lambda fault: (order[fault.sheet], fault.row, len(fault.column), fault.column))
    return made


# ------------------------------------------------------------------------------------------------------------------- courses


def _courses(plan: Plan, reading: Reading, by: Actor, organisation: Organisation, today: date) -> None:
    teachers, trainees = reading.rows.get("teachers", ()), reading.rows.get("trainees", ())
    people = People(plan, [*teachers, *trainees], today)
    courses = _Courses(plan, reading, by, organisation)
    taught = _taught(plan, teachers, people, courses)
    _attended(plan, trainees, people, courses, taught)


class _Courses:
    """The courses of the first sheet by their number, new ones and those on record, with who is on their lists."""

    def __init__(self, plan: Plan, reading: Reading, by: Actor, organisation: Organisation) -> None:
        self.plan, self.by, self.own = plan, by, organisation
        rows = reading.rows.get("courses", ())
        self.readable = bool(rows) or not any(fault.row <= 1 for fault in reading.faults)
        self.broken = {str(row["number"] or "") for row in reading.broken.get("courses", ())}
        codes = {identity.tidy(row["organiser"]) for row in rows if row["organiser"]}
        self.organisers = {one.credit_code: one for one in Organisation.objects.filter(credit_code__in=codes)}
        places = [*self.organisers.values(), organisation]
        found = Course.objects.filter(organisation__in=places, number__in=[row["number"] for row in rows]).select_related("organisation")
        self.standing = {(one.organisation_id, one.number): one for one in found}
        self.by_number: dict[str, Course] = {}
        first: dict[Any, int] = {}
        for row in rows:
            faults = [*twice(row, row["number"], first, "number"), *period_faults(row), *self._organiser_faults(row)]
            self.plan.faults += faults or self._take(row)
            if faults:
                self.broken.add(row["number"])
        pks = [course.pk for course in self.by_number.values()]
        self.teachers = set(TrainingEngagement.objects.filter(held_in__in=pks).values_list("held_in_id", "person__id_index"))
        self.trainees = set(Attendance.objects.filter(course__in=pks).values_list("course_id", "trainee__id_index"))

    def _organiser_faults(self, row: Row) -> Iterator[CellFault]:
        code = row["organiser"]
        if code is None:
            return
        place = self.organisers.get(identity.tidy(code))
        if place is None:
            yield row.fault("organiser", _("No organisation with this credit code is entered. Enter it first."))
        elif place.kind == Organisation.Kind.ISSUING_AUTHORITY:
            yield row.fault("organiser", _("An issuing authority does not train."))
        elif self.by.capacity == "training_manager" and place.pk != self.own.pk:
            yield row.fault("organiser", _("A training body reports its own courses only."), self.own.credit_code)

    def _take(self, row: Row) -> list[CellFault]:
        """The course of a right row; one on record may only be given its last day."""
        place = self.organisers[identity.tidy(row["organiser"])] if row["organiser"] else self.own
        known = self.standing.get((place.pk, row["number"]))
        if known is None:
            course = Course(
                organisation=place, number=row["number"], title=row["title"], family=row["family"], since=row["since"], until=row["until"]
            )
            self.plan.courses.append(course)
            self.by_number[row["number"]] = course
            return []
        for column in ("title", "family", "since"):
            if getattr(known, column) != row[column]:
                self.broken.add(row["number"])
                shown = str(getattr(known, column))
                return [row.fault(column, _("The course of this number is on record with something else here."), shown)]
        if known.until not in (None, row["until"]):
            self.broken.add(row["number"])
            return [row.fault("until", _("The course of this number is on record with another last day."), known.until.isoformat())]
        self.by_number[row["number"]] = known
        if row["until"] and known.until is None:
            self.plan.ended_courses.append((known, row["until"]))
        else:
            self.plan.same += 1
        return []

    def of(self, row: Row) -> Iterator[CellFault]:
        """What is wrong with the course a row names; what is wrong on the first sheet is said there, not here again."""
        if self.readable and row["course"] not in self.by_number and row["course"] not in self.broken:
            yield row.fault("course", _("The first sheet has no course of this number."))


def _taught(plan: Plan, rows: tuple[Row, ...], people: People, courses: _Courses) -> set[Any]:
    first: dict[Any, int] = {}
    taught = set()
    for row in rows:
        key = (row["course"], people.key(row))
        again = list(twice(row, key, first))
        faults = [*courses.of(row), *people.faults(row), *period_faults(row)] or again
        plan.faults += faults
        taught.add(key)
        course = courses.by_number.get(row["course"])
        if faults or course is None:
            continue
        given = {"role": row["role"] or TrainingEngagement.Role.LECTURER.value, "since": row["since"], "until": row["until"]}
        if not people.index(row):
            people.wait_for(row, "training", course=course, rest=given)
        elif (course.pk, people.index(row)) in courses.teachers:
            plan.same += 1
        else:
            plan.teachers.append((people.index(row), {"course": course, **given}))
    return taught


def _attended(plan: Plan, rows: tuple[Row, ...], people: People, courses: _Courses, taught: set[Any]) -> None:
    first: dict[Any, int] = {}
    for row in rows:
        key = (row["course"], people.key(row))
        again = list(twice(row, key, first))
        faults = [*courses.of(row), *people.faults(row)] or again
        if key in taught:
            faults.append(row.fault("name", _("This person stands among the teachers of the course.")))
        plan.faults += faults
        course = courses.by_number.get(row["course"])
        if faults or course is None:
            continue
        if not people.index(row):
            people.wait_for(row, "attendance", course=course)
        elif (course.pk, people.index(row)) in courses.trainees:
            plan.same += 1
        else:
            plan.trainees.append((people.index(row), course))


# ------------------------------------------------------------------------------------------------------------- works and posts


def _works(plan: Plan, reading: Reading, by: Actor, organisation: Organisation, today: date) -> None:
    rows = reading.rows.get("works", ())
    people = People(plan, rows, today)
    standing = Authorship.objects.filter(title__in={row["title"] for row in rows})
    known = set(standing.values_list("title", "family", "person__id_index"))
    first: dict[Any, int] = {}
    for row in rows:
        work = {"title": row["title"], "family": row["family"], "published_on": row["published_on"]}
        faults = [*people.faults(row), *twice(row, (row["title"], row["family"], people.key(row)), first)]
        if row["published_on"] > today:
            faults.append(row.fault("published_on", _("This day is later than today."), today.isoformat()))
        plan.faults += faults
        if faults:
            continue
        if not people.index(row):
            people.wait_for(row, "authorship", rest=work)
        elif (row["title"], row["family"], people.index(row)) in known:
            plan.same += 1
        else:
            plan.works.append((people.index(row), work))


def _posts(plan: Plan, reading: Reading, by: Actor, organisation: Organisation, today: date) -> None:
    rows = reading.rows.get("posts", ())
    people = People(plan, rows, today)
    held: dict[str, list[Employment]] = {}
    for post in Employment.objects.filter(organisation=organisation).select_related("person"):
        held.setdefault(post.person.id_index, []).append(post)
    first: dict[Any, int] = {}
    for row in rows:
        faults = [*people.faults(row), *period_faults(row), *twice(row, (people.key(row), row["since"]), first)]
        plan.faults += faults
        given = {"since": row["since"], "until": row["until"], "post": row["post"] or ""}
        if faults:
            continue
        if not people.index(row):
            people.wait_for(row, "employment", organisation=organisation, rest=given)
        else:
            plan.faults += _post(plan, row, people.index(row), held.get(people.index(row), []), given)


def _post(plan: Plan, row: Row, index: str, held: list[Employment], given: dict[str, Any]) -> list[CellFault]:
    """A post is new, known, or known and now given its last day; two posts that go on at once are a mistake."""
    known = next((post for post in held if post.since == row["since"]), None)
    if known is not None and known.until == row["until"]:
        plan.same += 1
    elif known is not None and known.until is None:
        plan.ended_posts.append((known, row["until"]))
    elif known is not None:
        return [row.fault("until", _("This post is on record with another last day."), known.until.isoformat())]
    elif row["until"] is None and any(post.until is None for post in held):
        return [row.fault("since", _("A post of this person here is on record and has not ended. End that one first."))]
    else:
        plan.posts.append((index, given))
    return []


# ------------------------------------------------------------------------------------------------------------------- kin


def _kin(plan: Plan, reading: Reading, by: Actor, organisation: Organisation, today: date) -> None:
    """Only for people of the own body, and only what they wrote on a form they signed."""
    rows = reading.rows.get("kin", ())
    staff = {index_of("resident_id", row["person_number"]) for row in rows}
    persons = {one.id_index: one for one in persons_visible_to(by).filter(id_index__in=staff)}
    declared = KinEdge.objects.filter(person__in=persons.values(), withdrawn_on=None)
    known = set(declared.values_list("person_id", "relative_index", "relation"))
    first: dict[Any, int] = {}
    for row in rows:
        person = persons.get(index_of("resident_id", row["person_number"]))
        if person is None or person.name_match != identity.compared_name(row["person_name"]):
            plan.faults.append(row.fault("person_number", _("Nobody of your body has this number and name.")))
            continue
        plan.faults += _relative(plan, row, person, known, first, today)


def _relative(
    plan: Plan, row: Row, person: Person, known: set[tuple[Any, str, str]], first: dict[Any, int], today: date
) -> list[CellFault]:
    kind, number = row["document_type"] or "resident_id", row["id_number"] or ""
    index = index_of(kind, number) if number else ""
    spelt = identity.compared_name(row["name"])
    faults = [row.fault("name", one.message, **one.params) for one in identity.name_objections(row["name"])]
    if number:
        objections = identity.read(kind, number, today, identity.ANY_AGE).objections
        faults += [row.fault("id_number", one.message, **one.params) for one in objections]
    elif row["birth_date"] is None or not date(1900, 1, 1) <= row["birth_date"] <= today:
        faults.append(row.fault("birth_date", _("Give the number, or else the date of birth.")))
    if index == person.id_index:
        faults.append(row.fault("id_number", _("This is the person’s own document.")))
    faults += twice(row, (person.pk, row["relation"], index or (spelt, row["birth_date"])), first)
    if faults:
        return faults
    rest = {"relation": row["relation"], "support": row["support"] == "yes", "paper": row["paper"]}
    if not number:
        People(plan, (), today).wait_for(row, "kin", person=person, rest=rest)
    elif (person.pk, index, row["relation"]) in known:
        plan.same += 1
    else:
        plan.kin.append({"person": person, "relative_name": row["name"], "relative_id_number": number, "document_type": kind, **rest})
    return []


_PLANNERS: dict[str, Callable[[Plan, Reading, Actor, Organisation, date], None]] = {
    "courses": _courses,
    "works": _works,
    "posts": _posts,
    "kin": _kin,
}
