"""Races that really race: one seat, one invigilator, one room; and the guards that hold where no lock was taken."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from exams.errors import Refused
from exams.people.models import Person
from exams.sittings import actions
from exams.sittings.models import Draw, Duty, Place, Sitting, TimeSlot
from tests.cast import Cast
from tests.exams.sittings.scene import END, NOW, START, Scene

# The suite races a hundred rounds of each; RACE_ROUNDS=1000 for the long run.
THREADS, ROUNDS = 16, int(os.environ.get("RACE_ROUNDS", "100"))
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer; its guards are tested below")


@pytest.fixture
def racing(transactional_db: None) -> Scene:
    with time_machine.travel(NOW, tick=False):
        yield Scene(Cast(), candidates=THREADS)


def race(act: Callable[[int], object], check: Callable[[list[object]], None], rounds: int = 1) -> None:
    """Let all threads act at once, `rounds` times; between the rounds `check` looks at what each got, or why it was refused."""
    gate, results = threading.Barrier(THREADS + 1), [None] * THREADS

    def run(number: int) -> None:
        _hasten()
        for _round in range(rounds):
            gate.wait()
            try:
                results[number] = act(number)
            except (IntegrityError, OperationalError, Refused) as refused:
                results[number] = refused
            gate.wait()
        connections.close_all()

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for _round in range(rounds):
        gate.wait(60)
        gate.wait(60)
        check(winners(results))
    for thread in threads:
        thread.join()


def _hasten() -> None:
    """Inserts without a lock may wait for one another in a ring; the database looks for that after a second, here at once."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone()[0] == "on":
            cursor.execute("SET deadlock_timeout = '5ms'")


def winners(results: list[object]) -> list[object]:
    return [result for result in results if not isinstance(result, Exception)]


@postgresql
def test_one_seat_goes_to_one_of_sixteen_in_every_round(racing):
    seat = racing.sitting.room.seats.first()
    assert racing.candidates
    applications = list(racing.event.applications.all())

    def take(number: int) -> Place:
        return Place.objects.create(
            slot=racing.slot, sitting=racing.sitting, seat=seat, application=applications[number], ticket_number=str(number)
        )

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Place.objects.get() == won[0]
        Place.objects.all().delete()

    race(take, check, ROUNDS)


@postgresql
def test_one_invigilator_serves_one_of_two_sittings_at_the_same_time_in_every_round(racing):
    """Past every lock of the actions: bare rows, so that only the guard of the database decides."""
    assert racing.sitting
    person = Person.objects.get(pk=racing.chief.person_id)
    other = actions.schedule_slot(
        by=racing.clerk,
        event=racing.event,
        item=racing.item,
        subject="practical",
        venue=racing.venue,
        starts_at=START + timedelta(days=1),
        ends_at=END + timedelta(days=1),
    )

    def serve(number: int) -> Duty:
        slot = (racing.slot, other)[number % 2]
        starts = START + timedelta(minutes=number)
        return Duty.objects.create(slot=slot, person=person, capacity="invigilator", starts_at=starts, ends_at=starts + timedelta(hours=2))

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Duty.objects.get() == won[0]
        Duty.objects.all().delete()

    race(serve, check, ROUNDS)


@postgresql
def test_one_room_holds_one_of_sixteen_overlapping_sittings_in_every_round(racing):
    """Sixteen slots of their own, each a few minutes later than the one before, want the same room: only the guard decides."""
    room, shared = racing.rooms[0], {"event": racing.event, "item": racing.item, "subject": "theory", "venue": racing.venue}
    times = [(START + timedelta(minutes=number), END + timedelta(minutes=number)) for number in range(THREADS)]
    slots = [TimeSlot.objects.create(starts_at=starts, ends_at=ends, **shared) for starts, ends in times]

    def hold(number: int) -> Sitting:
        return Sitting.objects.create(slot=slots[number], room=room, starts_at=times[number][0], ends_at=times[number][1])

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Sitting.objects.get() == won[0]
        Sitting.objects.all().delete()

    race(hold, check, ROUNDS)


@postgresql
def test_the_action_itself_lets_one_of_sixteen_clerks_through(racing):
    assert racing.candidates
    person = Person.objects.get(pk=racing.chief.person_id)
    assert racing.slot

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Duty.objects.filter(live=True).count() == 1

    race(lambda number: actions.assign_duty(by=racing.clerk, slot=racing.slot, sitting=None, person=person, capacity="chief"), check)


@postgresql
def test_one_draw_of_sixteen_counts(racing):
    assert racing.candidates
    assert racing.sittings
    racing.event.applications.filter(number__gte="A0012").update(state="withdrawn")

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Draw.objects.count() == 1

    race(lambda number: actions.draw_seats(by=racing.clerk, slot=racing.slot), check)


@postgresql
def test_of_sixteen_clerks_who_move_somebody_into_one_post_one_does(racing):
    """Each moves somebody of his own; the post is one, and fifteen duties stay where they were."""
    assert racing.candidates
    room = racing.sitting
    elsewhere = [TimeSlot.objects.get(pk=racing.slot.pk) for _number in range(THREADS)]
    for number, slot in enumerate(elsewhere):
        slot.pk, slot._state.adding = None, True
        slot.id = TimeSlot._meta.pk.get_default()
        slot.starts_at, slot.ends_at = END + timedelta(hours=1 + number), END + timedelta(hours=2 + number)
        slot.save()
    staff = [racing.staff(f"监考{number}", 800 + number, "invigilator") for number in range(THREADS)]
    duties = [
        Duty.objects.create(
            slot=slot,
            person=Person.objects.get(pk=actor.person_id),
            capacity="invigilator",
            appointment_id=actor.appointment_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for slot, actor in zip(elsewhere, staff, strict=True)
    ]

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert [duty.pk for duty in Duty.objects.filter(sitting=room, live=True)] == [won[0].pk]
        assert Duty.objects.filter(live=True, sitting=None).count() == THREADS - 1
        assert Duty.objects.filter(state="replaced").count() == 1

    race(lambda number: actions.move_duty(by=racing.clerk, duty=duties[number], slot=racing.slot, sitting=room, post=1), check)


@postgresql
def test_one_duty_is_moved_to_one_of_sixteen_places(racing):
    assert racing.candidates
    duty = racing.assign(racing.invigilators[0], racing.sitting)
    slots = [TimeSlot.objects.get(pk=racing.slot.pk) for _number in range(THREADS)]
    sittings = []
    for number, slot in enumerate(slots):
        slot.pk, slot._state.adding = None, True
        slot.id = TimeSlot._meta.pk.get_default()
        slot.starts_at, slot.ends_at = END + timedelta(hours=1 + number), END + timedelta(hours=2 + number)
        slot.save()
        sittings.append(Sitting.objects.create(slot=slot, room=racing.rooms[0], starts_at=slot.starts_at, ends_at=slot.ends_at))

    def check(won: list[object]) -> None:
        assert len(won) == 1
        assert Duty.objects.get(live=True) == won[0]
        assert Duty.objects.count() == 2

    race(lambda number: actions.move_duty(by=racing.clerk, duty=duty, slot=slots[number], sitting=sittings[number]), check)


# ---- the guards, on either database --------------------------------------------


def test_the_guard_keeps_a_person_to_one_duty_at_a_time(scene):
    assert scene.sitting
    person = Person.objects.get(pk=scene.chief.person_id)
    first = Duty.objects.create(slot=scene.slot, person=person, capacity="chief", starts_at=START, ends_at=END)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(
            slot=scene.slot, person=person, capacity="chief", starts_at=END - timedelta(seconds=1), ends_at=END + timedelta(hours=1)
        )
    Duty.objects.create(slot=scene.slot, person=person, capacity="chief", starts_at=END, ends_at=END + timedelta(hours=1))
    gone = Duty.objects.create(slot=scene.slot, person=person, capacity="chief", starts_at=START, ends_at=END, live=False, state="recused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=gone.pk).update(live=True, state="proposed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=first.pk).update(state="recused")  # live and gone at once


def test_the_guard_keeps_a_room_to_one_sitting_at_a_time(scene):
    assert scene.sitting
    other = actions.schedule_slot(
        by=scene.clerk,
        event=scene.event,
        item=scene.item,
        subject="practical",
        venue=scene.venue,
        starts_at=END,
        ends_at=END + timedelta(hours=1),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(slot=other, room=scene.rooms[0], starts_at=END - timedelta(minutes=1), ends_at=END + timedelta(hours=1))
    assert Sitting.objects.create(slot=other, room=scene.rooms[0], starts_at=END, ends_at=END + timedelta(hours=1))


def test_one_place_per_seat_and_one_seat_per_candidate(scene):
    scene.drawn()
    first, second = Place.objects.order_by("pk")[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=first.pk).update(seat=second.seat_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=first.pk).update(application=second.application_id)
