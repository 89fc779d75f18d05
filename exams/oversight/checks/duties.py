"""Checks over those who served: rulings, training, kinship, declarations, numbers in the room, the signed record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams import capacities
from exams.interests.models import Attendance, Concealment, Declaration, MatchDoubt, TrainingEngagement
from exams.oversight.registry import Draft, Scope, audit_check
from exams.people.models import KinEdge
from exams.recusal.models import LateGround
from exams.recusal.rules import RULES, bar_until
from exams.sittings.models import Duty, Place, Sitting
from exams.verdicts import gettext_noop

OVER = ("open", "closed", "sealed")


def _duties(scope: Scope) -> QuerySet[Duty]:
    return Duty.objects.filter(slot__event__in=scope.events, live=True).select_related("person", "ruling", "slot__event")


def _candidates(scope: Scope) -> dict[object, list[Place]]:
    """The places of each slot; whoever serves a slot is near to everybody seated in it."""
    found: dict[object, list[Place]] = defaultdict(list)
    for place in Place.objects.filter(slot__event__in=scope.events, state="held").select_related("application__person"):
        found[place.slot_id].append(place)
    return found


@audit_check("recusal.E001", _("Duty without a clear ruling"), level="serious")
def without_ruling(scope: Scope) -> Iterator[Draft]:
    """Nobody serves without a ruling of the recusal rules that cleared him, or with objections nobody set aside."""
    for duty in _duties(scope):
        if duty.ruling is None or not duty.ruling.allowed:
            objections = [one["id"] for one in duty.ruling.objections] if duty.ruling else []
            yield Draft(
                gettext_noop("%(person)s served as %(capacity)s in %(event)s without a clear ruling."),
                {"person": duty.person.name, "capacity": capacities.title(duty.capacity), "event": duty.slot.event.number},
                about=duty,
                facts={"ruling": str(duty.ruling_id or ""), "objections": objections},
            )


@audit_check("recusal.E002", _("Trainer of a candidate on duty"), level="serious")
def trainer_on_duty(scope: Scope) -> Iterator[Draft]:
    """Looked up afresh in the attendance lists, whatever a ruling said at its time."""
    places = _candidates(scope)
    taught = defaultdict(set)
    staff = _duties(scope).values("person")
    for attendance in Attendance.objects.filter(engagement__person__in=staff).select_related("engagement"):
        taught[attendance.engagement.person_id].add(attendance.trainee_id)
    of_courses = TrainingEngagement.objects.filter(person__in=staff, held_in__attendances__isnull=False)
    for trainer, trainee in of_courses.values_list("person_id", "held_in__attendances__trainee_id"):
        taught[trainer].add(trainee)
    for duty in _duties(scope):
        numbers = sorted(place.ticket_number for place in places[duty.slot_id] if place.application.person_id in taught[duty.person_id])
        if numbers:
            yield Draft(
                gettext_noop("%(person)s served as %(capacity)s in %(event)s and had trained %(n)s of the candidates there."),
                {
                    "person": duty.person.name,
                    "capacity": capacities.title(duty.capacity),
                    "event": duty.slot.event.number,
                    "n": len(numbers),
                },
                about=duty,
                facts={"tickets": numbers},
            )


@audit_check("recusal.E003", _("Relative of a candidate on duty"), level="serious")
def relative_on_duty(scope: Scope) -> Iterator[Draft]:
    """Declared kinship between somebody on duty and somebody seated, in either direction."""
    places = _candidates(scope)
    by_key = {place.application.person.id_index: place for rows in places.values() for place in rows}
    people = [place.application.person_id for rows in places.values() for place in rows]
    keys = {duty.person.id_index: duty for duty in _duties(scope)}
    edges = KinEdge.objects.filter(withdrawn_on=None).select_related("person")
    for edge in edges.filter(Q(relative_index__in=by_key) | Q(relative_index__in=keys, person__in=people)):
        duty, other = keys.get(edge.person.id_index), by_key.get(edge.relative_index)
        if duty is None:
            duty, other = keys.get(edge.relative_index), by_key.get(edge.person.id_index)
        if duty is None or other is None or other.slot_id != duty.slot_id:
            continue
        yield Draft(
            gettext_noop("%(person)s served as %(capacity)s in %(event)s and is related to the candidate with ticket %(ticket)s."),
            {
                "person": duty.person.name,
                "capacity": capacities.title(duty.capacity),
                "event": duty.slot.event.number,
                "ticket": other.ticket_number,
            },
            about=duty,
            facts={"ticket": other.ticket_number},
        )


@audit_check("recusal.E004", _("Duty without a declaration of interest"))
def undeclared(scope: Scope) -> Iterator[Draft]:
    """Everybody on duty has signed the declaration of interest for the event."""
    signed = set(
        Declaration.objects.filter(event_id__in=[event.pk for event in scope.events])
        .exclude(signed_at=None)
        .values_list("person_id", "event_id")
    )
    for duty in _duties(scope):
        if (duty.person_id, duty.slot.event_id) not in signed:
            yield Draft(
                gettext_noop("%(person)s served in %(event)s without a signed declaration of interest."),
                {"person": duty.person.name, "event": duty.slot.event.number},
                about=duty,
            )


@audit_check("recusal.E005", _("Ground proved after the sitting"))
def proved_afterwards(scope: Scope) -> Iterator[Draft]:
    """Somebody acted although a ground stood in the way, as was proved later; hidden, it is serious."""
    events = {event.pk: event.number for event in scope.events}
    rows = LateGround.objects.filter(event_id__in=events, state="stands").select_related("person", "ruling").defer("ruling__facts")
    for ground in rows:
        rule = RULES.get(ground.rule_id).title if ground.rule_id in RULES else ground.rule_id
        words = {"person": ground.person.name, "capacity": capacities.title(ground.ruling.capacity), "event": events[ground.event_id]}
        yield Draft(
            gettext_noop("%(person)s served as %(capacity)s in %(event)s and should have stepped back (%(rule)s), and hid it.")
            if ground.hidden
            else gettext_noop("%(person)s served as %(capacity)s in %(event)s and should have stepped back (%(rule)s)."),
            {**words, "rule": rule},
            about=ground,
            facts={"rule": ground.rule_id, "proved_on": ground.proved_on.isoformat(), "decision": ground.decision_number},
            level="serious" if ground.hidden else None,
        )


@audit_check("recusal.E006", _("Duty in spite of a bar"), level="serious")
def served_in_spite(scope: Scope) -> Iterator[Draft]:
    """Whoever was proved to have hidden a ground served in that year or the next."""
    proved = defaultdict(list)
    for row in Concealment.objects.filter(person__in=_duties(scope).values("person"), revoked_on=None):
        proved[row.person_id].append(row.proved_on)
    for duty in _duties(scope):
        day = timezone.localdate(duty.slot.starts_at)
        bars = [proof for proof in proved[duty.person_id] if proof <= day <= bar_until(proof)]
        if bars:
            yield Draft(
                gettext_noop("%(person)s served as %(capacity)s in %(event)s although barred until %(until)s for having hidden a ground."),
                {
                    "person": duty.person.name,
                    "capacity": capacities.title(duty.capacity),
                    "event": duty.slot.event.number,
                    "until": bar_until(max(bars)).isoformat(),
                },
                about=duty,
                facts={"proved_on": max(bars).isoformat()},
            )


@audit_check("recusal.E007", _("Reported person not matched"), level="notice")
def not_matched(scope: Scope) -> Iterator[Draft]:
    """Somebody who served may be a person whom a report names without a number, and nobody has decided."""
    open_ones = MatchDoubt.objects.filter(state="open", unmatched__state="open", person__in=_duties(scope).values("person"))
    for doubt in open_ones.select_related("person", "unmatched"):
        yield Draft(
            gettext_noop("%(person)s served and may be somebody whom a report names without a number; nobody has decided."),
            {"person": doubt.person.name},
            about=doubt,
        )


@audit_check("sittings.E001", _("Fewer than two invigilators in a room"))
def too_few_invigilators(scope: Scope) -> Iterator[Draft]:
    """Every room in which somebody sat had at least two invigilators."""
    serving = Count("duties", filter=Q(duties__capacity="invigilator", duties__live=True))
    for sitting in _sittings(scope).annotate(invigilators=serving).filter(invigilators__lt=2):
        yield Draft(
            gettext_noop("Room %(room)s of %(event)s had %(n)s invigilators."),
            {"room": str(sitting.room), "event": sitting.slot.event.number, "n": sitting.invigilators},
            about=sitting,
        )


@audit_check("conduct.E001", _("Room record not signed"), block="archive")
def unsigned_record(scope: Scope) -> Iterator[Draft]:
    """Every closed room has a record signed as it stands."""
    for sitting in _sittings(scope).filter(state__in=["closed", "sealed"]).exclude(room_record__state="signed"):
        yield Draft(gettext_noop("Room %(room)s of %(event)s is closed without a signed record."),
                    {"room": str(sitting.room), "event": sitting.slot.event.number}, about=sitting)  # fmt: skip


def _sittings(scope: Scope) -> QuerySet[Sitting]:
    return Sitting.objects.filter(slot__event__in=scope.events, live=True, state__in=OVER).select_related("room", "slot__event")
