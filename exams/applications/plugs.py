"""What applications fill of the registries: agenda, rail, ticks, files, jobs, notices, reach, and who stands in an open matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exams.access import Actor
from exams.agenda import OpenItem, agenda, panel
from exams.applications import actions, queries
from exams.applications.matter import matter_of
from exams.applications.models import Application, EmployerConfirmation, ImportBatch, Verification
from exams.documents.access import document_access
from exams.documents.models import Document
from exams.jobs.work import Progress, job
from exams.journal.projection import watch
from exams.messages.kinds import KINDS, Kind
from exams.navigation import entry
from exams.people.reach import reach
from exams.recusal.standing import Stand, standing
from exams.ticks import tick
from exams.verdicts import gettext_noop

# So many rows are imported in one transaction; in between others get to write.
PART = 40
STAFF = ("exam_clerk", "verifier", "application_approver", "head_of_body")

entry(
    "applications",
    gettext_lazy("Applications"),
    "applications:list",
    "exam_clerk",
    "verifier",
    "application_approver",
    "employer_clerk",
    order=30,
)
entry("applications.import", gettext_lazy("Import"), "applications:imports", "employer_clerk", order=31)
entry("applications.confirm", gettext_lazy("Confirm and stamp"), "applications:employer", "employer_clerk", order=32)
entry("applications.mine", gettext_lazy("My applications"), "applications:mine", "candidate", order=20)

watch(Verification, "application", "kind", "round", "officer", "outcome", "method", "report_number", "evidence_id")
watch(EmployerConfirmation, "application", "employer", "clerk", "stamp_document_id", "covers")

KINDS.update(
    {
        "applications.filed": Kind(
            gettext_noop("An application was filed for you"),
            gettext_noop("%(employer)s has filed application %(number)s for %(item)s for you. If you did not ask for it, withdraw it."),
        ),
        "applications.confirmed": Kind(
            gettext_noop("Your employer has confirmed"),
            gettext_noop("%(employer)s has confirmed and stamped the material of application %(number)s."),
        ),
        "applications.returned": Kind(
            gettext_noop("Your application was returned"), gettext_noop("Your employer returned application %(number)s: %(reason)s")
        ),
        "applications.accepted": Kind(
            gettext_noop("Your application is accepted"), gettext_noop("Application %(number)s is accepted. Two officers now verify it.")
        ),
        "applications.correction": Kind(
            gettext_noop("Your application needs correction"),
            gettext_noop(
                "We have checked your application %(number)s. Please add the following: %(list)s. "
                "This list is complete; you will not be asked again."
            ),
        ),
        "applications.not_accepted": Kind(
            gettext_noop("Your application is not accepted"), gettext_noop("Application %(number)s is not accepted. Reason: %(reason)s")
        ),
        "applications.approved": Kind(
            gettext_noop("Your application is approved"),
            gettext_noop("Application %(number)s is approved. Time, place and seat follow when they are published."),
        ),
        "applications.not_approved": Kind(
            gettext_noop("Your application is not approved"), gettext_noop("Application %(number)s is not approved. Reason: %(reason)s")
        ),
    }
)


# -- agenda ---------------------------------------------------------------------------------------------------------------


@panel("applications.latest", "exams/applications/_latest.html", "candidate", order=30)
def latest(actor: Actor) -> dict[str, Any] | None:
    """The candidate's newest applications and how they stand."""
    rows = list(queries.own(actor)[:3])
    return {"applications": rows} if rows else None


def _waiting(actor: Actor, state: str) -> tuple[int, Any]:
    rows = queries.visible_to(actor).filter(state=state).order_by("accept_by")
    return rows.count(), rows.values_list("accept_by", flat=True).first()


def _end_of(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None


@agenda("applications.accept", "exam_clerk")
def to_accept(actor: Actor) -> Iterator[OpenItem]:
    """Applications whose acceptance is due; after the period they count as accepted."""
    n, due = _waiting(actor, "employer_confirmed")
    if n:
        yield OpenItem(
            "todo",
            ngettext("%(n)d application waits for acceptance", "%(n)d applications wait for acceptance", n) % {"n": n},
            why=_("Correction can be asked once, within five working days; after that the application counts as accepted."),
            basis=_("Administrative Licensing Law, Art. 32"),
            due=_end_of(due),
            url=reverse("applications:list") + "?state=employer_confirmed&sort=accept_by",
            link=_("Check material"),
        )


@agenda("applications.verify", "verifier")
def to_verify(actor: Actor) -> Iterator[OpenItem]:
    """Applications on which this officer can still make a verification."""
    rows = queries.visible_to(actor).filter(state__in=("employer_confirmed", "accepted"))
    n = rows.exclude(verifications__officer=actor.person_id).count()
    if n:
        yield OpenItem(
            "todo",
            ngettext("%(n)d application waits for your verification", "%(n)d applications wait for your verification", n) % {"n": n},
            why=_("Two different officers verify each fact."),
            basis=_("Administrative Licensing Law, Art. 34"),
            url=reverse("applications:list") + "?state=accepted",
            link=_("Verify material"),
        )


@agenda("applications.approve", "application_approver")
def to_approve(actor: Actor) -> Iterator[OpenItem]:
    """Accepted applications that wait for the admission check."""
    n, _due = _waiting(actor, "accepted")
    if n:
        yield OpenItem(
            "todo",
            ngettext("%(n)d application waits for the admission check", "%(n)d applications wait for the admission check", n) % {"n": n},
            url=reverse("applications:list") + "?state=accepted",
            link=_("Decide"),
        )


@agenda("applications.confirm", "employer_clerk")
def to_confirm(actor: Actor) -> Iterator[OpenItem]:
    """Candidates who wait for the employer's confirmation and stamp."""
    n, _due = _waiting(actor, "submitted")
    if n:
        yield OpenItem(
            "todo",
            ngettext(
                "%(n)d application waits for your confirmation and stamp", "%(n)d applications wait for your confirmation and stamp", n
            )
            % {"n": n},
            basis=_("Notice 2024 No. 34, I (4)"),
            url=reverse("applications:employer"),
            link=_("Confirm and stamp"),
        )


@agenda("applications.own", "candidate")
def own_open(actor: Actor) -> Iterator[OpenItem]:
    """What the applicant has to do, or waits for."""
    for row in queries.own(actor).filter(state__in=("draft", "correction_requested", "submitted", "employer_confirmed", "accepted")):
        url = reverse("applications:own", args=[row.pk])
        title = f"{row.item.qualification.code} · {row.number}"
        if row.state == "draft":
            yield OpenItem("todo", title, why=_("Not submitted yet."), due=_end_of(row.event.apply_until), url=url, link=_("Go on"))
        elif row.state == "correction_requested":
            yield OpenItem("todo", title, why=_("Something is missing; the list is complete."), url=url, link=_("Add"))
        else:
            yield OpenItem("wait", title, why=_WAITING[row.state], url=url)


_WAITING = {
    "submitted": gettext_lazy("Waiting for the employer’s confirmation and stamp."),
    "employer_confirmed": gettext_lazy("Waiting for acceptance by the exam body."),
    "accepted": gettext_lazy("Two officers verify the material."),
}


# -- ticks, files, jobs ---------------------------------------------------------------------------------------------------


@tick("applications.accept_overdue", every=60)
def accept_overdue() -> None:
    """Applications count as accepted once their period is over."""
    actions.accept_overdue()


@document_access("exams.Application")
def application_files(actor: Actor, document: Document) -> bool:
    """Whoever sees the application, and its applicant."""
    return queries.visible_to(actor).filter(pk=document.owner_id).exists() or queries.own(actor).filter(pk=document.owner_id).exists()


@document_access("exams.ImportBatch")
def batch_files(actor: Actor, document: Document) -> bool:
    """Whoever may handle the import."""
    return queries.batches_visible_to(actor).filter(pk=document.owner_id).exists()


@job("applications.preview")
def preview(progress: Progress, *, by: Actor, batch: str) -> dict[str, Any]:
    """Read a large workbook."""
    progress.begin(1, gettext_noop("Reading the workbook"))
    found = actions.preview_batch(by=by, batch=ImportBatch.objects.select_related("event", "employer", "body").get(pk=batch))
    return {"new": found.new, "changed": found.changed, "same": found.same, "wrong": found.wrong}


@job("applications.import")
def import_many(progress: Progress, *, by: Actor, batch: str, mode: str) -> dict[str, Any]:
    """Import many rows."""
    found = ImportBatch.objects.select_related("event", "employer", "body").get(pk=batch)
    progress.begin(found.new + found.changed + found.same, gettext_noop("Importing"))
    while found.state == "previewed":
        found = actions.import_workbook(by=by, batch=found, mode=mode, at_most=PART)
        progress.advance(PART)
    return {"new": found.new, "changed": found.changed}


# -- people and recusal ---------------------------------------------------------------------------------------------------


@reach("applications.candidates", *STAFF, "chief", "identity_officer", "archivist")
def candidates_of_the_body(actor: Actor) -> Q:
    """The people who applied to one's own body."""
    return Q(pk__in=Application.objects.filter(body=actor.organisation_id).exclude(state="draft").values("person"))


@standing("applications.officers")
def officers(persons: frozenset[str]) -> Iterable[Stand]:
    """Officers who verified an application that is still being decided: they stand in its matter."""
    ids = [UUID(person) for person in persons]
    rows = Verification.objects.filter(application__state__in=("employer_confirmed", "correction_requested", "accepted"))
    rows = rows.filter(Q(officer__in=ids) | Q(application__person__in=ids))
    for row in rows.select_related("application__item__qualification", "application__event"):
        yield Stand(str(row.officer_id), "verifier", matter_of(row.application), row.application)
