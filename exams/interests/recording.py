"""What is put on record about training and authorship, one fact or many, each table once. Called inside actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exams import clock
from exams.access import Actor
from exams.interests.models import Attendance, Authorship, Course, TrainingEngagement
from exams.journal.actions import Act, record_many
from exams.people import news
from exams.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Taught:
    """Somebody taught a course; without days of his own the course's hold."""

    course: Course
    person: Person
    role: str = "lecturer"
    since: date | None = None
    until: date | None = None


def courses(by: Actor, new: Sequence[Course]) -> list[Course]:
    """Store new courses."""
    for course in new:
        course.reported_by_id, course.recorded_at = by.organisation_id, clock.now()
    made = Course.objects.bulk_create(new)
    record_many((_course_held(course) for course in made), by=by)
    return made


def teachers(by: Actor, taught: Iterable[Taught]) -> list[TrainingEngagement]:
    """Engage each teacher in the course, those left out who are engaged in it already."""
    wanted = {(one.course.pk, one.person.pk): one for one in taught}
    there = TrainingEngagement.objects.filter(held_in__in={course for course, _person in wanted})
    known = set(there.values_list("held_in_id", "person_id"))
    rows = [_engagement(by, one) for key, one in wanted.items() if key not in known]
    TrainingEngagement.objects.bulk_create(rows)
    record_many((_engaged(row) for row in rows), by=by)
    for row in rows:
        news.announce(row.person_id)
    return rows


def trainees(by: Actor, present: Iterable[tuple[Course, Person]]) -> list[Attendance]:
    """Put attendance on record, those left out who stand on the list already; the teachers are asked again."""
    wanted = {(course.pk, person.pk): (course, person) for course, person in present}
    touched = {course for course, _person in wanted}
    known = set(Attendance.objects.filter(course__in=touched).values_list("course_id", "trainee_id"))
    new = [pair for key, pair in wanted.items() if key not in known]
    rows = Attendance.objects.bulk_create(Attendance(course=course, trainee=person, recorded_at=clock.now()) for course, person in new)
    record_many(_lists(rows), by=by)
    for person in TrainingEngagement.objects.filter(held_in__in={row.course_id for row in rows}).values_list("person_id", flat=True):
        news.announce(person)
    return rows


def works(by: Actor, written: Sequence[Authorship]) -> list[Authorship]:
    """Store works that are not on record yet."""
    for work in written:
        work.reported_by_id, work.recorded_at = by.organisation_id, clock.now()
    made = Authorship.objects.bulk_create(written)
    record_many((_written(work) for work in made), by=by)
    for work in made:
        news.announce(work.person_id)
    return made


def _engagement(by: Actor, one: Taught) -> TrainingEngagement:
    return TrainingEngagement(
        person=one.person,
        organisation=one.course.organisation,
        family=one.course.family,
        role=one.role,
        since=one.since or one.course.since,
        until=one.until or one.course.until,
        course=one.course.title,
        held_in=one.course,
        reported_by_id=by.organisation_id,
        recorded_at=clock.now(),
    )


def _course_held(row: Course) -> Act:
    facts = {"number": row.number, "title": row.title, "family": row.family, "since": row.since, "until": row.until}
    return Act("interests.record_course", row, about=[row.organisation], facts=facts)


def _engaged(row: TrainingEngagement) -> Act:
    facts = {"family": row.family, "role": row.role, "since": row.since, "until": row.until}
    about = [row.person, row.organisation, row.held_in]
    return Act("interests.record_training", row, about=about, facts=facts, private={"person": row.person.name})


def _lists(rows: Iterable[Attendance]) -> list[Act]:
    """One entry for each course: so many new names, and who they are beside the hashed body."""
    of_course: dict[Course, list[str]] = {}
    for row in rows:
        of_course.setdefault(row.course, []).append(row.trainee.name)
    return [
        Act("interests.record_attendance", course, facts={"new": len(names)}, private={"trainees": names})
        for course, names in of_course.items()
    ]


def _written(row: Authorship) -> Act:
    facts = {"title": row.title, "family": row.family, "published_on": row.published_on}
    return Act("interests.record_authorship", row, about=[row.person], facts=facts, private={"person": row.person.name})
