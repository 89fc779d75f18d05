"""Pages on which something drawn or released is changed: one asks, another decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from exams.access import may, needs, require
from exams.errors import Refused
from exams.sittings import actions, queries, reseating
from exams.sittings.forms import AnswerForm, ReasonForm, TimeForm
from exams.sittings.models import Place, Seat, Sitting, TimeSlot
from exams.sittings.views import against


def _slot(request: HttpRequest, pk: UUID) -> TimeSlot:
    return get_object_or_404(queries.slots_visible_to(request.actor).select_related("event", "item__qualification", "item__edition"), pk=pk)


def _ask(request: HttpRequest, slot: TimeSlot, kind: str, wanted: dict[str, Any], reason: str) -> HttpResponse:
    change = actions.ask_change(by=request.actor, slot=slot, kind=kind, reason=reason, wanted=wanted)
    return redirect("sittings:change", change.pk)


@needs("sittings.ask_change")
@require_POST
def redraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a second draw."""
    return _ask(request, _slot(request, pk), "redraw", {}, request.POST.get("reason", ""))


@require_safe
@never_cache
@needs("sittings.ask_change")
def weigh_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would change if the candidate of one seat sat on another, before anybody asks for it; nothing is changed."""
    sitting = _sitting(request, pk)
    require(request.actor, "sittings.ask_change", sitting.slot)
    return _move_page(request, sitting, _move_asked(request.GET, sitting))


@needs("sittings.ask_change")
@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that the candidate of one seat sit on another."""
    sitting = _sitting(request, pk)
    asked = _move_asked(request.POST, sitting)
    wanted = {"place": str(asked.place.pk), "seat": str(asked.seat.pk)}
    try:
        return _ask(request, sitting.slot, "move", wanted, request.POST.get("reason", ""))
    except Refused as refused:
        return _move_page(request, sitting, asked, refused)


def _sitting(request: HttpRequest, pk: UUID) -> Sitting:
    rows = queries.sittings_visible_to(request.actor).select_related(
        "room", "slot__event__body", "slot__item__qualification", "slot__item__edition", "slot__venue"
    )
    return get_object_or_404(rows, pk=pk)


def _move_asked(data: QueryDict, sitting: Sitting) -> reseating.Move:
    found = reseating.found(sitting.slot, seat_from=_uuid(data, "moved"), seat_to=_uuid(data, "target"))
    if found is None:
        raise Http404
    return found


def _move_page(request: HttpRequest, sitting: Sitting, asked: reseating.Move, refused: Refused | None = None) -> HttpResponse:
    objections = refused.objections if refused else reseating.against(asked)
    context = {
        "sitting": sitting,
        "slot": sitting.slot,
        "move": asked,
        "objections": against.shown(objections),
        "allowed": not objections,
        "refused": refused is not None,
        "effects": reseating.effects(asked),
        "reason": request.POST.get("reason", ""),
    }
    part = request.headers.get(against.PART)
    template = "exams/sittings/_weighed_move.html" if part else "exams/sittings/weigh_move.html"
    return render(request, template, context, status=409 if refused else 200)


def _uuid(data: QueryDict, name: str) -> UUID | None:
    try:
        return UUID(data.get(name, ""))
    except ValueError:
        return None


@needs("sittings.ask_change")
def new_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move a slot: at once while it is planned, through a second person when it is published."""
    slot = _slot(request, pk)
    form, refusal = TimeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        starts, ends = form.interval()
        reason = form.cleaned_data["reason"]
        try:
            if slot.state != "planned":
                return _ask(request, slot, "time", {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}, reason)
            actions.reschedule_slot(by=request.actor, slot=slot, starts_at=starts, ends_at=ends, reason=reason)
            return redirect("sittings:slot", slot.pk)
        except Refused as refused:
            refusal = refused
    return render(
        request,
        "exams/sittings/form.html",
        {"form": form, "refusal": refusal, "title": _("Change the time"), "verb": _("Save"), "above": str(slot)},
    )


@needs("sittings.cancel_slot")
def cancel_slot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give up a slot."""
    slot = _slot(request, pk)
    return _with_reason(
        request,
        _("Cancel the slot"),
        str(slot),
        lambda reason: actions.cancel_slot(by=request.actor, slot=slot, reason=reason),
        "sittings:event",
        slot.event_id,
    )


@needs("sittings.cancel_sitting")
def cancel_sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give up a room of a slot: at once while it is empty, through a second person later."""
    sitting: Sitting = get_object_or_404(queries.sittings_visible_to(request.actor).select_related("slot__event", "room"), pk=pk)

    def act(reason: str) -> Any:
        if sitting.state == "planned" and not sitting.places.filter(state="held").exists():
            return actions.cancel_sitting(by=request.actor, sitting=sitting, reason=reason)
        return actions.ask_change(by=request.actor, slot=sitting.slot, kind="cancel", reason=reason, wanted={"sitting": str(sitting.pk)})

    return _with_reason(request, _("Cancel the sitting"), sitting.room.name, act, "sittings:slot", sitting.slot_id)


def _with_reason(request: HttpRequest, title: Any, above: str, act: Any, then: str, pk: UUID) -> HttpResponse:
    form, refusal = ReasonForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
            return redirect(then, pk)
        except Refused as refused:
            refusal = refused
    return render(request, "exams/sittings/form.html", {"form": form, "refusal": refusal, "title": title, "verb": title, "above": above})


@needs("sittings.see")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is to be changed and why; the second person decides here."""
    rows = queries.changes_visible_to(request.actor).select_related(
        "slot__event", "slot__item__qualification", "slot__item__edition", "asked_by", "decided_by"
    )
    found = get_object_or_404(rows, pk=pk)
    form, refusal = AnswerForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_change(by=request.actor, change=found, approve="approve" in request.POST, answer=form.cleaned_data["answer"])
            return redirect("sittings:change", found.pk)
        except Refused as refused:
            refusal = refused
            found.refresh_from_db()
    mine = found.asked_by_id == request.actor.person_id
    may_decide = found.state == "asked" and not mine and may(request.actor, "sittings.decide_change", found)
    return render(
        request,
        "exams/sittings/change.html",
        {
            "change": found,
            "form": form,
            "refusal": refusal,
            "may_decide": may_decide,
            "mine": mine,
            "wanted": _words(found),
            **(_weighed(found) if may(request.actor, "sittings.decide_change", found) else {}),
            "opens_event": queries.opens_event(request.actor),
        },
    )


def _weighed(change: Any) -> dict[str, Any]:
    """What the second person weighs: the same that whoever asked was shown, as it stands now."""
    if change.kind != "move" or change.state != "asked":
        return {}
    move = reseating.found(change.slot, place=change.wanted["place"], seat_to=change.wanted["seat"])
    return {"effects": reseating.effects(move), "objections": against.shown(reseating.against(move))} if move else {"gone": True}


def _words(change: Any) -> list[tuple[Any, str]]:
    """What is wanted, in words instead of ids."""
    wanted = change.wanted
    found: list[tuple[Any, str]] = []
    if "place" in wanted:
        place = Place.objects.filter(pk=wanted["place"]).select_related("application__person", "seat", "sitting__room").first()
        if place:
            found.append((_("Candidate"), f"{place.application.person.name} ({place.sitting.room.name} {place.seat.label})"))
    if "seat" in wanted:
        seat = Seat.objects.filter(pk=wanted["seat"]).select_related("room").first()
        found.append((_("New seat"), f"{seat.room.name} {seat.label}" if seat else "—"))
    if "sitting" in wanted:
        sitting = Sitting.objects.filter(pk=wanted["sitting"]).select_related("room").first()
        found.append((_("Room"), sitting.room.name if sitting else "—"))
    return found + [(_("New time"), f"{wanted['starts_at']} – {wanted['ends_at']}")] if "starts_at" in wanted else found
