"""What recusal puts into lower registries and onto the agenda."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams import capacities
from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.documents.access import document_access
from exams.documents.models import Document
from exams.journal.projection import watch
from exams.navigation import entry
from exams.people.models import Person
from exams.people.news import on_news
from exams.people.sections import person_section
from exams.recusal import actions, pages, queries
from exams.recusal.deciding import open_objections
from exams.recusal.models import LateGround, ObjectionNotice, PolicyValue, RecusalRequest, Waiver

watch(Waiver, "ruling", "objection_id", "until", "state", "decided_by")
watch(LateGround, "ruling", "person", "rule_id", "proved_on", "hidden", "concealment", "state")
watch(RecusalRequest, "person", "event_id", "state", "decided_on")
watch(ObjectionNotice, "person", "capacity", "state", "about_type", "about_id")
watch(PolicyValue, "code", "value", "effective_from")

entry("recusal.list", gettext_lazy("Recusal"), "recusal:list", "head_of_body", "exam_clerk", order=40)


@on_news("recusal.reask")
def ask_again(persons: frozenset[UUID]) -> None:
    """Something about persons is new: everybody whom it concerns is asked again."""
    actions.reask(*persons)


@agenda("recusal.notices", "head_of_body", "exam_clerk", "chief")
def people_to_replace(actor: Actor) -> Iterator[OpenItem]:
    """People who stand although a ground has appeared: to be replaced, or decided upon."""
    rows = queries.notices_visible_to(actor).filter(state="open").select_related("person", "ruling").defer("ruling__facts")
    for notice in rows.exclude(person=actor.person_id):
        against = open_objections(notice.ruling)
        yield OpenItem(
            "refused",
            _("%(person)s may no longer act as %(capacity)s") % {"person": notice.person.name, "capacity": _title(notice)},
            why=against[0].text() if against else "",
            basis=against[0].basis_text() if against else "",
            url=reverse("recusal:ruling", args=[notice.ruling_id]),
            link=_("See the ruling"),
            group=notice.about_text,
        )


def _title(notice: ObjectionNotice) -> str:
    return _(capacities.title(notice.capacity))


@agenda("recusal.requests", "head_of_body", "authority_officer")
def requests_to_decide(actor: Actor) -> Iterator[OpenItem]:
    """Requests for recusal that wait for a decision."""
    for row in queries.requests_visible_to(actor).filter(state="filed").exclude(filed_by=actor.person_id).select_related("person"):
        yield OpenItem(
            "todo",
            _("Decide whether %(person)s steps back") % {"person": row.person.name if row.person else row.named},
            why=_("Until it is decided the person does not act.") if row.person else _("Say first whom the request means."),
            url=reverse("recusal:request", args=[row.pk]),
            link=_("Decide"),
            group=row.event_text,
        )


@agenda("recusal.waivers", "head_of_body", "authority_officer")
def waivers_to_confirm(actor: Actor) -> Iterator[OpenItem]:
    """Waivers that wait for a second superior."""
    rows = queries.waivers_visible_to(actor).filter(state="proposed").select_related("ruling__person").defer("ruling__facts")
    for waiver in rows:
        if str(actor.person_id) not in waiver.decided_by and actor.person_id != waiver.ruling.person_id:
            yield OpenItem(
                "todo",
                _("Confirm or refuse a waiver for %(person)s") % {"person": waiver.ruling.person.name},
                why=_("Two named superiors must agree."),
                url=reverse("recusal:ruling", args=[waiver.ruling_id]),
                link=_("See the ruling"),
            )


@document_access("exams.LateGround")
def evidence(actor: Actor, document: Document) -> bool:
    """The proof is for the person, the deciding superiors and the inspector."""
    return queries.late_grounds_visible_to(actor).filter(pk=document.owner_id).exists()


@person_section("recusal.late_grounds", "exams/recusal/_late_of_person.html")
def late_grounds_of(actor: Actor, person: Person) -> dict[str, Any] | None:
    """Grounds that were proved after the person had acted."""
    rows = queries.late_grounds_visible_to(actor).filter(person=person).select_related("ruling", "concealment").defer("ruling__facts")
    shown = [{"ground": row, "title": pages.title_of(row.rule_id)} for row in rows]
    return {"rows": shown} if shown else None
