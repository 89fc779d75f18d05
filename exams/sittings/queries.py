"""Reads of venues, slots, sittings, places and duties; each begins with what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from exams import keyfiles
from exams.access import Actor
from exams.applications.models import ADMITTED_STATES, Application
from exams.programme.models import Event
from exams.recusal import queries as recusal
from exams.sittings import accommodations, parameters, tickets
from exams.sittings.models import Accommodation, Change, Draw, Duty, Place, Room, Sitting, TimeSlot, Venue

# Those who arrange, and those who keep what was arranged: everything of their own body.
WHOLE_BODY = frozenset({"exam_clerk", "head_of_body", "archivist"})
# Those who serve on a day: the slots in which they have a duty.
ON_DUTY = frozenset({"chief", "invigilator", "roving_invigilator", "video_monitor", "identity_officer", "technician", "assessor"})
AUTHORITY = frozenset({"authority_officer", "oversight_inspector"})


def _events(actor: Actor, path: str) -> Q:
    """The events an actor sees, as a condition on the path that leads to an event."""
    if actor.capacity == "system":
        return Q()
    if actor.capacity in WHOLE_BODY:
        return Q(**{f"{path}body": actor.organisation_id})
    if actor.capacity in AUTHORITY:
        return Q(**{f"{path}body__supervised_by": actor.organisation_id})
    return Q(pk=None)


def venues_visible_to(actor: Actor) -> QuerySet[Venue]:
    """Venues of the own body, or of the bodies one supervises."""
    return Venue.objects.filter(_events(actor, ""))


def rooms_visible_to(actor: Actor) -> QuerySet[Room]:
    return Room.objects.filter(venue__in=venues_visible_to(actor))


def events_visible_to(actor: Actor) -> QuerySet[Event]:
    """Events whose arrangement one may look at."""
    return Event.objects.filter(_events(actor, ""))


def opens_event(actor: Actor) -> bool:
    """Whether the page of an event is for this actor: those on duty see their own slots only."""
    return actor.capacity not in ON_DUTY


def open_rulings(actor: Actor, duties: Iterable[Duty]) -> set[UUID]:
    """The rulings behind these duties whose page the actor may open."""
    wanted = {duty.ruling_id for duty in duties} - {None}
    return set(recusal.visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True))


def slots_visible_to(actor: Actor) -> QuerySet[TimeSlot]:
    if actor.capacity in ON_DUTY:
        served = Duty.objects.filter(
            person=actor.person_id, capacity=actor.capacity, live=True, appointment__organisation=actor.organisation_id
        )
        return TimeSlot.objects.filter(pk__in=served.values("slot"))
    return TimeSlot.objects.filter(_events(actor, "event__"))


def sittings_visible_to(actor: Actor) -> QuerySet[Sitting]:
    return Sitting.objects.filter(slot__in=slots_visible_to(actor))


visible_to = sittings_visible_to


def changes_visible_to(actor: Actor) -> QuerySet[Change]:
    return Change.objects.filter(slot__in=slots_visible_to(actor))


def duties_visible_to(actor: Actor) -> QuerySet[Duty]:
    """One's own duties, and those of the slots one sees."""
    return Duty.objects.filter(Q(person=actor.person_id) | Q(slot__in=slots_visible_to(actor)))


def places_of(actor: Actor) -> QuerySet[Place]:
    """A candidate's own places, once they have been published."""
    mine = Place.objects.filter(application__person=actor.person_id).exclude(ticket_state="drafted")
    return mine.select_related("slot__event", "slot__item__qualification", "slot__venue", "sitting__room", "seat", "application__person")


def admitted(slot: TimeSlot) -> QuerySet[Application]:
    """Who is to sit in a slot: admitted to its item and not gone since."""
    return Application.objects.filter(event_id=slot.event_id, item_id=slot.item_id, state__in=ADMITTED_STATES)


def unseated(slot: TimeSlot) -> QuerySet[Application]:
    held = Place.objects.filter(slot=slot, state="held").values("application")
    return admitted(slot).exclude(pk__in=held)


def draws_visible_to(actor: Actor) -> QuerySet[Draw]:
    """The draws of the slots, or of the events, that somebody may see."""
    slots = slots_visible_to(actor)
    return Draw.objects.filter(Q(slot__in=slots) | Q(slot=None, event__in=slots.values("event")))


def draws_about(slot: TimeSlot) -> QuerySet[Draw]:
    """Those of the slot, and those of the whole event."""
    return Draw.objects.filter(Q(slot=slot) | Q(slot=None, event=slot.event_id))


def draw_in_force(slot: TimeSlot, kind: str = "seats") -> Draw | None:
    return Draw.objects.filter(slot=slot, kind=kind, state="drawn").first()


def staff(sitting: Sitting) -> QuerySet[Duty]:
    """Everybody who serves in a sitting: those of the room and those of the whole slot."""
    return Duty.objects.filter(Q(sitting=sitting) | Q(slot=sitting.slot_id, sitting=None), live=True).select_related("person", "ruling")


def accommodations_of(actor: Actor, sitting: Sitting) -> list[tuple[Place, Accommodation]]:
    """The measures granted in a room, for those who carry them out: clerk, head, chief of the slot, invigilators of this room."""
    mine = Duty.objects.filter(person=actor.person_id, capacity=actor.capacity, slot=sitting.slot_id, live=True)
    if actor.capacity == "invigilator":
        needs_it = mine.filter(sitting=sitting).exists()
    elif actor.capacity == "chief":
        needs_it = mine.exists()
    else:
        needs_it = actor.capacity in ("exam_clerk", "head_of_body") and sitting.slot.event.body_id == actor.organisation_id
    return accommodations.of_sitting(sitting) if needs_it else []


def accommodations_visible_to(actor: Actor) -> QuerySet[Accommodation]:
    """Those of the own body, for those who grant them."""
    rows = Accommodation.objects.filter(application__body=actor.organisation_id)
    return rows if actor.capacity in ("exam_clerk", "head_of_body") else rows.none()


def ticket_key() -> Ed25519PrivateKey:
    """The key that signs the codes on tickets of this installation."""
    return Ed25519PrivateKey.from_private_bytes(keyfiles.bytes_key(settings.KEY_DIR, "tickets"))


def token_of(place: Place) -> str:
    """The text of the code on the present ticket of a place."""
    return tickets.issue(ticket_key(), place.sitting_id, place.pk, place.ticket_nonce)


def late_entry(slot: TimeSlot) -> timedelta:
    """How long after the start somebody may still enter, by the value in force on the day."""
    on = timezone.localtime(slot.starts_at).date()
    return timedelta(minutes=parameters.in_force(slot.event.body_id, "LATE_ENTRY_MIN", on).value)


def admission(slot: TimeSlot) -> timedelta:
    """How long before the start admission opens."""
    on = timezone.localtime(slot.starts_at).date()
    return timedelta(minutes=parameters.in_force(slot.event.body_id, "ADMISSION_MIN", on).value)
