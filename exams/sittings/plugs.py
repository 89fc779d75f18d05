"""What sittings fill of the registries below and beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exams import clock, navigation
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.journal.projection import watch
from exams.programme.models import Event
from exams.recusal.facts import Assessed, Held, ServedTogether
from exams.recusal.gathering import FACT_SOURCES, Asked
from exams.recusal.standing import Stand, standing
from exams.sittings import (
    gate,
    printing_jobs,  # noqa: F401 - registers the job
    queries,
)
from exams.sittings.actions import lapse_tickets
from exams.sittings.clearance import matter_of
from exams.sittings.models import Change, Duty, Place
from exams.ticks import tick

watch(Place, "sitting", "seat", "application", "ticket_number", "state")
watch(Duty, "slot", "sitting", "person", "capacity", "state")

navigation.entry("sittings.arranging", _("Sittings"), "sittings:events", "exam_clerk", "head_of_body", "archivist", order=30)
navigation.entry("sittings.venues", _("Venues and rooms"), "sittings:venues", "exam_clerk", order=35)
navigation.entry("sittings.mine", _("My duties"), "sittings:duties", *sorted(queries.ON_DUTY), order=10)
navigation.entry("sittings.places", _("My examinations"), "sittings:places", "candidate", order=10)


@standing("sittings.staff")
def staff_of_sittings(persons: frozenset[str]) -> Iterator[Stand]:
    """Staff of sittings to come: the persons themselves, and whoever guards a slot in which one of them sits."""
    guarded = Place.objects.filter(application__person__in=persons, state="held").values("slot")
    admitted = Q(slot__event__applications__person__in=persons, slot__state="planned")
    duties = Duty.objects.filter(Q(person__in=persons) | Q(slot__in=guarded) | admitted, live=True, ends_at__gt=clock.now()).exclude(
        state="done"
    )
    for duty in duties.select_related("slot__event", "slot__item__qualification", "sitting__room").distinct():
        yield Stand(
            str(duty.person_id), duty.capacity, matter_of(duty.slot, duty.sitting, besides=str(duty.person_id)), duty.sitting or duty.slot
        )


@FACT_SOURCES.register("sittings.assessed")
def who_assessed_whom(asked: Asked) -> Iterator[Assessed]:
    """Assessors of earlier practical or oral sittings, with those of the present candidates who sat there."""
    if not asked.matter.candidates:
        return
    duties = Duty.objects.filter(
        person__in=asked.persons, capacity="assessor", state="done", ends_at__date__lt=asked.matter.on, sitting__isnull=False
    )
    rows = duties.filter(sitting__places__application__person__in=asked.matter.candidates)
    for person, candidate, at in rows.values_list("person_id", "sitting__places__application__person_id", "starts_at"):
        if str(candidate) in asked.matter.candidates:
            yield Assessed(person=str(person), candidate=str(candidate), on=at.date())


@FACT_SOURCES.register("sittings.served_together")
def who_served_together(asked: Asked) -> Iterator[ServedTogether]:
    """How often two invigilators stood in one room at one venue in the last twelve months."""
    if not asked.matter.colleagues or asked.capacity != "invigilator":
        return
    since = asked.matter.on - timedelta(days=365)
    mine = Duty.objects.filter(
        person__in=asked.persons, capacity="invigilator", live=True, starts_at__date__gte=since, starts_at__date__lt=asked.matter.on
    )
    both = mine.filter(
        sitting__duties__person__in=asked.matter.colleagues, sitting__duties__live=True, sitting__duties__capacity="invigilator"
    )
    counts: dict[tuple[Any, ...], int] = {}
    fields = ("person_id", "sitting__duties__person_id", "sitting__duties__person__name", "slot__venue__name")
    for row in both.values_list(*fields):
        counts[row] = counts.get(row, 0) + 1
    for (person, other, name, place), times in sorted(counts.items(), key=str):
        if str(other) in asked.matter.colleagues:
            yield ServedTogether(person=str(person), other=str(other), other_name=name, place=place, times=times)


@FACT_SOURCES.register("sittings.held")
def who_serves_already(asked: Asked) -> Iterator[Held]:
    """Capacities held in this event through duties."""
    if not asked.matter.event_id:
        return
    duties = Duty.objects.filter(person__in=asked.persons, slot__event=asked.matter.event_id, live=True)
    for person, capacity in duties.values_list("person_id", "capacity").distinct():
        yield Held(person=str(person), capacity=capacity, scope=asked.matter.event_id)


@tick("sittings.lapse_tickets", every=600)
def lapse() -> None:
    """Tickets that nobody printed lapse at the end of the window."""
    due = Place.objects.filter(
        ticket_state="issued",
        slot__event__arrangement__tickets_until__lt=clock.now(),
        slot__event__ticket_until__isnull=False,
        slot__starts_at__gt=clock.now(),
    )
    if due.exists():
        lapse_tickets(by=SYSTEM)


@agenda("sittings.arrangement", "exam_clerk", "head_of_body")
def arrangements_open(actor: Actor) -> Iterable[OpenItem]:
    """What blocks the publication of each event whose applications are closed."""
    for event in Event.objects.filter(body=actor.organisation_id, state="applications_closed"):
        url = reverse("sittings:event", args=[event.pk])
        for objection in gate.open_points(event)[:5]:
            yield OpenItem(
                "refused" if objection.severity == "block" else "todo",
                objection.text(),
                objection.remedy_text(),
                objection.basis_text(),
                url=url,
                group=event.title,
                group_url=url,
            )


@agenda("sittings.changes", "exam_clerk", "head_of_body")
def changes_waiting(actor: Actor) -> Iterable[OpenItem]:
    """Changes that wait for me as the second person."""
    waiting = Change.objects.filter(state="asked", slot__event__body=actor.organisation_id).exclude(asked_by=actor.person_id)
    for change in waiting.select_related("slot__event", "asked_by"):
        yield OpenItem(
            "todo",
            change.get_kind_display(),
            change.reason,
            who=change.asked_by.name,
            url=reverse("sittings:change", args=[change.pk]),
            group=change.slot.event.title,
        )


@agenda("sittings.duties", *sorted(queries.ON_DUTY))
def duties_to_answer(actor: Actor) -> Iterable[OpenItem]:
    """Duties I have not answered."""
    for duty in Duty.objects.filter(person=actor.person_id, state="proposed", starts_at__gt=clock.now()).select_related(
        "slot__event", "slot__venue"
    ):
        yield OpenItem(
            "todo",
            _("Accept or return a duty"),
            f"{duty.slot.event.title} · {duty.slot.venue.name}",
            due=duty.starts_at,
            url=reverse("sittings:duties"),
            group=duty.slot.event.title,
        )
