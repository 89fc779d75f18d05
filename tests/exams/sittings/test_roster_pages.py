"""The pages of a draw: who may open them, what they say, and what they cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.sittings import actions
from exams.sittings.models import Draw, Duty
from exams.sittings.pool import Wanted
from tests.cast import Cast, sign_in_as
from tests.exams.sittings.scene import Scene


@pytest.fixture
def scene(db, still) -> Scene:
    scene = Scene(Cast(), candidates=3, rooms=2)
    assert scene.candidates and scene.sittings and scene.invigilators and scene.chief and scene.roving
    return scene


def url(scene: Scene) -> str:
    return f"/sittings/event/{scene.event.pk}/roster"


WANTED = {"invigilators": "2", "assessors": "0", "chief": "on", "roving": "on"}


def test_a_clerk_draws_and_sees_what_stayed_empty(scene, client):
    sign_in_as(client, scene.clerk)
    assert "Fix the pool and draw" in client.get(url(scene)).content.decode()
    scene.staff("未申报", 901, "invigilator", declared=False)
    answer = client.post(url(scene), {**WANTED, "invigilators": "3"}, follow=True)
    page = answer.content.decode()
    assert Duty.objects.filter(live=True).count() == 6
    assert "Posts that stayed empty" in page and "No declaration" in page and "Fill by hand" in page
    again = client.post(url(scene), WANTED)
    assert again.status_code == 409 and "another person decides" in again.content.decode()


@pytest.mark.parametrize("posted", [{"invigilators": "-1"}, {"invigilators": "x"}, {}, {"invigilators": "99", "assessors": "0"}])
def test_rubbish_is_answered_beside_its_field(scene, client, posted):
    sign_in_as(client, scene.clerk)
    answer = client.post(url(scene), posted)
    assert answer.status_code == 200 and not Draw.objects.exists()


def test_strangers_see_and_draw_nothing(scene, client):
    draw = actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    sign_in_as(client, scene.cast.stranger)
    for path in (url(scene), f"/sittings/draw/{draw.pk}/", f"/sittings/draw/{draw.pk}.pdf"):
        assert client.get(path).status_code in (403, 404)
    assert client.post(url(scene), WANTED).status_code in (403, 404)
    assert client.post(f"/sittings/draw/{draw.pk}/again", {"reason": "x"}).status_code in (403, 404)


def test_a_second_roster_is_asked_for_and_the_draw_is_repeated_on_its_page(scene, client):
    draw = actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    sign_in_as(client, scene.clerk)
    assert "It matches" in client.get(f"/sittings/draw/{draw.pk}/").content.decode()
    assert client.get(f"/sittings/draw/{draw.pk}.pdf").content.startswith(b"%PDF")
    answer = client.post(f"/sittings/draw/{draw.pk}/again", {"reason": "监考员出差"}, follow=True)
    assert answer.status_code == 200 and "监考员出差" in answer.content.decode()
    Draw.objects.filter(pk=draw.pk).update(seed="0" * 64, result={**draw.result, "assigned": draw.result["assigned"][1:]})
    page = client.get(f"/sittings/draw/{draw.pk}/").content.decode()
    assert "It matches" not in page and "another result" in page


@pytest.mark.parametrize("rooms", [1, 3])
def test_the_page_costs_the_same_for_one_room_and_three(rooms, db, still, client):
    scene = Scene(Cast(), candidates=3, rooms=rooms)
    assert scene.candidates and scene.sittings and scene.invigilators
    actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=3))
    sign_in_as(client, scene.clerk)
    client.get(url(scene))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url(scene)).status_code == 200
    assert len(seen) == QUERIES


QUERIES = 14
