"""Reads of training, authorship and declarations; the quick question whether somebody trains is one query."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.interests import rules
from exams.interests.models import (
    Authorship,
    Concealment,
    Course,
    Declaration,
    Dispute,
    MatchDoubt,
    ReportBatch,
    TrainingEngagement,
    Unmatched,
)  # fmt: skip
from exams.people.models import Employment
from exams.people.queries import persons_visible_to

REMIND_DAYS = 3
SUPERVISION = frozenset({"authority_officer", "oversight_inspector", "system"})
SUPERIORS = frozenset({"head_of_body", "authority_officer"})
REPORTERS = frozenset({"training_manager", "exam_clerk", "head_of_body"})
_IMPORTS = {
    "courses": REPORTERS | {"authority_officer"},
    "works": REPORTERS | {"authority_officer"},
    "posts": REPORTERS | {"employer_clerk"},
    "kin": frozenset({"exam_clerk", "head_of_body"}),
}
IMPORTERS = frozenset().union(*_IMPORTS.values())


def visible_to(actor: Actor) -> QuerySet[TrainingEngagement]:
    """One's own; what one's organisation holds or reported; everything for the supervision."""
    return TrainingEngagement.objects.filter(_reported(actor) | _organised(actor))


def authorships_visible_to(actor: Actor) -> QuerySet[Authorship]:
    return Authorship.objects.filter(_reported(actor))


def declarations_visible_to(actor: Actor) -> QuerySet[Declaration]:
    """One's own; the body's for its head and clerk; those of supervised bodies for the authority."""
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in ("head_of_body", "exam_clerk"):
        mine |= Q(body=actor.organisation_id)
    if actor.capacity in SUPERVISION:
        mine |= Q(body__supervised_by=actor.organisation_id)
    return Declaration.objects.filter(mine)


def undeclared_by_event(actor: Actor) -> QuerySet[Declaration, dict[str, Any]]:
    """For each coming event of the actor's body: how many who were asked have not signed, and by when the first must."""
    rows = declarations_visible_to(actor).filter(state="due", body=actor.organisation_id, due_on__gte=clock.today())
    return rows.order_by("event_text").values("event_id", "event_text").annotate(n=Count("pk"), due_on=Min("due_on"))


def to_remind() -> QuerySet[Declaration]:
    """Declarations due within the days of the reminder, not signed and not reminded of."""
    today = clock.today()
    return Declaration.objects.filter(state="due", reminded_on=None, due_on__gte=today, due_on__lte=today + timedelta(days=REMIND_DAYS))


def concealments_visible_to(actor: Actor) -> QuerySet[Concealment]:
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity == "head_of_body":
        mine |= Q(decided_by=actor.organisation_id)
    if actor.capacity in SUPERVISION:
        mine |= Q(decided_by=actor.organisation_id) | Q(decided_by__supervised_by=actor.organisation_id)
    return Concealment.objects.filter(mine)


def disputes_visible_to(actor: Actor) -> QuerySet[Dispute]:
    """A dispute is for the person, and for the superior whose body put it on record; rulings show it to who decides."""
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in SUPERIORS:
        mine |= Q(reported_by=actor.organisation_id)
    return Dispute.objects.filter(mine)


def courses_visible_to(actor: Actor) -> QuerySet[Course]:
    """What one's organisation held or reported; everything for the supervision."""
    if actor.capacity in SUPERVISION:
        return Course.objects.all()
    if actor.capacity in REPORTERS:
        return Course.objects.filter(Q(organisation=actor.organisation_id) | Q(reported_by=actor.organisation_id))
    return Course.objects.none()


def batches_visible_to(actor: Actor) -> QuerySet[ReportBatch]:
    """Workbooks handed in for the own organisation. Those of relatives are for the clerk and the head of the body alone."""
    if actor.capacity not in IMPORTERS:
        return ReportBatch.objects.none()
    return ReportBatch.objects.filter(organisation=actor.organisation_id, kind__in=importable(actor))


def importable(actor: Actor) -> list[str]:
    """The kinds of workbook that the actor hands in."""
    return [kind for kind, capacities in _IMPORTS.items() if actor.capacity in capacities]


def words_shown(actor: Actor, declaration: Declaration) -> bool:
    """The content of a declaration is for the person, the deciding superior and the inspector."""
    return actor.person_id == declaration.person_id or actor.capacity in SUPERVISION | {"head_of_body"}


def answers(declaration: Declaration) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(declaration.answers or "{}")
    return stored


def grounds(declaration: Declaration) -> list[str]:
    return rules.grounds(answers(declaration))


def signed_declarations(persons: Collection[str], event_ids: Collection[str]) -> QuerySet[Declaration]:
    """The declarations in force for some events: signed, and not yet supplemented."""
    return Declaration.objects.filter(person__in=persons, event_id__in=event_ids, state="signed")


def is_whole(declaration: Declaration) -> bool:
    """Whether a signed declaration still says what was signed."""
    if not declaration.signed_at:
        return False
    return declaration.digest == rules.digest(
        person=str(declaration.person_id),
        event=str(declaration.event_id),
        version=declaration.version,
        answers=answers(declaration),
        signed_at=declaration.signed_at,
    )


def trains_now_or_within(person_id: Any, family: str | None, years: int, on: date) -> TrainingEngagement | None:
    """The latest training engagement (for the family, or for any) that lies within so many years before the day; one query."""
    try:
        earliest = on.replace(year=on.year - years)
    except ValueError:
        earliest = on.replace(year=on.year - years, day=28)
    rows = TrainingEngagement.objects.filter(person=person_id, since__lte=on).filter(Q(until=None) | Q(until__gte=earliest))
    if family is not None:
        rows = rows.filter(family=family)
    return rows.order_by("-since").first()


def training_post(person_id: Any, on: date) -> Employment | None:
    """A post in a training body on the day; one query."""
    rows = Employment.objects.filter(person=person_id, organisation__kind="training_body", since__lte=on)
    return rows.filter(Q(until=None) | Q(until__gte=on)).select_related("organisation").first()


# ---------------------------------------------------------------------------------------------- reported without a number


def told(unmatched: Unmatched) -> dict[str, Any]:
    """What was reported, days as days: name, birth_date, and what the kind needs."""
    stored: dict[str, Any] = json.loads(unmatched.told)
    return {key: date.fromisoformat(value) if key in _DAYS and value else value for key, value in stored.items()}


_DAYS = frozenset({"birth_date", "since", "until", "published_on"})


def unmatched_visible_to(actor: Actor) -> QuerySet[Unmatched]:
    """What one declared oneself; what one's organisation reported; what the head's own people may be; all for the supervision."""
    if actor.capacity in SUPERVISION:
        return Unmatched.objects.all()
    mine = Q(person=actor.person_id, reported_by=None) if actor.person_id else Q(pk__in=[])
    if actor.capacity in IMPORTERS:
        mine |= Q(reported_by=actor.organisation_id, kind__in=_named_kinds(actor))
    if actor.capacity == "head_of_body":
        mine |= Q(pk__in=MatchDoubt.objects.filter(_touches(persons_visible_to(actor))).values("unmatched"))
    return Unmatched.objects.filter(mine)


def doubts_visible_to(actor: Actor) -> QuerySet[MatchDoubt]:
    """The doubts of the reports one sees; who else may be meant is for those who decide."""
    if actor.capacity in SUPERVISION:
        return MatchDoubt.objects.all()
    if actor.capacity == "head_of_body":
        return MatchDoubt.objects.filter(Q(unmatched__reported_by=actor.organisation_id) | _touches(persons_visible_to(actor)))
    return MatchDoubt.objects.none()


def doubts_to_decide(actor: Actor) -> QuerySet[MatchDoubt]:
    """Open doubts that the actor may decide: never one that the actor is concerned by."""
    rows = doubts_visible_to(actor).filter(state="open", unmatched__state="open")
    return rows.exclude(person=actor.person_id).exclude(unmatched__person=actor.person_id) if actor.capacity in SUPERIORS else rows.none()


def own_names(person: Any) -> QuerySet[Unmatched]:
    """Relatives and other sides of disputes whom the person named without a number, or the body for the person."""
    return Unmatched.objects.filter(person=person).exclude(state="withdrawn").select_related("person", "organisation", "course")


def with_doubts(rows: QuerySet[Unmatched]) -> QuerySet[Unmatched]:
    """Each with the number of registered people who may be meant still."""
    return rows.annotate(possible=Count("doubts", filter=Q(doubts__state="open"), distinct=True))


def posts_now(persons: Collection[Any]) -> dict[Any, list[str]]:
    """Where each of them works today, by name: it tells people of one name apart."""
    today = clock.today()
    rows = Employment.objects.filter(Q(until=None) | Q(until__gte=today), person__in=persons, since__lte=today)
    found: dict[Any, list[str]] = {}
    for person, place in rows.order_by("since").values_list("person_id", "organisation__name"):
        found.setdefault(person, []).append(place)
    return found


def unmatched_to_decide(actor: Actor) -> QuerySet[Unmatched]:
    """Who is to be identified by the actor, the longest waiting first, each with the number of people who may be meant."""
    open_ones = Q(doubts__in=doubts_to_decide(actor).values("pk"))
    return Unmatched.objects.filter(open_ones).annotate(possible=Count("doubts", distinct=True)).order_by("recorded_at")


def _touches(persons: QuerySet[Any]) -> Q:
    return Q(person__in=persons.values("pk")) | Q(unmatched__person__in=persons.values("pk"))


def _named_kinds(actor: Actor) -> list[str]:
    """Whose report names relatives sees them; disputes are for superiors."""
    hidden = set() if actor.capacity == "head_of_body" else {"dispute"}
    return [kind for kind in Unmatched.Kind.values if kind not in hidden and (kind != "kin" or actor.capacity in _IMPORTS["kin"])]


def open_doubts(persons: Collection[str], everybody: Collection[str]) -> QuerySet[MatchDoubt]:
    """Who of these may be somebody a report names, kin left out; and whom those may be with whom these persons are in dispute."""
    rows = MatchDoubt.objects.filter(Q(person__in=everybody) | Q(unmatched__person__in=persons), state="open", unmatched__state="open")
    return rows.exclude(unmatched__kind="kin").select_related(
        "person", "unmatched__person", "unmatched__organisation", "unmatched__course__organisation"
    )


def doubtful_kin() -> Iterator[tuple[str, str, str, bool]]:
    """Keys of declarer and of who may be the relative, the relation and the support, for every open doubt about kin."""
    rows = MatchDoubt.objects.filter(state="open", unmatched__state="open", unmatched__kind="kin")
    for row in rows.select_related("unmatched__person", "person"):
        said = json.loads(row.unmatched.told)
        yield row.unmatched.person.id_index, row.person.id_index, said["relation"], bool(said.get("support"))


def _reported(actor: Actor) -> Q:
    if actor.capacity in SUPERVISION:
        return Q()
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in REPORTERS:
        mine |= Q(reported_by=actor.organisation_id)
    return mine


def _organised(actor: Actor) -> Q:
    if actor.capacity in SUPERVISION:
        return Q()
    return Q(organisation=actor.organisation_id) if actor.capacity in REPORTERS else Q(pk__in=[])
