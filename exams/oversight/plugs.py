"""What supervision fills of the registries: the rail, the agenda of both sides, watched tables, who may fetch its files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.archive.holds import hold_source
from exams.documents.access import document_access
from exams.documents.models import Document
from exams.journal.projection import watch
from exams.navigation import entry
from exams.oversight import queries
from exams.oversight.models import Audit, Finding, Rectification
from exams.oversight.queries import AUTHORITY, BODY
from exams.oversight.report import text_of
from exams.sittings.models import Sitting

watch(Audit, "body", "event", "served_at", "closed_at", "state")
watch(Finding, "audit", "number", "level", "message", "basis", "state")

entry("oversight.audits", _("Audits"), "oversight:index", *AUTHORITY, "head_of_body", order=30)


@hold_source("oversight.findings", _("Supervision"))
def open_audits(sitting: Sitting) -> Iterator[str]:
    """Audits of the event that were served and are open, and findings of the body about this sitting that are."""
    event = sitting.slot.event
    served = Audit.objects.filter(body=event.body_id, event=event, served_at__isnull=False, closed_at=None)
    yield from served.exclude(state="terminated").values_list("number", flat=True)
    about = Finding.objects.filter(audit__body=event.body_id, about_id=str(sitting.pk), state__in=queries.WAITING_FOR_BODY)
    yield from about.values_list("audit__number", flat=True)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


@agenda("oversight.audits", *AUTHORITY)
def of_authority(actor: Actor) -> Iterator[OpenItem]:
    """Audits not served, findings not decided, reports to be looked at, bodies that are late."""
    for audit in queries.visible_to(actor).filter(state="planned").select_related("body"):
        yield OpenItem(
            "todo", _("Serve audit %(number)s") % {"number": audit.number}, why=audit.body.name, url=_url(audit), group=_("Audits")
        )
    late = {row.pk for row in queries.overdue(_rectifications(actor))}
    for row in _rectifications(actor):
        finding, words = row.finding, {"number": row.finding.number, "audit": row.finding.audit.number}
        if finding.state == "reported":
            yield OpenItem(
                "todo", _("Re-check %(number)s of %(audit)s") % words, why=text_of(finding), url=_url(finding.audit), group=_("Audits")
            )
        elif row.pk in late:
            title = _("%(number)s of %(audit)s is overdue") % words
            yield OpenItem("refused", title, why=text_of(finding), due=_end_of(row.due_on), url=_url(finding.audit), group=_("Audits"))


@agenda("oversight.rectification", *BODY)
def of_body(actor: Actor) -> Iterator[OpenItem]:
    """What the authority has ordered to be put right, with its last day."""
    late = {row.pk for row in queries.overdue(_rectifications(actor))}
    for row in _rectifications(actor):
        finding, words = row.finding, {"number": row.finding.number, "audit": row.finding.audit.number}
        if finding.state in queries.WAITING_FOR_BODY:
            yield OpenItem(
                "refused" if row.pk in late else "todo",
                _("Rectify %(number)s of %(audit)s") % words,
                why=text_of(finding),
                due=_end_of(row.due_on),
                url=reverse("oversight:rectification", args=[row.pk]),
                group=_("Audits"),
            )


def _rectifications(actor: Actor) -> list[Rectification]:
    rows = queries.rectifications_visible_to(actor).exclude(finding__state__in=["rectified", "dropped"])
    return list(rows.select_related("finding__audit").order_by("due_on"))


def _url(audit: Audit) -> str:
    return reverse("oversight:audit", args=[audit.pk])


@document_access("exams.Audit")
def records(actor: Actor, document: Document) -> bool:
    """The inspection record is for whoever sees the audit."""
    return queries.visible_to(actor).filter(pk=document.owner_id).exists()


@document_access("exams.Rectification")
def evidence(actor: Actor, document: Document) -> bool:
    """Evidence of a rectification is for both sides."""
    return queries.rectifications_visible_to(actor).filter(pk=document.owner_id).exists()
