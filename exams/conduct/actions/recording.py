"""The room record: figures entered and counted, signed by all invigilators and the chief, printed for the file."""

from __future__ import annotations

from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.conduct import queries, readiness, rules
from exams.conduct.models import RecordSignature, RoomRecord
from exams.conduct.sheets import room_record
from exams.documents.actions import store
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.sittings.chance import digest
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _


@action("conduct.enter_figures", on="sitting")
def enter_figures(*, by: Actor, sitting: Sitting, **entered: Any) -> RoomRecord:
    """Enter what was counted in the room. Altered figures need new signatures."""
    unknown = set(entered) - set(queries.ENTERED)
    if unknown:
        refuse("record.field", _("The record has no field “%(names)s”."), names=", ".join(sorted(unknown)))
    row = _row(sitting)
    before = row.figures
    _refresh(row, {**row.figures, **entered})
    if row.state == "signed" and row.figures != before:
        lifecycle.move(row, "amend", document_id=None)
    row.save(update_fields=["figures", "figures_digest", "updated_at"])
    record("conduct.enter_figures", row, by=by, about=[sitting, sitting.slot], figures_digest=row.figures_digest, entered=sorted(entered))
    return row


@action("conduct.sign_room_record", on="sitting")
def sign_room_record(*, by: Actor, sitting: Sitting, opinion: str = "") -> RoomRecord:
    """Sign the figures as they stand; the last signature prints the sheet."""
    row = _row(sitting)
    _refresh(row, row.figures)
    objections = [*rules.record_faults(row.figures), *readiness.everybody_answered(sitting)]
    if objections:
        raise Refused(objections)
    duty = next((one for one in readiness.signers(sitting) if one.person_id == by.person_id and one.capacity == by.capacity), None)
    if duty is None:
        refuse("record.not_a_signer", _("You have no duty in this room that signs the record."), remedy=_("Sign in for your duty first."))
    _signature, fresh = RecordSignature.objects.get_or_create(
        record=row,
        person_id=by.person_id,
        figures_digest=row.figures_digest,
        defaults={"duty": duty, "capacity": duty.capacity, "opinion": opinion[:240], "at": clock.now()},
    )
    if not fresh:
        refuse("record.signed", _("You have signed these figures already."))
    row.save(update_fields=["figures", "figures_digest", "updated_at"])
    missing = readiness.unsigned(sitting, row)
    if not missing and row.state == "filling":
        document = store(
            by, room_record(sitting, row), f"room-record-{sitting.room.name}.pdf", "application/pdf", "conduct.RoomRecord", row.pk
        )
        lifecycle.move(row, "sign", document_id=document.pk)
    record(
        "conduct.sign_room_record",
        row,
        by=by,
        about=[sitting, sitting.slot],
        figures_digest=row.figures_digest,
        figures=row.figures,
        missing=len(missing),
        document=row.document_id,
    )
    return row


def _row(sitting: Sitting) -> RoomRecord:
    locked = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if locked.state != "open":
        refuse("conduct.not_open", _("The sitting is not open."), remedy=_("The chief opens it."))
    row, _made = RoomRecord.objects.get_or_create(sitting=locked, defaults={"updated_at": clock.now()})
    return row


def _refresh(row: RoomRecord, entered: dict[str, Any]) -> None:
    row.figures = queries.figures_of(row.sitting, entered)
    row.figures_digest = digest(row.figures)
    row.updated_at = clock.now()
