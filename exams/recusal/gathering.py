"""Gathers the facts about persons in a matter, for one person, a pool, or many matters at once, in a constant number of queries.

FACT_SOURCES is open to subjects above: whoever knows something (who set which paper, who examined whom) registers a function
`(Asked) -> facts`; each yields dataclasses of recusal.facts about the persons asked, which find their own place. A source need not
look at the single inquiries: what of a fact concerns a matter the fact itself says (`Fact.within`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from exams.interests import queries as interests
from exams.interests.models import Attendance, Authorship, Concealment, Dispute, TrainingEngagement
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.recusal import facts as f
from exams.recusal.doubts import doubtful_kin, doubts, training_fact
from exams.recusal.facts import Facts, Matter
from exams.recusal.families import HOPS
from exams.recusal.found import Found
from exams.recusal.models import PolicyValue, RecusalRequest
from exams.recusal.standing import Stand
from exams.registry import Registry

FACT_SOURCES = Registry("fact sources")

# So many keys go into one query; SQLite takes no more than some hundreds of thousands of parameters, PostgreSQL 65,535.
_PORTION = 10_000


@dataclass(frozen=True)
class Inquiry:
    """Who is asked about, acting as which capacity, in which matter."""

    persons: frozenset[str]
    capacity: str
    matter: Matter

    @property
    def others(self) -> frozenset[str]:
        """The candidates and colleagues of the matter."""
        return self.matter.candidates | self.matter.colleagues


@dataclass(frozen=True)
class Asked:
    """All that is asked at once; a source gives what it knows for any of it."""

    inquiries: Sequence[Inquiry]

    @cached_property
    def persons(self) -> frozenset[str]:
        return frozenset().union(*(inquiry.persons for inquiry in self.inquiries))

    @cached_property
    def others(self) -> frozenset[str]:
        return frozenset().union(*(inquiry.others for inquiry in self.inquiries))

    @cached_property
    def everybody(self) -> frozenset[str]:
        return self.persons | self.others

    @cached_property
    def candidates(self) -> frozenset[str]:
        return self._of_matters("candidates")

    @cached_property
    def colleagues(self) -> frozenset[str]:
        return self._of_matters("colleagues")

    @cached_property
    def paper_ids(self) -> frozenset[str]:
        return self._of_matters("paper_ids")

    @cached_property
    def question_ids(self) -> frozenset[str]:
        return self._of_matters("question_ids")

    @cached_property
    def event_ids(self) -> frozenset[str]:
        return frozenset(inquiry.matter.event_id for inquiry in self.inquiries if inquiry.matter.event_id)

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last day asked about."""
        days = [inquiry.matter.on for inquiry in self.inquiries]
        return min(days), max(days)

    def _of_matters(self, name: str) -> frozenset[str]:
        return frozenset().union(*(getattr(inquiry.matter, name) for inquiry in self.inquiries))


def gather(persons: Iterable[str], capacity: str, matter: Matter) -> dict[str, Facts]:
    """The facts about each of the persons in one matter, ready to be judged."""
    return gather_all([Inquiry(frozenset(persons), capacity, matter)])[0]


def gather_all(inquiries: Sequence[Inquiry]) -> list[dict[str, Facts]]:
    """The facts for each inquiry about each of its persons. Whoever else is asked at the same time changes nothing in them."""
    found = find(inquiries)
    return [{person: found.facts(person, one.capacity, one.matter) for person in one.persons} for one in inquiries]


def inquiries_of(stands: Iterable[Stand]) -> list[Inquiry]:
    """Stands as inquiries, people with the same question together."""
    groups: dict[tuple[str, Matter], set[str]] = {}
    for stand in stands:
        groups.setdefault((stand.capacity, stand.matter), set()).add(stand.person_id)
    return [Inquiry(frozenset(persons), capacity, matter) for (capacity, matter), persons in groups.items()]


def find(inquiries: Sequence[Inquiry]) -> Found:
    """What all sources know for any of the inquiries, and the parameters in force on their days."""
    if not inquiries:
        return Found((), {})
    asked = Asked(inquiries)
    facts = (fact for source in FACT_SOURCES for fact in source(asked))
    return Found(facts, _policies({inquiry.matter.on for inquiry in inquiries}))


def policy_on(day: date) -> f.Policy:
    """The parameters in force on a day, with their sources; where nothing was set, the start values of the rules."""
    return _policies({day})[day]


def _policies(days: set[date]) -> dict[date, f.Policy]:
    rows = list(PolicyValue.objects.filter(effective_from__lte=max(days)).order_by("effective_from"))
    return {day: _policy({row.code: row for row in rows if row.effective_from <= day}) for day in days}


def _policy(values: dict[str, PolicyValue]) -> f.Policy:
    start = f.Policy()
    years, times = values.get("TRAINER_COOLOFF_YEARS"), values.get("ROTATION_TIMES")
    return f.Policy(
        cooloff_years=int(years.value) if years else start.cooloff_years,
        cooloff_source=years.source if years else start.cooloff_source,
        rotation_times=int(times.value) if times else start.rotation_times,
        severities=tuple(
            sorted((code.removeprefix("severity:"), one.value) for code, one in values.items() if code.startswith("severity:"))
        ),
    )


# ------------------------------------------------------------------------------------------------------------- persons and kin


@FACT_SOURCES.register("people.kin")
def known_and_kin(asked: Asked) -> Iterator[Any]:
    """Who is who, and the declarations of kinship around both ends."""
    rows = Person.objects.filter(pk__in=asked.everybody).values_list("pk", "id_index", "name", "sex")
    known = [f.Known(id=str(pk), key=key, name=name, sex=sex) for pk, key, name, sex in rows]
    yield from known
    keys = {person.key for person in known}
    edges = declared_around(keys)
    yield from edges
    between = {key for edge in edges for key in (edge.person, edge.relative)} - keys
    for pk, key, sex in Person.objects.filter(id_index__in=between).values_list("pk", "id_index", "sex") if between else ():
        yield f.Known(id=str(pk), key=key, name="", sex=sex)


def declared_around(keys: Collection[str]) -> set[f.KinEdge]:
    """Every declaration within reach of the keys, whoever made it, those of doubtful matches too: one query for each hop."""
    reached, edges, front = set(keys), set(), set(keys)
    doubtful = list(doubtful_kin())
    for _hop in range(HOPS):
        if not front:
            break
        new = {f.KinEdge(person=row[0], relative=row[1], relation=row[2], support=row[3]) for row in _naming(sorted(front))}
        new |= {edge for edge in doubtful if edge.person in front or edge.relative in front}
        edges |= new
        front = {key for edge in new for key in (edge.person, edge.relative)} - reached
        reached |= front
    return edges


def _naming(keys: list[str]) -> Iterable[tuple[str, str, str, bool]]:
    for start in range(0, len(keys), _PORTION):
        some = keys[start : start + _PORTION]
        rows = KinEdge.objects.filter(Q(person__id_index__in=some) | Q(relative_index__in=some), withdrawn_on=None)
        yield from rows.values_list("person__id_index", "relative_index", "relation", "support")


@FACT_SOURCES.register("people.employment")
def employments(asked: Asked) -> Iterator[f.Employment]:
    """Posts of the persons asked about at any time, and of candidates and colleagues on the day."""
    first, last = asked.days
    in_those_days = Q(since__lte=last) & (Q(until=None) | Q(until__gte=first))
    whom = Q(person__in=asked.persons) | (Q(person__in=asked.others) & in_those_days)
    rows = Employment.objects.filter(whom)
    for person, organisation, name, kind, since, until, post in rows.values_list(
        "person_id", "organisation_id", "organisation__name", "organisation__kind", "since", "until", "post"
    ):
        yield f.Employment(
            person=str(person), organisation=str(organisation), organisation_name=name, kind=kind, since=since, until=until, post=post
        )


# -------------------------------------------------------------------------------------------------------------- interests


@FACT_SOURCES.register("interests.training")
def trainings(asked: Asked) -> Iterator[f.Training]:
    """Training engagements, with those trainees who are candidates."""
    rows = list(TrainingEngagement.objects.filter(person__in=asked.persons).select_related("organisation"))
    courses = {row.held_in_id for row in rows if row.held_in_id}
    of_them = Q(engagement__in=[row.pk for row in rows]) | Q(course__in=courses)
    present = Attendance.objects.filter(of_them, trainee__in=asked.candidates)
    trainees: dict[Any, set[str]] = {}
    for engagement, course, trainee in present.values_list("engagement_id", "course_id", "trainee_id"):
        trainees.setdefault(engagement or course, set()).add(str(trainee))
    for row in rows:
        yield training_fact(row, trainees.get(row.pk, set()) | trainees.get(row.held_in_id, set()))


@FACT_SOURCES.register("interests.authorship")
def authorship(asked: Asked) -> Iterator[f.Authored]:
    """Books, aids and other material written for an examination."""
    for row in Authorship.objects.filter(person__in=asked.persons):
        yield f.Authored(person=str(row.person_id), title=row.title, family=row.family, published_on=row.published_on)


@FACT_SOURCES.register("interests.declarations")
def declarations(asked: Asked) -> Iterator[f.Declared]:
    """The declaration signed last for an event, with the grounds that nothing else on record explains."""
    if not asked.event_ids:
        return
    for row in interests.signed_declarations(asked.persons, asked.event_ids):
        yield f.Declared(
            person=str(row.person_id),
            event_id=str(row.event_id),
            signed_on=row.signed_at.date(),
            grounds=tuple(interests.grounds(row)),
        )


@FACT_SOURCES.register("interests.concealments")
def concealments(asked: Asked) -> Iterator[f.Concealed]:
    """Grounds that were proved to have been hidden."""
    for person, day in Concealment.objects.filter(person__in=asked.persons).values_list("person_id", "proved_on"):
        yield f.Concealed(person=str(person), proved_on=day)


@FACT_SOURCES.register("interests.disputes")
def disputes(asked: Asked) -> Iterator[f.Disputed]:
    """Disputes with persons and organisations, whichever side put them on record."""
    rows = Dispute.objects.filter(Q(person__in=asked.persons) | Q(other_person__in=asked.persons, person__in=asked.others))
    rows = rows.filter(withdrawn_on=None)
    for row in rows.select_related("person", "other_person", "other_organisation"):
        ends = [(row.person, row.other_person or row.other_organisation)]
        if isinstance(ends[0][1], Person):
            ends.append((ends[0][1], row.person))
        for one, other in ends:
            if str(one.pk) in asked.persons:
                yield f.Disputed(person=str(one.pk), other=str(other.pk), other_name=other.name, since=row.since, until=row.until)


FACT_SOURCES.register("interests.doubts")(doubts)


# ----------------------------------------------------------------------------------------------------------------- requests


@FACT_SOURCES.register("recusal.requests")
def requests(asked: Asked) -> Iterator[f.Requested]:
    """Requests for recusal that are open or were granted, and orders ex officio."""
    for row in RecusalRequest.objects.filter(person__in=asked.persons, state__in=["filed", "granted"]):
        yield f.Requested(
            person=str(row.person_id),
            event_id=str(row.event_id or ""),
            body_id=str(row.body_id),
            state=row.state,
            filed_on=row.filed_on,
            decided_on=row.decided_on,
        )


def organisation_names(ids: Iterable[str]) -> dict[str, str]:
    """Names for pages about a matter."""
    return {str(pk): name for pk, name in Organisation.objects.filter(pk__in=list(ids)).values_list("pk", "name")}
