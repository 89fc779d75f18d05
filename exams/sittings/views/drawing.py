"""Pages of draws: the duty roster by lot, and any draw done over again before the reader's eyes."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from exams.access import may, needs
from exams.errors import Refused
from exams.people.models import Person
from exams.recusal.rules import RULES
from exams.sittings import actions, queries
from exams.sittings.forecast import Line, forecast
from exams.sittings.forms import ExpectedForm, ReasonForm, RosterForm
from exams.sittings.models import Draw, Room, TimeSlot
from exams.sittings.pool import Wanted
from exams.sittings.replay import replay

# Reasons that are no recusal rule; what the roster says of somebody who could not take a post.
REASONS = {
    "roster.busy": gettext_lazy("on another duty at that time"),
    "roster.load_day": gettext_lazy("has the most duties of a day"),
    "roster.load_event": gettext_lazy("has the most duties of the event"),
    "roster.pair_limit": gettext_lazy("has served with a colleague of the room too often"),
    "roster.one_employer": gettext_lazy("the room would be staffed by one employer"),
    "roster.taken": gettext_lazy("drawn for another duty"),
    "sittings.not_appointed": gettext_lazy("not appointed for this item on that day"),
}


THIN = 2  # fewer to spare than this is said aloud
OTHER_WORK = "roster.wrong_capacity"


@needs("sittings.see")
@require_http_methods(["GET", "POST"])
def roster_draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draw the duties of a whole event; what stays empty is explained."""
    event = get_object_or_404(queries.events_visible_to(request.actor).select_related("body"), pk=pk)
    form, refusal = RosterForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.draw_roster(by=request.actor, event=event, wanted=Wanted(**form.cleaned_data))
            return redirect("sittings:roster_draw", event.pk)
        except Refused as refused:
            refusal = refused
    draws = list(Draw.objects.filter(event=event, kind="roster"))
    current = next((draw for draw in draws if draw.state in ("open", "drawn")), None)
    context = {
        "event": event,
        "form": form,
        "refusal": refusal,
        "draws": draws,
        "current": current,
        "empty": _unfilled(current) if current and current.state == "drawn" else [],
        "members": len(current.pool["pool"]["members"]) if current else 0,
        "posts": len(current.pool["posts"]) if current else 0,
        "may_draw": may(request.actor, "sittings.draw_roster", event),
        "reason_form": ReasonForm(),
    }
    return render(request, "exams/sittings/roster_draw.html", context, status=409 if refusal else 200)


@needs("sittings.ask_change")
@require_POST
def redraw_roster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a second draw of the roster; another person decides."""
    draw = get_object_or_404(queries.draws_visible_to(request.actor).filter(kind="roster", state__in=["open", "drawn"]), pk=pk)
    form, slot = ReasonForm(request.POST), TimeSlot.objects.filter(event=draw.event_id, state="planned").order_by("starts_at").first()
    if form.is_valid() and slot is not None:
        reason = form.cleaned_data["reason"]
        change = actions.ask_change(by=request.actor, slot=slot, kind="redraw_roster", reason=reason, wanted={"draw": str(draw.pk)})
        return redirect("sittings:change", change.pk)
    messages.error(request, _("Say why in one sentence. A roster can be drawn again until its slots are published."))
    return redirect("sittings:roster_draw", draw.event_id)


@needs("sittings.see")
def staffing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Months ahead: which duties of an event will find nobody, why, and what would help most."""
    event = get_object_or_404(queries.events_visible_to(request.actor).select_related("body__supervised_by"), pk=pk)
    form = ExpectedForm(request.GET or None, items=event.items.select_related("qualification"))
    found = forecast(event, form.numbers() if form.is_valid() else {})
    lines = [{"line": line, "why": [(reason_title(rule), n) for rule, n in line.barred], "tone": _tone(line)} for line in found.lines]
    return render(request, "exams/sittings/staffing.html", {"event": event, "form": form, "found": found, "lines": lines})


def _tone(line: Line) -> str:
    """Nobody to spare is thin: one illness, one new application, and a post is empty."""
    return "danger" if line.empty else "warn" if line.spare < THIN else "ok"


@needs("sittings.see")
def draw_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draw done over again, now: pool, journal, witness, seed and result."""
    draw = get_object_or_404(queries.draws_visible_to(request.actor).select_related("event__body", "slot"), pk=pk)
    return render(request, "exams/sittings/draw_check.html", {"draw": draw, "found": replay(draw)})


def _unfilled(draw: Draw) -> list[dict[str, Any]]:
    """For each empty post: where it is, and how many of the pool which reason kept out; five queries for all."""
    posts = {post["id"]: post for post in draw.pool["posts"]}
    # That somebody is appointed as something else is no news.
    rows = [(posts[post], [one for one in found if one[1] != OTHER_WORK]) for post, found in draw.result["unfilled"]]
    slots = TimeSlot.objects.select_related("item__qualification", "item__edition").in_bulk({UUID(post["slot"]) for post, _reasons in rows})
    rooms = Room.objects.in_bulk({UUID(post["room"]) for post, _reasons in rows if post["room"]})
    names = {str(one.pk): one.name for one in Person.objects.filter(pk__in={reason[0] for _post, reasons in rows for reason in reasons})}
    return [
        {
            "slot": slots[UUID(post["slot"])],
            "room": rooms[UUID(post["room"])].name if post["room"] else "",
            "capacity": post["capacity"],
            "why": Counter(reason_title(code) for _person, code, _details in reasons).most_common(),
            "people": [(names.get(person, "—"), reason_title(code)) for person, code, _details in reasons],
        }
        for post, reasons in rows
    ]


def reason_title(code: str) -> str:
    """A recusal rule by its name, anything else in its own words."""
    return _(RULES.get(code).title) if code in RULES else str(REASONS.get(code, code))
