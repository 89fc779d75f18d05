"""How many cameras one core carries: the whole collector against the naive loop, in CPU time, on real RTSP over loopback.

nice -n 5 .venv/bin/python tests/bench/bench_cameras.py [cameras] [seconds] [samples a second]

Every camera has a main stream (1080p25, H.264, 4 Mb/s, a key frame every two seconds), which is recorded, and a sub-stream
(640x360, 15 pictures a second), which is judged. The collector is the real one: two RTSP connections for each camera, recording
with digests, all detectors, spool, signed upload over a WebSocket to a process that acknowledges. The baseline is what one writes
first: a thread for each camera with `cv2.VideoCapture(main).read()` in a loop, and nothing else. Both run against the same server,
which is a process of its own; counted is the CPU time of the collector's and of the loop's process alone, all threads, user and system.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))
ROOT = Path(__file__).parents[2]
PHASES = 8
FILMS = {"main": (1920, 1080, 25, 4_000_000), "sub": (640, 360, 15, 400_000)}

NAIVE = """
import sys, threading, time
import cv2
cv2.setNumThreads(1)
counts = [0] * len(sys.argv[1:])
def loop(number, url):
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    while capture.read()[0]:
        counts[number] += 1
for number, url in enumerate(sys.argv[1:]):
    threading.Thread(target=loop, args=(number, url), daemon=True).start()
while True:
    time.sleep(1)
    print(sum(counts), flush=True)
"""


def film(path: Path, width: int, height: int, fps: int, rate: int, seconds: int = 8) -> None:
    """A room with people and sensor noise, as a camera encodes it: constant rate, no B-frames, a key frame every two seconds."""
    import av
    import cv2
    import numpy as np

    from tests.proctoring.pictures import people, room

    rng = np.random.default_rng(1)
    noise = [rng.normal(0, 2.2, (height, width)).astype(np.float32) for _ in range(6)]
    empty = room(1, width, height)
    with av.open(str(path), "w", format="mp4") as container:
        options = {"preset": "veryfast", "tune": "zerolatency", "profile": "main", "bf": "0", "g": str(2 * fps), "sc_threshold": "0"}
        stream = container.add_stream("libx264", rate=fps, options={**options, "maxrate": str(rate), "bufsize": str(rate)})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", rate
        for number in range(seconds * fps):
            picture = people(empty, number / fps) + np.roll(noise[number % 6], int(rng.integers(0, 64)), 1)
            grey = cv2.merge([np.clip(picture, 0, 255).astype(np.uint8)] * 3)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="bgr24")))
        container.mux(stream.encode())


async def serve(folder: Path, rtsp_port: int, socket_port: int) -> None:
    """The cameras, and a server that takes what the collector sends and acknowledges it at once."""
    from websockets.asyncio.server import serve as listen

    from proctoring.protocol import Ack, Batch, Hello, Resume, decode, encode
    from tests.bench.rtsp_replay import Film, Server

    async def taker(socket):
        async for frame in socket:
            message = decode(frame)
            now = time.time_ns() // 1_000_000
            if isinstance(message, Hello):
                await socket.send(encode(Resume(message.first - 1, 400, now)))
            elif isinstance(message, Batch):
                await socket.send(encode(Ack(message.items[-1].seq, 400, now)))

    await Server({name: Film(folder / f"{name}.mp4", PHASES) for name in FILMS}).start(rtsp_port)
    async with listen(taker, "127.0.0.1", socket_port):
        print("serving", flush=True)
        await asyncio.Event().wait()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(process: subprocess.Popen, seconds: float) -> float:
    """CPU seconds per second of a running process."""
    before, begun = cpu_seconds(process.pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(process.pid) - before) / (time.monotonic() - begun)


def configuration(folder: Path, cameras: int, fps: float, rtsp_port: int, socket_port: int) -> Path:
    from proctoring.agent import key

    key.new().save(folder / "key.pem")
    (folder / "token").write_text("token")
    url = f"rtsp://127.0.0.1:{rtsp_port}"
    watched = [
        {"id": str(UUID(int=n + 1)), "name": f"C{n + 1}", "source": f"{url}/main/{n}", "sub": f"{url}/sub/{n}"} for n in range(cameras)
    ]
    config = {
        "server": f"ws://127.0.0.1:{socket_port}/", "token_file": "token", "key_file": "key.pem", "state_dir": "state",
        "record_dir": "recordings", "keep_free_mb": 100, "fps": fps, "report_ms": 10_000, "cameras": watched,
    }  # fmt: skip
    path = folder / "agent.json"
    path.write_text(json.dumps(config))
    return path


def collector(folder: Path, cameras: int, seconds: float, fps: float, ports: tuple[int, int]) -> tuple[float, dict]:
    config = configuration(folder, cameras, fps, *ports)
    with (folder / "agent.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "proctoring.agent", "--config", str(config)], cwd=ROOT, stderr=log)
    try:
        status, deadline = {}, time.monotonic() + 90
        while status.get("healthy") != cameras:
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit((folder / "agent.log").read_text()[-3000:])
            time.sleep(1)
            path = folder / "state" / "status.json"
            status = json.loads(path.read_text()) if path.exists() else {}
        spent = measured(process, seconds)
        time.sleep(6)
        return spent, json.loads(path.read_text())
    finally:
        process.terminate()
        process.wait(30)


def naive(cameras: int, seconds: float, rtsp_port: int) -> tuple[float, float]:
    urls = [f"rtsp://127.0.0.1:{rtsp_port}/main/{n}" for n in range(cameras)]
    process = subprocess.Popen([sys.executable, "-c", NAIVE, *urls], stdout=subprocess.PIPE, text=True)
    try:
        lines: list[int] = []
        threading.Thread(target=lambda: lines.extend(map(int, iter(process.stdout.readline, ""))), daemon=True).start()
        time.sleep(8)
        first, begun = len(lines), time.monotonic()
        spent = measured(process, seconds)
        return spent, (lines[-1] - lines[first - 1]) / (time.monotonic() - begun) / cameras
    finally:
        process.kill()
        process.wait()


def main(cameras: int, seconds: float, fps: float) -> None:
    from tests.proctoring.serving import free_port

    few = max(2, cameras // 5)
    with tempfile.TemporaryDirectory() as name:
        folder, ports = Path(name), (free_port(), free_port())
        for film_name, shape in FILMS.items():
            film(folder / f"{film_name}.mp4", *shape)
            print(f"{film_name}: {(folder / f'{film_name}.mp4').stat().st_size / 8 * 8 / 1e6:.1f} Mb/s", flush=True)
        server = subprocess.Popen(
            [sys.executable, __file__, "--serve", name, *map(str, ports)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            server.stdout.readline()
            spent_naive, read = naive(few, seconds, ports[0])
            spent, status = collector(folder, cameras, seconds, fps, ports)
        finally:
            server.kill()
            server.wait()
        files = list((folder / "recordings").glob("*.mp4"))
        size = sum(path.stat().st_size for path in files)
    each, each_naive = 1000 * spent / cameras, 1000 * spent_naive / few
    lag = max(one["lag_ms"] for one in status["cameras"])
    print(
        f"naive loop: {few} cameras, {read:.0f} pictures/s, {each_naive:.1f} ms CPU per camera-second, {1000 / each_naive:.1f} per core"
    )
    print(f"collector:  {cameras} cameras at {fps:g} samples/s, {each:.1f} ms CPU per camera-second, {1000 / each:.1f} per core")
    print(f"            {status['healthy']} healthy, {len(files)} recordings of {size / 1e6:.0f} MB in all, at most {lag} ms behind")
    print(f"ratio: {each_naive / each:.1f} x the naive loop")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
    else:
        given = [*sys.argv[1:], *("20", "30", "1")[len(sys.argv) - 1 :]]
        main(int(given[0]), float(given[1]), float(given[2]))
