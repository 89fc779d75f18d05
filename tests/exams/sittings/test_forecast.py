"""Months ahead: which duties find nobody, why, and which single step helps most."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.sittings.forecast import forecast
from exams.sittings.models import TimeSlot
from tests.cast import Cast, sign_in_as
from tests.exams.recusal.matters import kin
from tests.exams.sittings.scene import Scene


@pytest.fixture
def scene(db, still) -> Scene:
    """One compulsory subject supposed in one room: a chief, a roving invigilator, two invigilators are needed; all are there."""
    scene = Scene(Cast(), candidates=5, rooms=1)
    assert scene.candidates and scene.invigilators and scene.chief and scene.roving
    scene.item.edition.values = {"subjects": scene.item.edition.values["subjects"][:1]}
    scene.item.edition.save()
    return scene


def lines(scene, expected=None):
    return {line.capacity: line for line in forecast(scene.event, expected).lines}


def person(scene, actor):
    return type(scene.candidates[0]).objects.get(pk=actor.person_id)


def test_what_is_not_scheduled_is_supposed_and_undeclared_says_nothing_yet(scene):
    scene.staff("未申报", 901, "invigilator", declared=False)
    found = forecast(scene.event)
    assert found.supposed and found.empty == 0 and found.helps == []
    assert {line.capacity: (line.needed, line.clear) for line in found.lines} == {
        "chief": (1, 1), "roving_invigilator": (1, 1), "invigilator": (2, 3),
    }  # fmt: skip


def test_a_ground_makes_a_duty_find_nobody_and_is_named(scene):
    kin(person(scene, scene.invigilators[0]), "daughter", scene.candidates[0])
    line = lines(scene)["invigilator"]
    assert (line.needed, line.appointed, line.clear, line.empty) == (2, 2, 1, 1)
    assert line.barred == (("recusal.kin_of_candidate", 1),)
    found = forecast(scene.event)
    assert [(one.capacity, one.family, one.filled, one.body) for one in found.helps] == [("invigilator", "UT", 1, None)]


def test_people_of_another_body_of_the_authority_are_put_to_the_same_questions(scene):
    kin(person(scene, scene.invigilators[0]), "daughter", scene.candidates[0])
    other = scene.cast.other_body
    lent = scene.cast.actor("invigilator", other, name="望湖监考", n=950)
    tied = scene.cast.actor("invigilator", other, name="望湖亲属", n=951)
    kin(person(scene, tied), "son", scene.candidates[1])
    helps = [one for one in forecast(scene.event).helps if one.body is not None]
    assert [(one.body, one.people, one.filled) for one in helps] == [(other, 1, 1)]
    kin(person(scene, lent), "son", scene.candidates[2])
    assert [one for one in forecast(scene.event).helps if one.body is not None] == []


def test_a_body_of_another_authority_is_not_asked(scene):
    kin(person(scene, scene.invigilators[0]), "daughter", scene.candidates[0])
    other = scene.cast.other_body
    scene.cast.actor("invigilator", other, name="望湖监考", n=950)
    other.supervised_by = None
    other.save()
    assert [one for one in forecast(scene.event).helps if one.body is not None] == []


def test_expected_candidates_need_more_rooms(scene):
    assert lines(scene, {scene.item.pk: 61})["invigilator"].needed == 6  # thirty to a room, two invigilators each
    assert forecast(scene.event, {scene.item.pk: 61}).empty == 4


def test_who_is_appointed_for_another_item_only_does_not_count(scene):
    scene.cast.appoint(person(scene, scene.staff("磁粉", 930, "chief")), "invigilator", scene.cast.body, families=["MT"])
    line = lines(scene)["invigilator"]
    assert (line.appointed, line.clear) == (2, 2)


def test_what_is_scheduled_counts_as_it_is(scene):
    assert scene.sittings
    found = forecast(scene.event)
    assert not found.supposed and {line.needed for line in found.lines if line.capacity == "invigilator"} == {2}
    assert TimeSlot.objects.count() == 1


def test_nothing_planned_and_nobody_applied(db, still):
    scene = Scene(Cast(), candidates=0)
    assert forecast(scene.event).lines == []


def test_the_page_for_the_clerk_and_not_for_strangers(scene, client):
    kin(person(scene, scene.invigilators[0]), "daughter", scene.candidates[0])
    url = f"/sittings/event/{scene.event.pk}/staffing"
    sign_in_as(client, scene.clerk)
    page = client.get(url).content.decode()
    assert "1 duty will find nobody" in page and "Kin of a candidate" in page and "Appoint one more" in page
    assert person(scene, scene.invigilators[0]).name not in page
    assert "find nobody" in client.get(url, {f"item-{scene.item.pk}": "45"}).content.decode()
    for rubbish in ("-1", "x", "9" * 30):
        assert client.get(url, {f"item-{scene.item.pk}": rubbish}).status_code == 200
    sign_in_as(client, scene.cast.stranger)
    assert client.get(url).status_code in (403, 404)


@pytest.mark.parametrize("people", [1, 6])
def test_the_cost_does_not_grow_with_the_people(people, scene):
    for number in range(people):
        scene.staff(f"监考候补{number}", 960 + number, "invigilator")
    with CaptureQueriesContext(connection) as seen:
        forecast(scene.event)
    assert len(seen) == QUERIES


QUERIES = 56
