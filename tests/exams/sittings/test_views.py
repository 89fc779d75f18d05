"""Pages of the arrangement: those who may, the stranger who may not, and what each page shows."""

import pytest
from django.urls import reverse
from django.utils import translation

from exams.sittings import actions
from exams.sittings.models import Place
from tests.cast import sign_in_as

PAGES = [
    "/sittings/",
    "/sittings/event/{event}/",
    "/sittings/slot/{slot}/",
    "/sittings/sitting/{sitting}/",
    "/sittings/venues/",
    "/sittings/venues/{venue}/",
    "/sittings/venues/{venue}/edit",
    "/sittings/venues/{venue}/room",
    "/sittings/rooms/{room}/",
    "/sittings/rooms/{room}/plan",
    "/sittings/parameters/",
    "/sittings/event/{event}/slot",
    "/sittings/slot/{slot}/time",
    "/sittings/slot/{slot}/cancel",
    "/sittings/sitting/{sitting}/cancel",
    "/sittings/slot/{slot}/roster.pdf",
    "/sittings/sitting/{sitting}/door.pdf",
    "/sittings/sitting/{sitting}/labels.pdf",
    "/sittings/sitting/{sitting}/attendance.pdf",
    "/sittings/sitting/{sitting}/plan.pdf",
]


def ids(scene) -> dict:
    return {"event": scene.event.pk, "slot": scene.slot.pk, "sitting": scene.sitting.pk, "venue": scene.venue.pk, "room": scene.rooms[0].pk}


@pytest.mark.parametrize("pattern", PAGES)
def test_the_clerk_sees_it_and_the_stranger_does_not(pattern, scene, client, cast):
    scene.drawn()
    address = pattern.format(**ids(scene))
    sign_in_as(client, scene.clerk)
    assert client.get(address).status_code == 200
    sign_in_as(client, cast.stranger)
    answer = client.get(address)
    assert answer.status_code == (200 if "{" not in pattern else 404)
    assert scene.event.title not in answer.content.decode()


def test_the_home_of_a_candidate_begins_with_the_next_examination(scene, client, cast):
    scene.published()
    place = Place.objects.select_related("seat", "application__person", "application__event").first()
    sign_in_as(client, cast.candidate(place.application.person))
    home = client.get("/").content.decode()
    assert place.ticket_number in home
    assert f'href="{reverse("sittings:ticket", args=[place.pk])}"' in home or "Ticket from" in home
    assert place.application.number in home
    assert reverse("sittings:make_feed") not in home, "a look at the home page must not renew the address of a calendar"
    other = Place.objects.exclude(application=place.application).first()
    assert other.ticket_number not in home
    for staff in (scene.clerk, cast.candidate(cast.person("某考生", 3))):
        sign_in_as(client, staff)
        assert place.ticket_number not in client.get("/").content.decode()


def test_a_candidate_sees_the_next_examination_and_opens_the_ticket(scene, client, cast):
    scene.published()
    place = Place.objects.select_related("seat", "application__person").first()
    sign_in_as(client, cast.candidate(place.application.person))
    page = client.get("/sittings/mine/").content.decode()
    assert place.seat.label in page
    assert place.ticket_number in page
    ticket = client.get(f"/sittings/mine/{place.pk}/ticket.pdf")
    assert ticket.content.startswith(b"%PDF")
    other = Place.objects.exclude(application=place.application).first()
    assert client.get(f"/sittings/mine/{other.pk}/ticket.pdf").status_code == 404


def test_those_on_duty_get_no_link_to_the_event_they_may_not_open(scene, client):
    scene.published()
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="illness", wanted={})
    event = f"/sittings/event/{scene.event.pk}/"
    pages = [f"/sittings/slot/{scene.slot.pk}/", f"/sittings/sitting/{scene.sitting.pk}/", f"/sittings/change/{change.pk}/"]
    for actor, opens in ((scene.clerk, True), (scene.chief, False)):
        sign_in_as(client, actor)
        assert client.get(event).status_code == (200 if opens else 404)
        for page in pages:
            shown = client.get(page).content.decode()
            assert scene.event.title in shown
            assert (f'href="{event}"' in shown) == opens


@pytest.mark.parametrize(("capacity", "opens"), [("exam_clerk", True), ("archivist", False)])
def test_a_ruling_is_a_link_for_whoever_may_open_it(capacity, opens, scene, client, cast):
    scene.published()
    ruling = reverse("recusal:ruling", args=[scene.slot.duties.get(capacity="chief").ruling_id])
    sign_in_as(client, cast.actor(capacity))
    assert client.get(ruling).status_code == (200 if opens else 404)
    for page in (f"/sittings/slot/{scene.slot.pk}/", f"/sittings/sitting/{scene.sitting.pk}/"):
        assert (f'href="{ruling}"' in client.get(page).content.decode()) == opens


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_slot_is_named_the_same_in_every_language(language, scene):
    """The name is kept with rulings and jobs, where another reader finds it."""
    with translation.override(language):
        assert str(scene.slot) == "UT-II 理论 2026-11-28 09:00"
        assert str(scene.sitting) == "第01考场 · UT-II 理论 2026-11-28 09:00"
