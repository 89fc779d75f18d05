"""Every change of state on the day."""

from exams.conduct.actions.door import check_in, close_door, decide_hold, hold, mark_absent, note_late, undo
from exams.conduct.actions.opening import close_sitting, open_sitting, ring, sign_in
from exams.conduct.actions.recording import enter_figures, sign_room_record
from exams.conduct.actions.reporting import amend_incident, report_incident, sign_incident

__all__ = [
    "amend_incident",
    "check_in",
    "close_door",
    "close_sitting",
    "decide_hold",
    "enter_figures",
    "hold",
    "mark_absent",
    "note_late",
    "open_sitting",
    "report_incident",
    "ring",
    "sign_in",
    "sign_incident",
    "sign_room_record",
    "undo",
]
