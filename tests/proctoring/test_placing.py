"""What is lost without any one camera, and where one more would help."""

from __future__ import annotations

import pytest

from proctoring import geometry
from proctoring.geometry import Eye, Pose
from proctoring.placing import candidates, lost_without, suggest

ROOM = {"outline": [[0, 0], [8000, 0], [8000, 6000], [0, 6000]], "ceiling": 3000}
ELL = {"outline": [[0, 0], [8000, 0], [8000, 3000], [4000, 3000], [4000, 7000], [0, 7000]], "ceiling": 3000}
SEATS = {f"{row}{n}": (1500 + n * 1200, 2000 + at * 1400) for at, row in enumerate("ABC") for n in range(4)}


def test_without_a_camera_its_own_seats_are_lost():
    seen = {"A1": frozenset({"C1"}), "A2": frozenset({"C1", "C2"}), "A3": frozenset()}
    assert lost_without(seen, ["C1", "C2"]) == {"C1": ("A1",), "C2": ()}


@pytest.mark.parametrize("outline", [ROOM["outline"], ROOM["outline"][::-1], ELL["outline"]])
def test_candidates_hang_inside_whichever_way_the_outline_runs(outline):
    plan = {"outline": outline, "ceiling": 3000, "pillars": [{"x": 0, "y": 0, "w": 400, "d": 400}]}
    found = list(candidates(plan))
    assert found
    assert all(geometry.inside(outline, pose.x_mm, pose.y_mm) and pose.z_mm == 2800 for pose in found)
    assert not any(pose.x_mm <= 400 and pose.y_mm <= 400 for pose in found)


def test_the_suggestion_is_the_best_of_all_candidates():
    unseen = dict.fromkeys(SEATS, frozenset())
    found = suggest(ELL, SEATS, unseen, 125)
    blocking = geometry.screens(ELL)

    def sees(pose: Pose) -> int:
        return sum(geometry.view(Eye(pose), geometry.seat_points(*place), blocking).enough(125) for place in SEATS.values())

    assert found is not None
    assert len(found.first) == sees(found.pose) == max(sees(pose) for pose in candidates(ELL)) > 0


def test_an_unseen_seat_goes_before_many_that_are_seen_once():
    seen = {label: frozenset({"C1"}) for label in SEATS} | {"A0": frozenset()}
    found = suggest(ROOM, SEATS, seen, 125)
    assert found is not None
    assert found.first == ("A0",)


def test_a_forbidden_place_is_never_suggested():
    unseen = dict.fromkeys(SEATS, frozenset())
    best = suggest(ROOM, SEATS, unseen, 125)
    other = suggest(ROOM, SEATS, unseen, 125, lambda pose: pose == best.pose)
    assert other is not None
    assert other.pose != best.pose
    assert suggest(ROOM, SEATS, unseen, 125, lambda pose: True) is None


def test_nothing_is_suggested_where_all_is_seen_twice_or_nothing_helps():
    assert suggest(ROOM, SEATS, {label: frozenset({"C1", "C2"}) for label in SEATS}, 125) is None
    assert suggest(ROOM, SEATS, {}, 1_000_000) is None
    assert suggest({}, SEATS, {}, 125) is None
