"""The day of the examination, on top of a published arrangement."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from exams.access import Actor
from exams.conduct import actions
from exams.conduct.models import CheckIn
from exams.sittings.models import Duty, Place, Sitting
from exams.sittings.queries import token_of
from tests.exams.sittings.scene import END, START, Scene


class Day:
    """Moves the clock and acts as the staff of the scene."""

    def __init__(self, scene: Scene, traveller: time_machine.Traveller) -> None:
        self.scene, self.traveller = scene.published(), traveller
        self.sitting: Sitting = scene.sitting

    def at(self, moment: datetime) -> Day:
        self.traveller.move_to(moment, tick=False)
        return self

    def before(self, minutes: int) -> Day:
        return self.at(START - timedelta(minutes=minutes))

    def after(self, minutes: int) -> Day:
        return self.at(START + timedelta(minutes=minutes))

    @property
    def invigilator(self) -> Actor:
        return self.scene.invigilators[0]

    @property
    def chief(self) -> Actor:
        return self.scene.chief

    def places(self) -> list[Place]:
        return list(Place.objects.filter(sitting=self.sitting, state="held").order_by("seat__label"))

    def signed_in(self) -> Day:
        for actor in [self.chief, self.scene.roving, *self.scene.invigilators]:
            actions.sign_in(by=actor, duty=Duty.objects.get(person=actor.person_id))
        return self

    def opened(self) -> Day:
        self.before(35).signed_in()
        self.sitting = actions.open_sitting(by=self.chief, sitting=self.sitting)
        return self

    def scan(self, place: Place, **more: object) -> CheckIn:
        return actions.check_in(by=self.invigilator, sitting=self.sitting, token=token_of(place), **more)

    def all_in_but(self, absent: int = 1) -> Day:
        places = self.places()
        for place in places[absent:]:
            self.scan(place)
        self.after(31)
        actions.close_door(by=self.invigilator, sitting=self.sitting)
        return self

    def signed(self) -> Day:
        self.at(END + timedelta(minutes=2))
        for actor in [*self.scene.invigilators[:2], self.chief]:
            actions.sign_room_record(by=actor, sitting=self.sitting)
        return self
