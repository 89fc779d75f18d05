"""What tables and columns are called for a reader: the journal knows the rows above it by their label only."""

from __future__ import annotations

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext

from exams.verdicts import gettext_noop as _

# Tables whose models do not name themselves, or not clearly enough on their own.
# The bank and the cameras bring the words for theirs by `name_tables`.
TABLES: dict[str, str] = {
    "exams.Acceptance": _("Acceptance of a room"),
    "exams.Account": _("Account"),
    "exams.AnnualPlan": _("Annual plan"),
    "exams.Appointment": _("Appointment"),
    "exams.Arrangement": _("Arrangement"),
    "exams.Attendance": _("Attendance of a training"),
    "exams.Authorship": _("Work written"),
    "exams.Bell": _("Bell"),
    "exams.BodyStandard": _("Standard for exam bodies"),
    "exams.CalendarFeed": _("Calendar feed"),
    "exams.Change": _("Change of the arrangement"),
    "exams.CheckIn": _("Check-in"),
    "exams.Concealment": _("Proved concealment"),
    "exams.Declaration": _("Declaration of interest"),
    "exams.Dispute": _("Dispute"),
    "exams.Document": _("Stored file"),
    "exams.Draw": _("Draw"),
    "exams.Duty": _("Duty"),
    "exams.Employment": _("Employment"),
    "exams.Entrustment": _("Entrustment"),
    "exams.Event": _("Exam event"),
    "exams.Incident": _("Incident"),
    "exams.InternalCheck": _("Internal check"),
    "exams.KinEdge": _("Declared relative"),
    "exams.LateConsent": _("Consent to a late notice"),
    "exams.ManagementDocument": _("Management document"),
    "exams.NoticeCorrection": _("Correction of a notice"),
    "exams.ObjectionNotice": _("Ground that appeared later"),
    "exams.Organisation": _("Organisation"),
    "exams.OtherBusiness": _("Other business"),
    "exams.Parameter": _("Parameter"),
    "exams.Person": _("Person"),
    "exams.Place": _("Place of a candidate"),
    "exams.PolicyValue": _("Parameter of recusal"),
    "exams.ProgrammeParameter": _("Parameter"),
    "exams.RecordSignature": _("Signature under the room record"),
    "exams.RecusalRequest": _("Request for recusal"),
    "exams.Room": _("Room of a venue"),
    "exams.RoomRecord": _("Room record"),
    "exams.Ruling": _("Ruling on recusal"),
    "exams.SheetSignature": _("Signature under the results"),
    "exams.Sitting": _("Sitting"),
    "exams.StaffRecord": _("Entry in the list of staff"),
    "exams.TimeSlot": _("Time slot"),
    "exams.TrainingEngagement": _("Training engagement"),
    "exams.Venue": _("Venue"),
    "exams.Waiver": _("Waiver"),
}

# The watched columns, of whatever table.
COLUMNS: dict[str, str] = {
    "about_id": _("matter concerned"),
    "about_type": _("kind of matter"),
    "application": _("application"),
    "apply_from": _("first day of application"),
    "apply_until": _("last day of application"),
    "approved_by": _("approved by"),
    "approved_on": _("approved on"),
    "asked_at": _("asked at"),
    "asked_by": _("asked by"),
    "audit": _("audit"),
    "basis": _("basis"),
    "body": _("exam body"),
    "businesses": _("other business"),
    "bytes": _("size"),
    "capacity": _("capacity"),
    "checked_by": _("checked by"),
    "checked_score": _("checked score"),
    "ciphertext_digest": _("digest of the ciphertext"),
    "clerk": _("clerk"),
    "closed_at": _("closed at"),
    "closes_at": _("closes at"),
    "code": _("code"),
    "commitment": _("commitment"),
    "concealment": _("finding that it was hidden"),
    "confirmed_by": _("confirmed by"),
    "covers": _("material confirmed"),
    "days": _("days"),
    "decided_by": _("decided by"),
    "decided_on": _("decided on"),
    "difficulty": _("difficulty"),
    "digest": _("digest"),
    "document_number": _("number of the document"),
    "draw": _("draw"),
    "due_on": _("due on"),
    "effective_from": _("in force from"),
    "employer": _("employer"),
    "ends_on": _("last day"),
    "entered_by": _("recorded by"),
    "event": _("exam event"),
    "event_id": _("exam event"),
    "evidence_id": _("evidence"),
    "families": _("item families"),
    "family": _("item family"),
    "figures_digest": _("digest of the figures"),
    "files": _("number of files"),
    "first": _("first custodian"),
    "first_at": _("approved first at"),
    "first_by": _("first approval by"),
    "hidden": _("hidden"),
    "kept_until": _("kept until"),
    "kind": _("kind"),
    "level": _("level"),
    "lines": _("scores of the subjects"),
    "looked_by": _("looked at by"),
    "mark": _("score changed"),
    "marks": _("marks"),
    "matched_to": _("person meant"),
    "message": _("facts"),
    "method": _("way of checking"),
    "minutes": _("extra minutes"),
    "name": _("name"),
    "new": _("new score"),
    "number": _("number"),
    "objection_id": _("objection"),
    "of_class": _("class of footage"),
    "officer": _("officer"),
    "old": _("old score"),
    "opened_at": _("opened at"),
    "opens_at": _("opens at"),
    "organisation": _("organisation"),
    "other_organisation": _("organisation on the other side"),
    "other_person": _("person on the other side"),
    "outcome": _("outcome"),
    "percent": _("percentage"),
    "person": _("person"),
    "place": _("place"),
    "places": _("places"),
    "pool_digest": _("digest of the pool"),
    "proved_on": _("proved on"),
    "public": _("public key"),
    "published_at": _("made public at"),
    "published_on": _("published on"),
    "qualification": _("item"),
    "relation": _("relation"),
    "relative_index": _("relative"),
    "report_number": _("number of the report"),
    "review_on": _("next review"),
    "revoked_on": _("revoked on"),
    "role": _("part taken"),
    "room": _("room"),
    "round": _("round"),
    "rule_id": _("rule"),
    "ruling": _("ruling"),
    "same_key": _("digest of the report"),
    "score": _("score"),
    "seat": _("seat"),
    "second": _("second custodian"),
    "second_by": _("second approval by"),
    "seed_commitment": _("commitment to the seed"),
    "served_at": _("served at"),
    "settled_by": _("settled by"),
    "shown_by": _("shown by"),
    "side": _("side"),
    "since": _("first day"),
    "sitting": _("sitting"),
    "slot": _("time slot"),
    "source": _("source of the period"),
    "stamp_document_id": _("stamped document"),
    "starts_on": _("first day"),
    "state": _("state"),
    "support": _("support relation"),
    "tagmanifest": _("digest of the dossier"),
    "ticket_number": _("ticket number"),
    "title": _("title"),
    "undone_at": _("undone at"),
    "unit": _("syllabus unit"),
    "unmatched": _("person named without a number"),
    "until": _("last day"),
    "valid_until": _("valid until"),
    "value": _("value"),
    "values": _("values of the rule"),
    "version": _("version"),
    "where": _("seat asked for"),
    "withdrawn_on": _("withdrawn on"),
}


def name_tables(words: dict[str, str]) -> None:
    """Bring the words for tables of another app, as message ids by label."""
    TABLES.update(words)


def table(label: str) -> str:
    """The message id of a table's name, for a sentence that is read later; a label that is no table shows as itself."""
    if label in TABLES:
        return TABLES[label]
    try:
        return apps.get_model(label)._meta.verbose_name_raw
    except (LookupError, ValueError):
        return label


def column(name: str) -> str:
    """The message id of a column's name, for a sentence that is read later."""
    return COLUMNS.get(name, name)


def titled(label: str) -> str:
    """A table's name in the reader's language, as a title."""
    return capfirst(gettext(table(label)))
