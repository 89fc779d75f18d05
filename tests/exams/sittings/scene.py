"""A scene for tests: one event with candidates, a venue, accepted rooms and appointed staff; each step is made when asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from exams.access import Actor
from exams.applications.models import Application
from exams.catalogue.models import Edition, Qualification
from exams.interests.models import Declaration
from exams.people.models import Person
from exams.programme.models import Event, EventItem
from exams.sittings import actions
from exams.sittings.models import Duty, Room, Sitting, TimeSlot, Venue
from exams.sittings.plan import rectangle
from tests.cast import Cast

# Tests freeze legal time to NOW; the sitting is four days later.
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
START = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
SUBJECTS = [
    {"code": "theory", "name_zh": "理论", "name_en": "Theory", "form": {"value": "written"}, "compulsory": {"value": True}},
    {"code": "practical", "name_zh": "实际操作", "name_en": "Practical", "form": {"value": "practical"}, "compulsory": {"value": False}},
]


class Scene:
    """Rows of people and rules are made directly; everything of this subject goes through its actions."""

    def __init__(self, cast: Cast, candidates: int = 5, rooms: int = 1) -> None:
        self.cast, self.number, self.room_count = cast, candidates, rooms

    @cached_property
    def clerk(self) -> Actor:
        return self.cast.actor("exam_clerk")

    @cached_property
    def head(self) -> Actor:
        return self.cast.actor("head_of_body")

    @cached_property
    def item(self) -> EventItem:
        qualification = Qualification.objects.create(
            code="UT-II",
            name_zh="超声检测Ⅱ级",
            name_en="Ultrasonic testing, level II",
            regulation="TSG Z8001-2019",
            level="II",
            family="UT",
        )
        edition = Edition.objects.create(
            qualification=qualification,
            version="1",
            effective_from=date(2026, 1, 1),
            values={"subjects": SUBJECTS},
            state="in_force",
            is_example=True,
        )
        event = Event.objects.create(
            body=self.cast.body,
            number="2026-04",
            title="2026年第四批",
            starts_on=date(2026, 11, 28),
            ends_on=date(2026, 11, 29),
            apply_from=date(2026, 9, 1),
            apply_until=date(2026, 10, 31),
            state="applications_closed",
            place="临江",
            method="paper",
            contact="0800",
            example=True,
        )
        return EventItem.objects.create(event=event, qualification=qualification, edition=edition)

    @property
    def event(self) -> Event:
        return self.item.event

    @cached_property
    def candidates(self) -> list[Person]:
        names = [
            "陈㙍",
            "欧阳思远",
            "古丽努尔·买买提艾力",
            "吴骉",
            "禤䶮",
            "张一",
            "李静怡",
            "王志强",
            "迪丽拜尔·阿卜杜克热木·伊敏",
            "亓官雯",
        ]
        found = []
        for number in range(self.number):
            person = self.cast.person(names[number % len(names)] if number < len(names) else f"考生{number}", number + 1, date(1990, 1, 1))
            Application.objects.create(
                body=self.cast.body,
                event=self.event,
                item=self.item,
                person=person,
                edition=self.item.edition,
                state="approved",
                employer=self.cast.employer if number % 2 else self.cast.other_employer,
                number=f"A{number:04d}",
            )
            found.append(person)
        return found

    @cached_property
    def venue(self) -> Venue:
        return actions.open_venue(by=self.clerk, body=self.cast.body, name="临江职业技术学院", address="学府路18号", way_in="东门")

    @cached_property
    def rooms(self) -> list[Room]:
        made = []
        for number in range(self.room_count):
            plan, spots = rectangle(9000, 9000, 3, 4)
            room = actions.add_room(by=self.clerk, venue=self.venue, name=f"第{number + 1:02d}考场", plan=plan, seats=spots)
            actions.accept_room(by=self.clerk, room=room, valid_until=date(2026, 12, 31))
            room.refresh_from_db()
            made.append(room)
        return made

    @cached_property
    def slot(self) -> TimeSlot:
        return actions.schedule_slot(
            by=self.clerk, event=self.event, item=self.item, subject="theory", venue=self.venue, starts_at=START, ends_at=END
        )

    @cached_property
    def sittings(self) -> list[Sitting]:
        return [actions.add_sitting(by=self.clerk, slot=self.slot, room=room) for room in self.rooms]

    @property
    def sitting(self) -> Sitting:
        return self.sittings[0]

    def staff(self, name: str, n: int, capacity: str, *, declared: bool = True) -> Actor:
        """Somebody appointed who has signed the declaration for the event."""
        actor = self.cast.actor(capacity, name=name, n=n)
        if declared:
            person = Person.objects.get(pk=actor.person_id)
            if not Declaration.objects.filter(person=person, event_id=self.event.pk).exists():
                self.declare(person)
        return actor

    def declare(self, person: Person) -> None:
        Declaration.objects.create(
            person=person,
            event_id=self.event.pk,
            body=self.cast.body,
            answers="{}",
            digest="0" * 64,
            state="signed",
            signed_at=NOW - timedelta(days=2),
        )

    @cached_property
    def chief(self) -> Actor:
        return self.staff("沈砚秋", 701, "chief")

    @cached_property
    def invigilators(self) -> list[Actor]:
        return [self.staff(f"监考{number}", 710 + number, "invigilator") for number in range(2 * self.room_count)]

    @cached_property
    def roving(self) -> Actor:
        return self.staff("禤巡", 705, "roving_invigilator")

    def assign(self, actor: Actor, sitting: Sitting | None, **more: Any) -> Duty:
        person = Person.objects.get(pk=actor.person_id)
        return actions.assign_duty(by=self.clerk, slot=self.slot, sitting=sitting, person=person, capacity=actor.capacity, **more)

    def drawn(self) -> Scene:
        assert self.candidates
        assert self.sittings
        actions.draw_seats(by=self.clerk, slot=self.slot)
        return self

    def staffed(self) -> Scene:
        self.assign(self.chief, None)
        self.assign(self.roving, None)
        for number, actor in enumerate(self.invigilators):
            self.assign(actor, self.sittings[number // 2])
        return self

    def published(self) -> Scene:
        self.drawn().staffed()
        actions.publish_arrangement(by=self.clerk, event=self.event)
        self.slot.refresh_from_db()
        for sitting in self.sittings:
            sitting.refresh_from_db()
        return self
