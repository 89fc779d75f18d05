"""The day of the sittings, in real time: cameras watch, two custodians open, candidates come, the room is recorded and closed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from config.demo.paint import COVERED
from config.demo.papers import opened
from config.demo.processes import Processes, free_port, wait_for
from config.demo.world import World, acting
from exams import clock
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.conduct import actions as conduct
from exams.errors import Refused
from exams.sittings.models import Duty, Place, Sitting
from proctoring.cameras import actions as cameras
from proctoring.coverage import queries as coverage
from proctoring.coverage.actions import explain_gap
from proctoring.coverage.queries import LIVE_LAG_MS

VIDEO_SECONDS = 160  # longer than admission and sitting; played again from the start if the machine is slow
ABSENT = 9  # every so many candidates one does not come


def video_folder() -> Path:
    return Path(settings.DATA_DIR) / "video"


def paint(world: World, processes: Processes) -> None:
    """Start drawing the pictures of eight cameras while the months go by."""
    video_folder().mkdir(parents=True, exist_ok=True)
    processes.start("paint", "-m", "config.demo.paint", str(video_folder()), str(VIDEO_SECONDS), str(world.seed))


def dawn(world: World) -> None:
    """Legal time goes to the morning of the sittings; from here on it runs as fast as any clock."""
    world.go_to(world.things["slots"]["UT"].starts_at - timedelta(minutes=20))


def serve(world: World, processes: Processes) -> None:
    """A real server on loopback; it has the months of preparation to get up."""
    world.things["port"] = free_port()
    processes.start("server", "-m", "daphne", "-b", "127.0.0.1", "-p", str(world.things["port"]), "config.asgi:application")


def watch(world: World, processes: Processes) -> None:
    """A real agent that watches eight cameras and reports to the server."""
    processes.finish("paint")
    port = world.things["port"]
    wait_for(f"http://127.0.0.1:{port}/healthz")
    folder = _enrolled(world, processes)
    config = json.loads((folder / "agent.json").read_text())
    for one in config["cameras"]:
        one |= {"source": str(video_folder() / one["source"]), "at_end": "loop"}
    (folder / "agent.json").write_text(json.dumps({**config, "fps": 2.0, "file_ms": 3000}, ensure_ascii=False))
    processes.start("agent", "-m", "proctoring.agent", "--config", str(folder / "agent.json"))
    world.things["watching_since"] = time.monotonic()


def _enrolled(world: World, processes: Processes) -> Path:
    """The machine claims its place with a picture of the code, and the clerk compares what it says with what the page says."""
    agent, folder = world.things["agent"], Path(settings.DATA_DIR) / "agent"
    folder.mkdir(exist_ok=True)
    where = reverse("cameras:claim", args=[agent.pk])
    segno.make(f"http://127.0.0.1:{world.things['port']}{where}#{world.things['code']}").save(str(folder / "code.png"), scale=6)
    processes.start("enrol", "-m", "proctoring.agent", "--enrol", str(folder / "code.png"), "--config", str(folder / "agent.json"))
    processes.finish("enrol")
    shown = agent.keys.get(retired_at=None).fingerprint
    if shown not in processes.tail("enrol"):
        raise AssertionError("the machine shows another fingerprint than the page")
    cameras.confirm_key(by=world.actor("exam_clerk"), agent=agent, fingerprint=shown)
    return folder


def aim(world: World) -> None:
    """Before each sitting somebody looks whether every camera still sees what its plan says."""
    for camera in world.things["cameras"]:
        cameras.learn_reference(by=world.actor("exam_clerk"), camera=camera)


def admission(world: World) -> None:
    """Staff sign in, the papers are opened by two, the gate of each sitting is passed, the candidates come."""
    opened(world)
    for duty in _duties(world):
        conduct.sign_in(by=_on_duty(duty), duty=duty)
    for sitting in world.things["sittings"]:
        _until_ready(world, sitting)
    places = list(
        Place.objects.filter(sitting__in=world.things["sittings"], state="held").select_related("sitting").order_by("ticket_number")
    )
    for number, place in enumerate(world.progress.each(places, "check-in")):
        if number % ABSENT != ABSENT - 1:
            conduct.check_in(by=_invigilators(place.sitting)[0], sitting=place.sitting, place=place, method="ticket")


def sitting(world: World) -> None:
    """Three quarters of a minute of real time under the cameras."""
    slot = world.things["slots"]["UT"]
    # Everybody sits; the quiet minutes before the bell are left out, with some seconds for what is on its way from the rooms.
    world.go_to(slot.starts_at - timedelta(seconds=5))
    _wait_until(world, slot.starts_at, "until the bell")
    for one in world.things["sittings"]:
        conduct.ring(by=_chief(one), sitting=one, kind="start")
    _wait_until(world, slot.starts_at + timedelta(seconds=4), "door")
    for one in world.things["sittings"]:
        conduct.close_door(by=_invigilators(one)[0], sitting=one)
    # Each film of the eighth camera is played to its end, then the next one is opened: for one round it shows a hand.
    _wait_until(world, slot.starts_at + timedelta(seconds=3), "sitting")
    with _hand_over_the_lens():
        _wait_until(world, slot.starts_at + timedelta(seconds=24), "sitting")
    _wait_until(world, slot.ends_at, "sitting")


@contextmanager
def _hand_over_the_lens() -> Iterator[None]:
    film, other = (video_folder() / f"camera-{COVERED}{ending}.mp4" for ending in ("", "-hand"))
    aside = film.with_suffix(".aside")
    os.link(film, aside)
    os.replace(other, film)
    yield
    os.replace(aside, film)


def closing(world: World) -> None:
    """Bells, room records signed by all, gaps explained by those who were there, rooms closed."""
    slot = world.things["slots"]["UT"]
    for one in world.things["sittings"]:
        conduct.ring(by=_chief(one), sitting=one, kind="end")
    # What is younger than some seconds may still be on its way from the room.
    _wait_until(world, slot.ends_at + timedelta(milliseconds=LIVE_LAG_MS + 500), "last reports from the rooms")
    for one in world.things["sittings"]:
        for actor in (*_invigilators(one), _chief(one)):
            conduct.sign_room_record(by=actor, sitting=one)
        _close(world, one)


def _close(world: World, sitting: Sitting) -> None:
    """The gate names the gaps; whoever guarded the room says what happened; then it closes."""
    try:
        conduct.close_sitting(by=_chief(sitting), sitting=sitting)
    except Refused:
        world.things["gate_refusals"] += 1
        for gap in coverage.report(sitting).open_gaps:
            explain_gap(
                by=_invigilators(sitting)[0], sitting=sitting, camera=gap.camera, since=gap.start, until=gap.end, reason=gap.reasons[0],
                text="有人用手遮挡镜头，监考员制止后恢复",
            )  # fmt: skip
        conduct.close_sitting(by=_chief(sitting), sitting=sitting)


def leave(world: World, processes: Processes) -> None:
    """The agent sends what it still has, then ends; then the server."""
    processes.stop("agent")
    processes.stop("server")


def _duties(world: World) -> list[Duty]:
    rows = Duty.objects.filter(slot__in=world.things["slots"].values(), live=True)
    return list(rows.select_related("appointment__person", "appointment__organisation", "sitting", "slot"))


def _on_duty(duty: Duty) -> Actor:
    return acting(Appointment.objects.select_related("person", "organisation").get(pk=duty.appointment_id))


def _invigilators(sitting: Sitting) -> list[Actor]:
    return [_on_duty(duty) for duty in Duty.objects.filter(sitting=sitting, live=True, capacity="invigilator").order_by("id")]


def _chief(sitting: Sitting) -> Actor:
    return _on_duty(Duty.objects.get(slot=sitting.slot_id, live=True, capacity="chief"))


def _until_ready(world: World, sitting: Sitting) -> None:
    """Cameras need some seconds to be known healthy; until then the gate rightly refuses."""
    end = time.monotonic() + 120
    while True:
        try:
            conduct.open_sitting(by=_chief(sitting), sitting=sitting)
            return
        except Refused:
            world.things["gate_refusals"] = world.things.get("gate_refusals", 0) + 1
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _wait_until(world: World, moment: Any, title: str) -> None:
    left = (moment - clock.now()).total_seconds()
    for _ in world.progress.wait(max(0.0, left), title):
        pass
