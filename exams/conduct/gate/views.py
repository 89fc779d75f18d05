"""The door: scanned, searched or photographed, every way ends in the same actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exams.access import needs, require
from exams.conduct import actions, queries
from exams.conduct.actions.door import at_door
from exams.conduct.gate import answers
from exams.conduct.gate.answers import Shown
from exams.conduct.models import CheckIn
from exams.conduct.photos import see_photo
from exams.conduct.scanning import LARGEST, read_code
from exams.errors import Refused
from exams.sittings.models import Place, Sitting

CODE = 100  # a name or a number is never as long as a code


def _sitting(request: HttpRequest, pk: UUID) -> Sitting:
    return get_object_or_404(queries.visible_to(request.actor), pk=pk)


def _place(sitting: Sitting, pk: UUID) -> Place:
    rows = Place.objects.filter(slot=sitting.slot_id, state="held").select_related("sitting__room", "seat", "slot", "application__person")
    return get_object_or_404(rows, pk=pk)


def _answer(sitting: Sitting, pk: UUID) -> CheckIn:
    rows = CheckIn.objects.filter(place__sitting=sitting).select_related(
        "place__seat", "place__sitting__room", "place__application__person"
    )
    return get_object_or_404(rows, pk=pk)


def _respond(request: HttpRequest, sitting: Sitting, shown: Shown) -> HttpResponse:
    """A fragment for the screen, a whole page without scripts."""
    template = "exams/conduct/_gate.html" if request.htmx else "exams/conduct/gate.html"
    return render(request, template, answers.context(sitting, shown))


@needs("conduct.door")
def gate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The screen before the first candidate."""
    sitting = _sitting(request, pk)
    require(request.actor, "conduct.check_in", sitting)
    return render(request, "exams/conduct/gate.html", answers.context(sitting))


@needs("conduct.check_in")
@require_POST
def scan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A code from a scanner, or words to search by."""
    sitting = _sitting(request, pk)
    text = request.POST.get("code", "").strip()
    require(request.actor, "conduct.check_in", sitting)
    if len(text) < CODE:
        return _respond(request, sitting, answers.of_search(queries.search(sitting, text) if text else [], sitting))
    return _scanned(request, sitting, text)


def _scanned(request: HttpRequest, sitting: Sitting, text: str) -> HttpResponse:
    try:
        answer = actions.check_in(by=request.actor, sitting=sitting, token=text)
    except Refused as refusal:
        found, _objection = at_door(sitting, token=text)
        return _refused(request, sitting, found, refusal)
    return _respond(request, sitting, answers.of_answer(_answer(sitting, answer.pk)))


def _refused(request: HttpRequest, sitting: Sitting, place: Place | None, refusal: Refused) -> HttpResponse:
    """Show why; who comes too late is also written down, once."""
    late = refusal.objections[0].id == "door.late" and place is not None and place.sitting_id == sitting.pk
    if late and queries.answer_of(place) is None:
        actions.note_late(by=request.actor, sitting=sitting, place=place)
    return _respond(request, sitting, answers.of_refusal(refusal, place, sitting))


@needs("conduct.check_in")
@require_POST
def frame(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A picture from the telephone's camera, read on the server where the browser cannot."""
    sitting = _sitting(request, pk)
    require(request.actor, "conduct.check_in", sitting)
    picture = request.FILES.get("frame")
    text = read_code(picture.read()) if picture and picture.size <= LARGEST else ""
    if not text:
        return HttpResponse(status=204)
    return _scanned(request, sitting, text)


def _try(request: HttpRequest, sitting: Sitting, place: Place, act: Any) -> HttpResponse:
    try:
        answer = act()
    except Refused as refusal:
        return _refused(request, sitting, place, refusal)
    return _respond(request, sitting, answers.of_answer(_answer(sitting, answer.pk)))


@needs("conduct.check_in")
@require_POST
def admit(request: HttpRequest, pk: UUID, place: UUID) -> HttpResponse:
    """Admit somebody found in the list, after a look at the document."""
    sitting = _sitting(request, pk)
    found = _place(sitting, place)
    return _try(request, sitting, found, lambda: actions.check_in(by=request.actor, sitting=sitting, place=found, method="eye"))


@needs("conduct.hold")
@require_POST
def hold(request: HttpRequest, pk: UUID, place: UUID) -> HttpResponse:
    """Something is doubtful: the candidate waits."""
    sitting = _sitting(request, pk)
    found = _place(sitting, place)
    return _try(request, sitting, found, lambda: actions.hold(by=request.actor, sitting=sitting, place=found))


@needs("conduct.mark_absent")
@require_POST
def absent(request: HttpRequest, pk: UUID, place: UUID) -> HttpResponse:
    """Write one candidate down as absent."""
    sitting = _sitting(request, pk)
    found = _place(sitting, place)
    return _try(request, sitting, found, lambda: actions.mark_absent(by=request.actor, sitting=sitting, place=found))


@needs("conduct.decide_hold")
@require_POST
def decide(request: HttpRequest, pk: UUID, answer: UUID) -> HttpResponse:
    """Is it the person of the document?"""
    sitting = _sitting(request, pk)
    held = _answer(sitting, answer)
    same = request.POST.get("same") == "1"
    return _try(
        request,
        sitting,
        held.place,
        lambda: actions.decide_hold(by=request.actor, answer=held, same_person=same, note=request.POST.get("note", "")),
    )


@needs("conduct.undo")
@require_POST
def undo(request: HttpRequest, pk: UUID, answer: UUID) -> HttpResponse:
    """Take the answer back, openly; `doubt` then holds the candidate."""
    sitting = _sitting(request, pk)
    given = _answer(sitting, answer)
    try:
        actions.undo(by=request.actor, answer=given, reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _respond(request, sitting, answers.of_refusal(refusal, given.place, sitting))
    if "doubt" in request.POST:
        return hold(request, pk, given.place_id)
    return _respond(request, sitting, Shown("off", _("Taken back"), given.place, why=_("The candidate has no answer now.")))


@needs("conduct.door")
def photo(request: HttpRequest, pk: UUID, place: UUID) -> HttpResponse:
    """The photo of the application, for the comparison at the door; each look is on record."""
    sitting = _sitting(request, pk)
    content = see_photo(by=request.actor, sitting=sitting, place=_place(sitting, place))
    if content is None:
        raise Http404
    response = HttpResponse(content[0], content_type=content[1])
    response["Cache-Control"] = "private, no-store"
    return response
