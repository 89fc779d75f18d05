"""Reads of applications, always for somebody: the applicant's own, the employer's, the body's, those the authority supervises."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from exams.access import Actor
from exams.applications.models import ADMITTED_STATES, Application, ImportBatch
from exams.programme.models import Event

BODY = frozenset({"head_of_body", "exam_clerk", "verifier", "application_approver", "archivist"})
SUPERVISION = frozenset({"authority_officer", "oversight_inspector"})


def _condition(actor: Actor) -> Q:
    """Which applications somebody sees. A draft is for its applicant alone."""
    if actor.capacity in BODY:
        return Q(body=actor.organisation_id) & ~Q(state="draft")
    if actor.capacity in SUPERVISION:
        return Q(body__supervised_by=actor.organisation_id) & ~Q(state="draft")
    if actor.capacity == "employer_clerk":
        return Q(employer=actor.organisation_id) & ~Q(state="draft")
    if actor.capacity == "candidate":
        return Q(person=actor.person_id)
    return Q() if actor.capacity == "system" else Q(pk__in=[])


def visible_to(actor: Actor) -> QuerySet[Application]:
    """What the actor may see, with what lists need of it."""
    rows = Application.objects.filter(_condition(actor))
    return rows.select_related("person", "event", "employer", "item__qualification", "edition", "body")


def own(actor: Actor) -> QuerySet[Application]:
    """The applications of the person, in whatever capacity he or she acts at present."""
    rows = Application.objects.filter(person=actor.person_id) if actor.person_id else Application.objects.none()
    return rows.select_related("person", "event", "employer", "item__qualification", "edition", "body").order_by("-created_at")


def visible_or_404(actor: Actor, pk: UUID) -> Application:
    found = visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_or_404(actor: Actor, pk: UUID) -> Application:
    found = own(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def batches_visible_to(actor: Actor) -> QuerySet[ImportBatch]:
    """Imports of one's body or, for an employer, its own."""
    condition = Q(pk__in=[])
    if actor.capacity == "exam_clerk":
        condition = Q(body=actor.organisation_id)
    elif actor.capacity == "employer_clerk":
        condition = Q(employer=actor.organisation_id)
    elif actor.capacity == "system":
        condition = Q()
    return ImportBatch.objects.filter(condition).select_related("event", "employer", "body", "uploaded_by")


def open_events(on: date) -> QuerySet[Event]:
    """Events for which applications are taken on a day."""
    rows = Event.objects.filter(state="announced", apply_from__lte=on, apply_until__gte=on)
    return rows.select_related("body").prefetch_related("items__qualification").order_by("apply_until")


def events_to_import(actor: Actor, on: date) -> QuerySet[Event]:
    """Events into which the actor may import applications today."""
    rows = open_events(on)
    return rows.filter(body=actor.organisation_id) if actor.capacity == "exam_clerk" else rows


def admitted(event: Event) -> QuerySet[Application]:
    """Who may be given a seat."""
    return Application.objects.filter(event=event, state__in=ADMITTED_STATES).select_related("person", "item__qualification", "employer")


def counts(actor: Actor) -> dict[str, int]:
    """How many applications stand in each state, of those the actor sees."""
    rows: Any = Application.objects.filter(_condition(actor)).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def faults_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Every fault of a workbook, as kept (encrypted, for it quotes what people wrote)."""
    return json.loads(batch.report) if batch.report else []
