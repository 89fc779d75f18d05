"""Every change of an application, whoever makes it: applicant, employer, exam body, or the calendar."""

from exams.applications.checking import (
    accept,
    accept_many,
    accept_overdue,
    approve,
    approve_many,
    ask_correction,
    do_not_accept,
    do_not_approve,
    lapse,
    verify,
    verify_many,
)
from exams.applications.drawing import draw_recheck
from exams.applications.importing import (
    discard_batch,
    import_workbook,
    preview_batch,
    preview_workbook,
    take_workbook,
    undo_import,
)
from exams.applications.submitting import (
    add_material,
    confirm_by_employer,
    confirm_many,
    list_performance,
    return_by_employer,
    start_application,
    state_facts,
    submit,
    submit_correction,
    withdraw,
)

__all__ = [
    "accept", "accept_many", "accept_overdue", "add_material", "approve", "approve_many",
    "ask_correction", "confirm_by_employer", "confirm_many", "discard_batch", "do_not_accept", "draw_recheck",
    "do_not_approve", "import_workbook", "lapse", "list_performance", "preview_batch", "preview_workbook", "return_by_employer",
    "start_application", "state_facts", "submit", "submit_correction", "take_workbook", "undo_import", "verify", "verify_many", "withdraw",
]  # fmt: skip
