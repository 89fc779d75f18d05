"""Pages of the archive: what is sealed and what waits, one sitting before sealing, one bag, and the files an auditor takes away."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams.access import may, needs
from exams.archive import actions, queries, receipts, sections, verifier
from exams.archive.forms import PurposeForm, SizeForm, SupplementForm
from exams.archive.models import Bag
from exams.archive.sealing import RETENTION, event_blockers, sitting_blockers
from exams.errors import Refused
from exams.journal import checkpoints
from exams.journal.merkle import ProofError
from exams.listing import Column, Filter, Listing
from exams.people.session import confirmed_again
from exams.programme.models import Event
from exams.registry import Entry

KINDS = list(Bag.KINDS.items())


@needs("archive.see")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Sealed bags, and before them the closed sittings that are not sealed yet."""
    listing = Listing(
        queries.visible_to(request.actor).select_related("event__body", "sitting__room"),
        [
            Column("state", _("State"), kind="state", sort="state"),
            Column("name", _("Dossier"), kind="head", sort="name", link=lambda row: reverse("archive:bag", args=[row.pk])),
            Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
            Column("event", _("Event"), "event.number", sort="event__number"),
            Column("room", _("Room"), "sitting.room.name"),
            Column("sealed_at", _("Dossier sealed on"), kind="when", sort="sealed_at"),
            Column("files", _("Files"), kind="number", sort="files"),
            Column("retain_until", _("Keep until"), kind="day", sort="retain_until"),
        ],
        search=["name", "event__number", "event__title"],
        filters=[
            Filter("kind", _("Kind"), KINDS),
            Filter("state", _("State"), [("waiting", _("Waiting for the witness")), ("witnessed", _("Witnessed"))]),
        ],
        default_sort="-sealed_at",
        name="dossiers",
        title=_("Dossiers"),
        empty=_("A dossier is sealed here once its room is closed and its record is complete."),
    )
    waiting = queries.sittings_visible_to(request.actor).filter(state="closed").select_related("room", "slot__event")
    events = Event.objects.filter(slots__sittings__in=queries.sittings_visible_to(request.actor).filter(state="sealed")).distinct()
    unsealed = events.exclude(bags__kind="event").order_by("number")
    return listing.answer(request, "exams/archive/index.html", {"waiting": waiting, "events": unsealed})


@needs("archive.see")
@confirmed_again
@require_http_methods(["GET", "POST"])
def sitting(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One sitting before it is sealed: every section, what is missing, and the button."""
    row = get_object_or_404(queries.sittings_visible_to(request.actor).select_related("room", "slot__event__body"), pk=pk)
    if request.method == "POST":
        bag = actions.seal_sitting(by=request.actor, sitting=row)
        messages.success(request, _("Sealed; waiting for the authority’s counter-signature."))
        return redirect("archive:bag", bag.pk)
    sealed = Bag.objects.filter(sitting=row, kind="sitting").first()
    if sealed:
        return redirect("archive:bag", sealed.pk)
    found = sections.gather(row, "sitting")
    shown = [_section(entry, found.get(entry.id, [])) for entry in sections.wanted("sitting")]
    context = {
        "sitting": row,
        "sections": shown,
        "open": sitting_blockers(row, found),
        "may_seal": bool(may(request.actor, "archive.seal_sitting", row)),
    }
    return render(request, "exams/archive/sitting.html", context)


def _section(entry: Entry, files: list[tuple[str, bytes]]) -> dict[str, Any]:
    size = sum(len(content) for _name, content in files)
    return {"id": entry.id, "title": entry.title, "required": entry.required, "count": len(files), "size": size}


@needs("archive.see")
@confirmed_again
@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The package of an event before it is sealed."""
    seen = queries.sittings_visible_to(request.actor).values("slot__event")
    row = get_object_or_404(Event.objects.filter(pk__in=seen).select_related("body"), pk=pk)
    if request.method == "POST":
        bag = actions.seal_event(by=request.actor, event=row)
        return redirect("archive:bag", bag.pk)
    dossiers = queries.visible_to(request.actor).filter(event=row).select_related("sitting__room").order_by("name")
    context = {
        "event": row,
        "open": event_blockers(row),
        "dossiers": dossiers,
        "may_seal": bool(may(request.actor, "archive.seal_event", row)),
    }
    return render(request, "exams/archive/event.html", context)


@needs("archive.see")
@require_safe
def bag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One sealed bag: its seal, how far it is witnessed, what is in it, and how to verify it elsewhere."""
    row = _bag(request, pk)
    head, last = queries.covering(row), checkpoints.latest_witnessed()
    folder = queries.shelf() / row.name
    files = [
        (path.relative_to(folder / "data").as_posix(), path.stat().st_size) for path in sorted(folder.rglob("data/**/*")) if path.is_file()
    ]
    years, trigger, source = RETENTION[row.retention_class]
    context = {
        "bag": row,
        "head": head,
        "last": last,
        "files": files,
        "parts": queries.visible_to(request.actor).filter(parent=row),
        "size": filesizeformat(row.bytes),
        "retention": {"years": years, "trigger": trigger, "source": source},
        "may": {verb: bool(may(request.actor, f"archive.{verb}", row)) for verb in ("verify_bag", "consult", "add_supplement")},
        "purpose": PurposeForm(),
        "supplement": SupplementForm(),
        "size_form": SizeForm(),
    }
    return render(request, "exams/archive/bag.html", context)


@needs("archive.see")
@require_POST
def verify(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Run the verifier over the bag on the shelf and show every line it says."""
    row = _bag(request, pk)
    actions.verify_bag(by=request.actor, bag=row)
    report = queries.report(row)
    code, english, chinese = report.answer()
    return render(
        request, "exams/archive/report.html", {"bag": row, "lines": report.lines, "code": code, "english": english, "chinese": chinese}
    )


@needs("archive.see")
@require_POST
def consult(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Start the copy of a bag for a stated purpose."""
    form = PurposeForm(request.POST)
    purpose = form.cleaned_data["purpose"] if form.is_valid() else ""
    job = actions.consult(by=request.actor, bag=_bag(request, pk), purpose=purpose)
    return redirect("jobs:job", job.pk)


@needs("archive.see")
@require_POST
def supplement(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Add later facts beside a sealed dossier."""
    row, form = _bag(request, pk), SupplementForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Name what is added and choose a file."))
        return redirect("archive:bag", pk)
    upload = form.cleaned_data["file"]
    name = re.sub(r"[^\w.-]", "_", Path(upload.name).name).strip("._") or "file"
    try:
        added = actions.add_supplement(by=request.actor, bag=row, title=form.cleaned_data["title"], files=[(name, upload.read())])
    except Refused as refusal:
        messages.error(request, refusal.objections[0].text())
        return redirect("archive:bag", pk)
    return redirect("archive:bag", added.pk)


@needs("archive.continuity")
@require_safe
def continuity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proof of continuity between the receipt of a bag and the auditor's own checkpoint."""
    row, form = _bag(request, pk), SizeForm(request.GET)
    head = queries.covering(row)
    if head is None or not form.is_valid():
        raise Http404
    old, new = sorted((head.size, form.cleaned_data["size"]))
    try:
        proof = queries.continuity(old, new)
    except ProofError:
        messages.error(request, _("This journal does not have so many entries."))
        return redirect("archive:bag", pk)
    return _file(receipts.lines(proof), f"{old}-{new}.txt")


@needs("archive.see")
@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """The one-file verifier."""
    return _file(Path(verifier.__file__).read_text("utf-8"), "verify.py")


def _bag(request: HttpRequest, pk: UUID) -> Bag:
    rows = queries.visible_to(request.actor).select_related("event__body", "sitting__room", "parent", "sealed_by")
    return get_object_or_404(rows, pk=pk)


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
