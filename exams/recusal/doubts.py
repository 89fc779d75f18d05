"""What would be on record if somebody whom a report names without a number were the person who may be meant.

Reports wait in `interests.Unmatched` until a named person has decided; meanwhile the rules are told of each possibility as a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

from exams.interests import queries as interests
from exams.interests.models import Attendance, MatchDoubt, TrainingEngagement
from exams.keys import among
from exams.recusal import facts as f
from exams.recusal.inquiries import Asked

Supposed = Iterator[tuple[str, dict[str, Any]]]


def doubtful_kin() -> Iterator[f.KinEdge]:
    """Relatives declared by name alone, with everybody whom the name may mean; few, for each waits for a decision."""
    for person, relative, relation, support in interests.doubtful_kin():
        yield f.KinEdge(person=person, relative=relative, relation=relation, support=support, doubtful=True)


def doubts(asked: Asked) -> Iterator[f.Doubt]:
    """Reports that name somebody who may be one of those asked about, kin left out."""
    open_ones = list(interests.open_doubts(asked.these, among(asked.everybody)))
    courses = _Courses(open_ones, asked)
    for doubt in open_ones:
        said, who = interests.told(doubt.unmatched), str(doubt.person_id)
        for person, part in _SUPPOSED[doubt.unmatched.kind](doubt, said, courses):
            if person in asked.everybody:
                yield f.Doubt(person=person, who=who, named=said["name"], **part)


def training_fact(row: TrainingEngagement, trainees: Iterable[str]) -> f.Training:
    """One engagement with those who are known to have been trained in it."""
    return f.Training(
        person=str(row.person_id),
        organisation=str(row.organisation_id),
        organisation_name=row.organisation.name,
        family=row.family,
        role=row.role,
        since=row.since,
        until=row.until,
        trainees=frozenset(trainees),
    )


class _Courses:
    """Who taught and who attended the courses that doubts are about, as far as it is asked."""

    def __init__(self, open_ones: Iterable[MatchDoubt], asked: Asked) -> None:
        courses = {doubt.unmatched.course_id for doubt in open_ones if doubt.unmatched.course_id}
        self.teachers: dict[Any, list[TrainingEngagement]] = {}
        self.trainees: dict[Any, set[str]] = {}
        if not courses:
            return
        for row in TrainingEngagement.objects.filter(held_in__in=courses, person__in=asked.these).select_related("organisation"):
            self.teachers.setdefault(row.held_in_id, []).append(row)
        present = Attendance.objects.filter(course__in=courses, trainee__in=asked.sitting)
        for course, trainee in present.values_list("course_id", "trainee_id"):
            self.trainees.setdefault(course, set()).add(str(trainee))


def _may_have_taught(doubt: MatchDoubt, said: dict[str, Any], courses: _Courses) -> Supposed:
    course = doubt.unmatched.course
    row = TrainingEngagement(
        person_id=doubt.person_id, organisation=course.organisation, family=course.family, role=said.get("role", ""),
        since=said.get("since") or course.since, until=said.get("until") or course.until,
    )  # fmt: skip
    yield str(doubt.person_id), {"training": training_fact(row, courses.trainees.get(course.pk, ()))}


def _may_have_attended(doubt: MatchDoubt, said: dict[str, Any], courses: _Courses) -> Supposed:
    for row in courses.teachers.get(doubt.unmatched.course_id, ()):
        yield str(row.person_id), {"training": training_fact(row, {str(doubt.person_id)})}


def _may_have_written(doubt: MatchDoubt, said: dict[str, Any], courses: _Courses) -> Supposed:
    person = str(doubt.person_id)
    yield person, {"authored": f.Authored(person=person, title=said["title"], family=said["family"], published_on=said["published_on"])}


def _may_be_employed(doubt: MatchDoubt, said: dict[str, Any], courses: _Courses) -> Supposed:
    person, place = str(doubt.person_id), doubt.unmatched.organisation
    post = f.Employment(
        person=person, organisation=str(place.pk), organisation_name=place.name, kind=place.kind,
        since=said["since"], until=said.get("until"), post=said.get("post") or "",
    )  # fmt: skip
    yield person, {"employment": post}


def _may_be_in_dispute(doubt: MatchDoubt, said: dict[str, Any], courses: _Courses) -> Supposed:
    for one, other in permutations((doubt.unmatched.person, doubt.person)):
        days = {"since": said["since"], "until": said.get("until")}
        yield str(one.pk), {"disputed": f.Disputed(person=str(one.pk), other=str(other.pk), other_name=other.name, **days)}


_SUPPOSED: dict[str, Callable[[MatchDoubt, dict[str, Any], _Courses], Supposed]] = {
    "training": _may_have_taught,
    "attendance": _may_have_attended,
    "authorship": _may_have_written,
    "employment": _may_be_employed,
    "dispute": _may_be_in_dispute,
}
