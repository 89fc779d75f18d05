"""Every change of venues, slots, seats, duties and tickets."""

from exams.sittings.actions.accommodating import grant_accommodation, read_reason, withdraw_accommodation
from exams.sittings.actions.arranging import add_sitting, cancel_sitting, cancel_slot, reschedule_slot, schedule_slot
from exams.sittings.actions.changing import ask_change, decide_change
from exams.sittings.actions.drawing import draw_seats
from exams.sittings.actions.draws import settle_draw
from exams.sittings.actions.duties import answer_duty, ask_again, assign_duty, move_duty, withdraw_duty
from exams.sittings.actions.publishing import publish_arrangement
from exams.sittings.actions.rostering import draw_roster
from exams.sittings.actions.ticketing import lapse_tickets, make_feed, print_ticket
from exams.sittings.actions.venues import accept_room, add_room, change_plan, edit_venue, open_venue, set_parameter

__all__ = [
    "accept_room",
    "add_room",
    "add_sitting",
    "answer_duty",
    "ask_again",
    "ask_change",
    "assign_duty",
    "cancel_sitting",
    "cancel_slot",
    "change_plan",
    "decide_change",
    "draw_roster",
    "draw_seats",
    "edit_venue",
    "grant_accommodation",
    "lapse_tickets",
    "make_feed",
    "move_duty",
    "open_venue",
    "print_ticket",
    "publish_arrangement",
    "read_reason",
    "reschedule_slot",
    "schedule_slot",
    "set_parameter",
    "settle_draw",
    "withdraw_accommodation",
    "withdraw_duty",
]
