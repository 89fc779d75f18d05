"""Incidents: what happened, where, in which interval; facts first, two signatures, no penalty."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from exams import clock
from exams.access import Actor
from exams.conduct.incidents import KINDS, MEASURES, Kind
from exams.conduct.models import Incident
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.sittings.models import Place, Seat, Sitting
from exams.verdicts import gettext_noop as _


@action("conduct.report_incident", on="sitting")
def report_incident(
    *,
    by: Actor,
    sitting: Sitting,
    kind: str,
    since: datetime,
    until: datetime | None = None,
    place: Place | None = None,
    seat: Seat | None = None,
    camera_id: UUID | None = None,
    text: str = "",
    evidence: list[Any] | None = None,
) -> Incident:
    """Record anything worth recording, tied to a seat, a camera and an interval."""
    return write_incident(
        by=by,
        sitting=sitting,
        kind=kind,
        since=since,
        until=until,
        place=place,
        seat=seat,
        camera_id=camera_id,
        text=text,
        evidence=evidence,
    )


def write_incident(
    *,
    by: Actor,
    sitting: Sitting,
    kind: str,
    since: datetime,
    until: datetime | None = None,
    place: Place | None = None,
    seat: Seat | None = None,
    camera_id: UUID | None = None,
    text: str = "",
    evidence: list[Any] | None = None,
) -> Incident:
    """The same inside an action."""
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    known = _require_sound(sitting, kind, since, until, place, text)
    number = f"{sitting.pk.hex[-8:].upper()}-{sitting.incidents.count() + 1:02d}"
    incident = Incident.objects.create(
        sitting=sitting,
        place=place,
        seat=seat or (place.seat if place else None),
        camera_id=camera_id,
        number=number,
        kind=kind,
        since=since,
        until=until,
        text=text.strip(),
        evidence=evidence or [],
        reported_by=by.name,
        reported_at=clock.now(),
    )
    record(
        "conduct.report_incident",
        incident,
        by=by,
        about=[sitting, *([place, place.application] if place else [])],
        number=number,
        kind=kind,
        group=known.group,
        since=since,
        until=until,
        camera=camera_id,
        seat=incident.seat_id,
        private={"text": incident.text},
    )
    return incident


def _require_sound(sitting: Sitting, kind: str, since: datetime, until: datetime | None, place: Place | None, text: str) -> Kind:
    if kind not in KINDS:
        refuse("incident.kind", _("“%(kind)s” is not in the list of incidents."), kind=kind, remedy=_("Choose a kind from the list."))
    if sitting.state not in ("published", "open", "closed"):
        refuse(
            "incident.state", _("Incidents are recorded between publication and sealing."), remedy=_("After sealing write a supplement.")
        )
    if until is not None and until < since:
        refuse("incident.interval", _("The incident ends before it begins."))
    if since > clock.now():
        refuse("incident.future", _("The incident lies in the future."))
    if place is not None and place.sitting_id != sitting.pk:
        refuse("incident.elsewhere", _("This candidate does not belong to this room."))
    if KINDS[kind].irregularity and place is None:
        refuse("incident.who", _("A suspected irregularity names the candidate."), remedy=_("Choose the seat."))
    if KINDS[kind].irregularity and not text.strip():
        refuse(
            "incident.facts",
            _("A suspected irregularity is described: what was seen, in which order."),
            remedy=_("Write the facts, without adjectives."),
        )
    return KINDS[kind]


@action("conduct.amend_incident", on="incident")
def amend_incident(
    *,
    by: Actor,
    incident: Incident,
    text: str = "",
    until: datetime | None = None,
    measures: list[str] | None = None,
    held_items: list[str] | None = None,
    receipt_number: str = "",
    informed: str = "",
    statement: str = "",
    close: bool = False,
) -> Incident:
    """Complete an incident: measures, held items, what the candidate was told and said. Signatures under the old text lapse."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.sitting.state == "sealed":
        refuse(
            "incident.state", _("Incidents are recorded between publication and sealing."), remedy=_("After sealing write a supplement.")
        )
    unknown = set(measures or []) - set(MEASURES)
    if unknown:
        refuse("incident.measure", _("Unknown measure: %(names)s."), names=", ".join(sorted(unknown)))
    if held_items and not receipt_number.strip():
        refuse("incident.receipt", _("Held items need the number of a receipt."), remedy=_("Write a receipt and enter its number."))
    if until is not None and until < incident.since:
        refuse("incident.interval", _("The incident ends before it begins."))
    incident.text = text.strip() or incident.text
    incident.until = until or incident.until
    incident.measures, incident.held_items = measures or incident.measures, held_items or incident.held_items
    incident.receipt_number = receipt_number or incident.receipt_number
    incident.informed, incident.statement = informed or incident.informed, statement or incident.statement
    incident.signatures = []
    incident.state = "closed" if close else incident.state
    incident.save()
    record(
        "conduct.amend_incident",
        incident,
        by=by,
        about=[incident.sitting],
        measures=incident.measures,
        informed=incident.informed,
        receipt=incident.receipt_number,
        state=incident.state,
        private={"text": incident.text, "statement": incident.statement},
    )
    return incident


@action("conduct.sign_incident", on="incident")
def sign_incident(*, by: Actor, incident: Incident) -> Incident:
    """Sign the description as it stands; two different persons are needed for a suspected irregularity."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if any(signature["person"] == str(by.person_id) for signature in incident.signatures):
        refuse("incident.signed", _("You have signed this already."))
    incident.signatures = [
        *incident.signatures,
        {"person": str(by.person_id), "name": by.name, "capacity": by.capacity, "at": clock.now().isoformat()},
    ]
    incident.save(update_fields=["signatures"])
    record("conduct.sign_incident", incident, by=by, about=[incident.sitting], signatures=len(incident.signatures))
    return incident
