"""The day as an opponent would have it: strangers, forgeries, second scans, closed doors, altered figures."""

import random
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exams.conduct import actions
from exams.conduct.models import CheckIn, Incident, RoomRecord
from exams.conduct.readiness import CLOSING, READINESS, blocking
from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.people.models import KinEdge, Person
from exams.sittings import actions as arrangement
from exams.sittings import tickets
from exams.sittings.models import Duty, Place
from exams.sittings.queries import token_of
from tests.exams.sittings.scene import END


def ids(refusal) -> list[str]:
    return [objection.id for objection in refusal.value.objections]


# ---- opening -----------------------------------------------------------------


def test_opening_refuses_with_exactly_what_the_page_shows(day):
    day.before(35)
    shown = [objection.id for objection in blocking(READINESS, day.sitting)]
    assert shown == ["conduct.no_chief", "conduct.too_few_invigilators"]
    with pytest.raises(Refused) as refusal:
        actions.open_sitting(by=day.chief, sitting=day.sitting)
    assert ids(refusal) == shown


def test_admission_does_not_open_before_its_time(day):
    day.before(41).signed_in()
    with pytest.raises(Refused) as refusal:
        actions.open_sitting(by=day.chief, sitting=day.sitting)
    assert ids(refusal) == ["conduct.too_early"]
    day.before(40)
    assert actions.open_sitting(by=day.chief, sitting=day.sitting).state == "open"


def test_recusal_is_asked_again_at_opening(day):
    day.before(35).signed_in()
    person = Person.objects.get(pk=day.invigilator.person_id)
    candidate = day.places()[0].application.person
    KinEdge.objects.create(
        person=person, relative_index=candidate.id_index, relative_name=candidate.name, relation="sibling", declared_on="2026-11-28"
    )
    with pytest.raises(Refused) as refusal:
        actions.open_sitting(by=day.chief, sitting=day.sitting)
    assert "recusal.kin_of_candidate" in ids(refusal)
    day.sitting.refresh_from_db()
    assert day.sitting.state == "published"


def test_only_the_chief_of_the_slot_opens(day, cast):
    day.before(35).signed_in()
    for actor in (day.invigilator, day.scene.staff("别的主考", 888, "chief"), cast.actor("chief", cast.other_body, name="stranger")):
        with pytest.raises(NotPermitted):
            actions.open_sitting(by=actor, sitting=day.sitting)


def test_a_duty_is_signed_in_by_its_person_on_the_day(day):
    duty = Duty.objects.get(person=day.invigilator.person_id)
    with pytest.raises(Refused) as refusal:
        actions.sign_in(by=day.invigilator, duty=duty)
    assert ids(refusal) == ["conduct.sign_in_time"]
    day.before(60)
    with pytest.raises(NotPermitted):
        actions.sign_in(by=day.scene.invigilators[1], duty=duty)
    assert actions.sign_in(by=day.invigilator, duty=duty).state == "on_duty"


# ---- the door ----------------------------------------------------------------


def test_a_forged_code_is_refused_and_on_record(day):
    day.opened()
    place = day.places()[0]
    forged = tickets.issue(Ed25519PrivateKey.generate(), day.sitting.pk, place.pk, place.ticket_nonce)
    with pytest.raises(Refused) as refusal:
        actions.check_in(by=day.invigilator, sitting=day.sitting, token=forged)
    assert ids(refusal) == ["door.forged"]
    assert Entry.objects.filter(action="conduct.check_in", outcome="refused").count() == 1
    assert CheckIn.objects.count() == 0


def test_changed_codes_admit_nobody(day):
    day.opened()
    token, chance = token_of(day.places()[0]), random.Random(7)
    for _ in range(20):
        at = chance.randrange(len(token))
        changed = token[:at] + str((int(token[at]) + 1) % 10) + token[at + 1 :]
        with pytest.raises(Refused):
            actions.check_in(by=day.invigilator, sitting=day.sitting, token=changed)
    assert CheckIn.objects.count() == 0


def test_a_second_scan_names_who_and_when(day):
    day.opened()
    place = day.places()[0]
    day.scan(place)
    with pytest.raises(Refused) as refusal:
        day.scan(place)
    objection = refusal.value.objections[0]
    assert objection.id == "door.already"
    assert objection.params["who"] == day.invigilator.name
    assert objection.params["at"] == "08:25:00"
    assert CheckIn.objects.count() == 1


def test_the_ticket_of_another_room_names_the_right_one(cast, still):
    from tests.exams.conduct.day import Day
    from tests.exams.sittings.scene import Scene

    day = Day(Scene(cast, candidates=16, rooms=2), still).opened()
    place = Place.objects.filter(sitting=day.scene.sittings[1]).select_related("sitting__room", "seat").first()
    with pytest.raises(Refused) as refusal:
        day.scan(place)
    objection = refusal.value.objections[0]
    assert objection.id == "door.wrong_room"
    assert objection.params["room"] == place.sitting.room.name
    assert objection.params["seat"] == place.seat.label
    other = day.scene.invigilators[2]
    with pytest.raises(NotPermitted):
        actions.check_in(by=other, sitting=day.sitting, token=token_of(day.places()[0]))


def test_a_replaced_ticket_is_dead_and_the_new_one_works(day):
    place = day.places()[0]
    old = token_of(place)
    change = arrangement.ask_change(
        by=day.scene.clerk, slot=day.scene.slot, kind="reissue", reason="准考证遗失", wanted={"place": str(place.pk)}
    )
    arrangement.decide_change(by=day.scene.head, change=change, approve=True)
    day.opened()
    with pytest.raises(Refused) as refusal:
        actions.check_in(by=day.invigilator, sitting=day.sitting, token=old)
    assert ids(refusal) == ["door.ticket_dead"]
    place.refresh_from_db()
    assert day.scan(place).outcome == "present"


def test_entry_closes_on_the_minute(day):
    day.opened().after(30)
    first, second = day.places()[:2]
    assert day.scan(first).outcome == "present"
    day.traveller.shift(1)
    with pytest.raises(Refused) as refusal:
        day.scan(second)
    assert ids(refusal) == ["door.late"]


def test_nobody_is_absent_while_the_door_is_open(day):
    day.opened().after(30)
    with pytest.raises(Refused) as refusal:
        actions.mark_absent(by=day.invigilator, sitting=day.sitting, place=day.places()[0])
    assert ids(refusal) == ["door.still_open"]
    day.after(31)
    assert actions.mark_absent(by=day.invigilator, sitting=day.sitting, place=day.places()[0]).outcome == "absent"
    with pytest.raises(Refused):
        actions.mark_absent(by=day.invigilator, sitting=day.sitting, place=day.places()[0])


def test_the_door_list_writes_exactly_the_silent(day):
    day.opened()
    present = day.places()[:2]
    for place in present:
        day.scan(place)
    day.after(31)
    written = actions.close_door(by=day.invigilator, sitting=day.sitting)
    assert {answer.place_id for answer in written} == {place.pk for place in day.places()[2:]}
    assert actions.close_door(by=day.invigilator, sitting=day.sitting) == []


def test_a_mismatch_opens_an_incident_and_leaves_the_seat_empty(day):
    day.opened()
    place = day.places()[0]
    held = actions.hold(by=day.invigilator, sitting=day.sitting, place=place)
    decided = actions.decide_hold(by=day.invigilator, answer=held, same_person=False, note="照片不符")
    assert decided.outcome == "mismatch"
    assert Incident.objects.get().kind == "impersonation"
    with pytest.raises(Refused) as refusal:
        actions.decide_hold(by=day.invigilator, answer=decided, same_person=True)
    assert ids(refusal) == ["door.chief_decides"]
    assert actions.decide_hold(by=day.chief, answer=decided, same_person=True).outcome == "present"
    assert CheckIn.objects.filter(place=place, undone_at=None).count() == 1


def test_undoing_is_open_and_the_candidate_can_be_admitted_again(day):
    day.opened()
    place = day.places()[0]
    answer = day.scan(place)
    actions.undo(by=day.invigilator, answer=answer)
    with pytest.raises(Refused):
        actions.undo(by=day.invigilator, answer=answer)
    assert day.scan(place).outcome == "present"
    assert CheckIn.objects.filter(place=place).count() == 2
    assert list(differences(CheckIn)) == []


def test_nobody_enters_a_sitting_that_is_not_open(day):
    day.before(30)
    with pytest.raises(Refused) as refusal:
        day.scan(day.places()[0])
    assert ids(refusal) == ["conduct.not_open"]


# ---- incidents ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "no_such_kind"}, "incident.kind"),
        ({"kind": "copying"}, "incident.who"),
        ({"until": -60}, "incident.interval"),
        ({"since": 600}, "incident.future"),
    ],
)
def test_incidents_that_make_no_sense_are_refused(day, change, expected):
    day.opened()
    now = day.sitting.starts_at - timedelta(minutes=35)
    given = {"kind": "noise", "since": now, "text": "x"}
    for key, value in change.items():
        given[key] = value if isinstance(value, str) else now + timedelta(seconds=value)
    with pytest.raises(Refused) as refusal:
        actions.report_incident(by=day.invigilator, sitting=day.sitting, **given)
    assert ids(refusal) == [expected]


def test_signatures_lapse_when_the_facts_change(day):
    day.opened()
    place = day.places()[0]
    incident = actions.report_incident(
        by=day.invigilator,
        sitting=day.sitting,
        kind="copying",
        since=day.sitting.starts_at - timedelta(minutes=40),
        place=place,
        text="互看答卷",
    )
    actions.sign_incident(by=day.invigilator, incident=incident)
    with pytest.raises(Refused):
        actions.sign_incident(by=day.invigilator, incident=incident)
    actions.sign_incident(by=day.scene.invigilators[1], incident=incident)
    incident.refresh_from_db()
    assert len(incident.signatures) == 2
    with pytest.raises(Refused) as refusal:
        actions.amend_incident(by=day.invigilator, incident=incident, held_items=["手机"])
    assert ids(refusal) == ["incident.receipt"]
    actions.amend_incident(by=day.invigilator, incident=incident, text="另一经过")
    incident.refresh_from_db()
    assert incident.signatures == []


def test_the_cameras_may_report_and_strangers_may_not(day, cast):
    from exams.access import SYSTEM

    day.opened()
    given = {"sitting": day.sitting, "kind": "recording_failed", "since": day.sitting.starts_at - timedelta(minutes=36)}
    assert actions.report_incident(by=SYSTEM, camera_id=day.sitting.pk, **given).camera_id == day.sitting.pk
    with pytest.raises(NotPermitted):
        actions.report_incident(by=cast.actor("technician", cast.other_body, name="stranger"), **given)


# ---- record and closing ------------------------------------------------------


def test_closing_refuses_with_exactly_what_the_page_shows(day):
    day.opened()
    shown = [objection.id for objection in blocking(CLOSING, day.sitting)]
    assert shown == ["conduct.unanswered", "conduct.still_running", "conduct.unsigned"]
    with pytest.raises(Refused) as refusal:
        actions.close_sitting(by=day.chief, sitting=day.sitting)
    assert ids(refusal) == shown


def test_every_invigilator_and_the_chief_sign(day):
    day.opened().all_in_but(1).at(END)
    for actor in day.scene.invigilators[:2]:
        actions.sign_room_record(by=actor, sitting=day.sitting)
    with pytest.raises(Refused) as refusal:
        actions.close_sitting(by=day.chief, sitting=day.sitting)
    assert ids(refusal) == ["conduct.unsigned"]
    assert refusal.value.objections[0].params["names"] == day.chief.name
    with pytest.raises(Refused) as refusal:
        actions.sign_room_record(by=day.invigilator, sitting=day.sitting)
    assert ids(refusal) == ["record.signed"]
    with pytest.raises(NotPermitted):
        actions.sign_room_record(by=day.scene.roving, sitting=day.sitting)
    actions.sign_room_record(by=day.chief, sitting=day.sitting)
    assert RoomRecord.objects.get().state == "signed"


def test_altered_figures_need_new_signatures(day):
    day.opened().all_in_but(1).signed()
    assert RoomRecord.objects.get().state == "signed"
    actions.enter_figures(by=day.invigilator, sitting=day.sitting, other="空调噪声")
    assert RoomRecord.objects.get().state == "filling"
    with pytest.raises(Refused) as refusal:
        actions.close_sitting(by=day.chief, sitting=day.sitting)
    assert ids(refusal) == ["conduct.unsigned"]


def test_figures_that_do_not_add_up_are_not_signed(day):
    day.opened().all_in_but(1).at(END)
    actions.enter_figures(
        by=day.invigilator, sitting=day.sitting, papers_received=6, papers_used=4, papers_spare=1, papers_damaged=0, answers_collected=4
    )
    with pytest.raises(Refused) as refusal:
        actions.sign_room_record(by=day.invigilator, sitting=day.sitting)
    assert ids(refusal) == ["record.papers"]


def test_a_closed_room_takes_nothing_more(day):
    day.opened().all_in_but(1).signed()
    actions.close_sitting(by=day.chief, sitting=day.sitting)
    for act in (
        lambda: actions.enter_figures(by=day.chief, sitting=day.sitting, other="x"),
        lambda: actions.close_door(by=day.chief, sitting=day.sitting),
        lambda: actions.ring(by=day.chief, sitting=day.sitting, kind="end"),
        lambda: actions.close_sitting(by=day.chief, sitting=day.sitting),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert ids(refusal) == ["conduct.not_open"]


def test_bells_off_the_plan_need_a_reason(day):
    day.opened().after(6)
    with pytest.raises(Refused) as refusal:
        actions.ring(by=day.chief, sitting=day.sitting, kind="start")
    assert ids(refusal) == ["conduct.bell_reason"]
    with pytest.raises(Refused) as refusal:
        actions.ring(by=day.chief, sitting=day.sitting, kind="end", reason="x")
    assert ids(refusal) == ["conduct.not_started"]
    actions.ring(by=day.chief, sitting=day.sitting, kind="start", reason="试卷迟到")
    with pytest.raises(Refused) as refusal:
        actions.ring(by=day.chief, sitting=day.sitting, kind="start", reason="再次")
    assert ids(refusal) == ["conduct.rung"]


def test_the_journal_and_the_tables_agree_after_a_whole_day(day):
    day.opened().all_in_but(2).signed()
    actions.close_sitting(by=day.chief, sitting=day.sitting)
    for model in (CheckIn, RoomRecord, Place, Duty, Incident):
        assert list(differences(model)) == [], model
