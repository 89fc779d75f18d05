"""What sittings fill of the registries below and beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams import clock, navigation, spelling
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda, panel
from exams.errors import Refused, Stale
from exams.journal.chance import step_over
from exams.journal.checkpoints import checkpoint
from exams.journal.projection import watch
from exams.journal.sequencer import sequence
from exams.keys import KeyText, among
from exams.programme.models import Event
from exams.recusal.facts import Assessed, Held, ServedTogether, years_before
from exams.recusal.gathering import FACT_SOURCES
from exams.recusal.inquiries import Asked
from exams.recusal.standing import Stand, standing
from exams.sittings import (
    clearance,
    gate,
    own_places,
    printing_jobs,  # noqa: F401 - registers the job
    queries,
    states,  # noqa: F401 - declares what may follow what
)
from exams.sittings.actions import lapse_tickets, settle_draw
from exams.sittings.clearance import stands_of_duties, with_places
from exams.sittings.models import Accommodation, Change, Draw, Duty, Place
from exams.ticks import tick

IN_PAIRS = ("invigilator", "assessor")

watch(Place, "sitting", "seat", "application", "ticket_number", "state")
watch(Accommodation, "application", "where", "room", "minutes", "state")
watch(Duty, "slot", "sitting", "person", "capacity", "state")

navigation.entry("sittings.arranging", _("Sittings"), "sittings:events", "exam_clerk", "head_of_body", "archivist", order=30)
navigation.entry("sittings.venues", _("Venues and rooms"), "sittings:venues", "exam_clerk", order=35)
navigation.entry("sittings.mine", _("My duties"), "sittings:duties", *sorted(queries.ON_DUTY), order=10)
navigation.entry("sittings.places", _("My examinations"), "sittings:places", "candidate", order=10)


@standing("sittings.staff")
def staff_of_sittings(persons: frozenset[str]) -> Iterator[Stand]:
    """Staff of sittings to come: the persons themselves, and whoever guards a room or slot in which one of them sits, or may yet."""
    to_come = Duty.objects.filter(live=True, ends_at__gt=clock.now()).exclude(state="done")
    found = to_come.filter(person__in=among(persons)).order_by().values("pk")
    found = found.union(*(guards.order_by().values("pk") for guards in clearance.guarding(to_come, persons)))
    yield from stands_of_duties(list(with_places(Duty.objects.filter(pk__in=among(row["pk"] for row in found)))))


@FACT_SOURCES.register("sittings.assessed")
def who_assessed_whom(asked: Asked) -> Iterator[Assessed]:
    """Assessors of earlier practical or oral sittings, with those of the present candidates who sat there."""
    if not asked.candidates:
        return
    duties = Duty.objects.filter(person__in=asked.these, capacity="assessor", state="done", sitting__isnull=False).order_by()
    rows = duties.filter(ends_at__date__lt=asked.days[1], sitting__places__application__person__in=asked.sitting)
    for person, candidate, at in rows.values_list("person_id", "sitting__places__application__person_id", "starts_at"):
        yield Assessed(person=str(person), candidate=str(candidate), on=spelling.local(at).date())


@FACT_SOURCES.register("sittings.served_together")
def who_served_together(asked: Asked) -> Iterator[ServedTogether]:
    """On which days two invigilators or assessors stood in one room at one venue."""
    if not asked.colleagues:
        return
    first, last = asked.days
    mine = Duty.objects.filter(person__in=asked.these, capacity__in=IN_PAIRS, live=True).order_by()
    mine = mine.filter(starts_at__date__gte=years_before(first, 1), starts_at__date__lt=last)
    both = mine.filter(
        sitting__duties__person__in=among(asked.colleagues), sitting__duties__live=True, sitting__duties__capacity=F("capacity")
    )
    fields = (KeyText("person"), KeyText("sitting__duties__person"), "sitting__duties__person__name", "slot__venue__name", "starts_at")
    for person, other, name, place, at in both.values_list(*fields):
        yield ServedTogether(person=person, other=other, other_name=name, place=place, on=spelling.local(at).date())


@FACT_SOURCES.register("sittings.held")
def who_serves_already(asked: Asked) -> Iterator[Held]:
    """Capacities held in an event through duties."""
    if not asked.event_ids:
        return
    duties = Duty.objects.filter(person__in=asked.these, slot__event__in=among(asked.event_ids), live=True).order_by()
    for person, capacity, event in duties.values_list(KeyText("person"), "capacity", KeyText("slot__event")).distinct():
        yield Held(person=person, capacity=capacity, scope=event)


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


@tick("sittings.settle_draws", every=5)
def settle_draws() -> None:
    """Draws whose witness has signed are drawn; where the newest entries are not yet signed for, a head is signed at once."""
    waiting = list(Draw.objects.filter(state="open").order_by("opened_at"))
    ready = [draw for draw in waiting if step_over(draw.entry_id or 0, draw.witness)]
    for draw in ready:
        try:
            settle_draw(by=SYSTEM, draw=draw)
        except (Refused, Stale):  # on record, and on the agenda of the clerk; or somebody else was first
            continue
    if len(ready) < len(waiting):
        sequence()
        checkpoint()


@panel("sittings.next", "exams/sittings/_next_at_home.html", "candidate", order=10)
def next_place(actor: Actor) -> dict[str, Any] | None:
    """The candidate's next examination: date, place, seat, ticket."""
    coming, _past = own_places.sorted_out(actor)
    return {"next": coming[0], "more": len(coming) - 1} if coming else None


@agenda("sittings.draws", "exam_clerk", "head_of_body")
def draws_waiting(actor: Actor) -> Iterable[OpenItem]:
    """Draws that wait for the witness."""
    for draw in Draw.objects.filter(state="open", event__body=actor.organisation_id).select_related("event", "slot"):
        url = reverse("sittings:slot", args=[draw.slot_id]) if draw.slot_id else reverse("sittings:event", args=[draw.event_id])
        yield OpenItem(
            "wait",
            draw.get_kind_display(),
            gettext("The draw is made as soon as the witness has signed."),
            gettext("Requirement R-21: a seeded, recorded draw"),
            url=url,
            group=draw.event.title,
        )


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
