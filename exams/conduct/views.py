"""Pages of the day: readiness, bells, incidents, the room record, closing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exams import clock, spelling
from exams.access import may, needs
from exams.conduct import actions, queries, readiness, sheets
from exams.conduct.forms import AmendForm, FiguresForm, IncidentForm
from exams.conduct.incidents import KINDS, MEASURES
from exams.conduct.models import Incident, RoomRecord
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.errors import Refused
from exams.sittings import queries as arrangement
from exams.sittings.drawing import draw
from exams.sittings.gate import as_items
from exams.sittings.models import Duty, Sitting
from exams.sittings.views.papers import pdf

MARKS = {
    "present": ("ok", _("present")),
    "hold": ("wait", _("to be checked")),
    "mismatch": ("danger", _("differs")),
    "late": ("warn", _("late")),
    "absent": ("off", _("absent")),
}


def _sitting(request: HttpRequest, pk: UUID) -> Sitting:
    return get_object_or_404(queries.visible_to(request.actor).select_related("slot__item__edition"), pk=pk)


@needs("conduct.see")
def today(request: HttpRequest) -> HttpResponse:
    """The sittings of today and of the days around it."""
    day = timezone.make_aware(datetime.combine(clock.today(), time()))
    rows = queries.visible_to(request.actor).filter(
        live=True, starts_at__gte=day - timedelta(days=1), starts_at__lt=day + timedelta(days=8)
    )
    return render(
        request, "exams/conduct/today.html", {"sittings": rows.select_related("slot__item__edition").order_by("starts_at", "room__name")}
    )


@needs("conduct.sign_in")
@require_POST
def sign_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign in for one's duty."""
    duty = get_object_or_404(Duty.objects.filter(person=request.actor.person_id).select_related("slot__event", "sitting"), pk=pk)
    actions.sign_in(by=request.actor, duty=duty)
    return redirect("conduct:day", duty.sitting_id) if duty.sitting_id else redirect("sittings:duties")


@needs("conduct.see")
def day(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One sitting on its day: what blocks the next step first."""
    sitting = _sitting(request, pk)
    registry = readiness.READINESS if sitting.state in ("planned", "published") else readiness.CLOSING
    objections, met = readiness.survey(registry, sitting) if sitting.state in ("planned", "published", "open") else ([], [])
    places = queries.places_with_answers(sitting)
    marks = {place.seat_id: MARKS[place.answer.outcome] for place in places if place.answer}
    context = {
        "sitting": sitting,
        "slot": sitting.slot,
        "blockers": as_items(objections),
        "met": met,
        "places": places,
        "counts": queries.counts(places),
        "bells": queries.bells_of(sitting),
        "incidents": _incidents(sitting),
        "duties": arrangement.staff(sitting).select_related("person", "ruling"),
        "drawn": draw(sitting.room, places, marks={key: (tone, str(word)) for key, (tone, word) in marks.items()}),
        "accommodations": arrangement.accommodations_of(request.actor, sitting),
        "now": clock.now(),
        "record": RoomRecord.objects.filter(sitting=sitting).first(),
        "may": {verb: bool(may(request.actor, f"conduct.{verb}", sitting)) for verb in VERBS},
    }
    return render(request, "exams/conduct/day.html", context)


VERBS = ("open_sitting", "ring", "check_in", "close_door", "report_incident", "enter_figures", "sign_room_record", "close_sitting")


def _incidents(sitting: Sitting) -> list[Incident]:
    rows = list(sitting.incidents.select_related("place__application__person", "seat").order_by("-since"))
    for row in rows:
        row.words, row.suspected = KINDS[row.kind].title, KINDS[row.kind].irregularity
    return rows


@needs("conduct.open_sitting")
@require_POST
def open_sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open admission; the gate is asked again."""
    sitting = _sitting(request, pk)
    actions.open_sitting(by=request.actor, sitting=sitting)
    return redirect("conduct:day", pk)


@needs("conduct.ring")
@require_POST
def ring(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Start or end, as it really was."""
    actions.ring(by=request.actor, sitting=_sitting(request, pk), kind=kind, reason=request.POST.get("reason", ""))
    return redirect("conduct:day", pk)


@needs("conduct.close_door")
@require_POST
def close_door(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the absentees."""
    actions.close_door(by=request.actor, sitting=_sitting(request, pk))
    return redirect("conduct:day", pk)


@needs("conduct.close_sitting")
@require_POST
def close_sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the room; the gate is asked again."""
    actions.close_sitting(by=request.actor, sitting=_sitting(request, pk))
    return redirect("conduct:day", pk)


@needs("conduct.report_incident")
def new_incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Report an incident."""
    sitting = _sitting(request, pk)
    places = sitting.places.filter(state="held").select_related("seat", "application__person").order_by("seat__label")
    form, refusal = (
        IncidentForm(request.POST or None, places=places, initial={"since": timezone.localtime(clock.now()).time().replace(microsecond=0)}),
        None,
    )
    if request.method == "POST" and form.is_valid():
        values = {
            **form.cleaned_data,
            "since": _moment(sitting, form.cleaned_data["since"]),
            "until": _moment(sitting, form.cleaned_data["until"]),
        }
        try:
            return redirect("conduct:incident", actions.report_incident(by=request.actor, sitting=sitting, **values).pk)
        except Refused as refused:
            refusal = refused
    context = {"form": form, "refusal": refusal, "title": _("Report an incident"), "verb": _("Report"), "above": sitting.room.name}
    return render(request, "exams/sittings/form.html", context)


def _moment(sitting: Sitting, hour: time | None) -> datetime | None:
    """An hour of the day of the sitting."""
    return timezone.make_aware(datetime.combine(spelling.local(sitting.starts_at).date(), hour)) if hour else None


@needs("conduct.see")
def incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One incident: facts first; completing and signing it."""
    found = _incident(request, pk)
    may_amend = may(request.actor, "conduct.amend_incident", found)
    initial = {
        "text": found.text,
        "measures": found.measures,
        "held_items": "\n".join(found.held_items),
        "receipt_number": found.receipt_number,
        "informed": found.informed,
        "statement": found.statement,
        "close": found.state == "closed",
    }
    form, refusal = AmendForm(request.POST or None, initial=initial), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend_incident(by=request.actor, incident=found, **form.values())
            return redirect("conduct:incident", pk)
        except Refused as refused:
            refusal = refused
    context = {
        "incident": found,
        "kind": KINDS[found.kind],
        "form": form if may_amend else None,
        "refusal": refusal,
        "may_sign": _may_sign(request, found),
        "measures": [MEASURES[name] for name in found.measures],
    }
    return render(request, "exams/conduct/incident.html", context)


def _incident(request: HttpRequest, pk: UUID) -> Incident:
    found = queries.incident_visible_to(request.actor, pk)
    if found is None:
        raise Http404
    return found


def _may_sign(request: HttpRequest, found: Incident) -> bool:
    signed = any(one["person"] == str(request.actor.person_id) for one in found.signatures)
    return not signed and bool(may(request.actor, "conduct.sign_incident", found))


@needs("conduct.sign_incident")
@require_POST
def sign_incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the facts as they stand."""
    actions.sign_incident(by=request.actor, incident=_incident(request, pk))
    return redirect("conduct:incident", pk)


@needs("conduct.see")
def incident_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of the irregularity, on paper."""
    return pdf(sheets.irregularity_form(_incident(request, pk)), "irregularity")


@needs("conduct.enter_figures")
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The room record: what the system knows, what is counted, who has signed."""
    sitting = _sitting(request, pk)
    row = RoomRecord.objects.filter(sitting=sitting).first()
    figures = queries.figures_of(sitting, row.figures if row else {})
    form, refusal = FiguresForm(request.POST or None, initial=figures), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_figures(
                by=request.actor, sitting=sitting, **{key: value for key, value in form.cleaned_data.items() if value not in ("", None)}
            )
            return redirect("conduct:record", pk)
        except Refused as refused:
            refusal = refused
    context = {
        "sitting": sitting,
        "slot": sitting.slot,
        "record": row,
        "figures": figures,
        "form": form,
        "refusal": refusal,
        "signatures": row.signatures.select_related("person") if row else [],
        "missing": readiness.unsigned(sitting, row),
        "may_sign": _signs(request, sitting, row),
    }
    return render(request, "exams/conduct/record.html", context)


def _signs(request: HttpRequest, sitting: Sitting, row: Any) -> bool:
    waiting = {duty.person_id for duty in readiness.unsigned(sitting, row)}
    return sitting.state == "open" and request.actor.person_id in waiting and bool(may(request.actor, "conduct.sign_room_record", sitting))


@needs("conduct.sign_room_record")
@require_POST
def sign_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the figures as they stand."""
    actions.sign_room_record(by=request.actor, sitting=_sitting(request, pk), opinion=request.POST.get("opinion", ""))
    return redirect("conduct:record", pk)


@needs("conduct.see")
def record_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed sheet as it was filed; before that the present state, for reading only."""
    sitting = _sitting(request, pk)
    row = get_object_or_404(RoomRecord, sitting=sitting)
    filed = Document.objects.filter(pk=row.document_id).first() if row.document_id else None
    return pdf(content_of(filed) if filed else sheets.room_record(sitting, row), "room-record")
