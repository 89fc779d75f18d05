"""What the applicant and the employer do: start, state, hand in material, submit, withdraw; confirm and stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import Actor, require
from exams.applications import rules, submission
from exams.applications.gates import mandatory
from exams.applications.models import Application, EmployerConfirmation, Material, PerformanceEntry
from exams.catalogue import queries as catalogue
from exams.documents import kinds
from exams.documents.actions import store, store_for_each
from exams.documents.models import Document
from exams.errors import Refused, refuse
from exams.journal.actions import Act, action, record, record_many
from exams.messages.actions import Notice, send, send_many
from exams.people.models import Organisation, Person
from exams.programme.models import EventItem
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

OWNER = "exams.Application"


@action("applications.start")
def start_application(*, by: Actor, person: Person, item: EventItem, employer: Organisation | None, category: str = "first") -> Application:
    """Begin an application as a draft; only its person does so."""
    if by.person_id != person.pk:
        refuse("applications.not_own", _("An application is begun by its applicant, or filed by the employer from a workbook."))
    objections = submission.hindrances(item.event, person, clock.today())
    if objections:
        raise Refused(objections)
    application = Application(
        body=item.event.body, event=item.event, item=item, person=person, employer=employer, category=category, created_at=clock.now()
    )
    application.number = submission.next_number(item.event)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        refuse("applications.twice", _("You have applied for this item in this event already."), remedy=_("Go on with that application."))
    record("applications.start", application, by=by, about=[item.event, person], category=category)
    return application


@action("applications.state", on="application")
def state_facts(
    *, by: Actor, application: Application, stated: dict[str, str], health: str, employer: Organisation | None = None
) -> Application:
    """Write down education, title, work and health while it is a draft or to be corrected."""
    _open_to_applicant(application)
    application.stated, application.health = stated, health
    if employer is not None:
        application.employer = employer
    application.save(update_fields=["stated", "health", "employer"])
    record("applications.state", application, by=by, fields=sorted(stated))
    return application


@action("applications.list_performance", on="application")
def list_performance(
    *, by: Actor, application: Application, equipment: str, equipment_number: str, inspected_on: date, report_number: str
) -> Any:
    """Add one line to the performance form; a report belongs to one applicant."""
    _open_to_applicant(application)
    if inspected_on > clock.today():
        refuse("applications.future", _("This day is later than today."))
    others = PerformanceEntry.objects.filter(report_number=report_number).exclude(application__state__in=("withdrawn", "lapsed"))
    if others.exclude(application__person=application.person_id).exists():
        refuse("applications.report_taken", _("Another applicant has named this report."), basis=rules.NOTICE_I_4)
    entry = PerformanceEntry(application=application, equipment=equipment, equipment_number=equipment_number, inspected_on=inspected_on)
    entry.report_number = report_number
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        refuse("applications.report_twice", _("This report is listed already."))
    record("applications.list_performance", application, by=by, report=report_number)
    return entry


@action("applications.add_material", on="application")
def add_material(*, by: Actor, application: Application, kind: str, content: bytes, title: str = "") -> Material:
    """Hand in a file; an earlier one of the same kind is kept, but no longer counts."""
    if application.state not in ("draft", "submitted", "correction_requested"):
        refuse("applications.material_closed", _("Material can no longer be handed in: the application is being checked."))
    return keep_material(by, application, kind, content, title)


def keep_material(by: Actor, application: Application, kind: str, content: bytes, title: str, *, employer: bool = False) -> Material:
    """Store the file and make it the one that counts."""
    document = store(by, content, title or kind, "", OWNER, application.pk, accept=kinds.SCANS)
    if kind != "other":
        Material.objects.filter(application=application, kind=kind, replaced_at=None).update(replaced_at=clock.now())
    material = Material.objects.create(
        application=application, kind=kind, document_id=document.pk, added_by_employer=employer, added_at=clock.now()
    )
    record("applications.add_material", application, by=by, about=[material], kind=kind, sha256=document.sha256)
    return material


@action("applications.submit", on="application")
def submit(*, by: Actor, application: Application) -> Application:
    """Hand the application in. From now on it is judged by the rules in force today."""
    application = Application.objects.select_for_update().select_related("event", "person", "item__qualification").get(pk=application.pk)
    objections = hindrances_to_submit(application)
    if objections:
        raise Refused(objections)
    values = submission.submitted_values(application, clock.today())
    lifecycle.move(application, "submit", **values)
    record("applications.submit", application, by=by, about=[application.event], edition=values["edition"].version)
    return application


def hindrances_to_submit(application: Application) -> list[Objection]:
    """The gate of submission, and the checklist on the applicant's page."""
    found = submission.hindrances(application.event, application.person, clock.today())
    if application.employer_id is None:
        message, remedy = _("No employer is named."), _("Name the body you are employed by; it confirms the material.")
        found.append(Objection("applications.no_employer", message, {}, rules.NOTICE_I_4, remedy))
    if not application.stated.get("education"):
        found.append(Objection("applications.nothing_stated", _("Education and work are not stated."), remedy=_("Fill in the form.")))
    return found


@action("applications.submit_correction", on="application")
def submit_correction(*, by: Actor, application: Application) -> Application:
    """Hand in what was asked for; a new period begins for the body."""
    correction = application.correction
    missing = [kind for kind in correction.missing if kind in dict(Material._meta.get_field("kind").choices)]
    newer = Material.objects.filter(application=application, kind__in=missing, added_at__gte=correction.asked_at)
    absent = set(missing) - set(newer.values_list("kind", flat=True))
    if absent:
        raise Refused(
            Objection(
                "applications.still_missing",
                _("Still missing: %(material)s."),
                {"material": str(Material(kind=kind))},
                rules.LICENSING_32,
                _("Hand in the file."),
            )
            for kind in sorted(absent)
        )
    correction.answered_at = clock.now()
    correction.save(update_fields=["answered_at"])
    lifecycle.move(application, "correct", **_received())
    record("applications.submit_correction", application, by=by, accept_by=application.accept_by)
    return application


def _received() -> dict[str, Any]:
    """The body has it now: its period begins, and its last day is fixed."""
    return {"received_at": clock.now(), "accept_by": rules.accept_by(clock.today(), catalogue.calendar())}


@action("applications.withdraw", on="application")
def withdraw(*, by: Actor, application: Application, reason: str = "") -> Application:
    """Take the application back; possible up to its acceptance."""
    lifecycle.move(application, "withdraw", reason=reason.strip())
    record("applications.withdraw", application, by=by, about=[application.event])
    return application


@action("applications.confirm_by_employer", on="application")
def confirm_by_employer(*, by: Actor, application: Application, stamp: bytes, covers: Sequence[str] | None = None) -> EmployerConfirmation:
    """The employer has checked the material and stamped it. The scan counts as stamped copy of what it covers.

    Without `covers` it is one scan of all mandatory material.
    """
    (application,) = _held([application])
    covered = list(covers) if covers is not None else mandatory(application)
    left = [kind for kind in mandatory(application) if kind not in covered]
    if left:
        raise Refused(
            Objection(
                "applications.not_stamped",
                _("%(material)s would be left without the employer’s confirmation and stamp."),
                {"material": str(Material(kind=kind))},
                rules.NOTICE_I_4,
                _("Scan the stamped copy together with the others."),
            )
            for kind in left
        )
    return _confirm(by, [application], {application.pk: covered}, stamp)[0]


@action("applications.confirm_by_employer")
def confirm_many(*, by: Actor, applications: Sequence[Application], stamp: bytes) -> list[EmployerConfirmation]:
    """Confirm a whole list, or none of it, with one stamped scan of all mandatory material."""
    held = _held(applications)
    for application in held:
        require(by, "applications.confirm_by_employer", application)
    return _confirm(by, held, {application.pk: mandatory(application) for application in held}, stamp)


def _held(applications: Sequence[Application]) -> list[Application]:
    """The rows as they are now, held until they are confirmed."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("event")
    return list(rows.filter(pk__in=[application.pk for application in applications]).order_by("number"))


def _confirm(by: Actor, held: list[Application], covers: Mapping[UUID, list[str]], stamp: bytes) -> list[EmployerConfirmation]:
    titles = {application.pk: f"{application.number} stamp" for application in held}
    scans = store_for_each(by, stamp, titles, "", OWNER, accept=kinds.SCANS)
    lifecycle.move_many(held, "confirm", **_received())
    _add_stamped(held, covers, scans)
    made = EmployerConfirmation.objects.bulk_create(
        EmployerConfirmation(
            application=application, employer_id=application.employer_id, clerk_id=by.person_id,
            stamp_document_id=scans[application.pk].pk, covers=covers[application.pk], confirmed_at=clock.now(),
        )
        for application in held
    )  # fmt: skip
    record_many((_confirmed(confirmation, scans[confirmation.application_id]) for confirmation in made), by=by)
    send_many(_told(application, by.organisation) for application in held)
    return made


def _add_stamped(held: list[Application], covers: Mapping[UUID, list[str]], scans: Mapping[UUID, Document]) -> None:
    """The scan is the material of those kinds of which nothing was handed in."""
    have = set(Material.objects.filter(application__in=held, replaced_at=None).values_list("application", "kind"))
    Material.objects.bulk_create(
        Material(application=application, kind=kind, document_id=scans[application.pk].pk, added_by_employer=True, added_at=clock.now())
        for application in held
        for kind in covers[application.pk]
        if (application.pk, kind) not in have
    )


def _confirmed(confirmation: EmployerConfirmation, scan: Document) -> Act:
    application = confirmation.application
    facts = {"covers": confirmation.covers, "sha256": scan.sha256, "accept_by": application.accept_by}
    return Act("applications.confirm_by_employer", confirmation, about=[application, application.event], facts=facts)


def _told(application: Application, employer: str) -> Notice:
    params = {"number": application.number, "employer": employer}
    return Notice(person_id=application.person_id, kind="applications.confirmed", params=params)


@action("applications.return_by_employer", on="application")
def return_by_employer(*, by: Actor, application: Application, reason: str) -> Application:
    """The employer gives it back to the applicant, with the reason."""
    if not reason.strip():
        refuse("applications.reason", _("State the reason."))
    lifecycle.move(application, "return", reason=reason.strip())
    record("applications.return_by_employer", application, by=by, reason=reason.strip())
    send(person_id=application.person_id, kind="applications.returned", params={"number": application.number, "reason": reason.strip()})
    return application


def _open_to_applicant(application: Application) -> None:
    if application.state not in ("draft", "correction_requested"):
        refuse(
            "applications.closed_to_applicant",
            _("The application was submitted and can no longer be changed."),
            remedy=_("Withdraw it and apply again while applications are taken."),
        )
