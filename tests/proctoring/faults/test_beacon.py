"""The rotating beacon: its schedule, reading it from a picture, and what a loop gives away."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from proctoring.agent.watch import Watch
from proctoring.faults.detector import Heard
from proctoring.faults.liveness import CODES, Beacon, BeaconError, brightness, drawn, read
from proctoring.faults.reference import Reference
from tests.proctoring.pictures import noisy, room

BEACON = Beacon((0.6, 0.1, 0.8, 0.4), b"sixteen bytes or more")
START = 1_790_000_000_000


def shown(code: int | None, seed: int = 1) -> np.ndarray:
    """A picture of 640 by 360 with the code on a screen, a little blurred and noisy."""
    picture = cv2.resize(room(1), (640, 360))
    if code is not None:
        marker = cv2.resize(drawn(code, 80), (60, 60), interpolation=cv2.INTER_AREA)
        picture[60:120, 410:470] = marker
    return noisy(cv2.GaussianBlur(picture, (0, 0), 0.7), np.random.default_rng(seed))


def faults(codes: list[int | None], step_ms: int = 1_000) -> list[tuple[str, bool, int, int]]:
    """What a watch says of pictures that show these codes, one after the other."""
    watch, rng, said = Watch(Reference(room(1)), beacon=BEACON), np.random.default_rng(1), []
    for number, code in enumerate(codes):
        at = START + number * step_ms
        heard = Heard(codes=read(BEACON.cut(shown(code, number))))
        said += [
            (one.fault.state, one.on, one.fault.first_bad - START, at - START) for one in watch.look(noisy(room(1), rng), at, heard=heard)
        ]
    return said


def test_the_schedule_is_the_same_on_both_sides_and_another_for_each_seed():
    other = Beacon(BEACON.roi, b"another seed of enough bytes")
    times = range(START, START + 500_000, 5_000)
    codes = [BEACON.code(at) for at in times]
    assert codes == [Beacon(BEACON.roi, BEACON.seed).code(at) for at in times]
    assert sum(a == b for a, b in zip(codes, map(other.code, times), strict=True)) <= 5
    assert all(0 <= code < CODES for code in codes)
    assert all(a != b for a, b in zip(codes, codes[1:], strict=False))


def test_a_code_is_read_at_its_place():
    assert [read(BEACON.cut(shown(code))) for code in (0, 17, 249)] == [{0}, {17}, {249}]
    assert read(BEACON.cut(shown(None))) == set()
    assert read(np.zeros((4, 4), np.uint8)) == set()


def test_the_place_is_cut_from_a_decoded_frame_without_converting_it():
    av = pytest.importorskip("av")
    frame = av.VideoFrame.from_ndarray(shown(17), format="gray").reformat(format="yuv420p")
    assert brightness(frame).shape == (360, 640)
    assert read(BEACON.cut(brightness(frame))) == {17}


def test_codes_of_this_time_are_healthy():
    assert faults([BEACON.code(START + 1_000 * n) for n in range(40)]) == []


def test_a_loop_shows_old_codes():
    live = [BEACON.code(START + 1_000 * n) for n in range(20)]
    said = faults(live + live[10:20] + live[10:20])
    assert said[0] == ("replayed", True, 20_000, 22_000)


def test_the_screen_s_clock_may_be_a_little_off():
    assert faults([BEACON.code(START + 1_000 * n + 1_900) for n in range(40)]) == []
    assert faults([BEACON.code(START + 1_000 * n - 12_000) for n in range(10)])[0][0] == "replayed"


def test_a_beacon_that_cannot_be_read_is_missing_and_no_replay():
    codes = [BEACON.code(START + 1_000 * n) for n in range(60)]
    said = faults(codes[:10] + [None] * 20 + codes[30:])
    assert said == [("beacon", True, 10_000, 25_000), ("beacon", False, 10_000, 30_000)]
    assert faults(codes[:10] + [None] * 8 + codes[18:]) == []


def test_where_no_beacon_is_expected_none_is_missed():
    watch, rng = Watch(Reference(room(1))), np.random.default_rng(1)
    assert [watch.look(noisy(room(1), rng), 1_000 * n) for n in range(40)] == [[]] * 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"roi": (0.5, 0, 0.5, 1)}, {"roi": (0, 0, 1.2, 1)}, {"roi": (0, 0, 1)},
        {"seed": b"short"}, {"period_ms": 10}, {"tolerance_ms": 9_000},
    ],
)  # fmt: skip
def test_a_beacon_that_is_none_is_refused(wrong: dict):
    with pytest.raises(BeaconError):
        Beacon(**{"roi": BEACON.roi, "seed": BEACON.seed, **wrong})
