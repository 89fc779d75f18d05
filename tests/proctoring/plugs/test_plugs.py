"""What proctoring fills: gates, dossier, audit, plan, ticks; and the recomputation that must notice every altered byte."""

from __future__ import annotations

import pytest

from exams import clock
from exams.conduct.models import Incident
from exams.conduct.readiness import READINESS
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.sittings.drawing import draw
from exams.sittings.models import Room, Sitting
from exams.ticks import TICKS
from proctoring.cameras.models import Agent, Camera
from proctoring.coverage.models import FaultEvent, Segment
from proctoring.ingest import absence, incidents, storing
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.room import Sender, Watched, ms

pytestmark = pytest.mark.django_db


def objections(watched: Watched, id: str) -> list[str]:
    return [one.id for one in READINESS.get(id)(watched.sitting)]


def alive(watched: Watched, *, files: bool = True) -> Sender:
    """Both cameras healthy until now."""
    sender, now = Sender(watched), ms(clock.now())
    items = [sender.segment(camera, now - 4000, now - 1000) for camera in watched.cameras]
    items += [sender.file(camera, now - 9000, now - 1000, sha=f"{n}b" * 32) for n, camera in enumerate(watched.cameras)] if files else []
    assert sender.store(*items).refused == ()
    return sender


def test_nothing_starts_before_the_cameras_are_heard(watched: Watched):
    assert objections(watched, "proctoring.seats_seen") == ["proctoring.seat_dark"]
    assert objections(watched, "proctoring.recording") == ["proctoring.not_recording"]
    alive(watched)
    assert objections(watched, "proctoring.seats_seen") == []
    assert objections(watched, "proctoring.recording") == []


def test_live_pictures_without_a_recording_do_not_start_an_exam(watched: Watched):
    alive(watched, files=False)
    assert objections(watched, "proctoring.seats_seen") == []
    assert objections(watched, "proctoring.recording") == ["proctoring.not_recording"]


def test_one_covered_lens_leaves_the_seats_to_the_other_two_leave_nobody(watched: Watched):
    sender, now = alive(watched), ms(clock.now())
    first, second = watched.cameras
    sender.store(sender.fault(first, "covered", True, now - 500, now))
    assert objections(watched, "proctoring.seats_seen") == []
    assert objections(watched, "proctoring.recording") == ["proctoring.not_recording"]
    sender.store(sender.fault(second, "frozen", True, now - 500, now))
    assert objections(watched, "proctoring.seats_seen") == ["proctoring.seat_dark"]


def test_a_seat_in_no_view_and_an_aim_nobody_checked_are_told_apart_from_a_dark_one(watched: Watched):
    alive(watched)
    Camera.objects.update(aim_checked_at=None)
    assert objections(watched, "proctoring.seats_seen") == ["proctoring.seat_unplanned"]
    Room.objects.filter(pk=watched.room.pk).update(watch=False)
    watched.sitting.room.refresh_from_db()
    assert objections(watched, "proctoring.seats_seen") == []


def test_a_silent_collector_is_written_down_and_its_own_word_stands_beside_it(watched: Watched):
    sender = alive(watched)
    Agent.objects.filter(pk=watched.agent.pk).update(heard_ms=storing.machine_ms() - 20_000)
    for _ in range(2):
        TICKS.get("proctoring.offline_cameras")()
    assert Segment.objects.filter(epoch="server", states="offline").count() == 2
    assert FaultEvent.objects.filter(state="offline", until_ms=None).count() == 2
    now = ms(clock.now())
    sender.store(sender.segment(watched.cameras[0], now - 900, now))
    absence.note_absences()
    assert FaultEvent.objects.filter(until_ms=None).count() == 0
    assert Segment.objects.filter(camera=watched.cameras[0]).count() == 3


def test_a_fault_stands_once_in_the_room_record_and_the_incident_learns_its_end(watched: Watched):
    sender, now = Sender(watched), ms(clock.now())
    sender.store(sender.fault(watched.cameras[0], "covered", True, now - 9000, now - 8000))
    incidents.report_faults()
    incidents.report_faults()
    incident = Incident.objects.get()
    assert (incident.kind, incident.until, incident.camera_id) == ("camera_fault", None, watched.cameras[0].pk)
    sender.store(sender.fault(watched.cameras[0], "covered", False, now - 9000, now - 2000))
    incidents.report_faults()
    incident.refresh_from_db()
    assert ms(incident.until) == now - 2000


def test_a_fault_outside_any_sitting_is_no_incident(watched: Watched):
    Sitting.objects.update(state="published")
    sender, now = Sender(watched), ms(clock.now())
    sender.store(sender.fault(watched.cameras[0], "covered", True, now - 900, now))
    incidents.report_faults()
    assert Incident.objects.count() == 0


def test_the_plan_shows_who_sees_whom(watched: Watched):
    drawn = draw(watched.room)
    assert drawn.below.count('class="cone"') == 2
    assert {cell.marks for row in drawn.rows for cell in row} == {"C1 C2"}


@pytest.mark.parametrize(("id", "count"), [("proctoring.E001", 1), ("proctoring.E002", 0), ("proctoring.E003", 1), ("proctoring.E004", 0)])
def test_audits_find_what_is_open(watched: Watched, id: str, count: int):
    recorded(watched)
    assert len(list(AUDIT_CHECKS.get(id)(Scope(watched.body, (watched.event,))))) == count
