"""What the archive fills of the registries: receipts, the copy as long work, the rail, what is open for the archivist."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.access import Actor, may
from exams.agenda import OpenItem, agenda
from exams.archive import actions, contents, queries, receipts
from exams.archive.holds import hold_source
from exams.archive.models import Bag
from exams.archive.sealing import sitting_blockers
from exams.documents.access import document_access
from exams.documents.actions import store
from exams.documents.kinds import ZIP
from exams.documents.models import Document
from exams.jobs.work import Progress, job
from exams.journal.checkpoints import latest_witnessed
from exams.journal.projection import watch
from exams.navigation import entry
from exams.results.models import ScoreChange
from exams.sittings.models import Sitting
from exams.ticks import tick
from exams.verdicts import gettext_noop

SECTIONS_FROM = contents  # imported for the sections it registers
LARGEST_COPY = 200 * 1024 * 1024

watch(Bag, "kind", "name", "tagmanifest", "files", "bytes", "event", "sitting")
entry("archive.index", _("Dossiers"), "archive:index", "archivist", "oversight_inspector", "authority_officer", order=60)


@tick("archive.receipts", every=5)
def finish_receipts() -> None:
    """Complete the receipts of sealed bags once the authority has counter-signed."""
    actions.finish_receipts()


@tick("archive.verify", every=3600)
def verify_some() -> None:
    """Read back a few bags that were not looked at for a month."""
    actions.verify_some()


@job("archive.copy")
def copy(progress: Progress, *, by: Actor, bag: str) -> dict[str, Any]:
    """The bag and its receipt as one zip file, with the proof of continuity to the newest witnessed head."""
    row = Bag.objects.get(pk=UUID(bag))
    folder, head, last = queries.shelf() / row.name, queries.covering(row), latest_witnessed()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    progress.begin(len(paths) + 1, gettext_noop("Copying files"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for path in paths:
            parcel.write(path, f"{row.name}/{path.relative_to(folder).as_posix()}")
            progress.advance()
        if head is not None:
            fresh = queries.receipt_of(row, head, continuity=last.size if last else None)
            for name, content in receipts.files(fresh).items():
                parcel.writestr(f"{row.name}.receipt/{name}", content)
    document = store(by, out.getvalue(), row.name, ZIP, "exams.Bag", row.pk, limit=LARGEST_COPY)
    return {"document_id": str(document.pk)}


@document_access("exams.Bag")
def copies(actor: Actor, document: Document) -> bool:
    """A copy is for those who may consult the bag."""
    bag = queries.visible_to(actor).filter(pk=document.owner_id).first()
    return bool(bag and may(actor, "archive.consult", bag))


@hold_source("conduct.incidents", _("Discipline"))
def open_incidents(sitting: Sitting) -> Iterator[str]:
    """Incidents of the room that are not dealt with."""
    yield from sitting.incidents.filter(state="open").values_list("number", flat=True)


@hold_source("results.changes", _("Re-check of scores"))
def open_changes(sitting: Sitting) -> Iterator[str]:
    """Changes of score that are asked for and not decided."""
    asked = ScoreChange.objects.filter(mark__place__sitting=sitting, state__in=("asked", "approved_once"))
    yield from asked.values_list("number", flat=True)


@agenda("archive.to_seal", "archivist")
def to_seal(actor: Actor) -> Iterator[OpenItem]:
    """Closed sittings that are not sealed yet, and what is missing."""
    for sitting in queries.sittings_visible_to(actor).filter(state="closed").select_related("room", "slot__event"):
        against = sitting_blockers(sitting)
        yield OpenItem(
            "todo",
            _("Seal the dossier of room %(room)s") % {"room": sitting.room},
            why=against[0].text() if against else "",
            url=reverse("archive:sitting", args=[sitting.pk]),
            group=sitting.slot.event.title,
        )


@agenda("archive.broken", "archivist", "head_of_body")
def broken(actor: Actor) -> Iterator[OpenItem]:
    """Bags on the shelf that no longer verify."""
    for bag in queries.visible_to(actor).exclude(broken=[]):
        title = _("Dossier %(name)s does not verify") % {"name": bag.name}
        yield OpenItem("refused", title, why=", ".join(bag.broken), url=reverse("archive:bag", args=[bag.pk]))


@agenda("archive.waiting", "archivist")
def waiting(actor: Actor) -> Iterator[OpenItem]:
    """Sealed bags that the authority has not counter-signed yet."""
    count = queries.visible_to(actor).filter(state="waiting").count()
    if count:
        title = _("%(n)s seals wait for the authority’s counter-signature") % {"n": count}
        yield OpenItem("wait", title, url=reverse("archive:index") + "?state=waiting")


@agenda("archive.appraisal", "archivist")
def appraisal(actor: Actor) -> Iterator[OpenItem]:
    """Dossiers whose retention period is over: they wait for an appraisal, never for a timer."""
    for bag in queries.visible_to(actor).filter(retain_until__lt=clock.today()):
        yield OpenItem("todo", _("Appraise dossier %(name)s") % {"name": bag.name}, url=reverse("archive:bag", args=[bag.pk]))
