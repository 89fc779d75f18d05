"""A camera that does not exist: serves a drawn room as H.264 over real RTSP on loopback, and obeys words on its standard input."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from tests.proctoring.pictures import HARMS, noisy, people, room
from tests.proctoring.serving import ROOT

WIDTH, HEIGHT, FPS = 640, 360, 10
ELEMENTS = ("appsrc", "videoconvert", "x264enc", "h264parse", "rtph264pay")
LAUNCH = (
    "( appsrc name=lens is-live=true do-timestamp=true format=time max-bytes=0 max-buffers=4 leaky-type=downstream "
    f"caps=video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT},framerate={FPS}/1 ! videoconvert ! video/x-raw,format=I420 "
    "! x264enc {tune} speed-preset=superfast bitrate=500 key-int-max={every} threads=1 "
    "! h264parse ! rtph264pay name=pay0 pt=96 config-interval={sets} )"
)


def lacking() -> str:
    """Why this machine cannot serve RTSP; empty if it can. Asked in a process of its own, which a broken GStreamer may take down."""
    asked = subprocess.run([sys.executable, "-m", __name__, "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return "" if asked.returncode == 0 else (asked.stderr.strip().splitlines() or ["no answer"])[-1]


def gstreamer() -> tuple:
    """Debian's bindings, also from within a virtual environment of the same Python."""
    sys.path.append("/usr/lib/python3/dist-packages")
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    Gst.init(None)
    if absent := [one for one in ELEMENTS if Gst.ElementFactory.find(one) is None]:
        raise ImportError(f"GStreamer has no {', '.join(absent)}")
    return GLib, Gst, GstRtsp, GstRtspServer


class Lens:
    """Draws the room ten times a second for whoever watches; harmed, frozen or silent as told."""

    def __init__(self, gst: object) -> None:
        self.gst, self.told, self.source = gst, "clear", None
        self._rng, self._empty = np.random.default_rng(1), room(1, WIDTH, HEIGHT)
        self._held: np.ndarray | None = None

    def watched(self, _factory: object, media: object) -> None:
        self.source = media.get_element().get_by_name_recurse_up("lens")

    def picture(self, second: float) -> np.ndarray:
        if self.told == "freeze" and self._held is not None:
            return self._held
        harm = HARMS.get(self.told, lambda one: one)
        self._held = noisy(harm(people(self._empty, second)), self._rng)
        return self._held

    def run(self) -> None:
        begun = due = time.monotonic()
        while True:
            due = max(due + 1 / FPS, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
            if self.source is not None and self.told != "hush":
                picture = self.picture(due - begun)
                self.source.emit("push-buffer", self.gst.Buffer.new_wrapped(picture.tobytes()))

    def obey(self) -> None:
        for line in sys.stdin:
            self.told = line.strip()
        os._exit(0)  # whoever started the camera is gone


def serve(port: int, launch: str) -> None:
    """Serve rtsp://127.0.0.1:port/room until killed; each SETUP is told on standard output with the transport that was asked for."""
    glib, gst, rtsp, rtsp_server = gstreamer()
    lens = Lens(gst)
    server = rtsp_server.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(port))
    factory = rtsp_server.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(True)
    factory.connect("media-configure", lens.watched)
    server.get_mount_points().add_factory("/room", factory)

    def setup(_client: object, context: object) -> None:
        print("SETUP", context.request.get_header(rtsp.RTSPHeaderField.TRANSPORT, 0)[1], flush=True)

    server.connect("client-connected", lambda _server, client: client.connect("setup-request", setup))
    if server.attach(None) == 0:
        raise SystemExit(f"port {port} cannot be had")
    for work in (lens.run, lens.obey):
        threading.Thread(target=work, daemon=True).start()
    print("serving", flush=True)
    glib.MainLoop().run()


class Camera:
    """The camera in a process of its own: can be told words, stopped, killed and started again on the same port."""

    def __init__(self, port: int, folder: Path, *more: str) -> None:
        self.port, self.log, self._more = port, folder / "camera.log", more
        self.url = f"rtsp://127.0.0.1:{port}/room"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", __name__, "--port", str(self.port), *self._more]
        with self.log.open("a") as log:
            before = self.log.stat().st_size
            self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)
        deadline = time.monotonic() + 30
        while "serving" not in self.log.read_text()[before:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text()[-2000:])
            time.sleep(0.05)

    def tell(self, word: str) -> None:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--port", type=int)
    parser.add_argument("--every", type=int, default=2 * FPS, help="frames from key frame to key frame")
    parser.add_argument("--bframes", type=int, default=0)
    parser.add_argument("--sets", type=int, default=-1, help="seconds between parameter sets; -1 with each key frame, 0 never")
    given = parser.parse_args()
    if given.check:
        gstreamer()
        return
    tune = f"bframes={given.bframes} b-adapt=false rc-lookahead=4" if given.bframes else "tune=zerolatency"
    serve(given.port, LAUNCH.format(tune=tune, every=given.every, sets=given.sets))


if __name__ == "__main__":
    main()
