"""`--judge`: what it prints, with which reference it compares, and what it says to rubbish."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.agent.__main__ import main
from proctoring.agent.judge import samples
from tests.proctoring.pictures import HARMS, encoded, room, scenes

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that is covered from the tenth to the sixteenth second."""
    target = tmp_path_factory.mktemp("clips") / "clip.mp4"
    encoded(scenes(22, harm=HARMS["covered"], since=10, until=16, width=480, height=270, crowd=False), target=target)
    return target


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict], str]:
    status = main(["--judge", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_one_line_per_change_and_nothing_else(clip: Path, capsys: pytest.CaptureFixture[str]):
    status, lines, err = told(capsys, clip)
    assert (status, err) == (0, "")
    assert [(one["from"], one["to"], one["kind"], one["on"]) for one in lines] == [
        ("unknown", "ok", "unknown", False), ("ok", "covered", "covered", True), ("covered", "ok", "covered", False),
    ]  # fmt: skip
    assert lines[1]["first_bad"] == lines[2]["first_bad"] == 10_000
    assert lines[1]["at"] <= 12_000
    assert set(lines[0]) == {"at", "from", "to", "first_bad", "kind", "on", "detail"}


@pytest.mark.parametrize("size", [(160, 90), (640, 360), (1280, 720)])
@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_reference_of_any_size_is_known_from_the_first_sample(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], size: tuple[int, int], ending: str
):
    reference = tmp_path / f"empty{ending}"
    cv2.imwrite(str(reference), cv2.resize(room(1, 480, 270), size, interpolation=cv2.INTER_AREA))
    status, lines, _ = told(capsys, clip, "--reference", reference)
    assert (status, [(one["kind"], one["on"]) for one in lines]) == (0, [("covered", True), ("covered", False)])


def test_a_video_of_the_empty_room_serves_as_reference(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    empty = encoded(scenes(4, width=320, height=180, crowd=False), target=tmp_path / "empty.mp4")
    status, lines, _ = told(capsys, clip, "--reference", empty)
    assert (status, lines[0]["kind"], lines[0]["from"]) == (0, "covered", "ok")


def test_another_room_is_not_the_one_of_the_reference(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    cv2.imwrite(str(tmp_path / "other.png"), room(9)[:, ::-1])
    _, lines, _ = told(capsys, clip, "--reference", tmp_path / "other.png")
    assert (lines[0]["kind"], lines[0]["first_bad"]) == ("moved", 0)


@pytest.mark.parametrize("rubbish", ["missing", "folder", "empty", "text", "noise", "flat"])
def test_a_reference_that_is_none_is_refused(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rubbish: str):
    status, lines, err = told(capsys, clip, "--reference", _rubbish(tmp_path, rubbish))
    assert (status, lines) == (2, [])
    assert err.startswith("the reference ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("rubbish", ["missing", "folder", "empty", "text", "noise"])
def test_a_source_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], rubbish: str):
    status, lines, err = told(capsys, _rubbish(tmp_path, rubbish))
    assert (status, lines) == (2, [])
    assert "cannot be read" in err


def test_no_traceback_leaves_the_process(tmp_path: Path):
    command = [sys.executable, "-m", "proctoring.agent", "--judge", str(_rubbish(tmp_path, "noise")), "--fps", "0"]
    for arguments in (command, command[:-2]):
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def _rubbish(folder: Path, kind: str) -> Path:
    path = folder / f"rubbish-{kind}.mp4"
    if kind == "folder":
        path.mkdir()
    if kind in ("empty", "text", "noise"):
        noise = np.random.default_rng(1).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
        path.write_bytes({"empty": b"", "text": b"no video\n" * 50, "noise": noise}[kind])
    if kind == "flat":
        path = path.with_suffix(".png")
        cv2.imwrite(str(path), np.full((90, 160), 120, np.uint8))
    return path


def test_silence_in_a_file_is_a_stalled_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pictures = [(at, grey) for at, grey in scenes(16, crowd=False) if not 8_000 <= at < 13_000]
    spaced(pictures, tmp_path / "gap.mp4")
    status, lines, _ = told(capsys, tmp_path / "gap.mp4")
    assert status == 0
    assert [(one["kind"], one["on"]) for one in lines] == [("unknown", False), ("stalled", True), ("stalled", False)]
    assert 7_000 <= lines[1]["first_bad"] <= 7_801


def spaced(pictures: list[tuple[int, np.ndarray]], target: Path) -> None:
    """Encode pictures at the times they have, unlike `encoded`, which counts."""
    import av

    with av.open(str(target), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for at, grey in pictures:
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts = at * 5 // 1000
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize("fps", [0.5, 1, 4])
def test_samples_keep_to_their_grid(clip: Path, fps: float):
    times = [one.at_ms for one in samples(str(clip), fps)]
    assert times[0] == 0
    assert {b - a for a, b in zip(times, times[1:], strict=False)} <= {round(1000 / fps), 200, 400}
    assert abs(len(times) - 22 * fps) <= 1
