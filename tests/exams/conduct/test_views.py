"""Pages of the day: the staff of the room, and the stranger."""

import pytest

from exams.conduct import actions
from exams.conduct.models import CheckIn
from exams.sittings.queries import token_of
from tests.cast import sign_in_as


@pytest.fixture
def at_door(day, client):
    day.opened()
    sign_in_as(client, day.invigilator)
    return day


def test_every_page_of_the_day_opens_for_the_room_and_not_for_a_stranger(at_door, client, cast):
    incident = actions.report_incident(
        by=at_door.invigilator, sitting=at_door.sitting, kind="noise", since=at_door.sitting.starts_at.replace(hour=0)
    )
    pages = [
        f"sitting/{at_door.sitting.pk}/",
        f"sitting/{at_door.sitting.pk}/incident",
        f"sitting/{at_door.sitting.pk}/record",
        f"incident/{incident.pk}/",
        f"incident/{incident.pk}/form.pdf",
        f"gate/{at_door.sitting.pk}/",
        "",
    ]
    for page in pages:
        assert client.get(f"/conduct/{page}").status_code == 200, page
    sign_in_as(client, cast.actor("invigilator", cast.other_body, name="stranger"))
    for page in pages[:-1]:
        assert client.get(f"/conduct/{page}").status_code == 404, page


def test_a_scan_admits_and_a_second_scan_names_who_and_when(at_door, client):
    place = at_door.places()[0]
    address = f"/conduct/gate/{at_door.sitting.pk}/scan"
    first = client.post(address, {"code": token_of(place)}, headers={"HX-Request": "true"}).content.decode()
    assert "Admitted" in first
    assert place.seat.label in first
    second = client.post(address, {"code": token_of(place)}, headers={"HX-Request": "true"}).content.decode()
    assert "Already admitted" in second
    assert at_door.invigilator.name in second
    assert CheckIn.objects.count() == 1


def test_a_name_finds_the_place_and_waits_for_a_decision(at_door, client):
    place = at_door.places()[0]
    page = client.post(f"/conduct/gate/{at_door.sitting.pk}/scan", {"code": place.application.person.name}).content.decode()
    assert "Same person: admit" in page
    assert CheckIn.objects.count() == 0
    client.post(f"/conduct/gate/{at_door.sitting.pk}/admit/{place.pk}")
    assert CheckIn.objects.get().outcome == "present"


def test_a_camera_frame_is_read_on_the_server(at_door, client):
    import cv2
    import numpy as np
    import segno
    from django.core.files.uploadedfile import SimpleUploadedFile

    place = at_door.places()[1]
    rows = np.array([list(row) for row in segno.make(token_of(place), error="m").matrix_iter(scale=5, border=4)], np.uint8)
    picture = cv2.imencode(".png", 255 - rows * 255)[1].tobytes()
    address = f"/conduct/gate/{at_door.sitting.pk}/frame"
    answer = client.post(address, {"frame": SimpleUploadedFile("f.png", picture, "image/png")}, headers={"HX-Request": "true"})
    assert "Admitted" in answer.content.decode()
    assert client.post(address, {"frame": SimpleUploadedFile("f.png", b"junk", "image/png")}).status_code == 204


def test_the_chief_opens_and_closes_through_the_pages(day, client):
    day.before(35).signed_in()
    sign_in_as(client, day.chief)
    page = client.get(f"/conduct/sitting/{day.sitting.pk}/").content.decode()
    assert "Open admission: nothing blocks" in page
    client.post(f"/conduct/sitting/{day.sitting.pk}/open")
    day.sitting.refresh_from_db()
    assert day.sitting.state == "open"
    refused = client.post(f"/conduct/sitting/{day.sitting.pk}/close")
    assert refused.status_code == 409
    day.all_in_but(1).signed()
    client.cookies.clear()  # two hours have passed; the session ended by idleness
    sign_in_as(client, day.chief)
    answer = client.post(f"/conduct/sitting/{day.sitting.pk}/close")
    assert (answer.status_code, answer.get("Location")) == (302, f"/conduct/sitting/{day.sitting.pk}/")
    day.sitting.refresh_from_db()
    assert day.sitting.state == "closed"
