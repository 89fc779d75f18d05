"""Reads of plans, events and notices, always for somebody; the parameters of the programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.appointments.queries import in_force
from exams.bodies import queries as bodies
from exams.catalogue.models import Edition, Qualification
from exams.interests.models import Declaration
from exams.people.models import Organisation, Person
from exams.programme import rules, words
from exams.programme.models import AnnualPlan, Event, EventItem, ForbiddenWord, ProgrammeParameter
from exams.programme.words import Hit, Text, Word
from exams.recusal.rules import EXAM_WORK
from exams.registry import Registry
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

# Subjects above say what else applicants read: f(event) -> Iterable[Text].
APPLICANT_TEXTS = Registry("applicant texts")

SUPERVISION = frozenset({"authority_officer", "oversight_inspector"})
NOT_PUBLIC = ("draft",)

# The fields of the notice without which it does not appear.
NOTICE_FIELDS = {
    "document_number": _("Number of the notice"),
    "basis": _("Basis"),
    "categories": _("Admitted categories"),
    "place": _("Place"),
    "method": _("Form of the examination"),
    "syllabus": _("Syllabus"),
    "ticket_from": _("Ticket window"),
    "contact": _("Contact"),
}


def visible_to(actor: Actor) -> QuerySet[Event]:
    """The body's own events; those of supervised bodies once they are more than a draft; to everybody else what is public."""
    seen = ~Q(state__in=NOT_PUBLIC)
    if actor.capacity in SUPERVISION:
        seen = Q(body__supervised_by=actor.organisation_id) & (seen | Q(late_consent__isnull=False))
    elif actor.capacity in BODY_STAFF:
        seen = Q(body=actor.organisation_id)
    elif actor.capacity == "system":
        seen = Q()
    return Event.objects.filter(seen)


BODY_STAFF = frozenset(
    {
        "head_of_body", "exam_clerk", "verifier", "application_approver", "setter", "reviewer", "question_approver", "assembler",
        "paper_approver", "custodian", "chief", "invigilator", "roving_invigilator", "video_monitor", "assessor",
        "identity_officer", "technician", "marker", "score_clerk", "score_checker", "score_approver", "archivist",
    }
)  # fmt: skip


def published() -> QuerySet[Event]:
    """What the public may read."""
    return Event.objects.exclude(state__in=NOT_PUBLIC).exclude(published_at=None)


def plans_visible_to(actor: Actor) -> QuerySet[AnnualPlan]:
    if actor.capacity in SUPERVISION:
        return AnnualPlan.objects.filter(body__supervised_by=actor.organisation_id).exclude(state="draft")
    if actor.capacity in BODY_STAFF:
        return AnnualPlan.objects.filter(body=actor.organisation_id)
    return AnnualPlan.objects.filter(state="published")


def with_items(events: QuerySet[Event]) -> QuerySet[Event]:
    """Events with body, items, qualifications and editions in a constant number of queries."""
    items = EventItem.objects.select_related("qualification", "edition")
    return events.select_related("body").prefetch_related(Prefetch("items", items))


def edition_on(qualifications: Iterable[Qualification], day: date) -> dict[Any, Edition]:
    """The edition in force of each qualification on a day."""
    rows = Edition.objects.filter(qualification__in=list(qualifications), effective_from__lte=day).exclude(state="draft")
    rows = rows.filter(state__in=["in_force", "superseded"]).select_related("qualification")
    return {row.qualification_id: row for row in rows.order_by("effective_from", "in_force_at")}


def plan_items(qualifications: Iterable[Qualification], day: date) -> tuple[list[rules.Item], dict[Any, Edition]]:
    """Each qualification as the rules of planning see it, and the editions that apply. The missing values of drafts are named."""
    wanted = list(qualifications)
    editions = edition_on(wanted, day)
    newest: dict[Any, Edition] = {}
    for row in Edition.objects.filter(qualification__in=wanted).select_related("qualification").order_by("effective_from", "entered_at"):
        newest[row.qualification_id] = row
    items = []
    for qualification in wanted:
        edition = editions.get(qualification.pk) or newest.get(qualification.pk)
        missing = tuple(_missing(edition)) if edition else (_("Every value of the rules"),)
        items.append(rules.Item(qualification.name_zh, missing, qualification.pk in editions))
    return items, editions


def _missing(edition: Edition) -> Iterable[str]:
    for gap in edition.missing():
        yield f"{gap.subject} {gap.label}".strip() if gap.subject else gap.label


def undeclared_staff(event: Event) -> list[Person]:
    """Whoever is appointed for exam work in the body today and was not yet asked to declare for the event."""
    appointed = in_force().filter(organisation=event.body_id, capacity__in=EXAM_WORK).values("person")
    asked = Declaration.objects.filter(event_id=event.pk).values("person")
    return list(Person.objects.filter(pk__in=appointed).exclude(pk__in=asked).order_by("name_key", "pk"))


def declarations_of(event: Event) -> dict[str, int]:
    """How many were asked to declare for the event, and how many have signed."""
    rows = Declaration.objects.filter(event_id=event.pk).exclude(state="updated").values_list("state", flat=True)
    return {"asked": len(rows), "signed": sum(state == "signed" for state in rows)}


def parameter(code: str, day: date | None = None) -> ProgrammeParameter | None:
    """The value in force on a day, or None where nothing was set."""
    return ProgrammeParameter.objects.filter(code=code, effective_from__lte=day or clock.today()).first()


def lead_time(day: date | None = None) -> tuple[int, str]:
    """The lead time of notices in days, with its source."""
    row = parameter("NOTICE_LEAD_DAYS", day)
    return (int(row.value), row.source) if row else (rules.LEAD_DAYS, rules.LEAD_DAYS_SOURCE)


def event_objections(event: Event) -> list[Objection]:
    """What the body's mandate and state say against the event."""
    families = {item.qualification.family for item in event.items.all()}
    found = bodies.objections_to_event(
        event.body, families=families, place=event.place, starts_on=event.starts_on, ends_on=event.ends_on
    )
    return [*found]


def notice_texts(event: Event) -> list[Text]:
    """Every text of the notice that an applicant reads."""
    return [Text(title, getattr(event, name)) for name, title in _TEXTS.items() if getattr(event, name)]


_TEXTS = {
    "title": _("Title"),
    "eligibility": _("Conditions of application"),
    "materials": _("Material to be handed in"),
    "syllabus": _("Syllabus"),
    "remarks": _("Remarks"),
    "contact": _("Contact"),
    "place": _("Place"),
    "basis": _("Basis"),
}


def words_of(body: Organisation) -> list[Word]:
    """The words looked for in texts of the body: the list everybody starts from, the authority's and the body's own."""
    keepers = [body.pk, body.supervised_by_id] if body.supervised_by_id else [body.pk]
    rows = ForbiddenWord.objects.filter(withdrawn_at=None, organisation__in=keepers)
    kept = [(row.organisation_id, Word(row.text, row.weight, row.source)) for row in rows]
    own = [word for place, word in kept if place == body.pk]
    return words.together(words.start_list(), [word for place, word in kept if place != body.pk], own)


def word_rows(actor: Actor) -> QuerySet[ForbiddenWord]:
    """The words one's own organisation keeps, and those of the authority above it."""
    rows = ForbiddenWord.objects.filter(withdrawn_at=None).select_related("organisation")
    return rows.filter(Q(organisation=actor.organisation_id) | Q(organisation__supervised=actor.organisation_id)).distinct()


def words_found(event: Event, texts: Iterable[Text] | None = None) -> list[Hit]:
    """Every word in the notice of the event, or in the texts given."""
    return words.hits(notice_texts(event) if texts is None else texts, words_of(event.body))


def word_objections(event: Event, texts: Iterable[Text] | None = None) -> list[Objection]:
    """What words still speak against: those a superior has looked at in these very texts are left out."""
    accepted = [digest for row in event.words_accepted.all() for digest in row.digests]
    return list(words.objections(words_found(event, texts), accepted))


def applicant_texts(event: Event) -> list[Text]:
    """Everything applicants read about the event: its notice, and what subjects above print on tickets."""
    return [*notice_texts(event), *(text for source in APPLICANT_TEXTS for text in source(event))]


def blockers_of_notice(event: Event) -> list[Objection]:
    """What still blocks the publication of the notice: the same list that would refuse it."""
    days, source = lead_time()
    consent = getattr(event, "late_consent", None)
    fields = {name: getattr(event, name) for name in NOTICE_FIELDS}
    found = list(rules.fields_objections(fields, NOTICE_FIELDS))
    found += event_objections(event)
    found += rules.lead_objection(
        today=clock.today(),
        starts_on=event.starts_on,
        lead_days=days,
        source=source,
        consent=consent is not None and consent.state == "granted",
    )
    return found + word_objections(event)
