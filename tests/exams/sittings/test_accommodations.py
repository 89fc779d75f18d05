"""Arrangements granted to candidates: who grants, who sees what, how the draw keeps them and what it refuses beforehand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.access import SYSTEM
from exams.applications.models import Application
from exams.encryption import Ciphertext
from exams.errors import NotPermitted, Refused
from exams.journal.models import Detail, Entry
from exams.journal.projection import differences
from exams.messages.models import Message
from exams.sittings import accommodations, actions, gate, queries
from exams.sittings.models import Accommodation, Draw, Place, Seat
from exams.sittings.replay import replay
from tests.cast import Cast, sign_in_as
from tests.exams.sittings.scene import END, Scene

REASON = "脊髓损伤，使用轮椅"
WORDS = {"measure": "Wheelchair: desk 80 cm high", "basis": "Rules of the body on equal terms, section 3", "reason": REASON}


@pytest.fixture
def scene(cast: Cast, still) -> Scene:
    scene = Scene(cast, candidates=6, rooms=2)
    assert scene.candidates and scene.sittings
    return scene


def application(scene: Scene, number: int = 0) -> Application:
    return Application.objects.get(person=scene.candidates[number])


def grant(scene: Scene, number: int = 0, **more) -> Accommodation:
    return actions.grant_accommodation(by=more.pop("by", scene.clerk), application=application(scene, number), **{**WORDS, **more})


def seats(scene: Scene, *labels: str, room: int = 0) -> list[Seat]:
    return list(Seat.objects.filter(room=scene.rooms[room].pk, label__in=labels))


def refused(call) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return [one.id for one in refusal.value.objections]


# ---- granting -----------------------------------------------------------------------------------------------------------


def test_a_named_person_grants_with_a_basis_and_the_journal_keeps_all_but_the_reason(scene):
    granted = grant(scene, where="seats", seats=seats(scene, "01", "02"), minutes=30)
    assert (granted.granted_by_id, granted.minutes, granted.seats.count()) == (scene.clerk.person_id, 30, 2)
    entry = Entry.objects.get(action="sittings.grant_accommodation")
    facts = json.loads(bytes(entry.body))["facts"]
    assert facts["basis"] == WORDS["basis"] and facts["minutes"] == 30 and len(facts["seats"]) == 2
    kept = bytes(entry.body).decode() + bytes(Detail.objects.get(entry=entry).data).decode()
    assert REASON not in kept and "轮椅" not in kept
    assert WORDS["measure"] not in bytes(entry.body).decode()  # beside the hashed body, so that it can be erased
    assert list(differences(Accommodation)) == []
    (notice,) = Message.objects.filter(kind="accommodation.granted")
    assert notice.person_id == scene.candidates[0].pk and WORDS["measure"] not in json.dumps(notice.params)


def test_measure_and_reason_lie_encrypted(scene):
    granted = grant(scene)
    with connection.cursor() as cursor:
        cursor.execute("SELECT measure, reason FROM exams_accommodation")
        assert all(words not in row for row in cursor.fetchall() for words in ("Wheelchair", "轮椅"))
    assert isinstance(Accommodation.objects.get().__dict__["reason"], Ciphertext)
    assert Accommodation.objects.get(pk=granted.pk).reason == REASON


@pytest.mark.parametrize(
    ("given", "objection"),
    [
        ({"measure": " "}, "sittings.accommodation_measure"),
        ({"basis": ""}, "sittings.accommodation_basis"),
        ({"reason": "x"}, "sittings.reason"),
        ({"where": "seats"}, "sittings.accommodation_seats"),
        ({"where": "alone"}, "sittings.accommodation_room"),
        ({"where": "anywhere"}, "sittings.accommodation_where"),
    ],
)
def test_what_is_missing_is_named(scene, given, objection):
    assert refused(lambda: grant(scene, **given)) == [objection]
    assert not Accommodation.objects.exists()


def test_everything_missing_is_named_at_once(scene):
    found = refused(lambda: grant(scene, measure="", basis="", reason="", where="seats"))
    assert found == ["sittings.accommodation_measure", "sittings.accommodation_basis", "sittings.reason", "sittings.accommodation_seats"]


def test_a_room_of_another_body_and_a_spare_seat_are_refused(scene, cast):
    scene.venue.body = cast.other_body
    scene.venue.save()
    assert refused(lambda: grant(scene, where="seats", seats=seats(scene, "01"))) == ["sittings.accommodation_foreign"]
    scene.venue.body = cast.body
    scene.venue.save()
    scene.rooms[0].seats.filter(label="01").update(spare=True)
    assert refused(lambda: grant(scene, where="seats", seats=seats(scene, "01"))) == ["sittings.accommodation_spare"]


def test_one_arrangement_at_a_time_and_none_for_who_withdrew(scene):
    first = grant(scene)
    assert refused(lambda: grant(scene)) == ["sittings.accommodation_twice"]
    assert refused(lambda: actions.withdraw_accommodation(by=scene.clerk, accommodation=first, why=" ")) == ["sittings.reason"]
    actions.withdraw_accommodation(by=scene.clerk, accommodation=first, why="The candidate asked for it.")
    second = grant(scene, minutes=15)
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "granted")
    Application.objects.filter(pk=application(scene, 1).pk).update(state="withdrawn")
    assert refused(lambda: grant(scene, 1)) == ["sittings.application_gone"]


@pytest.mark.parametrize("capacity", ["archivist", "chief", "invigilator", "verifier", "oversight_inspector"])
def test_others_do_not_grant(scene, cast, capacity):
    with pytest.raises(NotPermitted):
        grant(scene, by=cast.actor(capacity))
    with pytest.raises(NotPermitted):
        grant(scene, by=cast.stranger)
    assert Entry.objects.filter(action="sittings.grant_accommodation", outcome="denied").count() == 2


def test_the_reason_is_read_by_the_head_for_a_purpose_that_stays_on_record(scene, cast):
    granted = grant(scene)
    assert refused(lambda: actions.read_reason(by=scene.head, accommodation=granted, purpose="")) == ["sittings.purpose"]
    assert actions.read_reason(by=scene.head, accommodation=granted, purpose="Appeal of the candidate") == REASON
    assert json.loads(bytes(Entry.objects.filter(action="sittings.read_reason", outcome="done").get().body))["facts"] == {
        "purpose": "Appeal of the candidate"
    }
    for actor in (scene.clerk, scene.chief, cast.stranger, cast.actor("head_of_body", cast.other_body)):
        with pytest.raises(NotPermitted):
            actions.read_reason(by=actor, accommodation=granted, purpose="curiosity")


# ---- who sees the measure -----------------------------------------------------------------------------------------------


def test_the_measure_is_seen_by_those_who_carry_it_out_and_by_nobody_else(scene, cast):
    grant(scene, where="seats", seats=seats(scene, "01"))
    scene.published()
    monitor = scene.staff("视频员", 760, "video_monitor")
    scene.assign(monitor, scene.sittings[0])
    first, second = scene.sittings
    here, there = scene.invigilators[0], scene.invigilators[2]
    for actor in (scene.clerk, scene.head, scene.chief, here):
        assert [place.seat.label for place, _row in queries.accommodations_of(actor, first)] == ["01"], actor.capacity
        assert queries.accommodations_of(actor, second) == []
    strangers = [there, scene.roving, monitor, cast.stranger, cast.actor("chief", name="chief of nothing"), cast.actor("archivist")]
    strangers += [cast.actor("oversight_inspector"), cast.actor("head_of_body", cast.other_body), SYSTEM]
    for actor in strangers:
        assert queries.accommodations_of(actor, first) == [], actor.capacity


# ---- the draw -----------------------------------------------------------------------------------------------------------


def test_the_draw_keeps_named_seats_and_rooms_alone_whatever_the_seed(scene):
    grant(scene, 0, where="seats", seats=seats(scene, "01", "04"))
    grant(scene, 1, where="seats", seats=seats(scene, "04"))
    grant(scene, 2, where="alone", room=scene.rooms[1])
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert draw.algorithm == "seats-2" and replay(draw).matches
    held = Place.objects.filter(state="held").select_related("seat")
    where = {place.application_id: (place.seat.room_id, place.seat.label) for place in held}
    first, second = (room.pk for room in scene.rooms)
    assert where[application(scene, 0).pk] == (first, "01")
    assert where[application(scene, 1).pk] == (first, "04")
    assert where[application(scene, 2).pk] == (second, "01")
    assert [room for room, _label in where.values()].count(second) == 1
    assert len(where) == 6 and list(accommodations.broken(scene.event)) == []


def test_an_arrangement_that_cannot_be_kept_is_named_before_the_draw_is_opened(scene):
    for number in range(3):
        grant(scene, number, where="seats", seats=seats(scene, "01", "02"))
    grant(scene, 4, where="seats", seats=seats(scene, "12"))
    with pytest.raises(Refused) as refusal:
        actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert {one.id for one in refusal.value.objections} == {"sittings.accommodation_contested"}
    assert {one.params["person"] for one in refusal.value.objections} == {person.name for person in scene.candidates[:3]}
    assert not Draw.objects.exists() and not Entry.objects.filter(action="sittings.open_draw").exists()


def test_two_alone_in_one_room_are_both_named(scene):
    for number in (0, 1):
        grant(scene, number, where="alone", room=scene.rooms[1])
    assert refused(lambda: actions.draw_seats(by=scene.clerk, slot=scene.slot)) == ["sittings.accommodation_contested"] * 2


def test_seats_taken_out_of_the_plan_are_not_any_seat(scene):
    grant(scene, where="seats", seats=seats(scene, "01"))
    Seat.objects.filter(room=scene.rooms[0], label="01").delete()
    assert refused(lambda: actions.draw_seats(by=scene.clerk, slot=scene.slot)) == ["sittings.accommodation_elsewhere"]


def test_a_room_alone_leaves_too_few_seats_for_the_others(scene):
    scene.rooms[0].seats.exclude(label__in=["01", "02", "03", "04"]).delete()
    grant(scene, where="alone", room=scene.rooms[1])
    assert refused(lambda: actions.draw_seats(by=scene.clerk, slot=scene.slot)) == ["sittings.too_few_seats_to_draw"]


def test_whoever_was_granted_seats_of_a_later_slot_waits_for_it_and_is_first_there(scene):
    later = actions.schedule_slot(
        by=scene.clerk, event=scene.event, item=scene.item, subject="theory", venue=scene.venue,
        starts_at=END + timedelta(hours=1), ends_at=END + timedelta(hours=3),
    )  # fmt: skip
    actions.cancel_sitting(by=scene.clerk, sitting=scene.sittings[1], reason="only one room in the morning")
    actions.add_sitting(by=scene.clerk, slot=later, room=scene.rooms[1])
    scene.rooms[0].seats.exclude(label__in=["01", "02", "03"]).delete()
    grant(scene, 0, where="seats", seats=seats(scene, "05", room=1))
    grant(scene, 1, where="seats", seats=seats(scene, "02", room=0))
    actions.draw_seats(by=scene.clerk, slot=scene.slot)
    morning = {place.application_id: place.seat.label for place in Place.objects.filter(slot=scene.slot).select_related("seat")}
    assert len(morning) == 3 and morning[application(scene, 1).pk] == "02" and application(scene, 0).pk not in morning
    actions.draw_seats(by=scene.clerk, slot=later)
    assert Place.objects.get(slot=later, application=application(scene, 0)).seat.label == "05"


# ---- afterwards ---------------------------------------------------------------------------------------------------------


def test_what_is_granted_after_the_draw_blocks_publication_until_the_candidate_is_moved(scene):
    scene.drawn().staffed()
    place = Place.objects.get(application=application(scene, 0))
    free = scene.rooms[0].seats.exclude(places__in=Place.objects.all()).first()
    grant(scene, 0, where="seats", seats=[free])
    assert [one.id for one in gate.open_points(scene.event)] == ["sittings.accommodation_broken"]
    assert scene.candidates[0].name not in gate.open_points(scene.event)[0].text()  # the archivist reads this page too
    change = actions.ask_change(
        by=scene.clerk, slot=scene.slot, kind="move", reason="granted since", wanted={"place": str(place.pk), "seat": str(free.pk)}
    )
    actions.decide_change(by=scene.head, change=change, approve=True)
    assert gate.open_points(scene.event) == []


def test_no_move_breaks_an_arrangement_neither_of_the_moved_nor_of_whoever_sits_there(scene):
    grant(scene, 0, where="seats", seats=seats(scene, "01"))
    grant(scene, 2, where="alone", room=scene.rooms[1])
    scene.drawn()
    bound, other = (Place.objects.get(application=application(scene, number)) for number in (0, 1))
    empty = scene.rooms[0].seats.exclude(places__in=Place.objects.all()).first()
    ask = [(bound, empty), (other, bound.seat)]
    for place, seat in ask:
        wanted = {"place": str(place.pk), "seat": str(seat.pk)}
        asked = lambda wanted=wanted: actions.ask_change(by=scene.clerk, slot=scene.slot, kind="move", reason="x x", wanted=wanted)  # noqa: E731
        assert refused(asked) == ["sittings.accommodation_broken"]
    into = {"place": str(other.pk), "seat": str(seats(scene, "07", room=1)[0].pk)}
    alone = lambda: actions.ask_change(by=scene.clerk, slot=scene.slot, kind="move", reason="x x", wanted=into)  # noqa: E731
    assert refused(alone) == ["sittings.accommodation_not_alone"]


def test_what_is_granted_between_asking_and_deciding_is_asked_again(scene):
    scene.drawn()
    place = Place.objects.select_related("seat").get(application=application(scene, 0))
    empty = place.seat.room.seats.exclude(places__in=Place.objects.all()).first()
    change = actions.ask_change(
        by=scene.clerk, slot=scene.slot, kind="move", reason="light", wanted={"place": str(place.pk), "seat": str(empty.pk)}
    )
    grant(scene, 0, where="seats", seats=[place.seat])
    assert refused(lambda: actions.decide_change(by=scene.head, change=change, approve=True)) == ["sittings.accommodation_broken"]
    place.refresh_from_db()
    assert place.seat_id != empty.pk


def test_the_gate_asks_the_same_number_of_queries_for_one_and_for_five(scene, django_assert_num_queries):
    grant(scene, 0, where="alone", room=scene.rooms[1])
    scene.drawn()
    for _number in range(2):
        with django_assert_num_queries(4):
            assert list(accommodations.broken(scene.event)) == []
        for number in range(1, 5):
            if not Accommodation.objects.filter(application=application(scene, number)).exists():
                grant(scene, number, where="seats", seats=[Place.objects.get(application=application(scene, number)).seat])


# ---- pages --------------------------------------------------------------------------------------------------------------


def given(scene, **more) -> dict:
    return {"where": "any", "minutes": "0", **WORDS, **more}


def test_the_clerk_grants_looks_and_withdraws_by_plain_forms(scene, client):
    sign_in_as(client, scene.clerk)
    event = scene.event.pk
    found = client.get(f"/sittings/event/{event}/accommodations/new?application={application(scene).number} 陈㙍")
    assert found.status_code == 302
    form = client.get(found["Location"]).content.decode()
    assert "front row" in form and "near the door" in form
    wanted = [str(seat.pk) for seat in seats(scene, "01", "02")]
    answer = client.post(found["Location"], given(scene, where="seats", seats=wanted, minutes="20"))
    assert answer.status_code == 302
    granted = Accommodation.objects.get()
    assert (granted.seats.count(), granted.minutes) == (2, 20)
    listed = client.get(f"/sittings/event/{event}/accommodations").content.decode()
    shown = client.get(f"/sittings/accommodation/{granted.pk}/").content.decode()
    assert WORDS["measure"] in listed and WORDS["measure"] in shown
    assert REASON not in listed + shown
    assert client.post(f"/sittings/accommodation/{granted.pk}/reason", {"reason": "curiosity"}).status_code == 403
    assert client.post(f"/sittings/accommodation/{granted.pk}/withdraw", {"reason": ""}).status_code == 409
    client.post(f"/sittings/accommodation/{granted.pk}/withdraw", {"reason": "granted twice"})
    granted.refresh_from_db()
    assert granted.state == "withdrawn"


def test_the_head_reads_the_reason_for_a_purpose(scene, client):
    granted = grant(scene)
    sign_in_as(client, scene.head)
    address = f"/sittings/accommodation/{granted.pk}/"
    assert REASON not in client.get(address).content.decode()
    assert client.post(f"{address}reason", {"reason": ""}).status_code == 409
    answer = client.post(f"{address}reason", {"reason": "Appeal of the candidate"})
    assert REASON in answer.content.decode() and "no-store" in answer["Cache-Control"]


def test_wrong_input_keeps_what_was_typed_and_says_what_is_missing(scene, client):
    sign_in_as(client, scene.clerk)
    address = f"/sittings/application/{application(scene).pk}/accommodation"
    page = client.post(address, given(scene, where="seats")).content.decode()
    assert "No seat is named." in page and WORDS["measure"] in page
    for wrong in ({"where": "moon"}, {"seats": ["rubbish"]}, {"minutes": "-1"}, {"room": "rubbish"}):
        assert client.post(address, given(scene, **wrong)).status_code == 200
    assert not Accommodation.objects.exists()


PAGES = ["event/{event}/accommodations", "application/{application}/accommodation", "accommodation/{granted}/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_those_who_grant(scene, client, cast, page):
    granted = grant(scene)
    address = "/sittings/" + page.format(event=scene.event.pk, application=granted.application_id, granted=granted.pk)
    sign_in_as(client, scene.head)
    assert client.get(address).status_code == 200
    for actor, status in (
        (cast.stranger, 404),
        (cast.actor("archivist"), 403),
        (scene.chief, 403),
        (cast.actor("oversight_inspector"), 403),
    ):
        sign_in_as(client, actor)
        answer = client.get(address)
        assert answer.status_code == status and WORDS["measure"] not in answer.content.decode()


def test_the_room_shows_the_measure_to_its_own_people_only(scene, client, cast):
    grant(scene, where="seats", seats=seats(scene, "01"), minutes=30)
    scene.published()
    page = f"/sittings/sitting/{scene.sittings[0].pk}/"
    sees = [scene.clerk, scene.head, scene.chief, scene.invigilators[0]]
    for actor in [*sees, scene.roving, cast.actor("archivist"), cast.actor("oversight_inspector")]:
        sign_in_as(client, actor)
        answer = client.get(page)
        assert answer.status_code == 200
        assert (WORDS["measure"] in answer.content.decode()) == (actor in sees), actor.capacity
        assert REASON not in answer.content.decode()
    sign_in_as(client, scene.invigilators[0])
    assert WORDS["measure"] in client.get(f"/conduct/sitting/{scene.sittings[0].pk}/").content.decode()


def test_a_candidate_sees_the_own_arrangement(scene, client, cast):
    grant(scene, 0, where="seats", seats=seats(scene, "01"), minutes=30)
    scene.published()
    for number, sees in ((0, True), (1, False)):
        sign_in_as(client, cast.candidate(scene.candidates[number]))
        page = client.get("/sittings/mine/").content.decode()
        assert (WORDS["measure"] in page) == sees and REASON not in page


def test_the_list_costs_the_same_for_one_and_for_three(scene, client):
    sign_in_as(client, scene.clerk)
    counts = []
    for number in range(3):
        grant(scene, number)
        client.get(f"/sittings/event/{scene.event.pk}/accommodations")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/sittings/event/{scene.event.pk}/accommodations")
        counts.append(len(queries))
    assert counts[0] == counts[2] == LIST


LIST = 10
