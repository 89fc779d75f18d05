"""Faults from drawn pictures: live and noisy, then harmed; as drawn, and after H.264."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from proctoring.agent.watch import Watch
from proctoring.faults.corrupt import Corrupt
from proctoring.faults.detector import Detector, Heard
from proctoring.faults.discovery import detector_classes
from proctoring.faults.offline import Offline
from proctoring.faults.reference import Learner, Reference, Scene
from proctoring.faults.stalled import Stalled
from proctoring.protocol import STATES
from tests.proctoring.pictures import HARMLESS, HARMS, decoded, encoded, noisy, room, scenes

Pictures = Iterable[tuple[int, np.ndarray]]
SINCE, UNTIL = 12, 24


def seen(pictures: Pictures) -> dict[str, list[tuple[float, float]]]:
    """State -> (first bad second, second of certainty) of every fault that began."""
    watch, found = Watch(), {}
    for at, grey in pictures:
        for change in watch.look(grey, at):
            if change.on:
                found.setdefault(change.fault.state, []).append((change.fault.first_bad / 1000, at / 1000))
    return found


def coded(pictures: Pictures) -> Pictures:
    return decoded(encoded(pictures))


EXPECTED = {
    "covered": "covered", "covered_bright": "covered", "low_light": "low_light", "overexposed": "overexposed", "moved": "moved",
    "turned": "moved", "defocused": "defocused", "partial": "partial",
}  # fmt: skip
DELAY = {
    "covered": 1.0,
    "covered_bright": 1.0,
    "low_light": 1.0,
    "overexposed": 1.0,
    "moved": 2.5,
    "turned": 2.5,
    "defocused": 4.0,
    "partial": 9.0,
}


@pytest.mark.parametrize("through", [list, coded], ids=["drawn", "h264"])
@pytest.mark.parametrize("harm", EXPECTED)
def test_a_harm_is_named_in_time_and_begins_where_it_began(harm: str, through: Callable[[Pictures], Pictures]):
    found = seen(through(scenes(30, harm=HARMS[harm], since=SINCE, until=UNTIL, seed=3)))
    first_bad, certain = found[EXPECTED[harm]][0]
    assert abs(first_bad - SINCE) <= 0.25
    assert certain - SINCE <= DELAY[harm]
    assert len(found[EXPECTED[harm]]) == 1


@pytest.mark.parametrize("crowd", [True, False], ids=["people", "empty"])
@pytest.mark.parametrize("through", [list, coded], ids=["drawn", "h264"])
def test_a_live_picture_is_healthy_and_a_frozen_one_is_not(through: Callable[[Pictures], Pictures], crowd: bool):
    assert seen(through(scenes(30, seed=4, crowd=crowd))) == {}
    found = seen(through(scenes(30, seed=4, crowd=crowd, since=SINCE, until=26, freeze=True)))
    assert list(found) == ["frozen"]
    first_bad, certain = found["frozen"][0]
    # never credited: the doubt reaches back to the last sample that was surely alive, at most three steps
    assert SINCE - 3.5 <= first_bad <= SINCE
    assert certain - SINCE <= 10


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_of_light_is_no_fault(change: str):
    assert seen(coded(scenes(26, harm=HARMLESS[change], since=SINCE, until=20, seed=5))) == {}


def test_a_frozen_picture_is_not_one_of_equal_pixels():
    """The naive test would fail: after H.264 the frozen frames differ from one another."""
    frames = [grey for _at, grey in coded(scenes(20, seed=4, since=8, freeze=True))]
    assert max(np.abs(a.astype(int) - b).max() for a, b in zip(frames[55:60], frames[60:65], strict=True)) > 0


def test_a_covered_picture_is_never_learned_as_the_normal_one():
    rng = np.random.default_rng(1)
    learner = Learner()
    flat = [noisy(np.full((180, 320), 70, np.uint8), rng) for _ in range(20)]
    assert [learner.add(grey, 300 * n) for n, grey in enumerate(flat)] == [None] * 20
    learned = [learner.add(noisy(room(), rng), 6000 + 300 * n) for n in range(12)]
    assert isinstance(learned[-1], Reference) or any(learned)


def test_a_kept_reference_is_the_same_after_a_restart(tmp_path):
    reference = Reference(room(3))
    reference.save(tmp_path / "r.png")
    assert Reference.load(tmp_path / "r.png").sha256 == reference.sha256
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ValueError):
        Reference.load(tmp_path / "bad.png")


def test_silence_is_stalled_after_two_seconds_and_offline_after_ten():
    stalled, offline, grey = Stalled(), Offline(), room()
    times = {}
    for at in [0, 200, 400, *range(650, 15_000, 250)]:
        picture = grey if at <= 400 else None
        for detector in (stalled, offline):
            fault = detector.look(picture, at)
            if fault and detector.state not in times:
                times[detector.state] = (at, fault.first_bad)
    assert times == {"stalled": (2650, 401), "offline": (10650, 401)}
    assert stalled.look(grey, 15_000) is None


def test_damage_is_what_the_decoder_says():
    detector, grey, found = Corrupt(Scene()), room(), []
    for n in range(8):
        if 2 <= n < 6:
            detector.hear(Heard(damaged=1))
        found.append(detector.look(grey, 500 * n))
    assert [bool(one) for one in found] == [False, False, False, False, True, True, True, True]
    assert found[4].first_bad == 1000


class Given(Detector):
    """Suspicious when it is told to be."""

    state = "covered"
    enter_samples, leave_samples = 3, 2

    def suspicious(self, grey, at_ms):
        return grey


def test_hysteresis_delays_the_alarm_and_never_the_beginning():
    detector = Given()
    said = [detector.look(why, n) for n, why in enumerate(["", "x", "x", "", "x", "x", "x", "", "x", "", "", ""])]
    assert [one.first_bad if one else None for one in said] == [None, None, None, None, None, None, 4, 4, 4, 4, None, None]


def test_every_file_is_one_detector_whose_state_is_known():
    found = {one.state for one in detector_classes()}
    assert found <= set(STATES)
    pictures = {"frozen", "low_light", "covered", "moved", "overexposed", "defocused", "partial"}
    assert found == {"offline", "stalled", "corrupt", "clock", "replayed", "beacon", *pictures}
    assert all((one.__doc__ or "").strip() for one in detector_classes())
