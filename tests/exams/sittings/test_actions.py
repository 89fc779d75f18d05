"""Must refuse: what no arrangement may do, each beside the way that works."""

from datetime import date, timedelta

import pytest

from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.people.models import KinEdge, Person
from exams.recusal.actions import reask
from exams.recusal.models import ObjectionNotice, Ruling
from exams.sittings import actions, gate, lots
from exams.sittings.chance import digest
from exams.sittings.models import Acceptance, Change, Draw, Duty, Place, Sitting
from exams.sittings.plan import rectangle
from exams.sittings.seating import Chair, seat
from tests.exams.sittings.scene import END, START


def ids(refusal) -> list[str]:
    return [objection.id for objection in refusal.value.objections]


# ---- rooms -------------------------------------------------------------------


def test_a_room_without_acceptance_cannot_be_used(scene):
    plan, spots = rectangle(9000, 9000, 2, 2)
    room = actions.add_room(by=scene.clerk, venue=scene.venue, name="第09考场", plan=plan, seats=spots)
    with pytest.raises(Refused) as refusal:
        actions.add_sitting(by=scene.clerk, slot=scene.slot, room=room)
    assert ids(refusal) == ["sittings.room_not_accepted_yet"]
    actions.accept_room(by=scene.clerk, room=room, valid_until=date(2026, 11, 27))  # the day before
    with pytest.raises(Refused):
        actions.add_sitting(by=scene.clerk, slot=scene.slot, room=room)
    actions.accept_room(by=scene.clerk, room=room, valid_until=date(2026, 11, 28))
    assert actions.add_sitting(by=scene.clerk, slot=scene.slot, room=room).state == "planned"


def test_a_new_plan_ends_the_acceptance(scene):
    room = scene.rooms[0]
    plan, spots = rectangle(9000, 9000, 2, 2)
    actions.change_plan(by=scene.clerk, room=room, plan=plan, seats=spots)
    room.refresh_from_db()
    assert room.accepted_until is None
    assert Acceptance.objects.get(room=room).lapsed_at is not None
    assert room.seats.count() == 4


def test_the_plan_of_a_drawn_room_stands(scene):
    scene.drawn()
    plan, spots = rectangle(9000, 9000, 2, 2)
    with pytest.raises(Refused) as refusal:
        actions.change_plan(by=scene.clerk, room=scene.rooms[0], plan=plan, seats=spots)
    assert ids(refusal) == ["sittings.plan_in_use"]


def test_every_fault_of_a_plan_is_told_at_once(scene):
    seats = [("01", 1000, 1000), ("01", 1900, 1000), ("02", 99000, 1000)]
    with pytest.raises(Refused) as refusal:
        actions.add_room(by=scene.clerk, venue=scene.venue, name="x", plan={"outline": [[0, 0], [9000, 0], [9000, 9000]]}, seats=seats)
    assert set(ids(refusal)) == {"plan.no_door", "plan.no_desk", "plan.label_twice", "plan.seat_outside", "plan.too_near"}


# ---- timetable ---------------------------------------------------------------


def test_a_room_taken_at_the_time_is_refused_and_free_a_minute_later(scene):
    assert scene.sitting
    item = scene.item
    slot = actions.schedule_slot(
        by=scene.clerk,
        event=scene.event,
        item=item,
        subject="practical",
        venue=scene.venue,
        starts_at=END,
        ends_at=END + timedelta(hours=1),
    )
    assert actions.add_sitting(by=scene.clerk, slot=slot, room=scene.rooms[0])
    with pytest.raises(Refused) as refusal:
        actions.reschedule_slot(by=scene.clerk, slot=slot, starts_at=END - timedelta(minutes=1), ends_at=END + timedelta(hours=1))
    assert "timetable.room_taken" in ids(refusal)


def test_all_clashes_of_a_new_time_are_told_at_once(scene):
    scene.drawn().staffed()
    later = END + timedelta(minutes=30)
    slot = actions.schedule_slot(
        by=scene.clerk,
        event=scene.event,
        item=scene.item,
        subject="practical",
        venue=scene.venue,
        starts_at=later,
        ends_at=later + timedelta(hours=1),
    )
    actions.add_sitting(by=scene.clerk, slot=slot, room=scene.rooms[0])
    actions.draw_seats(by=scene.clerk, slot=slot)
    with pytest.raises(Refused) as refusal:
        actions.reschedule_slot(by=scene.clerk, slot=slot, starts_at=START, ends_at=END)
    found = ids(refusal)
    assert found.count("timetable.room_taken") == 1
    assert found.count("timetable.candidate_taken") == len(scene.candidates)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ({"starts_at": END, "ends_at": START}, "sittings.interval"),
        ({"starts_at": START - timedelta(days=3), "ends_at": END - timedelta(days=3)}, "sittings.outside_event"),
        ({"subject": "no such"}, "sittings.unknown_subject"),
    ],
)
def test_slots_that_make_no_sense_are_refused(scene, shift, expected):
    given = {
        "event": scene.event,
        "item": scene.item,
        "subject": "theory",
        "venue": scene.venue,
        "starts_at": START,
        "ends_at": END,
        **shift,
    }
    with pytest.raises(Refused) as refusal:
        actions.schedule_slot(by=scene.clerk, **given)
    assert ids(refusal) == [expected]


# ---- seats -------------------------------------------------------------------


def test_the_draw_can_be_repeated_from_its_record(scene):
    scene.drawn()
    draw = Draw.objects.get(slot=scene.slot)
    candidates = lots.candidates(draw.pool)
    chairs = [Chair(*row) for row in draw.pool["chairs"]]
    again = [[line.candidate, line.chair, line.form] for line in seat(candidates, chairs, draw.seed)]
    assert again == draw.result
    assert digest(draw.pool) == draw.pool_digest
    assert digest(again) == draw.result_digest
    places = {str(place.application_id): str(place.seat_id) for place in Place.objects.filter(slot=scene.slot)}
    assert places == {candidate: chair for candidate, chair, _form in draw.result}


def test_a_second_draw_and_a_chosen_seed_are_refused(scene):
    assert scene.candidates
    assert scene.sittings
    with pytest.raises(Refused) as refusal:
        actions.draw_seats(by=scene.clerk, slot=scene.slot, seed="mine")
    assert ids(refusal) == ["sittings.seed_chosen"]
    actions.draw_seats(by=scene.clerk, slot=scene.slot)
    with pytest.raises(Refused) as refusal:
        actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert ids(refusal) == ["sittings.drawn_already"]


def test_a_second_draw_needs_a_reason_and_another_person(scene):
    scene.drawn()
    with pytest.raises(Refused) as refusal:
        actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason=" ")
    assert ids(refusal) == ["sittings.reason"]
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="座位03损坏")
    with pytest.raises(Refused) as refusal:
        actions.decide_change(by=scene.clerk, change=change, approve=True)
    assert ids(refusal) == ["sittings.same_person"]
    before = Draw.objects.get(slot=scene.slot)
    actions.decide_change(by=scene.head, change=change, approve=True)
    before.refresh_from_db()
    now = Draw.objects.get(slot=scene.slot, state="drawn")
    assert before.replaced_at is not None
    assert now.seed != before.seed
    assert Place.objects.filter(slot=scene.slot, state="held").count() == 5
    with pytest.raises(Stale):
        actions.decide_change(by=scene.head, change=change, approve=True)


def test_the_database_too_keeps_the_two_persons_apart(scene):
    from django.db import IntegrityError, transaction

    scene.drawn()
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="座位03损坏")
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(decided_by=scene.clerk.person_id)


def test_a_moved_candidate_swaps_and_gets_a_new_ticket(scene):
    scene.published()
    first, second = Place.objects.filter(slot=scene.slot).order_by("seat__label")[:2]
    codes = first.ticket_nonce, second.ticket_nonce
    wanted = {"place": str(first.pk), "seat": str(second.seat_id)}
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="move", reason="考生行动不便", wanted=wanted)
    actions.decide_change(by=scene.head, change=change, approve=True)
    moved, swapped = Place.objects.get(pk=first.pk), Place.objects.get(pk=second.pk)
    assert (moved.seat_id, swapped.seat_id) == (second.seat_id, first.seat_id)
    assert moved.ticket_nonce != codes[0]
    assert swapped.ticket_nonce != codes[1]
    assert moved.ticket_number == first.ticket_number


def test_a_share_is_drawn_when_the_subject_has_a_further_slot(cast, still):
    from tests.exams.sittings.scene import Scene

    scene = Scene(cast, candidates=18)
    later = END + timedelta(minutes=30)
    other = actions.schedule_slot(
        by=scene.clerk,
        event=scene.event,
        item=scene.item,
        subject="theory",
        venue=scene.venue,
        starts_at=later,
        ends_at=later + timedelta(hours=2),
    )
    scene.drawn()
    actions.add_sitting(by=scene.clerk, slot=other, room=scene.rooms[0])
    actions.draw_seats(by=scene.clerk, slot=other)
    counts = [Place.objects.filter(slot=slot, state="held").count() for slot in (scene.slot, other)]
    assert counts == [12, 6]
    assert Place.objects.values("application").distinct().count() == 18


# ---- duties ------------------------------------------------------------------


def test_the_father_of_a_candidate_is_refused_and_the_refusal_is_on_record(scene):
    scene.drawn()
    father = scene.invigilators[0]
    person = Person.objects.get(pk=father.person_id)
    candidate = scene.candidates[0]
    KinEdge.objects.create(
        person=person, relative_index=candidate.id_index, relative_name=candidate.name, relation="child", declared_on=date(2026, 1, 1)
    )
    with pytest.raises(Refused) as refusal:
        scene.assign(father, scene.sitting)
    assert "recusal.kin_of_candidate" in ids(refusal)
    assert Duty.objects.count() == 0
    assert Ruling.objects.get(person=person).allowed is False
    assert Entry.objects.filter(action="sittings.assign_duty", outcome="refused").count() == 1


def test_nobody_serves_without_appointment_or_declaration(scene):
    scene.drawn()
    stranger = scene.cast.person("路人", 900)
    with pytest.raises(Refused) as refusal:
        actions.assign_duty(by=scene.clerk, slot=scene.slot, sitting=scene.sitting, person=stranger, capacity="invigilator")
    assert ids(refusal) == ["sittings.not_appointed"]
    silent = scene.staff("未申报", 901, "invigilator", declared=False)
    with pytest.raises(Refused) as refusal:
        scene.assign(silent, scene.sitting)
    assert "recusal.undeclared" in ids(refusal)


def test_one_duty_at_a_time(scene):
    scene.drawn().staffed()
    slot = actions.schedule_slot(
        by=scene.clerk,
        event=scene.event,
        item=scene.item,
        subject="practical",
        venue=scene.venue,
        starts_at=END - timedelta(minutes=1) + timedelta(hours=24),
        ends_at=END + timedelta(hours=25),
    )
    person = Person.objects.get(pk=scene.chief.person_id)
    assert actions.assign_duty(by=scene.clerk, slot=slot, sitting=None, person=person, capacity="chief")
    with pytest.raises(Refused) as refusal:
        actions.assign_duty(by=scene.clerk, slot=slot, sitting=None, person=person, capacity="chief")
    assert ids(refusal) == ["timetable.person_taken"]


def test_the_wrong_place_for_a_capacity(scene):
    assert scene.sitting
    for capacity, sitting, expected in (
        ("chief", scene.sitting, "sittings.needs_slot"),
        ("invigilator", None, "sittings.needs_room"),
        ("marker", None, "sittings.no_duty"),
    ):
        with pytest.raises(Refused) as refusal:
            actions.assign_duty(by=scene.clerk, slot=scene.slot, sitting=sitting, person=scene.candidates[0], capacity=capacity)
        assert ids(refusal) == [expected]


def test_the_gate_refuses_with_exactly_what_the_page_shows(scene):
    scene.drawn()
    shown = sorted(objection.id for objection in gate.open_points(scene.event))
    assert shown == ["sittings.no_chief", "sittings.no_roving", "sittings.too_few_invigilators"]
    with pytest.raises(Refused) as refusal:
        actions.publish_arrangement(by=scene.clerk, event=scene.event)
    assert sorted(ids(refusal)) == shown


def test_a_late_candidate_without_a_seat_blocks(scene):
    from exams.applications.models import Application

    scene.drawn().staffed()
    assert gate.open_points(scene.event) == []
    Application.objects.create(
        body=scene.cast.body, event=scene.event, item=scene.item, person=scene.cast.person("后来", 950), number="A9", state="approved"
    )
    assert [objection.id for objection in gate.open_points(scene.event)] == ["sittings.unseated"]


def test_whoever_is_taken_off_a_duty_is_no_longer_asked_to_be_replaced(scene):
    """Only that person: a second one whom the same news reached in the same room still stands there."""
    scene.drawn().staffed()
    first, second = Duty.objects.filter(sitting=scene.sitting, capacity="invigilator")[:2]
    for duty in (first, second):
        KinEdge.objects.create(
            person=scene.candidates[2],
            relative_index=duty.person.id_index,
            relative_name=duty.person.name,
            relation="parent",
            declared_on=date(2026, 11, 20),
        )
    reask(first.person_id, second.person_id)
    both = {first.person_id, second.person_id}
    seated = set(ObjectionNotice.objects.filter(state="open", capacity="invigilator").values_list("person", flat=True))
    assert seated == both
    actions.withdraw_duty(by=scene.clerk, duty=first, reason="回避")
    still = ObjectionNotice.objects.filter(state="open", capacity="invigilator").values_list("person", flat=True)
    assert list(still) == [second.person_id]


def test_a_fact_that_appeared_after_the_assignment_stops_the_publication(scene):
    scene.drawn().staffed()
    person, candidate = Person.objects.get(pk=scene.chief.person_id), scene.candidates[2]
    KinEdge.objects.create(
        person=candidate, relative_index=person.id_index, relative_name=person.name, relation="parent", declared_on=date(2026, 11, 20)
    )
    with pytest.raises(Refused) as refusal:
        actions.publish_arrangement(by=scene.clerk, event=scene.event)
    assert "recusal.kin_of_candidate" in ids(refusal)
    scene.event.refresh_from_db()
    assert scene.event.state == "applications_closed"
    assert Ruling.objects.filter(person=person, allowed=False).exists()


def test_publishing_twice_is_refused(scene):
    scene.published()
    with pytest.raises(Refused) as refusal:
        actions.publish_arrangement(by=scene.clerk, event=scene.event)
    assert ids(refusal) == ["sittings.applications_open"]


# ---- access ------------------------------------------------------------------


def test_the_stranger_arranges_nothing(scene, cast):
    scene.drawn()
    for act in (
        lambda: actions.draw_seats(by=cast.stranger, slot=scene.slot),
        lambda: actions.publish_arrangement(by=cast.stranger, event=scene.event),
        lambda: actions.accept_room(by=cast.stranger, room=scene.rooms[0], valid_until=date(2027, 1, 1)),
        lambda: actions.ask_change(by=cast.stranger, slot=scene.slot, kind="redraw", reason="because"),
        lambda: actions.cancel_slot(by=cast.stranger, slot=scene.slot, reason="because"),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert Sitting.objects.get().state == "planned"


def test_without_a_second_factor_even_the_clerk_arranges_nothing(scene, cast):
    from exams.access import Actor

    assert scene.slot
    with pytest.raises(NotPermitted):
        actions.draw_seats(by=Actor(**{**scene.clerk.__dict__, "verified": False}), slot=scene.slot)
