"""What bodies put into lower registries: entrustments expire by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams import clock
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.bodies import actions, queries
from exams.bodies.models import Entrustment, InternalCheck, ManagementDocument, OtherBusiness
from exams.errors import Stale
from exams.journal.projection import watch
from exams.navigation import entry
from exams.people.models import Organisation
from exams.ticks import tick

watch(Entrustment, "body", "document_number", "families", "places", "since", "until", "state")
watch(ManagementDocument, "body", "kind", "version", "approved_on", "review_on")
watch(OtherBusiness, "body", "businesses", "state")

entry("bodies.list", gettext_lazy("Exam bodies"), "bodies:list", "authority_officer", "oversight_inspector", order=20)
entry("bodies.own", gettext_lazy("The exam body"), "bodies:list", "head_of_body", "archivist", order=30)

SOON = timedelta(days=60)


@tick("bodies.expire", every=3600)
def expire_entrustments() -> None:
    """Entrustments whose last day has passed are expired; whoever was first wins."""
    for entrustment in Entrustment.objects.filter(state="in_force", until__lt=clock.today()):
        try:
            actions.expire(by=SYSTEM, entrustment=entrustment)
        except Stale:
            continue


@agenda("bodies.entrustment", "head_of_body")
def entrustment_ends(actor: Actor) -> Iterator[OpenItem]:
    """An entrustment that is over, or soon will be: no event lies outside it."""
    body = Organisation.objects.filter(pk=actor.organisation_id, kind="exam_body").first()
    if body is None:
        return
    last = Entrustment.objects.filter(body=body, state="in_force").order_by("-until").first()
    if last is None or last.until < clock.today() + SOON:
        yield OpenItem(
            "refused" if last is None else "todo",
            _("The entrustment ends") if last else _("No entrustment is in force"),
            why=_("No exam event can lie outside the entrustment."),
            who=_("The authority entrusts"),
            due=timezone.make_aware(datetime.combine(last.until, time(23, 59))) if last else None,
            url=reverse("bodies:body", args=[body.pk]),
            link=_("The exam body"),
        )


@agenda("bodies.documents", "head_of_body")
def documents_to_file(actor: Actor) -> Iterator[OpenItem]:
    """Management documents that are missing or past their review."""
    body = Organisation.objects.filter(pk=actor.organisation_id, kind="exam_body").first()
    found = queries.document_findings([body])[body.pk] if body else []
    if found and body:
        yield OpenItem(
            "todo",
            _("%(n)s management documents are missing or past their review") % {"n": len(found)},
            why=found[0].text(),
            basis=found[0].basis_text(),
            url=reverse("bodies:body", args=[body.pk]),
            link=_("File documents"),
        )


@agenda("bodies.findings", "authority_officer")
def findings_of_bodies(actor: Actor) -> Iterator[OpenItem]:
    """Bodies whose set of documents is not current, and other business that waits for a decision."""
    bodies = list(queries.visible_to(actor))
    findings = queries.document_findings(bodies)
    for body in bodies:
        if findings[body.pk]:
            yield OpenItem(
                "todo",
                _("%(n)s management documents are missing or past their review") % {"n": len(findings[body.pk])},
                who=body.name,
                basis=findings[body.pk][0].basis_text(),
                url=reverse("bodies:body", args=[body.pk]),
                link=_("See the body"),
                group=body.name,
            )
    for business in OtherBusiness.objects.filter(body__in=bodies, state="declared").select_related("body"):
        yield OpenItem(
            "todo",
            _("Decide on other business"),
            why=str(business),
            who=business.body.name,
            url=reverse("bodies:decide_business", args=[business.body_id]),
            link=_("Decide"),
            group=business.body.name,
        )


@agenda("bodies.checks", "head_of_body", "exam_clerk")
def findings_to_correct(actor: Actor) -> Iterator[OpenItem]:
    """Open findings of the internal check."""
    for check in InternalCheck.objects.filter(body=actor.organisation_id).exclude(state="closed"):
        due = timezone.make_aware(datetime.combine(check.due_on, time(23, 59))) if check.due_on else None
        yield OpenItem(
            "todo" if check.state == "open" else "wait",
            check.item,
            why=check.finding,
            due=due,
            url=reverse("bodies:check", args=[check.pk]),
            link=_("Open the finding"),
            group=_("Internal check"),
        )
