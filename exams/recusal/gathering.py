"""Gathers the facts about persons in a matter, for one person or a whole pool, in a constant number of queries.

FACT_SOURCES is open to subjects above: whoever knows something (who set which paper, who examined whom) registers a function
`(Asked) -> facts`; each yields dataclasses of recusal.facts, which find their own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from exams.interests import queries as interests
from exams.interests.models import Attendance, Authorship, Concealment, Dispute, TrainingEngagement
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.recusal import facts as f
from exams.recusal.facts import Facts, Matter
from exams.recusal.models import PolicyValue, RecusalRequest
from exams.registry import Registry

FACT_SOURCES = Registry("fact sources")

# How far declarations are followed from each end. The longest kinship of the law has five steps between parents, children and
# spouses (a spouse's cousin), and persons are approached from both ends, so that three hops meet in the middle.
HOPS = 3


@dataclass(frozen=True)
class Asked:
    """Whom a source is asked about. `others` are the candidates and colleagues of the matter."""

    persons: frozenset[str]
    capacity: str
    matter: Matter
    others: frozenset[str] = field(default=f.NOBODY)

    @property
    def everybody(self) -> frozenset[str]:
        return self.persons | self.others


def gather(persons: Iterable[str], capacity: str, matter: Matter) -> dict[str, Facts]:
    """The facts about each of the persons, ready to be judged; what concerns only another of them is left out."""
    asked = Asked(frozenset(persons), capacity, matter, matter.candidates | matter.colleagues)
    found = [fact for source in FACT_SOURCES for fact in source(asked)]
    families = _families([fact for fact in found if isinstance(fact, f.KinEdge)])
    family_of = {fact.id: families.get(fact.key) for fact in found if isinstance(fact, f.Known)}
    policy = policy_on(matter.on)
    return {
        person: Facts(person=person, capacity=capacity, matter=matter, policy=policy).with_facts(
            fact for fact in found if _concerns(fact, person, asked) and _of_family(fact, family_of.get(person), families, asked)
        )
        for person in asked.persons
    }


def _families(edges: list[f.KinEdge]) -> dict[str, int]:
    """Which keys are connected by declarations at all: nothing outside one's own family can make one kin."""
    near: dict[str, set[str]] = {}
    for edge in edges:
        near.setdefault(edge.person, set()).add(edge.relative)
        near.setdefault(edge.relative, set()).add(edge.person)
    families: dict[str, int] = {}
    for number, start in enumerate(near):
        open_ends = [start] if start not in families else []
        while open_ends:
            key = open_ends.pop()
            families[key] = number
            open_ends += [other for other in near[key] if other not in families]
    return families


def _of_family(fact: Any, family: int | None, families: dict[str, int], asked: Asked) -> bool:
    """Of the declarations of kinship, and of people known only through them, the person's own family alone is kept."""
    if isinstance(fact, f.KinEdge):
        return families[fact.person] == family
    if isinstance(fact, f.Known) and fact.id not in asked.everybody:
        return families.get(fact.key) == family
    return True


def policy_on(day: date) -> f.Policy:
    """The parameters in force on a day, with their sources; where nothing was set, the start values of the rules."""
    values: dict[str, PolicyValue] = {}
    for value in PolicyValue.objects.filter(effective_from__lte=day).order_by("effective_from"):
        values[value.code] = value
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


def _concerns(fact: Any, person: str, asked: Asked) -> bool:
    """Shared facts (who is who, kinship) concern all; of the rest, the person's own and those of candidates and colleagues."""
    if isinstance(fact, f.Known):
        return fact.id not in asked.persons or fact.id == person or fact.id in asked.others
    if isinstance(fact, f.KinEdge):
        return True
    return fact.person == person or (isinstance(fact, f.Employment) and fact.person in asked.others)


# ------------------------------------------------------------------------------------------------------------- persons and kin


@FACT_SOURCES.register("people.kin")
def known_and_kin(asked: Asked) -> Iterator[Any]:
    """Who is who, and the declarations of kinship around both ends."""
    rows = Person.objects.filter(pk__in=asked.everybody).values_list("pk", "id_index", "name", "sex")
    known = [f.Known(id=str(pk), key=key, name=name, sex=sex) for pk, key, name, sex in rows]
    yield from known
    edges = kin_around({person.key for person in known})
    yield from edges
    between = {key for edge in edges for key in (edge.person, edge.relative)} - {person.key for person in known}
    for pk, key, sex in Person.objects.filter(id_index__in=between).values_list("pk", "id_index", "sex"):
        yield f.Known(id=str(pk), key=key, name="", sex=sex)


def kin_around(keys: set[str]) -> list[f.KinEdge]:
    """Every declaration within reach of the keys, whoever made it: one query for each hop."""
    reached, edges, found = set(keys), set(), set(keys)
    for _hop in range(HOPS):
        if not found:
            break
        near = Q(person__id_index__in=found) | Q(relative_index__in=found)
        rows = KinEdge.objects.filter(near, withdrawn_on=None)
        new = {
            f.KinEdge(person=key, relative=relative, relation=relation, support=support)
            for key, relative, relation, support in rows.values_list("person__id_index", "relative_index", "relation", "support")
        }
        edges |= new
        found = {key for edge in new for key in (edge.person, edge.relative)} - reached
        reached |= found
    return sorted(edges, key=f.canonical)


@FACT_SOURCES.register("people.employment")
def employments(asked: Asked) -> Iterator[f.Employment]:
    """Posts of the persons asked about at any time, and of candidates and colleagues on the day."""
    on_the_day = Q(since__lte=asked.matter.on) & (Q(until=None) | Q(until__gte=asked.matter.on))
    whom = Q(person__in=asked.persons) | (Q(person__in=asked.others) & on_the_day)
    for row in Employment.objects.filter(whom).select_related("organisation"):
        yield f.Employment(
            person=str(row.person_id),
            organisation=str(row.organisation_id),
            organisation_name=row.organisation.name,
            kind=row.organisation.kind,
            since=row.since,
            until=row.until,
            post=row.post,
        )


# -------------------------------------------------------------------------------------------------------------- interests


@FACT_SOURCES.register("interests.training")
def trainings(asked: Asked) -> Iterator[f.Training]:
    """Training engagements, with those trainees who are candidates of this matter."""
    rows = TrainingEngagement.objects.filter(person__in=asked.persons).select_related("organisation")
    present = Attendance.objects.filter(engagement__person__in=asked.persons, trainee__in=asked.matter.candidates)
    trainees: dict[Any, set[str]] = {}
    for engagement, trainee in present.values_list("engagement_id", "trainee_id"):
        trainees.setdefault(engagement, set()).add(str(trainee))
    for row in rows:
        yield f.Training(
            person=str(row.person_id),
            organisation=str(row.organisation_id),
            organisation_name=row.organisation.name,
            family=row.family,
            role=row.role,
            since=row.since,
            until=row.until,
            trainees=frozenset(trainees.get(row.pk, ())),
        )


@FACT_SOURCES.register("interests.authorship")
def authorship(asked: Asked) -> Iterator[f.Authored]:
    """Books, aids and other material written for an examination."""
    for row in Authorship.objects.filter(person__in=asked.persons):
        yield f.Authored(person=str(row.person_id), title=row.title, family=row.family, published_on=row.published_on)


@FACT_SOURCES.register("interests.declarations")
def declarations(asked: Asked) -> Iterator[f.Declared]:
    """The declaration signed last for this event, with the grounds that nothing else on record explains."""
    if not asked.matter.event_id:
        return
    for row in interests.signed_declarations(asked.persons, asked.matter.event_id):
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
    for row in rows.select_related("person", "other_person", "other_organisation"):
        ends = [(row.person, row.other_person or row.other_organisation)]
        if isinstance(ends[0][1], Person):
            ends.append((ends[0][1], row.person))
        for one, other in ends:
            if str(one.pk) in asked.persons:
                yield f.Disputed(person=str(one.pk), other=str(other.pk), other_name=other.name, since=row.since, until=row.until)


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
