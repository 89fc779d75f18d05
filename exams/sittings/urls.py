"""Addresses of venues, arrangements and tickets."""

from __future__ import annotations

from django.urls import path

from exams.sittings.views import arranging, changes, drawing, mine, papers, venues

app_name = "sittings"
urlpatterns = [
    path("", arranging.events, name="events"),
    path("event/<uuid:pk>/", arranging.event, name="event"),
    path("event/<uuid:pk>/publish", arranging.publish, name="publish"),
    path("event/<uuid:pk>/slot", arranging.new_slot, name="new_slot"),
    path("event/<uuid:pk>/staffing", drawing.staffing, name="staffing"),
    path("event/<uuid:pk>/roster", drawing.roster_draw, name="roster_draw"),
    path("slot/<uuid:pk>/", arranging.slot, name="slot"),
    path("slot/<uuid:pk>/room", arranging.add_room, name="add_sitting"),
    path("slot/<uuid:pk>/draw", arranging.draw, name="draw"),
    path("slot/<uuid:pk>/duty", arranging.assign, name="assign"),
    path("slot/<uuid:pk>/ask-again", arranging.ask_again, name="ask_again"),
    path("slot/<uuid:pk>/time", changes.new_time, name="new_time"),
    path("slot/<uuid:pk>/cancel", changes.cancel_slot, name="cancel_slot"),
    path("slot/<uuid:pk>/redraw", changes.redraw, name="redraw"),
    path("slot/<uuid:pk>/roster.pdf", papers.roster, name="roster"),
    path("duty/<uuid:pk>/withdraw", arranging.withdraw, name="withdraw"),
    path("change/<uuid:pk>/", changes.change, name="change"),
    path("sitting/<uuid:pk>/", arranging.sitting, name="sitting"),
    path("sitting/<uuid:pk>/move", changes.move, name="move"),
    path("sitting/<uuid:pk>/cancel", changes.cancel_sitting, name="cancel_sitting"),
    path("sitting/<uuid:pk>/<slug:kind>.pdf", papers.sheet, name="sheet"),
    path("sitting/<uuid:pk>/tickets", papers.batch, name="tickets"),
    path("draw/<uuid:pk>/", drawing.draw_check, name="draw_check"),
    path("draw/<uuid:pk>/again", drawing.redraw_roster, name="redraw_roster"),
    path("draw/<uuid:pk>.pdf", papers.draw_record, name="draw_record"),
    path("venues/", venues.index, name="venues"),
    path("venues/new", venues.new, name="new_venue"),
    path("venues/<uuid:pk>/", venues.venue, name="venue"),
    path("venues/<uuid:pk>/edit", venues.edit, name="edit_venue"),
    path("venues/<uuid:pk>/room", venues.new_room, name="new_room"),
    path("rooms/<uuid:pk>/", venues.room, name="room"),
    path("rooms/<uuid:pk>/accept", venues.accept, name="accept"),
    path("rooms/<uuid:pk>/plan", venues.plan, name="plan"),
    path("parameters/", venues.parameters, name="parameters"),
    path("mine/", mine.places, name="places"),
    path("mine/<uuid:pk>/ticket.pdf", mine.ticket, name="ticket"),
    path("duties/", mine.duties, name="duties"),
    path("duties/<uuid:pk>/answer", mine.answer, name="answer"),
    path("calendar/new", mine.make_feed, name="make_feed"),
    path("calendar/<uuid:pk>/<slug:token>.ics", mine.calendar, name="calendar"),
]
