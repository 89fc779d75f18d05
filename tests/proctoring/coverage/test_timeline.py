"""Time by space in whole milliseconds, against a twin that paints every millisecond."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.coverage.timeline import CameraLine, Segment, Stretch, camera_line, coverage, spare, subtract, union

OK = frozenset({"ok"})
SPAN = st.tuples(st.integers(-5, 60), st.integers(1, 25)).map(lambda pair: (pair[0], pair[0] + pair[1]))
PARTIAL = frozenset({"partial"})
HIDDEN = st.sampled_from([frozenset(), frozenset(), frozenset({"01"}), frozenset({"01", "03"})])
FAULTY = [frozenset({"covered"}), frozenset({"clock"}), frozenset({"moved", "clock"}), frozenset({"offline"})]
STATES = st.sampled_from([OK, OK, OK, PARTIAL, PARTIAL | {"clock"}, *FAULTY])
SOURCE = st.sampled_from(["", "", "server"])
SEGMENT = st.builds(lambda span, states, source, hidden: Segment(*span, states, source, hidden), SPAN, STATES, SOURCE, HIDDEN)
CAMERA = st.builds(CameraLine, st.lists(SEGMENT, max_size=7), st.none() | st.lists(SPAN, max_size=4))


def moment_of_camera(line: CameraLine, at: int, seat: str = "") -> tuple[str, tuple[str, ...]]:
    """The twin: what holds at one millisecond, straight from the rule."""
    now = [one for one in line.segments if one.start <= at < one.end]
    said = [one for one in now if one.source != "server"]
    if not said:
        return "gap", tuple(sorted({state for one in now for state in one.states})) or ("not_arrived",)
    bad = {state for one in said for state in one.states if state != "partial" or not (seat and one.hidden) or seat in one.hidden} - {"ok"}
    if bad - {"clock"}:
        return "gap", tuple(sorted(bad))
    if line.recordings is not None and not any(start <= at < end for start, end in line.recordings):
        return "gap", ("not_recorded",)
    return ("doubt", ("clock",)) if bad else ("ok", ())


def at(line: tuple[Stretch, ...], moment: int) -> tuple[str, tuple[str, ...]]:
    found = [one for one in line if one.start <= moment < one.end]
    assert len(found) == 1
    return found[0].verdict, found[0].reasons


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(["C1", "C2", "C3"]), CAMERA, max_size=3), st.data(), st.integers(0, 20), st.integers(0, 50))
def test_every_millisecond_agrees_with_the_twin(cameras, data, start, length):
    names = st.frozensets(st.sampled_from(sorted(cameras) or ["none"]))
    seats = data.draw(st.dictionaries(st.sampled_from(["01", "02", "03"]), names if cameras else st.just(frozenset()), max_size=3))
    window = (start, start + length)
    found = coverage(window, cameras, seats)
    sums = {"ok": 0, "gap": 0, "doubt": 0}
    for moment in range(*window):
        truth = {name: moment_of_camera(line, moment) for name, line in cameras.items()}
        for name in cameras:
            assert at(found.cameras[name], moment) == truth[name]
        for seat, seen_by in seats.items():
            seen = (moment_of_camera(cameras[name], moment, seat)[0] for name in seen_by)
            verdict = min(seen, key=["ok", "doubt", "gap"].index, default="gap")
            sums[verdict] += 1
            assert at(found.seats[seat], moment)[0] == verdict
            if not seen_by:
                assert at(found.seats[seat], moment)[1] == ("not_planned",)
    assert {verdict: found.total(verdict) for verdict in sums} == sums
    assert sum(sums.values()) == found.all_ms


@settings(max_examples=300, deadline=None)
@given(st.lists(SPAN, max_size=8), st.lists(SPAN, max_size=8))
def test_union_and_subtraction_agree_with_sets(spans, holes):
    paint = lambda found: {moment for start, end in found for moment in range(start, end)}  # noqa: E731
    assert paint(union(spans)) == paint(spans)
    assert paint(subtract(spans, holes)) == paint(spans) - paint(holes)
    assert all(a[1] < b[0] for a, b in zip(union(spans), union(spans)[1:], strict=False))


def test_stretches_fill_the_window_without_a_seam():
    line = camera_line(CameraLine([Segment(10, 20, OK), Segment(20, 30, OK), Segment(30, 31, frozenset({"frozen"}))]), (0, 40))
    assert line == (
        Stretch(0, 10, "gap", ("not_arrived",)), Stretch(10, 30, "ok"), Stretch(30, 31, "gap", ("frozen",)),
        Stretch(31, 40, "gap", ("not_arrived",)),
    )  # fmt: skip


def test_what_the_collector_says_later_supersedes_what_the_server_feared():
    feared = Segment(0, 10, frozenset({"offline"}), "server")
    assert camera_line(CameraLine([feared]), (0, 10)) == (Stretch(0, 10, "gap", ("offline",)),)
    assert camera_line(CameraLine([feared, Segment(0, 10, OK)]), (0, 10)) == (Stretch(0, 10, "ok"),)


def test_a_second_camera_covers_what_the_first_lost_and_the_gap_names_both():
    first = CameraLine([Segment(0, 5, OK), Segment(5, 10, frozenset({"covered"}))])
    second = CameraLine([Segment(0, 7, OK), Segment(7, 10, frozenset({"offline"}))])
    found = coverage((0, 10), {"C1": first, "C2": second}, {"01": frozenset({"C1", "C2"}), "02": frozenset({"C1"})})
    assert found.seats["01"] == (Stretch(0, 7, "ok"), Stretch(7, 10, "gap", ("C1:covered", "C2:offline")))
    assert found.seats["02"] == (Stretch(0, 5, "ok"), Stretch(5, 10, "gap", ("C1:covered",)))
    assert found.total("gap") == 8
    assert found.longest_gap() == (5, ("02",))
    assert spare({"01": frozenset({"C1", "C2"}), "02": frozenset({"C1"})}) == 1


def test_one_missing_millisecond_of_recording_is_a_gap():
    line = CameraLine([Segment(0, 100, OK)], [(0, 50), (51, 100)])
    assert camera_line(line, (0, 100))[1] == Stretch(50, 51, "gap", ("not_recorded",))


def test_a_hidden_seat_costs_that_seat_alone():
    line = CameraLine([Segment(0, 10, OK), Segment(10, 20, PARTIAL, hidden=frozenset({"01"})), Segment(20, 30, PARTIAL)])
    found = coverage((0, 30), {"C1": line}, {"01": frozenset({"C1"}), "02": frozenset({"C1"})})
    assert found.seats["01"] == (Stretch(0, 10, "ok"), Stretch(10, 30, "gap", ("C1:partial",)))
    assert found.seats["02"] == (Stretch(0, 20, "ok"), Stretch(20, 30, "gap", ("C1:partial",)))
    assert found.cameras["C1"] == (Stretch(0, 10, "ok"), Stretch(10, 30, "gap", ("partial",)))
