"""One day, from signing in to the closed room."""

from exams.conduct import actions
from exams.conduct.models import CheckIn, RoomRecord
from exams.documents.models import Document


def test_a_day_runs_from_signing_in_to_the_closed_room(day):
    day.opened().all_in_but(1).signed()
    record = RoomRecord.objects.get()
    assert record.state == "signed"
    assert (record.figures["expected"], record.figures["present"], record.figures["absent"]) == (5, 4, 1)
    assert Document.objects.get(pk=record.document_id).media_type == "application/pdf"
    sitting = actions.close_sitting(by=day.chief, sitting=day.sitting)
    assert sitting.state == "closed"
    states = {answer.place.application.state for answer in CheckIn.objects.all()}
    assert states == {"sat", "absent"}
    day.scene.event.refresh_from_db()
    assert day.scene.event.state == "marking"
    assert {duty.state for duty in day.scene.slot.duties.all()} == {"done"}
