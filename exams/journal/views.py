"""Pages of the journal: what was recorded, how far it is signed and witnessed, and the exchange with the witness by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from exams.access import PERMISSIONS, needs
from exams.journal import checkpoints, naming, queries
from exams.journal.forms import CosignatureForm
from exams.journal.models import Checkpoint, Entry
from exams.journal.notes import NoteError
from exams.listing import Column, Filter, Listing

OUTCOMES = [("done", gettext_lazy("Done")), ("refused", gettext_lazy("Refused")), ("denied", gettext_lazy("Denied"))]


@needs("journal.read")
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Entries the reader may see, newest first."""
    listing = Listing(
        queries.visible_to(request.actor),
        columns=[
            Column("id", gettext_lazy("No."), kind="head", sort="id"),
            Column("recorded_at", gettext_lazy("Recorded at"), kind="when", sort="recorded_at"),
            Column("action", gettext_lazy("Act"), value=_title, sort="action"),
            Column("outcome", gettext_lazy("Outcome"), value=lambda entry: dict(OUTCOMES)[entry.outcome], sort="outcome"),
            Column("object_type", gettext_lazy("Object"), value=lambda entry: naming.titled(entry.object_type)),
            Column("capacity", gettext_lazy("Capacity"), value=queries.capacity),
        ],
        search=["action", "object_type", "object_id"],
        filters=[Filter("outcome", gettext_lazy("Outcome"), OUTCOMES)],
        default_sort="-id",
        name="journal",
        title=gettext_lazy("Journal"),
        empty=gettext_lazy("Nothing has been recorded yet."),
    )
    return listing.answer(request, "exams/journal/entries.html", _state())


@needs("journal.carry")
@require_http_methods(["GET", "POST"])
def witness(request: HttpRequest) -> HttpResponseBase:
    """Carry a checkpoint to the witness by hand, and its answer back."""
    form = CosignatureForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _taken(form):
        messages.success(request, _("The cosignature is verified and kept."))
        return redirect("journal:witness")
    return render(request, "exams/journal/witness.html", {"form": form, **_state()}, status=409 if form.errors else 200)


@needs("journal.carry")
@require_GET
def request_file(request: HttpRequest, size: int) -> HttpResponse:
    """What the witness needs to counter-sign this checkpoint."""
    head, seen = get_object_or_404(Checkpoint, pk=size), checkpoints.latest_witnessed()
    start = seen.size if seen and seen.size < head.size else 0
    response = HttpResponse(checkpoints.witness_request(start, head), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{head.size}.request"'
    return response


def _taken(form: CosignatureForm) -> bool:
    try:
        checkpoints.accept_cosignature(form.cleaned_data["size"], form.cleaned_data["line"])
    except Checkpoint.DoesNotExist:
        form.add_error("size", _("There is no checkpoint of this size."))
    except NoteError as error:
        form.add_error("line", _("The line does not verify: %(error)s") % {"error": error})
    return not form.errors


def _state() -> dict[str, object]:
    return {
        "head": checkpoints.latest(),
        "seen": checkpoints.latest_witnessed(),
        "waiting": queries.waiting(),
        "log_vkey": checkpoints.log_vkey(),
        "heads": Checkpoint.objects.order_by("-size").prefetch_related("cosignatures")[:20],
    }


def _title(entry: Entry) -> str:
    declared = PERMISSIONS.get(entry.action)
    return _(declared.title) if declared else entry.action
