"""What the examination itself puts into a dossier: notice, applications, staff, seats, check-in, incidents, marks, results."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.applications.models import Application, Material, Verification
from exams.archive.sections import as_json, section
from exams.conduct.models import CheckIn, Incident, RoomRecord
from exams.documents.keeping import content_of
from exams.documents.kinds import EXTENSIONS
from exams.documents.queries import by_ids
from exams.journal import queries as journal
from exams.programme.models import Event
from exams.results.models import Mark, Result, ResultSheet, ScoreChange
from exams.sittings.models import Draw, Duty, Place, Sitting

Files = Iterator[tuple[str, bytes]]
_VERIFICATION = ("kind", "round", "officer_id", "outcome", "method", "report_number", "made_at", "evidence_id")


def _places(sitting: Sitting) -> list[Place]:
    return list(sitting.places.filter(state="held").select_related("seat", "application__edition").order_by("seat__label"))


@section("01-notice", _("Notice and plan"), required=True)
def notice(sitting: Sitting) -> Files:
    """The event as it was announced, the item and the rule version it was examined by."""
    yield "event.json", as_json(_event(sitting.slot.event))
    item = sitting.slot.item
    edition = item.edition
    rules = {"version": edition.version, "example": edition.is_example, "values": edition.values}
    yield "rules.json", as_json({"qualification": item.qualification.code, **rules})


def _event(event: Event) -> dict[str, object]:
    days = ("starts_on", "ends_on", "apply_from", "apply_until", "published_at")
    names = ("number", "title", *days, "place", "method", "contact", "document_number")
    return {**{name: getattr(event, name) for name in names}, "body": event.body.name, "id": event.pk}


@section("02-applications", _("Applications and their verification"), required=True)
def applications(sitting: Sitting) -> Files:
    """Each application by its number, with both verifications and the decision; names and numbers stand in the personal volume."""
    rows = [_application(place.application) for place in _places(sitting)]
    if rows:
        yield "applications.json", as_json(rows)


def _application(application: Application) -> dict[str, object]:
    names = ("number", "category", "state", "submitted_at", "accepted_at", "accepted_by_lapse", "decided_at", "person_id", "employer_id")
    verifications = Verification.objects.filter(application=application).order_by("kind", "round")
    confirmations = application.confirmations.values("employer_id", "clerk_id", "confirmed_at", "stamp_document_id")
    return {
        **{name: getattr(application, name) for name in names},
        "verifications": list(verifications.values(*_VERIFICATION)),
        "confirmations": list(confirmations),
    }


@section("04-staff", _("Staff on duty with their rulings"), required=True)
def staff(sitting: Sitting) -> Files:
    """Everybody who served, in which capacity, and the recusal ruling it rested on, with the digest of the facts as seen."""
    duties = Duty.objects.filter(Q(sitting=sitting) | Q(slot=sitting.slot, sitting=None)).select_related("ruling")
    rows = [
        {
            "person": duty.person_id, "capacity": duty.capacity, "state": duty.state, "signed_in_at": duty.signed_in_at,
            "signed_off_at": duty.signed_off_at, "ruling": duty.ruling and _ruling(duty),
        }
        for duty in duties.order_by("capacity", "id")
    ]  # fmt: skip
    if rows:
        yield "duties.json", as_json(rows)


def _ruling(duty: Duty) -> dict[str, object]:
    ruling = duty.ruling
    return {name: getattr(ruling, name) for name in ("id", "allowed", "objections", "waived", "rules_version", "made_at", "facts_digest")}


@section("05-seats", _("Seating and draws"), required=True)
def seats(sitting: Sitting) -> Files:
    """Who was to sit where, and the draw that anyone can repeat."""
    rows = [
        {"seat": place.seat.label, "ticket": place.ticket_number, "form": place.form, "application": place.application.number}
        for place in _places(sitting)
    ]
    if rows:
        yield "seats.json", as_json(rows)
    names = ("id", "kind", "state", "algorithm", "pool", "pool_digest", "opened_at", "entry_id", "witness")
    outcome = ("step_size", "seed", "result", "result_digest", "drawn_at", "replaced_at", "reason")
    of_it = Q(slot=sitting.slot_id) | Q(slot=None, event=sitting.slot.event_id)
    draws = list(Draw.objects.filter(of_it).order_by("opened_at").values(*names, *outcome))
    if draws:
        yield "draws.json", as_json(draws)


@section("06-checkin", _("Check-in and attendance"), required=True)
def checkin(sitting: Sitting) -> Files:
    """Every answer given at the door, the undone ones too."""
    names = ("place__ticket_number", "outcome", "method", "at", "officer_id", "note", "undone_at")
    rows = list(CheckIn.objects.filter(place__sitting=sitting).order_by("at", "id").values(*names))
    if rows:
        yield "answers.json", as_json(rows)


@section("07-record", _("Signed room record"), required=True)
def room_record(sitting: Sitting) -> Files:
    """The room record with its signatures; unsigned it counts as missing."""
    row = RoomRecord.objects.filter(sitting=sitting, state="signed").first()
    if row is None:
        return
    signatures = list(row.signatures.order_by("at").values("person_id", "capacity", "figures_digest", "opinion", "at"))
    yield "record.json", as_json({"figures": row.figures, "digest": row.figures_digest, "signatures": signatures})
    document = by_ids([row.document_id]).get(row.document_id) if row.document_id else None
    if document is not None:
        yield "record.pdf", content_of(document)


@section("07-incidents", _("Incidents"))
def incidents(sitting: Sitting) -> Files:
    """Incidents of the room; none is said as an empty list."""
    names = ("number", "kind", "since", "until", "text", "state", "measures", "camera_id", "place__ticket_number", "signatures")
    rows = Incident.objects.filter(sitting=sitting).order_by("since", "id")
    yield "incidents.json", as_json(list(rows.values(*names, "reported_at")))


@section("10-marks", _("Scores"))
def marks(sitting: Sitting) -> Files:
    """Scores as they are agreed when the dossier is sealed, with every value they had."""
    rows = [_mark(mark) for mark in Mark.objects.filter(place__sitting=sitting).select_related("place").order_by("place__ticket_number")]
    if rows:
        yield "marks.json", as_json(rows)


def _mark(mark: Mark) -> dict[str, object]:
    names = ("score", "checked_score", "entered_by_id", "checked_by_id", "settled_by_id", "state")
    return {
        "ticket": mark.place.ticket_number,
        **{name: getattr(mark, name) for name in names},
        "versions": list(mark.versions.order_by("at", "id").values("score", "by_id", "at", "why")),
    }


@section("20-originals", _("Names, numbers and scans"), personal=True)
def originals(sitting: Sitting) -> Files:
    """Who stands behind each ticket number, and the scans handed in."""
    places = sitting.places.filter(state="held").select_related("application__person", "seat").order_by("seat__label")
    people = [
        {
            "ticket": place.ticket_number, "application": place.application.number, "person": place.application.person_id,
            "name": place.application.person.name, "id_number": place.application.person.id_number,
        }
        for place in places
    ]  # fmt: skip
    if not people:
        return
    yield "persons.json", as_json(people)
    materials = Material.objects.filter(application__places__in=places).select_related("application")
    documents = by_ids(material.document_id for material in materials)
    for material in materials.order_by("application__number", "kind", "id"):
        document = documents.get(material.document_id)
        if document is not None:
            ending = EXTENSIONS.get(document.media_type, "bin")
            yield f"{material.application.number}/{material.kind}-{material.pk.hex[-6:]}.{ending}", content_of(document)


@section("01-notice-event", _("Notice and plan"), required=True, of="event")
def notice_of_event(event: Event) -> Files:
    """The event as it was announced, with its items."""
    rows = event.items.select_related("qualification", "edition")
    items = [{"qualification": item.qualification.code, "version": item.edition.version} for item in rows]
    yield "event.json", as_json({**_event(event), "items": items})


@section("11-results-event", _("Results with their signatures"), required=True, of="event")
def results(event: Event) -> Files:
    """Every conclusion by application number, the signatures under them, and every change of score."""
    sheet = ResultSheet.objects.filter(event=event, state="published").first()
    if sheet is None:
        return
    rows = Result.objects.filter(application__event=event).order_by("application__number")
    yield "results.json", as_json(list(rows.values("application__number", "outcome", "lines", "published_at")))
    yield "signatures.json", as_json({"digest": sheet.digest, "signed": list(sheet.signatures.values("role", "person_id", "digest", "at"))})
    names = ("number", "mark__place__ticket_number", "old", "new", "reason", "asked_by_id", "first_by_id", "second_by_id", "state")
    yield "changes.json", as_json(list(ScoreChange.objects.filter(mark__place__slot__event=event).order_by("number").values(*names)))


def events(obj: Sitting | Event) -> bytes:
    """The journal's entries about a sitting or an event: the stored bytes, one per line, as they were hashed."""
    return b"".join(bytes(body) + b"\n" for body in journal.about(obj).values_list("body", flat=True))
