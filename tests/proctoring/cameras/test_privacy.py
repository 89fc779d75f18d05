"""No camera in a private place or looking into one; a wall between them makes it right."""

from __future__ import annotations

import pytest

from exams.conduct.readiness import READINESS
from exams.errors import Refused
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.sittings.models import Room
from proctoring.cameras import actions, privacy
from tests.proctoring.room import CORNERS, PLAN, Watched

TOILET = {"x": 5500, "y": 4500, "w": 1200, "d": 1200, "use": "toilet"}
WALLS = [{"from": [5500, 4500], "to": [5500, 6000]}, {"from": [5500, 4500], "to": [7000, 4500]}]


def found(plan: dict, pose=CORNERS["C1"], use: str = "exam") -> list[str]:
    return [one.id for one in privacy.objections(use, plan, pose)]


def test_looking_into_a_toilet_is_refused_unless_walls_hide_it():
    assert found(PLAN) == []
    assert found({**PLAN, "private": [TOILET]}) == ["camera.sees_private"]
    assert found({**PLAN, "private": [TOILET], "walls": WALLS}) == []
    low = [{**wall, "height": 1200} for wall in WALLS]
    assert found({**PLAN, "private": [TOILET], "walls": low}) == ["camera.sees_private"]


def test_hanging_in_a_private_place_and_watching_a_room_of_rest_are_refused():
    here = {**TOILET, "x": 0, "y": 0, "use": "changing"}
    assert found({**PLAN, "private": [here]}) == ["camera.in_private"]
    assert found(PLAN, use="waiting") == ["camera.privacy"]


@pytest.mark.django_db
def test_placing_turning_opening_and_auditing_all_ask(watched: Watched):
    audited = AUDIT_CHECKS.get("proctoring.E010")
    assert list(READINESS.get("proctoring.privacy")(watched.sitting)) == []
    assert list(audited(Scope(watched.body, (watched.event,)))) == []
    Room.objects.update(plan={**PLAN, "private": [TOILET]})
    room, camera = Room.objects.get(pk=watched.room.pk), watched.cameras[0]
    watched.sitting.room.refresh_from_db()
    camera.refresh_from_db()
    with pytest.raises(Refused) as caught:
        actions.place_camera(by=watched.technician, room=room, name="C3", agent=watched.agent, source="file", pose=CORNERS["C1"])
    assert [(one.id, one.basis) for one in caught.value.objections] == [("camera.sees_private", privacy.BASIS)]
    camera.room = room
    with pytest.raises(Refused):
        actions.move_camera(by=watched.technician, camera=camera, pose=CORNERS["C1"])
    assert "camera.sees_private" in [one.id for one in READINESS.get("proctoring.privacy")(watched.sitting)]
    assert list(audited(Scope(watched.body, (watched.event,))))
