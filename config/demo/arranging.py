"""Places and times: rooms with plans and cameras, slots, seats by lot, duties that recusal must clear, the publication."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from config.demo import rooms
from config.demo.closing import witnessed
from config.demo.groundwork import PLACE
from config.demo.world import World
from exams import clock
from exams.access import SYSTEM
from exams.errors import Refused
from exams.people.models import Person
from exams.recusal.models import ObjectionNotice
from exams.sittings import actions as sittings
from exams.sittings.models import Draw, Duty, Sitting
from exams.sittings.pool import Wanted
from proctoring.cameras import actions as cameras

SITTING = timedelta(seconds=45)  # of real time, for the demo is to be watched
FAMILIES = ("UT", "UT", "MT", "MT")  # which item sits in which room


def venue(world: World) -> None:
    """One venue, four rooms, eight cameras; each room inspected and accepted."""
    clerk = world.actor("exam_clerk")
    place = sittings.open_venue(by=clerk, body=world.body, name=PLACE, address="云泽省临江市学府路 18 号")
    agent, code = cameras.enrol_agent(by=clerk, venue=place, name="考点采集器")
    world.things |= {"venue": place, "agent": agent, "code": code, "rooms": [], "cameras": []}
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
    """Who sits where is fixed first and drawn from the witness's signature."""
    for slot in world.things["slots"].values():
        sittings.draw_seats(by=world.actor("exam_clerk"), slot=slot)
    _drawn(world)


def duties(world: World) -> None:
    """All duties of the event by lot, with recusal as it stands for exactly those who sit in each room; the monitor by hand."""
    sittings.draw_roster(by=world.actor("exam_clerk"), event=world.things["event"], wanted=Wanted(invigilators=2))
    _drawn(world)
    if any(draw.result["unfilled"] for draw in Draw.objects.filter(kind="roster")):
        raise AssertionError("nine invigilators are enough for eight posts")
    _put(world, world.things["slots"]["UT"], None, "video_monitor", world.staff["video_monitor"])
    serving = set(Duty.objects.filter(live=True).values_list("person_id", flat=True))
    world.things["reserve"] = [person for person in world.staff["invigilator"] if person.pk not in serving]


def _drawn(world: World) -> None:
    """The authority's witness signs, and the draws that waited for it are made."""
    witnessed(world)
    for draw in Draw.objects.filter(state="open"):
        sittings.settle_draw(by=SYSTEM, draw=draw)


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
