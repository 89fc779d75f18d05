"""What the day fills of the registries: watched rows, the rail, what is open, who may fetch a room record."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exams import clock, navigation
from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.conduct import readiness
from exams.conduct.models import CheckIn, Incident, RoomRecord
from exams.documents.access import document_access
from exams.documents.models import Document
from exams.journal.projection import watch
from exams.sittings import queries
from exams.sittings.models import Sitting

watch(CheckIn, "place", "outcome", "method", "undone_at")
watch(Incident, "sitting", "place", "kind", "state", "number")
watch(RoomRecord, "sitting", "figures_digest", "state")

navigation.entry(
    "conduct.today",
    _("Day of the examination"),
    "conduct:today",
    "chief",
    "invigilator",
    "identity_officer",
    "roving_invigilator",
    order=20,
)


@document_access("conduct.RoomRecord")
def may_fetch_record(actor: Actor, document: Document) -> bool:
    """Whoever sees the sitting."""
    row = RoomRecord.objects.filter(pk=document.owner_id).first()
    return row is not None and queries.sittings_visible_to(actor).filter(pk=row.sitting_id).exists()


@agenda("conduct.sittings", "chief")
def sittings_open(actor: Actor) -> Iterable[OpenItem]:
    """What blocks opening or closing the sittings of the chief's slots."""
    rows = (
        queries.sittings_visible_to(actor)
        .filter(state__in=["published", "open"])
        .select_related("slot__event", "slot__item__qualification", "room")
    )
    for sitting in rows.order_by("starts_at")[:20]:
        yield from _items(sitting)


def _items(sitting: Sitting) -> Iterable[OpenItem]:
    opening = sitting.state == "published"
    if opening and (sitting.starts_at - clock.now()).days >= 1:
        return
    blocking = readiness.blocking(readiness.READINESS if opening else readiness.CLOSING, sitting)
    url, due = reverse("conduct:day", args=[sitting.pk]), sitting.starts_at if opening else sitting.ends_at
    if not blocking:
        yield OpenItem("todo", _("Open admission") if opening else _("Close the room"), due=due, url=url, group=str(sitting), group_url=url)
    for objection in blocking[:4]:
        yield OpenItem(
            "refused",
            objection.text(),
            objection.remedy_text(),
            objection.basis_text(),
            due=due,
            url=url,
            group=str(sitting),
            group_url=url,
        )
