"""What people do about a fault: take it on, call it a false alarm, pass it to the room, or take that back."""

from __future__ import annotations

from exams import clock
from exams.access import Actor
from exams.journal.actions import action, record
from exams.lifecycle import move
from proctoring.coverage.models import FaultEvent

VERBS = ("take", "dismiss", "pass", "undo")


@action("proctoring.handle_fault", on="fault")
def handle_fault(*, by: Actor, fault: FaultEvent, verb: str) -> FaultEvent:
    """Move the handling of a fault; the fault itself ends only when the picture is well again."""
    move(fault, verb, handled_by="" if verb == "undo" else by.name, handled_at=clock.now())
    record("proctoring.handle_fault", fault, by=by, about=[fault.camera], verb=verb, state=fault.state, camera=fault.camera.name)
    return fault
