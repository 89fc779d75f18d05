"""Places and times: rooms with plans and cameras, slots, seats by lot, duties that recusal must clear, the publication."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from config.demo import rooms
from config.demo.groundwork import PLACE
from config.demo.world import World
from exams import clock
from exams.errors import Refused
from exams.people.models import Person
from exams.recusal.models import ObjectionNotice
from exams.sittings import actions as sittings
from exams.sittings.models import Duty, Sitting
from proctoring.cameras import actions as cameras

SITTING = timedelta(seconds=45)  # of real time, for the demo is to be watched
FAMILIES = ("UT", "UT", "MT", "MT")  # which item sits in which room


def venue(world: World) -> None:
    """One venue, four rooms, eight cameras; each room inspected and accepted."""
    clerk = world.actor("exam_clerk")
    place = sittings.open_venue(by=clerk, body=world.body, name=PLACE, address="云泽省临江市学府路 18 号")
    agent, token = cameras.enrol_agent(by=clerk, venue=place, name="考点采集器")
    world.things |= {"venue": place, "agent": agent, "token": token, "rooms": [], "cameras": []}
    for code, value, source in (("ROOM_CAP_WRITTEN", 60, "示例"), ("LATE_ENTRY_MIN", 0, "示例：一分钟的考试不允许迟到")):
        sittings.set_parameter(
            by=world.actor("head_of_body"), body=world.body, code=code, value=value, source=source, effective_from=clock.today()
        )
    for number, name in enumerate(rooms.NAMES):
        room = sittings.add_room(by=clerk, venue=place, name=name, plan=rooms.plan(number), seats=rooms.seats())
        sittings.accept_room(by=clerk, room=room, valid_until=clock.today() + timedelta(days=365))
        world.things["rooms"].append(room)
        for corner, pose in enumerate(rooms.poses(), 1):
            source = f"camera-{number * 2 + corner}.mp4"
            camera = cameras.place_camera(by=clerk, room=room, name=f"C{corner}", agent=agent, source=source, pose=pose)
            world.things["cameras"].append(camera)


def timetable(world: World) -> None:
    """Two slots at nine o'clock, each in two rooms."""
    clerk, event = world.actor("exam_clerk"), world.things["event"]
    starts_at = timezone.make_aware(datetime.combine(event.starts_on, time(9)))
    items = {item.qualification.family: item for item in event.items.select_related("qualification")}
    world.things["slots"], world.things["sittings"] = {}, []
    for family in ("UT", "MT"):
        world.things["slots"][family] = sittings.schedule_slot(
            by=clerk, event=event, item=items[family], subject="theory", venue=world.things["venue"],
            starts_at=starts_at, ends_at=starts_at + SITTING,
        )  # fmt: skip
    for family, room in zip(FAMILIES, world.things["rooms"], strict=True):
        world.things["sittings"].append(sittings.add_sitting(by=clerk, slot=world.things["slots"][family], room=room))
    world.things["opens_at"] = starts_at - timedelta(minutes=30)


def seats(world: World) -> None:
    for family, slot in world.things["slots"].items():
        sittings.draw_seats(by=world.actor("exam_clerk"), slot=slot, seed=f"demo-{world.seed}-{family}")


def duties(world: World) -> None:
    """The clerk puts people on duty; whom recusal refuses is left out and the next one asked."""
    for number, slot in enumerate(world.things["slots"].values()):
        _put(world, slot, None, "chief", [world.staff["chief"][number]])
        _put(world, slot, None, "roving_invigilator", [world.staff["roving_invigilator"][number]])
    free = list(world.staff["invigilator"])
    for sitting in world.things["sittings"]:
        for _ in range(2):
            free.remove(_put(world, sitting.slot, sitting, "invigilator", free).person)
    _put(world, world.things["slots"]["UT"], None, "video_monitor", world.staff["video_monitor"])
    world.things["reserve"] = free


def _put(world: World, slot: Any, sitting: Sitting | None, capacity: str, people: list[Person]) -> Duty:
    last: Refused | None = None
    for person in people:
        try:
            return sittings.assign_duty(by=world.actor("exam_clerk"), slot=slot, sitting=sitting, person=person, capacity=capacity)
        except Refused as refusal:
            last, world.refusals = refusal, world.refusals + 1
    raise last or LookupError(f"nobody for {capacity}")


def publication(world: World) -> None:
    """The gate says what is open; the clerk replaces whom a new fact has reached, and publishes."""
    clerk, event = world.actor("exam_clerk"), world.things["event"]
    try:
        sittings.publish_arrangement(by=clerk, event=event)
    except Refused:
        world.refusals += 1
        for notice in ObjectionNotice.objects.filter(state="open", capacity__in=["invigilator", "chief", "roving_invigilator"]):
            _replace(world, notice)
        sittings.publish_arrangement(by=clerk, event=event)
    event.refresh_from_db()


def _replace(world: World, notice: ObjectionNotice) -> None:
    """Whoever may no longer serve steps back; a reserve who is cleared takes the place."""
    for duty in Duty.objects.filter(person=notice.person_id, live=True, capacity=notice.capacity).select_related("slot", "sitting"):
        sittings.withdraw_duty(by=world.actor("exam_clerk"), duty=duty, reason="回避情形新发现，已替换")
        _put(world, duty.slot, duty.sitting, duty.capacity, world.things["reserve"])
