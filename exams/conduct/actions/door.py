"""The door: one answer about each candidate, given by somebody on duty, undone only openly."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from exams import clock, spelling
from exams.access import Actor
from exams.conduct import queries, rules
from exams.conduct.actions.reporting import write_incident
from exams.conduct.models import Bell, CheckIn
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.sittings import parameters, tickets
from exams.sittings import queries as sittings
from exams.sittings.models import Place, Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

UNDO_WITHIN = timedelta(minutes=30)


@action("conduct.check_in", on="sitting")
def check_in(
    *, by: Actor, sitting: Sitting, token: str = "", place: Place | None = None, method: str = "ticket", note: str = ""
) -> CheckIn:
    """Admit a candidate by the code of the ticket, or by a place found in the list. Every refusal is on record."""
    sitting = _open(sitting)
    found, objection = at_door(sitting, token=token, place=place)
    if objection:
        raise Refused([objection])
    return _answer(by, sitting, found, "present", method, note)


def at_door(sitting: Sitting, *, token: str = "", place: Place | None = None) -> tuple[Place | None, Objection | None]:
    """The place somebody claims, as it stands now, and why he may not be admitted (None: welcome). Writes nothing."""
    read = tickets.read(token, [sittings.ticket_key().public_key()]) if token else None
    claimed = read.place if read else place and place.pk
    found = _place(claimed) if claimed else None
    closes = closing_time(sitting)
    closes_text = f"{spelling.local(closes):%H:%M}"
    if found is None:
        seen = rules.AtDoor(genuine=False, here=False, current=False, ticket_state="")
        return None, rules.at_the_door(seen, now=clock.now(), closes=closes, closes_text=closes_text)
    answer = queries.answer_of(found)
    seen = rules.AtDoor(
        genuine=True,
        here=found.sitting_id == sitting.pk,
        same_slot=found.slot_id == sitting.slot_id,
        current=read is None or (found.state == "held" and read.nonce == found.ticket_nonce),
        ticket_state="void" if found.state == "void" else found.ticket_state,
        answered=answer.outcome if answer else "",
        answered_by=(answer.officer.name if answer.officer else "") if answer else "",
        answered_at=f"{spelling.local(answer.at):%H:%M:%S}" if answer else "",
        right_room=found.sitting.room.name,
        right_seat=found.seat.label,
        right_time=f"{spelling.local(found.slot.starts_at):%Y-%m-%d %H:%M}",
    )
    return found, rules.at_the_door(seen, now=clock.now(), closes=closes, closes_text=closes_text)


@action("conduct.note_late", on="sitting")
def note_late(*, by: Actor, sitting: Sitting, place: Place) -> CheckIn:
    """Somebody came after entry had closed: kept apart from absence, so that the room record can tell."""
    sitting = _open(sitting)
    _require_closed(sitting)
    return _answer(by, sitting, place, "late", "eye", "", name="conduct.note_late")


def closing_time(sitting: Sitting) -> datetime:
    """When entry closes, by the parameter of the body on that day."""
    day = spelling.local(sitting.starts_at).date()
    return rules.entry_closes(sitting.starts_at, parameters.in_force(sitting.slot.event.body_id, "LATE_ENTRY_MIN", day).value)


@action("conduct.hold", on="sitting")
def hold(*, by: Actor, sitting: Sitting, place: Place, note: str = "") -> CheckIn:
    """The photo or the document is doubtful: the candidate waits beside the door; this is no refusal."""
    sitting = _open(sitting)
    found, objection = at_door(sitting, place=place)
    if objection:
        raise Refused([objection])
    return _answer(by, sitting, found, "hold", "eye", note, name="conduct.hold")


@action("conduct.decide_hold", on="answer")
def decide_hold(*, by: Actor, answer: CheckIn, same_person: bool, note: str = "") -> CheckIn:
    """Look at document and person: admit, or open an incident and leave the seat empty until the chief decides."""
    sitting = _open(answer.place.sitting)
    answer = CheckIn.objects.select_for_update().get(pk=answer.pk)
    if answer.undone_at or answer.outcome not in ("hold", "mismatch"):
        refuse("door.decided", _("This was decided already."))
    if answer.outcome == "mismatch" and by.capacity != "chief":
        refuse(
            "door.chief_decides",
            _("After a mismatch only the chief decides."),
            basis=_("Requirement R-60"),
            remedy=_("Report to the chief."),
        )
    answer.undone_at = clock.now()
    answer.save(update_fields=["undone_at"])
    record("conduct.decide_hold", answer, by=by, about=[sitting], decided=True)
    place = answer.place
    outcome = "present" if same_person else "mismatch"
    decided = _answer(by, sitting, place, outcome, "eye", note, name="conduct.decide_hold")
    if outcome == "mismatch":
        write_incident(
            by=by,
            sitting=sitting,
            kind="impersonation",
            since=clock.now(),
            place=place,
            text=note or str(_("Document and person differ at the door.")),
        )
    return decided


@action("conduct.undo", on="answer")
def undo(*, by: Actor, answer: CheckIn, reason: str = "") -> CheckIn:
    """Take back an answer given by mistake; it stays on record as undone."""
    _open(answer.place.sitting)
    answer = CheckIn.objects.select_for_update().get(pk=answer.pk)
    if answer.undone_at:
        refuse("door.undone", _("This answer was taken back already."))
    if clock.now() - answer.at > UNDO_WITHIN and by.capacity != "chief":
        refuse("door.undo_late", _("After 30 minutes only the chief takes an answer back."), remedy=_("Report to the chief."))
    answer.undone_at = clock.now()
    answer.save(update_fields=["undone_at"])
    record("conduct.undo", answer, by=by, about=[answer.place.sitting, answer.place], outcome_undone=answer.outcome, reason=reason)
    return answer


@action("conduct.mark_absent", on="sitting")
def mark_absent(*, by: Actor, sitting: Sitting, place: Place) -> CheckIn:
    """Write a candidate down as absent, after entry has closed."""
    sitting = _open(sitting)
    _require_closed(sitting)
    if place.sitting_id != sitting.pk or place.state != "held":
        refuse("door.not_here", _("This candidate does not belong to this room."))
    answer = queries.answer_of(place)
    if answer:
        refuse("door.answered", _("There is an answer about this candidate already."), remedy=_("Take it back first if it is wrong."))
    return _answer(by, sitting, place, "absent", "door", "", name="conduct.mark_absent")


@action("conduct.close_door", on="sitting")
def close_door(*, by: Actor, sitting: Sitting) -> list[CheckIn]:
    """Close the door list: everybody without an answer is absent."""
    sitting = _open(sitting)
    _require_closed(sitting)
    silent = [place for place in queries.places_with_answers(sitting) if place.answer is None]
    written = [_answer(by, sitting, place, "absent", "door", "", name="conduct.mark_absent") for place in silent]
    Bell.objects.get_or_create(sitting=sitting, kind="door", defaults={"at": clock.now()})
    record("conduct.close_door", sitting, by=by, about=[sitting.slot], absent=[place.ticket_number for place in silent])
    return written


def _open(sitting: Sitting) -> Sitting:
    """Lock the sitting: two officers with one ticket come one after the other."""
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("slot__event", "room").get(pk=sitting.pk)
    if sitting.state != "open":
        refuse("conduct.not_open", _("The sitting is not open."), remedy=_("The chief opens it."))
    return sitting


def _place(pk: UUID) -> Place | None:
    return Place.objects.filter(pk=pk).select_related("sitting__room", "seat", "slot", "application__person").first()


def _require_closed(sitting: Sitting) -> None:
    closes = closing_time(sitting)
    if clock.now() <= closes:
        refuse(
            "door.still_open",
            _("Entry is open until %(closes)s; until then nobody is absent."),
            basis=rules.LATE_BASIS,
            closes=f"{spelling.local(closes):%H:%M}",
            remedy=_("Wait until then."),
        )


def _answer(by: Actor, sitting: Sitting, place: Place, outcome: str, method: str, note: str, *, name: str = "conduct.check_in") -> CheckIn:
    try:
        with transaction.atomic():
            answer = CheckIn.objects.create(
                place=place, outcome=outcome, method=method, at=clock.now(), officer_id=by.person_id, note=note[:240]
            )
    except IntegrityError:
        refuse("door.answered", _("There is an answer about this candidate already."), remedy=_("Take it back first if it is wrong."))
    record(name, answer, by=by, about=[sitting, place, place.application], answered=outcome, method=method, seat=place.seat_id)
    return answer
