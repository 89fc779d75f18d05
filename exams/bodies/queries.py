"""Reads of exam bodies: their mandates, documents, staff and findings, always for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.bodies import rules
from exams.bodies.models import BodyStandard, Entrustment, InternalCheck, ManagementDocument, OtherBusiness, StaffRecord
from exams.people.models import Organisation
from exams.verdicts import Objection

OWN = frozenset({"head_of_body", "exam_clerk", "chief", "archivist"})
SUPERVISION = frozenset({"authority_officer", "oversight_inspector"})


def visible_to(actor: Actor) -> QuerySet[Organisation]:
    """The own exam body, or the bodies one's authority supervises."""
    bodies = Organisation.objects.filter(kind="exam_body")
    if actor.capacity in OWN:
        return bodies.filter(pk=actor.organisation_id)
    if actor.capacity in SUPERVISION:
        return bodies.filter(supervised_by=actor.organisation_id)
    return bodies if actor.capacity == "system" else bodies.none()


def entrustment_on(body: Organisation, day: date) -> Entrustment | None:
    """The entrustment in force on a day."""
    rows = Entrustment.objects.filter(body=body, state="in_force", since__lte=day, until__gte=day)
    return rows.order_by("-since").first()


def families_of(body: Organisation, day: date | None = None) -> list[str]:
    """The item families a body may examine on a day."""
    day = day or clock.today()
    rows = Entrustment.objects.filter(body=body, state="in_force", since__lte=day, until__gte=day)
    return sorted({family for families in rows.values_list("families", flat=True) for family in families})


def state_of(body: Organisation, on: date, candidates_a_year: int = 0) -> rules.State:
    """The body as the rules see it."""
    mandates = tuple(
        rules.Mandate(frozenset(row.families), tuple(row.places), row.since, row.until, row.state == "in_force")
        for row in Entrustment.objects.filter(body=body)
    )
    business = OtherBusiness.objects.filter(body=body).first()
    titles = tuple(BUSINESS_TITLES.get(code, code) for code in business.businesses) if business else ()
    staff = list(StaffRecord.objects.filter(body=body, since__lte=on).filter(Q(until=None) | Q(until__gte=on)))
    return rules.State(
        name=body.name,
        mandates=mandates,
        undecided_business=titles if business and business.state == "declared" else (),
        forbidden_business=titles if business and business.state == "forbidden" else (),
        full_time=sum(one.full_time for one in staff),
        assessors=sum(one.assessor for one in staff),
        candidates_a_year=candidates_a_year,
        open_major_findings=InternalCheck.objects.filter(body=body, major=True).exclude(state="closed").count(),
        standard=standard_on(body, on),
    )


def objections_to_event(
    body: Organisation, *, families: Iterable[str], place: str, starts_on: date, ends_on: date, candidates_a_year: int = 0
) -> list[Objection]:
    """Every reason why this body may not hold this event."""
    state = state_of(body, starts_on, candidates_a_year)
    return list(
        rules.objections_to_event(state, families=set(families), place=place, starts_on=starts_on, ends_on=ends_on)
    )


def standard_on(body: Organisation, day: date) -> rules.Standard:
    """What the supervising authority asks on a day; nothing if it has not said so."""
    row = BodyStandard.objects.filter(authority=body.supervised_by_id, effective_from__lte=day).first()
    if row is None:
        return rules.Standard()
    return rules.Standard(
        row.full_time, row.assessors, row.many_candidates, row.assessors_if_many, row.findings_block, row.source
    )


DOCUMENT_TITLES: dict[str, str] = {
    "impartiality": "Impartiality statement",
    "exam_management": "Examination management rules",
    "recusal": "Recusal rules",
    "question_setting": "Question-setting rules",
    "secrecy": "Secrecy rules",
    "discipline": "Discipline rules",
    "video": "Video monitoring rules",
    "archive": "Archive rules",
    "emergency": "Emergency plan",
    "assessors": "Assessor management rules",
}


def document_findings(bodies: Iterable[Organisation], on: date | None = None) -> dict[Any, list[Objection]]:
    """For each body what is missing or expired in its set of management documents; one query for all of them."""
    day, papers = on or clock.today(), {body.pk: [] for body in bodies}  # type: dict[Any, list[rules.Paper]]
    for row in ManagementDocument.objects.filter(body__in=list(papers)):
        papers[row.body_id].append(rules.Paper(row.kind, row.approved_on, row.review_on))
    return {pk: rules.document_objections(found, DOCUMENT_TITLES, day) for pk, found in papers.items()}


def documents_in_force(body: Organisation, on: date | None = None) -> dict[str, ManagementDocument]:
    """The newest approved version of each kind."""
    rows = ManagementDocument.objects.filter(body=body, approved_on__lte=on or clock.today()).order_by("approved_on", "id")
    return {row.kind: row for row in rows}


BUSINESS_TITLES = {
    "manufacture": "Manufacture",
    "maintenance": "Maintenance",
    "trade": "Trade",
    "inspection": "Inspection",
    "testing": "Testing",
    "training": "Training",
}

