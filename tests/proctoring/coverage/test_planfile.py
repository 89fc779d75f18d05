"""Coverage from files: what is printed, the status it ends with, and that rubbish is named by file and place."""

from __future__ import annotations

import copy
import json

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from proctoring.coverage import planfile
from proctoring.coverage.planfile import Faulty

POSE = {"x_mm": 200, "y_mm": 200, "z_mm": 2800, "pan_urad": 785398, "tilt_urad": 350000, "hfov_urad": 1570796}
PLAN = {
    "plan": {
        "outline": [[0, 0], [9000, 0], [9000, 8000], [0, 8000]],
        "walls": [{"from": [4000, 2000], "to": [4000, 4000], "height": 1600}],
        "pillars": [{"x": 6000, "y": 3000, "w": 400, "d": 400}],
        "door": [[8000, 0], [8900, 0]],
        "desk": {"x": 4000, "y": 300, "w": 1400, "d": 700},
    },
    "seats": {"A1": [1500, 2000], "A2": [3000, 2000], "A3": [7800, 7000]},
    "standard": {"name": "EN 62676-4:2015, recognise", "px_per_m": 125},
    "cameras": {"C1": {"pose": {**POSE, "width_px": 1920, "height_px": 1080}}},
}
SEGMENTS = {
    "segments": [
        {"camera": "C1", "start_ms": 1000, "end_ms": 9000, "states": ["ok"]},
        {"camera": "C1", "start_ms": 9000, "end_ms": 9500, "states": ["covered"]},
    ]
}
NEAR = {**PLAN, "seats": {"A1": [1500, 2000]}}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    def ask(*given, options=(), lang="en_GB.UTF-8"):
        monkeypatch.setenv("LANG", lang)
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        files = []
        for name, content in zip(("plan.json", "segments.json"), given, strict=False):
            files.append(tmp_path / name)
            files[-1].write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        with pytest.raises(SystemExit) as end:
            call_command("coverage", *map(str, files), *options)
        told = capsys.readouterr()
        return end.value.code, told.out, told.err

    return ask


def test_a_seat_too_far_away_is_named_and_what_one_camera_carries_alone(run):
    status, out, err = run(PLAN)
    assert (status, err) == (1, "")
    assert "A3  seen by no camera  (C1 18/18 94 px/m)" in out and "Without C1 unseen: A1, A2" in out and "Floor  253/287" in out


def test_a_room_that_is_seen_whole_ends_with_nought(run):
    assert run(NEAR)[0] == 0
    assert run(NEAR, {"segments": SEGMENTS["segments"][:1]})[0] == 0
    assert run(NEAR, SEGMENTS)[0] == 1


def test_time_is_counted_to_the_millisecond(run):
    status, out, _err = run(PLAN, SEGMENTS, options=["--json"])
    time = json.loads(out)["time"]
    assert (status, time["window_ms"]) == (1, [1000, 9500])
    assert time["seat_ms"] == {"all": 25_500, "ok": 16_000, "gap": 9_500, "doubt": 0}
    assert time["seats"]["A1"] == [[1000, 9000, "ok", []], [9000, 9500, "gap", ["C1:covered"]]]
    assert time["longest_gap"] == {"ms": 8500, "seats": ["A3"]}


def test_a_list_of_segments_and_a_window_of_the_plan_will_do(run):
    _status, out, _err = run({**PLAN, "window_ms": [0, 10_000]}, SEGMENTS["segments"], options=["--json"])
    assert json.loads(out)["time"]["seat_ms"]["all"] == 30_000


def test_what_is_not_recorded_does_not_count(run):
    recording = copy.deepcopy(NEAR)
    recording["cameras"]["C1"]["records"] = True
    told = {**SEGMENTS, "recordings": [{"camera": "C1", "start_ms": 2000, "end_ms": 9500}]}
    _status, out, _err = run(recording, told, options=["--json"])
    assert json.loads(out)["time"]["seat_ms"] == {"all": 8_500, "ok": 7_000, "gap": 1_500, "doubt": 0}


def test_a_partly_hidden_view_voids_the_hidden_seats_alone(run):
    part = {"camera": "C1", "start_ms": 1000, "end_ms": 3000, "states": ["partial"]}
    both = {**PLAN, "seats": {"A1": [1500, 2000], "A2": [3000, 2000]}}
    for hidden, lost in ((["A1"], 2000), (["A1", "A2"], 4000), ([], 4000)):
        out = run(both, [{**part, "hidden": hidden}], options=["--json"])[1]
        assert json.loads(out)["time"]["seat_ms"]["gap"] == lost
    assert "The plan has no seat Z9." in run(both, [{**part, "hidden": ["Z9"]}])[2]


def test_what_the_server_supposed_gives_way_to_what_the_collector_says(run):
    supposed = {"camera": "C1", "start_ms": 2000, "end_ms": 4000, "states": ["offline"], "source": "server"}
    _status, out, _err = run(NEAR, {"segments": [supposed, *SEGMENTS["segments"][:1]]}, options=["--json"])
    assert json.loads(out)["time"]["seat_ms"]["gap"] == 0


@pytest.mark.parametrize(
    ("plan", "segments", "said"),
    [
        (b"{", None, "plan.json: $: This is not JSON (line 1, column 2)."),
        (b"\xff\xfe", None, "plan.json: $: This is not JSON (line 1, column 1)."),
        (b"[1]", None, "plan.json: $: An object is needed here."),
        (b'{"plan": {"ceiling": NaN}}', None, "plan.json: $: This is not JSON (line 1, column 1)."),
        ({**PLAN, "seats": {}}, None, "plan.json: $.seats: The plan has no seats"),
        ({**PLAN, "seats": {"A1": [1, 2.5]}}, None, "plan.json: $.seats.A1[1]: A whole number from"),
        ({**PLAN, "seats": {"A1": [1, True]}}, None, "plan.json: $.seats.A1[1]: A whole number from"),
        ({**PLAN, "cameras": {"C1": {"pose": {**POSE, "width_px": 0, "height_px": 1}}}}, None, "$.cameras.C1.pose.width_px"),
        ({**PLAN, "cameras": {"C1": {"pose": POSE}}}, None, "plan.json: $.cameras.C1.pose.height_px: A whole number from"),
        ({**PLAN, "plan": {"pillars": [{"x": 1}]}}, None, "plan.json: $.plan.pillars[0].w: A whole number from"),
        ({**PLAN, "plan": {"door": [[0, 0]]}}, None, "plan.json: $.plan.door: A door is given by its two ends."),
        (PLAN, {"segments": [{"camera": "C9", "start_ms": 1, "end_ms": 2, "states": ["ok"]}]}, "The plan has no camera C9."),
        (PLAN, [{"camera": "C1", "start_ms": 2, "end_ms": 2, "states": ["ok"]}], "$.segments[0]: It ends before it begins."),
        (PLAN, [{"camera": "C1", "start_ms": 1, "end_ms": 2, "states": ["fine"]}], "$.segments[0].states[0]: The states are"),
        (PLAN, [{"camera": "C1", "start_ms": 1, "end_ms": 2, "states": []}], "$.segments[0].states: A segment has at least one state."),
        (PLAN, [], "segments.json: $: There is neither a window_ms nor a segment"),
    ],
)
def test_rubbish_is_named_by_file_and_place(run, plan, segments, said):
    given_files = (plan,) if segments is None else (plan, segments)
    status, out, err = run(*given_files)
    assert (status, out) == (2, "") and said in err
    assert json.loads(run(*given_files, options=["--json"])[1])["faults"]


def test_every_fault_of_both_files_comes_at_once(run):
    err = run({**PLAN, "seats": {"A1": 1, "A2": "x"}}, [{"camera": "C9"}])[2]
    assert err.count("\n") == 5 and "$.seats.A2: " in err and "$.segments[0].end_ms: " in err and "no camera C9" in err, err


def test_a_missing_file_and_chinese(run, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as end:
        call_command("coverage", "/nowhere/plan.json")
    assert end.value.code == 2 and "无法读取文件" in capsys.readouterr().err
    assert "无摄像机覆盖" in run(PLAN, lang="zh_CN.UTF-8")[1]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["plan", "seats", "cameras", "x"]), inner, max_size=3),
    max_leaves=12,
)


@given(ANYTHING, ANYTHING)
def test_whatever_is_in_the_files_is_answered_or_refused(plan, segments):
    try:
        planfile.answer(planfile.read(json.dumps(plan).encode(), json.dumps(segments).encode()))
    except Faulty as faulty:
        assert faulty.faults
