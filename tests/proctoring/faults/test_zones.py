"""Seats of a camera's view: which are hidden, since when, and what is charged for it."""

from __future__ import annotations

import numpy as np
import pytest

from proctoring.agent.watch import Piece, Watch
from proctoring.faults.reference import Reference
from proctoring.faults.zones import Zone, ZoneError
from tests.proctoring.pictures import noisy, people, room

SEATS = {
    "left": [(0.03, 0.5), (0.2, 0.5), (0.2, 0.95), (0.03, 0.95)],
    "middle": [(0.4, 0.5), (0.6, 0.5), (0.6, 0.95), (0.4, 0.95)],
    "right": [(0.8, 0.5), (0.97, 0.5), (0.97, 0.95), (0.8, 0.95)],
}


def carded(picture: np.ndarray, left: float, right: float) -> np.ndarray:
    """A dark card hangs before the lower half, from left to right."""
    picture = picture.copy()
    picture[80:, int(left * 320) : int(right * 320)] = 40
    return picture


def pieces(harm, since: int = 10, until: int = 26, seconds: int = 36, zones=None, crowd: bool = False) -> tuple[list[Piece], list]:
    watch, rng = Watch(Reference(room(2)), zones=SEATS if zones is None else zones), np.random.default_rng(2)
    found, changes = [], []
    for second in range(seconds):
        picture = people(room(2), second, 2) if crowd else room(2)
        changes += watch.look(noisy(harm(picture) if since <= second < until else picture, rng), 1000 * second)
        found += watch.settled()
    return found + watch.settled(finish=True), changes


def test_the_hidden_seat_is_named_from_the_first_sample_that_does_not_show_it():
    found, changes = pieces(lambda picture: carded(picture, 0.0, 0.3))
    assert {(one.states, one.hidden) for one in found if one.start_ms < 9_000 or one.end_ms > 27_000} == {(("ok",), ())}
    bad = [one for one in found if one.states != ("ok",)]
    assert {(one.states, one.hidden) for one in bad} == {(("partial",), ("left",))}
    assert (bad[0].start_ms, bad[-1].end_ms) == (9_000, 26_000)
    assert [(one.fault.state, one.on, one.fault.first_bad) for one in changes] == [("partial", True, 10_000), ("partial", False, 10_000)]


def test_a_seat_half_hidden_is_hidden_and_one_touched_is_not():
    found, _ = pieces(lambda picture: carded(picture, 0.0, 0.55))
    assert {one.hidden for one in found} == {(), ("left", "middle")}


def test_each_seat_keeps_its_own_times():
    def harm(picture: np.ndarray) -> np.ndarray:
        harm.calls += 1
        return carded(picture, 0.7 if harm.calls > 12 else 0.0, 1.0 if harm.calls > 12 else 0.3)

    harm.calls = 0
    found, changes = pieces(harm, since=8, until=32, seconds=44)
    times = {name: [one for one in found if name in one.hidden] for name in ("left", "right")}
    assert (times["left"][0].start_ms, times["left"][-1].end_ms) == (7_000, 20_000)
    assert (times["right"][0].start_ms, times["right"][-1].end_ms) == (19_000, 32_000)
    assert [(one.fault.state, one.on) for one in changes][0] == ("partial", True)


def test_what_passes_by_costs_no_seat():
    found, changes = pieces(lambda picture: carded(picture, 0.0, 0.3), since=10, until=14)
    assert changes == []
    assert {(one.states, one.hidden) for one in found} == {(("ok",), ())}


def test_candidates_on_their_seats_hide_none():
    found, changes = pieces(lambda picture: picture, crowd=True)
    assert changes == []
    assert {one.hidden for one in found} == {()}


def test_what_is_in_doubt_at_the_end_is_not_credited():
    found, _ = pieces(lambda picture: carded(picture, 0.0, 0.3), since=30, until=99)
    assert found[-1].hidden == ("left",)


def test_without_zones_the_whole_view_is_in_doubt():
    found, _ = pieces(lambda picture: carded(picture, 0.0, 0.5), zones={})
    assert {(one.states, one.hidden) for one in found} == {(("ok",), ()), (("partial",), ())}


@pytest.mark.parametrize(
    "corners",
    [[], [(0, 0), (1, 1)], [(0, 0), (1, 0), (2, 1)], "text", [[0, 0], [1], [1, 1]], [(0.5, 0.5)] * 3, [(float("nan"), 0)] * 3, None],
)
def test_a_zone_that_is_none_is_refused(corners):
    with pytest.raises(ZoneError, match="A1"):
        Zone("A1", corners)
