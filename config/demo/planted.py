"""Four wrongs, planted and told to nobody. What finds them is the ordinary code of an ordinary day.

1. Kinship that exists only as two half-declarations: an invigilator names a sister, a candidate names a mother; it is one woman.
2. A setter with a valid appointment whose training work is reported only afterwards.
3. A hand over a lens: it exists only in the picture (config/demo/paint.py).
4. A mark changed by plain SQL, past every action.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from config.demo.world import World, acting
from exams import clock
from exams.appointments.models import Appointment
from exams.interests import actions as interests
from exams.people import actions as people
from exams.results.models import Mark
from exams.sittings.models import Duty, Place


def first_half(world: World) -> None:
    """The half of an invigilator on duty: true, complete, and harmless by itself."""
    duty = Duty.objects.filter(sitting=world.things["sittings"][0], capacity="invigilator", live=True).order_by("id")[0]
    world.things |= {"half_declared": duty, "between": (world.people.name(), world.people.id_number(1958, 1966))}
    name, number = world.things["between"]
    actor = acting(Appointment.objects.select_related("person", "organisation").get(pk=duty.appointment_id))
    people.declare_kin(by=actor, person=duty.person, relation="sister", relative_name=name, relative_id_number=number)


def second_half(world: World) -> None:
    """The candidate's half: somebody who sits in that invigilator's own room."""
    sitting = world.things["half_declared"].sitting
    # Whoever the lot has put in the middle of the room: how many it holds is the lot's matter too.
    places = list(Place.objects.filter(sitting=sitting, state="held").select_related("application__person").order_by("ticket_number"))
    person = places[len(places) // 2].application.person
    name, number = world.things["between"]
    people.declare_kin(by=world.candidate(person), person=person, relation="mother", relative_name=name, relative_id_number=number)


def trainer_among_setters(world: World) -> None:
    """The training body reports what it should have reported long ago; the appointment is still in force."""
    person, since = world.staff["setter"][2], clock.today() - timedelta(days=300)
    interests.record_training(
        by=world.actor("training_manager"), person=person, organisation=world.training_body, family="UT", role="lecturer",
        since=since, until=since + timedelta(days=12), course="超声检测Ⅱ级考前培训",
    )  # fmt: skip


def forged_mark(world: World) -> None:
    """Somebody with the database in hand lifts a failed mark over the line."""
    mark = Mark.objects.filter(place__slot__event=world.things["event"], score__lt=70, score__gte=50).order_by("id").first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exams_mark SET score = 71 WHERE id = %s", [mark.pk.hex])
