"""Pages of proctoring: those who may, the stranger who may not, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from proctoring.cameras.models import Camera
from proctoring.coverage import queries
from proctoring.coverage.models import Explanation, FaultEvent
from proctoring.wall.queries import wall
from tests.cast import Cast, sign_in_as
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.room import Sender, Watched, ms

pytestmark = pytest.mark.django_db
OPEN = ["/video/cameras/", "/video/cameras/collectors/", "/video/coverage/", "/video/wall/"]
OURS = ["/video/cameras/collectors/{agent}/", "/video/cameras/collectors/{agent}/config.json", "/video/cameras/rooms/{room}/",
        "/video/cameras/rooms/{room}/place/", "/video/cameras/{camera}/retire/", "/video/coverage/{sitting}/", "/video/wall/{venue}/",
        "/video/wall/{venue}/now/", "/video/wall/{venue}/version/"]  # fmt: skip


def address(watched: Watched, pattern: str) -> str:
    return pattern.format(
        agent=watched.agent.pk, room=watched.room.pk, camera=watched.cameras[0].pk, sitting=watched.sitting.pk, venue=watched.room.venue_id
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("pattern", OPEN + OURS)
def test_the_technician_sees_it(watched: Watched, client, pattern: str, language: str):
    sign_in_as(client, watched.technician)
    client.cookies["django_language"] = language
    answer = client.get(address(watched, pattern), follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("pattern", OURS)
def test_the_stranger_does_not(watched: Watched, cast: Cast, client, pattern: str):
    sign_in_as(client, cast.actor("technician", cast.other_body))
    assert client.get(address(watched, pattern)).status_code == 404
    sign_in_as(client, cast.actor("setter"))
    assert client.get(address(watched, pattern)).status_code == 403


@pytest.mark.parametrize("pattern", OPEN)
def test_open_lists_show_a_stranger_nothing_of_ours(watched: Watched, cast: Cast, client, pattern: str):
    sign_in_as(client, cast.stranger if "wall" not in pattern else cast.actor("technician", cast.other_body))
    body = client.get(pattern, follow=True).content.decode()
    assert watched.room.venue.name not in body
    assert watched.agent.name not in body.replace("collectors", "")


def test_a_camera_is_placed_in_degrees_and_kept_in_microradians(watched: Watched, client):
    sign_in_as(client, watched.technician)
    form = {"name": "C3", "agent": str(watched.agent.pk), "source": "rtsp://10.0.0.9/main", "sub_source": "rtsp://10.0.0.9/sub",
            "x_mm": 3000, "y_mm": 100, "z_mm": 2700, "pan": "90",
            "tilt": "20",
            "hfov": "90", "width_px": 1920, "height_px": 1080, "least_px_per_m": 125, "records": "on"}  # fmt: skip
    assert client.post(f"/video/cameras/rooms/{watched.room.pk}/place/", form).status_code == 302
    camera = Camera.objects.get(name="C3")
    assert (camera.pan_urad, camera.tilt_urad, camera.hfov_urad, camera.state) == (1_570_796, 349_066, 1_570_796, "placed")
    Camera.objects.filter(pk=camera.pk).update(source="rtsp://admin:geheim@10.0.0.9/main")
    pages = ("/video/cameras/", f"/video/cameras/rooms/{watched.room.pk}/", f"/video/cameras/collectors/{watched.agent.pk}/")
    assert ["geheim" in (page := client.get(one).content.decode()) or "admin:***@" not in page for one in pages] == [False] * 3
    Camera.objects.filter(pk=camera.pk).update(source="rtsp://10.0.0.9/main")
    told = client.get(f"/video/cameras/collectors/{watched.agent.pk}/config.json").json()["cameras"]
    assert [(one["source"], one.get("sub")) for one in told] == [("file", None)] * 2 + [("rtsp://10.0.0.9/main", "rtsp://10.0.0.9/sub")]
    assert client.post(f"/video/cameras/rooms/{watched.room.pk}/place/", {**form, "name": "C4", "x_mm": 90_000}).status_code == 409
    assert client.post(f"/video/cameras/{camera.pk}/aim/").status_code == 302
    camera.refresh_from_db()
    assert camera.state == "accepted"


def test_the_page_never_says_all_with_one_gap_and_takes_an_explanation(watched: Watched, client):
    recorded(watched)
    sign_in_as(client, watched.technician)
    (gap,) = queries.report(watched.sitting).open_gaps
    page = client.get(f"/video/coverage/{watched.sitting.pk}/").content.decode()
    assert "100%" not in page
    assert "96.66%" in page  # 58 of 60 seconds, cut off
    where = f"/video/coverage/{watched.sitting.pk}/gaps/{gap.camera.pk}/{gap.start}-{gap.end}/"
    assert where in page
    assert client.get(where).status_code == 200
    assert client.post(where, {"reason": "blocked_view", "text": "a banner"}).status_code == 302
    assert Explanation.objects.get().text == "a banner"


def test_the_room_says_what_one_lost_camera_costs_and_where_one_more_helps(watched: Watched, client):
    sign_in_as(client, watched.technician)
    where = f"/video/cameras/rooms/{watched.room.pk}/"
    first, second = watched.cameras
    type(second).objects.filter(pk=second.pk).update(state="retired")
    page = client.get(where).content.decode()
    assert "If one camera fails" in page and "Seats it would be the second to see" in page
    (link,) = re.findall(rf'href="{where}place/[?]([^"]+)"', page)
    form = client.get(f"{where}place/?{unescape(link)}").context["form"]
    assert form["x_mm"].value() == str(client.get(where).context["suggested"]["x_mm"])


def test_the_wall_ranks_what_is_wrong_and_its_version_tells_of_it(watched: Watched, client):
    sign_in_as(client, watched.technician)
    sender, now = Sender(watched), ms(watched.now)
    sender.store(*[sender.segment(camera, now - 5000, now) for camera in watched.cameras])
    calm = client.get(f"/video/wall/{watched.room.venue_id}/version/").json()["version"]
    assert "exception" in client.get(f"/video/wall/{watched.room.venue_id}/now/").content.decode()
    sender.store(*[sender.fault(camera, "covered", True, now - 900, now) for camera in watched.cameras])
    assert client.get(f"/video/wall/{watched.room.venue_id}/version/").json()["version"] != calm
    page = client.get(f"/video/wall/{watched.room.venue_id}/").content.decode()
    assert "tile danger" in page and "Lens covered" in page
    fault = FaultEvent.objects.first()
    assert client.post(f"/video/wall/faults/{fault.pk}/take/").status_code == 302
    fault.refresh_from_db()
    assert (fault.handling, fault.handled_by) == ("taken", watched.technician.name)


def test_a_stranger_answers_no_fault(watched: Watched, cast: Cast, client):
    sender, now = Sender(watched), ms(watched.now)
    sender.store(sender.fault(watched.cameras[0], "covered", True, now - 900, now))
    sign_in_as(client, cast.actor("technician", cast.other_body))
    assert client.post(f"/video/wall/faults/{FaultEvent.objects.get().pk}/take/").status_code == 404


@pytest.mark.parametrize("rooms", [1, 3])
def test_the_wall_asks_as_often_for_one_room_as_for_three(watched: Watched, cast: Cast, rooms: int, django_assert_num_queries):
    for number in range(1, rooms):
        other = Watched(cast, f"2026-2{number}").seated()
        type(other.room).objects.filter(pk=other.room.pk).update(venue=watched.room.venue, name=f"20{number}")
        type(other.slot).objects.filter(pk=other.slot.pk).update(venue=watched.room.venue)
        assert other.sitting.room_id == other.room.pk
    assert watched.sitting.state == "open"
    venue = watched.room.venue
    with django_assert_num_queries(7):  # sittings, places, seats, cameras, faults, last segments, queue
        shown = wall(venue)
    assert len(shown.tiles) == rooms
