"""What belongs to oneself: the candidate's examinations and tickets, the staff's duties, the calendar of both."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from exams import clock
from exams.access import needs, public
from exams.sittings import actions, own_places, queries, sheets
from exams.sittings import calendar as calendars
from exams.sittings.models import CalendarFeed, Duty
from exams.sittings.views.papers import pdf


@needs("sittings.my_places")
def places(request: HttpRequest) -> HttpResponse:
    """The next examination first: date, place, seat, what to bring, what can be done."""
    coming, past = own_places.sorted_out(request.actor)
    context = {
        "next": coming[0] if coming else None,
        "later": coming[1:],
        "past": past,
        "feed": _feed_url(request),
    }
    return render(request, "exams/sittings/mine.html", context)


def _feed_url(request: HttpRequest) -> str:
    feed = CalendarFeed.objects.filter(person=request.actor.person_id).first()
    return request.build_absolute_uri(reverse("sittings:calendar", args=[feed.pk, calendars.token_of(feed)])) if feed else ""


@needs("sittings.print_ticket")
def ticket(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own ticket; the first look prints it."""
    place = get_object_or_404(
        queries.places_of(request.actor).select_related("application__employer", "slot__event__body", "slot__item__edition"), pk=pk
    )
    before = place.printed_at
    place = actions.print_ticket(by=request.actor, place=place)
    return pdf(sheets.tickets([place], reprint=1 if before else 0), f"ticket-{place.ticket_number}")


@needs("sittings.my_duties")
def duties(request: HttpRequest) -> HttpResponse:
    """One's duties: coming ones first."""
    rows = Duty.objects.filter(person=request.actor.person_id).select_related(
        "slot__event", "slot__venue", "slot__item__qualification", "slot__item__edition", "sitting__room"
    )
    now = clock.now()
    context = {
        "coming": [row for row in rows.order_by("starts_at") if row.ends_at > now and row.live],
        "past": [row for row in rows.order_by("-starts_at") if row.ends_at <= now or not row.live],
        "feed": _feed_url(request),
        "now": now,
    }
    return render(request, "exams/sittings/duties.html", context)


@needs("sittings.answer_duty")
@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept or return a duty."""
    duty = get_object_or_404(Duty.objects.filter(person=request.actor.person_id).select_related("slot"), pk=pk)
    actions.answer_duty(by=request.actor, duty=duty, accept="accept" in request.POST, reason=request.POST.get("reason", ""))
    return redirect("sittings:duties")


@needs("sittings.make_feed")
@require_POST
def make_feed(request: HttpRequest) -> HttpResponse:
    """Make, or renew, the address of one's calendar."""
    actions.make_feed(by=request.actor)
    return redirect("sittings:places" if request.actor.capacity in ("candidate", "") else "sittings:duties")


@public
def calendar(request: HttpRequest, pk: UUID, token: str) -> HttpResponse:
    """The feed; whoever has the address reads it, so it is long, secret and can be renewed."""
    feed = get_object_or_404(CalendarFeed, pk=pk)
    if not calendars.opens(feed, token):
        raise Http404
    response = HttpResponse(calendars.feed_text(feed), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="examinations.ics"'
    response["Cache-Control"] = "private, max-age=300"
    return response
