"""Gathers the facts about persons in a matter, for one person, a pool, or many matters at once, in a constant number of queries.

FACT_SOURCES is open to subjects above: whoever knows something (who set which paper, who examined whom) registers a function
`(Asked) -> facts`; each yields dataclasses of recusal.facts about the persons asked, which find their own place. A source need not
look at the single inquiries: what of a fact concerns a matter the fact itself says (`Fact.within`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from exams.interests import queries as interests
from exams.interests.models import Attendance, Authorship, Concealment, Dispute, TrainingEngagement
from exams.keys import KeyText, among, among_texts
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.recusal import facts as f
from exams.recusal.doubts import doubtful_kin, doubts, training_fact
from exams.recusal.facts import Facts, Matter
from exams.recusal.families import HOPS
from exams.recusal.found import Found
from exams.recusal.inquiries import Asked, Inquiry
from exams.recusal.models import PolicyValue, RecusalRequest
from exams.registry import Registry

FACT_SOURCES = Registry("fact sources")

# The trainees of those asked about are looked for among the candidates by the database while these are so few; among more than that
# it would go through all the courses of every candidate.
FEW = 1000


def gather(persons: Iterable[str], capacity: str, matter: Matter) -> dict[str, Facts]:
    """The facts about each of the persons in one matter, ready to be judged."""
    return gather_all([Inquiry(frozenset(persons), capacity, matter)])[0]


def gather_all(inquiries: Sequence[Inquiry]) -> list[dict[str, Facts]]:
    """The facts for each inquiry about each of its persons. Whoever else is asked at the same time changes nothing in them."""
    found = find(inquiries)
    return [{person: found.facts(person, one.capacity, one.matter) for person in one.persons} for one in inquiries]


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
    rows = Person.objects.filter(pk__in=among(asked.everybody)).order_by().values_list(KeyText("pk"), "id_index", "name", "sex")
    known = [f.Known(id=id, key=key, name=name, sex=sex) for id, key, name, sex in rows]
    yield from known
    keys = {person.key for person in known}
    edges = _declared_between({person.key for person in known if person.id in asked.persons}, keys)
    yield from edges
    between = among_texts({key for edge in edges for key in (edge.person, edge.relative)} - keys)
    for id, key, sex in Person.objects.filter(id_index__in=between).order_by().values_list(KeyText("pk"), "id_index", "sex"):
        yield f.Known(id=id, key=key, name="", sex=sex)


def _declared_between(persons: set[str], everybody: set[str]) -> set[f.KinEdge]:
    """Every declaration within reach of the persons, and of those of everybody whom families connect with them.

    Candidates are many and hardly any is kin of those asked about: so one goes from the persons as far as two reaches together, and
    only from those candidates whom that meets one goes on.
    """
    reader = _Declarations()
    met, front = set(persons), set(persons)
    while front:
        front = (reader.around(front, 2 * HOPS) & everybody) - met
        met |= front
    return reader.edges


def declared_around(keys: Collection[str]) -> set[f.KinEdge]:
    """Every declaration within reach of the keys, whoever made it, those of doubtful matches too: one query for each hop."""
    reader = _Declarations()
    reader.around(keys, HOPS)
    return reader.edges


class _Declarations:
    """Declarations read as one goes along them; nobody's are read twice."""

    def __init__(self) -> None:
        self.edges: set[f.KinEdge] = set()
        self._asked: set[str] = set()
        self._next: dict[str, set[str]] = {}
        self._doubtful = list(doubtful_kin())

    def around(self, starts: Collection[str], hops: int) -> set[str]:
        """Everybody within so many declarations of the starts; what leads there is added to the edges."""
        reached, front = set(starts), set(starts)
        for _hop in range(hops):
            self._read(front - self._asked)
            front = {key for one in front for key in self._next.get(one, ())} - reached
            reached |= front
        return reached

    def _read(self, keys: set[str]) -> None:
        """Two selects joined, for the database has an index for either end but none for both."""
        some = among_texts(keys)
        rows = KinEdge.objects.filter(withdrawn_on=None).order_by()
        rows = rows.values_list("person__id_index", "relative_index", "relation", "support")
        named = set(rows.filter(person__id_index__in=some).union(rows.filter(relative_index__in=some), all=True)) if keys else ()
        self._add(f.KinEdge(person=row[0], relative=row[1], relation=row[2], support=row[3]) for row in named)
        self._add(edge for edge in self._doubtful if edge.person in keys or edge.relative in keys)
        self._asked |= keys

    def _add(self, edges: Iterable[f.KinEdge]) -> None:
        for edge in edges:
            self.edges.add(edge)
            self._next.setdefault(edge.person, set()).add(edge.relative)
            self._next.setdefault(edge.relative, set()).add(edge.person)


@FACT_SOURCES.register("people.employment")
def employments(asked: Asked) -> Iterator[f.Employment]:
    """Posts of the persons asked about at any time, and of candidates and colleagues on the day."""
    first, last = asked.days
    rows = Employment.objects.order_by().values_list(
        "pk", KeyText("person"), KeyText("organisation"), "organisation__name", "organisation__kind", "since", "until", "post"
    )
    own = rows.filter(person__in=asked.these)
    others = rows.filter(Q(until=None) | Q(until__gte=first), person__in=among(asked.others - asked.persons), since__lte=last)
    for _pk, person, place, name, kind, since, until, post in own.union(others, all=True):
        yield f.Employment(person=person, organisation=place, organisation_name=name, kind=kind, since=since, until=until, post=post)


# -------------------------------------------------------------------------------------------------------------- interests


@FACT_SOURCES.register("interests.training")
def trainings(asked: Asked) -> Iterator[f.Training]:
    """Training engagements, with those trainees who are candidates."""
    rows = list(TrainingEngagement.objects.filter(person__in=asked.these).order_by().select_related("organisation"))
    present = Attendance.objects.order_by()
    if len(asked.candidates) <= FEW:
        present = present.filter(trainee__in=asked.sitting)
    present = present.values_list("engagement_id", "course_id", KeyText("trainee"))
    in_course = present.filter(course__in=among({row.held_in_id for row in rows if row.held_in_id}))
    trainees: dict[Any, set[str]] = {}
    for engagement, course, trainee in present.filter(engagement__in=among(row.pk for row in rows)).union(in_course, all=True):
        if trainee in asked.candidates:
            trainees.setdefault(engagement or course, set()).add(trainee)
    for row in rows:
        yield training_fact(row, trainees.get(row.pk, set()) | trainees.get(row.held_in_id, set()))


@FACT_SOURCES.register("interests.authorship")
def authorship(asked: Asked) -> Iterator[f.Authored]:
    """Books, aids and other material written for an examination."""
    rows = Authorship.objects.filter(person__in=asked.these).order_by()
    for person, title, family, published_on in rows.values_list("person_id", "title", "family", "published_on"):
        yield f.Authored(person=str(person), title=title, family=family, published_on=published_on)


@FACT_SOURCES.register("interests.declarations")
def declarations(asked: Asked) -> Iterator[f.Declared]:
    """The declaration signed last for an event, with the grounds that nothing else on record explains."""
    if not asked.event_ids:
        return
    rows = interests.signed_declarations(asked.these, among(asked.event_ids)).order_by()
    for row in rows.only("person_id", "event_id", "signed_at", "answers"):
        yield f.Declared(
            person=str(row.person_id),
            event_id=str(row.event_id),
            signed_on=row.signed_at.date(),
            grounds=tuple(interests.grounds(row)),
        )


@FACT_SOURCES.register("interests.concealments")
def concealments(asked: Asked) -> Iterator[f.Concealed]:
    """Grounds that were proved to have been hidden."""
    rows = Concealment.objects.filter(person__in=asked.these, revoked_on=None).order_by()
    for person, day in rows.values_list("person_id", "proved_on"):
        yield f.Concealed(person=str(person), proved_on=day)


@FACT_SOURCES.register("interests.disputes")
def disputes(asked: Asked) -> Iterator[f.Disputed]:
    """Disputes with persons and organisations, whichever side put them on record."""
    rows = Dispute.objects.filter(withdrawn_on=None).order_by()
    rows = rows.values_list(
        "pk", "since", "until", KeyText("person"), "person__name", KeyText("other_person"), "other_person__name",
        KeyText("other_organisation"), "other_organisation__name",
    )  # fmt: skip
    theirs = rows.filter(person__in=asked.these).union(rows.filter(other_person__in=asked.these))
    for _pk, since, until, one, name, other, other_name, place, place_name in theirs:
        ends = [(one, other or place, other_name or place_name), (other, one, name)]
        for person, against, called in ends:
            if person in asked.persons:
                yield f.Disputed(person=person, other=against, other_name=called, since=since, until=until)


FACT_SOURCES.register("interests.doubts")(doubts)


# ----------------------------------------------------------------------------------------------------------------- requests


@FACT_SOURCES.register("recusal.requests")
def requests(asked: Asked) -> Iterator[f.Requested]:
    """Requests for recusal that are open or were granted, and orders ex officio."""
    rows = RecusalRequest.objects.filter(person__in=asked.these, state__in=["filed", "granted"]).order_by()
    for person, event, body, state, filed_on, decided_on in rows.values_list(
        "person_id", "event_id", "body_id", "state", "filed_on", "decided_on"
    ):
        yield f.Requested(
            person=str(person), event_id=str(event or ""), body_id=str(body), state=state, filed_on=filed_on, decided_on=decided_on
        )


def organisation_names(ids: Iterable[str]) -> dict[str, str]:
    """Names for pages about a matter."""
    return {str(pk): name for pk, name in Organisation.objects.filter(pk__in=list(ids)).values_list("pk", "name")}
