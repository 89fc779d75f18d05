"""An examination whose day is over, made directly as rows: two candidates sat, one was absent, the room is closed.

For tests of what comes after the day: marks, results, the archive, the audit.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from exams.access import SYSTEM, Actor
from exams.applications.models import Application
from exams.bodies.models import Entrustment
from exams.catalogue.models import Edition, Qualification
from exams.conduct.models import CheckIn, RecordSignature, RoomRecord
from exams.interests.models import Declaration
from exams.journal.actions import record
from exams.people.models import Person
from exams.programme.models import Event, EventItem
from exams.recusal.models import Ruling
from exams.sittings.models import Duty, Place, Room, Seat, Sitting, TimeSlot, Venue
from tests.cast import Cast

STARTS = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)


def values(*subjects: str) -> dict[str, Any]:
    """Values of a rule version in which every subject has 100 marks and is passed with 70."""
    cell = {"source": "example"}
    filled = {"full_mark": {"value": "100", **cell}, "pass_mark": {"value": "70", **cell}, "compulsory": {"value": True, **cell}}
    names = [{"code": code, "name_zh": code, "form": {"value": "written", **cell}, **filled} for code in subjects]
    return {"subjects": names, "pass_validity_months": {"value": 24, **cell}}


class ExamDay:
    """Rows are made when first named."""

    def __init__(self, cast: Cast, number: str = "2026-01", body: Any = None, sat: int = 2) -> None:
        self.cast, self.number, self.body, self.sat = cast, number, body or cast.body, sat

    @cached_property
    def event(self) -> Event:
        days = {
            "starts_on": date(2026, 5, 16),
            "ends_on": date(2026, 5, 16),
            "apply_from": date(2026, 3, 1),
            "apply_until": date(2026, 4, 1),
        }
        Entrustment.objects.get_or_create(
            body=self.body, document_number=f"E-{self.number}", families=["UT"], since=date(2026, 1, 1), until=date(2026, 12, 31)
        )
        return Event.objects.create(
            body=self.body, number=self.number, title="2026年第一批", state="marking", place="临江", method="paper", contact="0571", **days
        )

    @cached_property
    def item(self) -> EventItem:
        qualification, _ = Qualification.objects.get_or_create(
            code="UT-Ⅱ", defaults={"name_zh": "超声检测Ⅱ级", "regulation": "TSG Z8001-2019", "level": "Ⅱ", "family": "UT"}
        )
        edition, _ = Edition.objects.get_or_create(
            qualification=qualification,
            version="1",
            defaults={"effective_from": date(2026, 1, 1), "values": values("theory"), "state": "in_force"},
        )
        return EventItem.objects.create(event=self.event, qualification=qualification, edition=edition)

    @cached_property
    def room(self) -> Room:
        venue = Venue.objects.create(body=self.body, name=f"考点{self.number}", address="临江")
        return Room.objects.create(venue=venue, name="101", plan={}, accepted_until=date(2026, 12, 31))

    @cached_property
    def slot(self) -> TimeSlot:
        return TimeSlot.objects.create(
            event=self.event, item=self.item, subject="theory", venue=self.room.venue, starts_at=STARTS, ends_at=ENDS, state="closed"
        )

    @cached_property
    def sitting(self) -> Sitting:
        return Sitting.objects.create(slot=self.slot, room=self.room, starts_at=STARTS, ends_at=ENDS, state="closed")

    @cached_property
    def places(self) -> list[Place]:
        """`sat` candidates who were admitted, and one who was absent."""
        return [self._place(index, "present" if index < self.sat else "absent") for index in range(self.sat + 1)]

    @property
    def candidates(self) -> list[Person]:
        return [place.application.person for place in self.places]

    @cached_property
    def staff(self) -> list[Duty]:
        """The chief and two invigilators, each cleared by a ruling."""
        return [self._duty("chief", None), self._duty("invigilator", self.sitting), self._duty("invigilator", self.sitting, "second")]

    @cached_property
    def room_record(self) -> RoomRecord:
        row = RoomRecord.objects.create(
            sitting=self.sitting, figures={"expected": 3, "present": 2}, figures_digest="d", state="signed", updated_at=ENDS
        )
        for duty in self.staff:
            RecordSignature.objects.create(
                record=row, person=duty.person, duty=duty, capacity=duty.capacity, figures_digest=row.figures_digest, at=ENDS
            )
        return row

    def whole(self) -> ExamDay:
        """Everything above, made."""
        _ = self.places, self.staff, self.room_record
        return self

    def _place(self, index: int, outcome: str) -> Place:
        # The same in every process, so that two days never share an identity number by chance.
        digest = zlib.crc32(f"{self.number}/{index}".encode())
        birth = date(1970 + digest // 1000 % 30, 1 + digest // 30_000 % 12, 1 + digest // 360_000 % 28)
        person = self.cast.person(f"考生{self.number}-{index}", digest % 1000, birth)
        application = Application.objects.create(
            body=self.body, event=self.event, item=self.item, edition=self.item.edition, person=person, employer=self.cast.employer,
            number=f"{self.number}-{index:03d}", state="sat" if outcome == "present" else "absent",
        )  # fmt: skip
        seat = Seat.objects.create(room=self.room, label=f"A{index + 1:02d}", x_mm=1000 * (index + 1), y_mm=1000)
        place = Place.objects.create(
            slot=self.slot,
            sitting=self.sitting,
            seat=seat,
            application=application,
            ticket_number=f"{self.number}{index:04d}",
            ticket_state="printed",
        )
        CheckIn.objects.create(place=place, outcome=outcome, method="ticket", at=STARTS)
        record("conduct.check_in", place, by=SYSTEM, about=[self.sitting], answer=outcome)
        return place

    def _duty(self, capacity: str, sitting: Sitting | None, name: str = "") -> Duty:
        actor = self.cast.actor(capacity, self.body, name=f"{name}{capacity}{self.number}")
        person = Person.objects.get(pk=actor.person_id)
        ruling = Ruling.objects.create(
            person=person,
            capacity=capacity,
            matter={},
            facts="{}",
            facts_digest="0" * 64,
            allowed=True,
            rules_version="test",
            made_at=STARTS,
        )
        return Duty.objects.create(
            slot=self.slot, sitting=sitting, person=person, capacity=capacity, ruling=ruling, starts_at=STARTS, ends_at=ENDS, state="done"
        )

    def actor(self, capacity: str, name: str = "") -> Actor:
        """Somebody of this body in that capacity, with the declaration of interest for the event signed."""
        actor = self.cast.actor(capacity, self.body, name=name)
        Declaration.objects.get_or_create(
            person_id=actor.person_id, event_id=self.event.pk, defaults={
                "event_text": self.number, "body": self.body, "digest": "0" * 64, "signed_at": STARTS, "state": "signed",
            }
        )  # fmt: skip
        return actor
