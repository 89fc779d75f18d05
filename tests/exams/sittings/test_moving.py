"""Duties moved by hand: one act that ends the old duty and begins the new one, or nothing; whatever speaks against it told beforehand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from exams.access import Actor
from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.messages.models import Message
from exams.people.models import Person
from exams.recusal.models import Ruling
from exams.sittings import actions, weighing
from exams.sittings.calendar import feed_text
from exams.sittings.models import Duty, Parameter, Place, Sitting, TimeSlot
from exams.sittings.weighing import Wish
from tests.cast import Cast
from tests.exams.recusal.matters import kin
from tests.exams.sittings.scene import END, NOW, START, Scene


@pytest.fixture
def scene(cast: Cast, still) -> Scene:
    # More than one room takes, so that whatever the lot says somebody sits in either.
    scene = Scene(cast, candidates=13, rooms=2)
    assert scene.candidates and scene.sittings
    return scene


def afternoon(scene: Scene, rooms: int = 1) -> TimeSlot:
    slot = actions.schedule_slot(
        by=scene.clerk, event=scene.event, item=scene.item, subject="practical", venue=scene.venue,
        starts_at=END + timedelta(hours=1), ends_at=END + timedelta(hours=3),
    )  # fmt: skip
    for room in scene.rooms[:rooms]:
        actions.add_sitting(by=scene.clerk, slot=slot, room=room)
    return slot


def on_duty(scene: Scene, number: int = 0, room: int = 0) -> Duty:
    return scene.assign(scene.invigilators[number], scene.sittings[room])


def move(scene: Scene, duty: Duty, sitting: Sitting | None = None, **more) -> Duty:
    slot = more.pop("slot", None) or (sitting.slot if sitting else duty.slot)
    return actions.move_duty(by=more.pop("by", scene.clerk), duty=duty, slot=slot, sitting=sitting, **more)


def refused(call) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return [one.id for one in refusal.value.objections]


def preview(duty: Duty, sitting: Sitting | None, slot: TimeSlot | None = None, post: int = 0) -> list[str]:
    wish = Wish(duty.person, duty.capacity, slot or sitting.slot, sitting, duty, post)
    (weighed,) = weighing.weigh([wish])
    return [one.id for one in weighed.objections]


def calendar(actor: Actor) -> list:
    return list(Calendar.from_ical(feed_text(actions.make_feed(by=actor))).walk("VEVENT"))


# ---- moved --------------------------------------------------------------------------------------------------------------


def test_a_move_ends_the_old_duty_and_begins_the_new_one_in_one_act(scene):
    old = on_duty(scene)
    assert preview(old, scene.sittings[1]) == []
    new = move(scene, old, scene.sittings[1])
    old.refresh_from_db()
    assert (old.state, old.live) == ("replaced", False)
    assert (new.state, new.live, new.sitting_id, new.capacity) == ("proposed", True, scene.sittings[1].pk, "invigilator")
    assert new.ruling.allowed and new.ruling.about_id == str(scene.sittings[1].pk) and new.ruling_id != old.ruling_id
    entry = Entry.objects.get(action="sittings.move_duty")
    facts = json.loads(bytes(entry.body))["facts"]
    assert facts["from_sitting"] == str(scene.sittings[0].pk) and facts["to_sitting"] == str(scene.sittings[1].pk)
    assert facts["ruling"] == str(new.ruling_id)
    assert list(differences(Duty)) == []
    assert [message.kind for message in Message.objects.filter(person_id=old.person_id).order_by("created_at", "pk")].count(
        "duty.moved"
    ) == 1
    assert not Message.objects.filter(kind="duty.withdrawn").exists()


def test_a_move_into_another_slot_is_one_entry_of_the_calendar_counted_up(scene):
    later = afternoon(scene)
    old = on_duty(scene)
    TimeSlot.objects.filter(pk=scene.slot.pk).update(revision=5)  # the slot it comes from was rescheduled often
    scene.slot.refresh_from_db()
    (before,) = calendar(scene.invigilators[0])
    move(scene, old, later.sittings.get())
    (after,) = calendar(scene.invigilators[0])
    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == later.starts_at and after["status"] == "CONFIRMED"
    TimeSlot.objects.filter(pk=scene.slot.pk).update(revision=50)  # what happens to the old slot afterwards no longer matters
    assert calendar(scene.invigilators[0])[0]["sequence"] == after["sequence"]
    actions.withdraw_duty(by=scene.clerk, duty=Duty.objects.get(live=True), reason="生病")
    (gone,) = calendar(scene.invigilators[0])
    assert gone["uid"] == before["uid"] and gone["status"] == "CANCELLED" and gone["sequence"] > after["sequence"]


def test_there_and_back_again(scene):
    first = on_duty(scene)
    second = move(scene, first, scene.sittings[1])
    third = move(scene, second, scene.sittings[0])
    assert third.thread == first.thread and Duty.objects.filter(live=True).get() == third
    assert [entry["sequence"] for entry in calendar(scene.invigilators[0])] == [third.revision]
    assert third.revision > second.revision > first.revision


def test_a_duty_replaced_by_another_draw_is_cancelled_in_the_calendar_not_lost(scene):
    old = on_duty(scene)
    Duty.objects.filter(pk=old.pk).update(state="replaced", live=False)
    assert [entry["status"] for entry in calendar(scene.invigilators[0])] == ["CANCELLED"]


def test_a_seat_moved_counts_the_calendar_up(scene, cast):
    scene.published()
    place = Place.objects.select_related("application__person", "seat__room").first()
    candidate = cast.candidate(place.application.person)
    (before,) = calendar(candidate)
    empty = place.seat.room.seats.exclude(places__in=Place.objects.all()).first()
    wanted = {"place": str(place.pk), "seat": str(empty.pk)}
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="move", reason="light", wanted=wanted)
    assert calendar(candidate)[0]["sequence"] == before["sequence"]
    actions.decide_change(by=scene.head, change=change, approve=True)
    (after,) = calendar(candidate)
    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"] and empty.label in after["description"]


# ---- after publication --------------------------------------------------------------------------------------------------


def test_after_publication_a_move_needs_a_reason_is_released_at_once_and_the_chief_hears_of_it(scene):
    spare = scene.staff("备用监考", 790, "invigilator")
    scene.published()
    extra = actions.assign_duty(
        by=scene.clerk, slot=scene.slot, sitting=scene.sittings[0], person=Person.objects.get(pk=spare.person_id), capacity="invigilator"
    )
    assert refused(lambda: move(scene, extra, scene.sittings[1])) == ["sittings.reason"]
    new = move(scene, extra, scene.sittings[1], reason="Room 2 is short of one")
    assert new.state == "released"
    told = Message.objects.get(kind="duty.staff_changed")
    assert told.person_id == scene.chief.person_id and told.params["person"] == "备用监考"
    moved = Message.objects.get(kind="duty.moved")
    assert moved.person_id == spare.person_id and moved.params["reason"] == "Room 2 is short of one"


def test_before_publication_nobody_else_is_told(scene):
    scene.assign(scene.chief, None)
    move(scene, on_duty(scene), scene.sittings[1])
    assert not Message.objects.filter(kind="duty.staff_changed").exists()


@pytest.mark.parametrize("state", ["on_duty", "done"])
def test_who_has_signed_in_stays(scene, state):
    duty = on_duty(scene)
    Duty.objects.filter(pk=duty.pk).update(state=state)
    duty.refresh_from_db()
    assert preview(duty, scene.sittings[1]) == ["sittings.duty_fixed"]
    assert refused(lambda: move(scene, duty, scene.sittings[1], reason="too late")) == ["sittings.duty_fixed"]


def test_a_slot_that_is_over_takes_and_gives_nobody(scene):
    later, duty = afternoon(scene), on_duty(scene)
    TimeSlot.objects.filter(pk=later.pk).update(state="closed")
    assert refused(lambda: move(scene, duty, later.sittings.get(), reason="why not")) == ["sittings.slot_over"]
    TimeSlot.objects.filter(pk=scene.slot.pk).update(state="closed")
    assert "sittings.duty_fixed" in refused(lambda: move(scene, duty, scene.sittings[1], reason="why not"))


# ---- refused ------------------------------------------------------------------------------------------------------------


def test_a_recusal_ground_in_the_new_room_refuses_all_of_it_and_keeps_the_ruling(scene):
    later = afternoon(scene)
    scene.drawn()
    seated = Place.objects.filter(sitting=scene.sittings[1]).select_related("application__person").first()
    duty = on_duty(scene)
    kin(duty.person, "spouse", seated.application.person)
    expected = preview(duty, scene.sittings[1])
    assert any(id.startswith("recusal.") for id in expected)
    rulings = set(Ruling.objects.values_list("pk", flat=True))
    assert refused(lambda: move(scene, duty, scene.sittings[1])) == expected
    duty.refresh_from_db()
    assert (duty.state, duty.live, Duty.objects.count()) == ("proposed", True, 1)
    assert not Ruling.objects.exclude(pk__in=rulings).get().allowed
    assert Entry.objects.filter(action="sittings.move_duty", outcome="refused").count() == 1
    assert later.duties.count() == 0


def test_named_facts_stay_hidden_in_what_is_shown_before(scene):
    scene.drawn()
    seated = Place.objects.filter(sitting=scene.sittings[1]).select_related("application__person").first()
    duty = on_duty(scene)
    kin(duty.person, "spouse", seated.application.person)
    (weighed,) = weighing.weigh([Wish(duty.person, "invigilator", scene.slot, scene.sittings[1], duty)])
    assert weighed.objections and not weighed.allowed
    assert all(seated.application.person.name not in one.text() for one in weighed.objections)


def test_everything_that_speaks_against_it_comes_at_once(scene, cast):
    later = afternoon(scene)
    duty = on_duty(scene)
    actions.assign_duty(by=scene.clerk, slot=later, sitting=later.sittings.get(), person=duty.person, capacity="invigilator")
    starts, ends = END + timedelta(hours=2, minutes=30), END + timedelta(hours=4)
    other = TimeSlot.objects.create(
        event=scene.event, item=scene.item, subject="practical", form="practical", venue=scene.venue, starts_at=starts, ends_at=ends
    )
    sitting = Sitting.objects.create(slot=other, room=scene.rooms[1], starts_at=other.starts_at, ends_at=other.ends_at)
    Parameter.objects.create(body=cast.body, code="DUTIES_PER_DAY", value=1, source="rule", effective_from=NOW.date())
    duty.appointment.families = ["MT"]
    duty.appointment.save()
    expected = ["sittings.not_appointed", "timetable.person_taken", "sittings.load"]
    assert preview(duty, sitting) == expected
    assert refused(lambda: move(scene, duty, sitting)) == expected


def test_the_duty_left_counts_neither_as_busy_nor_as_load(scene, cast):
    duty = on_duty(scene)
    for code in ("DUTIES_PER_DAY", "DUTIES_PER_EVENT"):
        Parameter.objects.create(body=cast.body, code=code, value=1, source="rule", effective_from=NOW.date())
    assert preview(duty, scene.sittings[1]) == []
    move(scene, duty, scene.sittings[1])
    later = afternoon(scene)
    (weighed,) = weighing.weigh([Wish(duty.person, "invigilator", later, later.sittings.get())])
    assert [one.id for one in weighed.objections] == ["sittings.load", "sittings.load"]


def test_a_post_of_a_room_is_none_of_the_slot_and_the_other_way_round(scene):
    chief, guard = scene.assign(scene.chief, None), on_duty(scene)
    assert refused(lambda: move(scene, chief, scene.sittings[0], slot=scene.slot)) == ["sittings.needs_slot"]
    later = afternoon(scene)
    assert refused(lambda: move(scene, guard, None, slot=later)) == ["sittings.needs_room"]
    assert refused(lambda: move(scene, guard, scene.sittings[1], slot=later)) == ["sittings.sitting_elsewhere"]


def test_a_post_held_by_now_is_refused_and_an_ended_duty_too(scene):
    first, second = on_duty(scene, 0, 0), on_duty(scene, 1, 1)
    assert preview(first, scene.sittings[1], post=1) == ["sittings.post_taken"]
    assert refused(lambda: move(scene, first, scene.sittings[1], post=1)) == ["sittings.post_taken"]
    move(scene, first, scene.sittings[1], post=2)
    assert refused(lambda: move(scene, first, scene.sittings[0])) == ["sittings.duty_fixed"]
    assert refused(lambda: move(scene, second, scene.sittings[1])) == ["sittings.same_post"]
    third = Person.objects.get(pk=scene.invigilators[2].person_id)
    given = {"slot": scene.slot, "sitting": scene.sittings[1], "person": third, "capacity": "invigilator"}
    assert refused(lambda: actions.assign_duty(by=scene.clerk, post=2, **given)) == ["sittings.post_taken"]


def test_an_event_keeps_its_duties_and_a_stranger_moves_none(scene, cast):
    duty = on_duty(scene)
    event = type(scene.event).objects.get(pk=scene.event.pk)
    event.pk, event.number = None, "2026-05"
    event._state.adding = True
    event.id = type(event)._meta.pk.get_default()
    event.save()
    starts, ends = START + timedelta(days=1), END + timedelta(days=1)
    foreign = TimeSlot.objects.create(
        event=event, item=scene.item, subject="theory", venue=scene.venue, starts_at=starts, ends_at=ends
    )
    sitting = Sitting.objects.create(slot=foreign, room=scene.rooms[0], starts_at=foreign.starts_at, ends_at=foreign.ends_at)
    assert "sittings.other_event" in refused(lambda: move(scene, duty, sitting))
    for actor in (cast.stranger, cast.actor("archivist"), scene.chief, scene.invigilators[0]):
        with pytest.raises(NotPermitted):
            move(scene, duty, scene.sittings[1], by=actor)
    assert Entry.objects.filter(action="sittings.move_duty", outcome="denied").count() == 4


# ---- asked for many at once ---------------------------------------------------------------------------------------------


def test_weighing_costs_the_same_for_one_wish_and_for_many(scene):
    people = [Person.objects.get(pk=actor.person_id) for actor in scene.invigilators]
    slot = TimeSlot.objects.select_related("event__body", "item__qualification", "item__edition", "venue").get(pk=scene.slot.pk)
    sittings = list(Sitting.objects.select_related("room").filter(slot=slot))
    many = [Wish(person, "invigilator", slot, sitting, post=2) for person in people for sitting in sittings]
    counts = []
    for wishes in (many[:1], many[:1], many[:3], many):
        with CaptureQueriesContext(connection) as queries:
            weighing.weigh(wishes)
        counts.append(len(queries))
    assert counts[1] == counts[2] == counts[3] == WEIGHING


WEIGHING = 24
