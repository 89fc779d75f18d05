"""Pages of footage: those who may, the stranger who may not, a candidate on the own pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proctoring.footage import actions
from proctoring.footage.models import FootageRequest, Hold, KeepingRule
from tests.cast import Cast, sign_in_as
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.room import Watched

pytestmark = pytest.mark.django_db
PAGES = ["", "samples/", "keeping/", "requests/{request}/", "samples/{draw}/", "samples/look/{item}/", "keeping/sittings/{sitting}/"]


@pytest.fixture
def shown(watched: Watched, cast: Cast) -> dict[str, object]:
    recorded(watched)
    place = watched.places[0]
    request = actions.ask_footage(by=cast.candidate(place.application.person), place=place, reason="let me see")
    draw = actions.draw_sample(by=cast.actor("exam_clerk", watched.body), event=watched.event)
    return {"request": request.pk, "draw": draw.pk, "item": draw.items.first().pk, "sitting": watched.sitting.pk}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", PAGES)
def test_the_head_of_the_body_sees_it(shown: dict, watched: Watched, cast: Cast, client, page: str, language: str):
    sign_in_as(client, cast.actor("head_of_body", watched.body))
    client.cookies["django_language"] = language
    assert client.get(f"/video/footage/{page.format(**shown)}").status_code == 200


@pytest.mark.parametrize("page", PAGES[3:])
def test_the_stranger_does_not(shown: dict, cast: Cast, client, page: str):
    sign_in_as(client, cast.actor("head_of_body", cast.other_body))
    assert client.get(f"/video/footage/{page.format(**shown)}").status_code == 404


def test_a_candidate_asks_and_withdraws_on_the_own_pages(watched: Watched, cast: Cast, client):
    recorded(watched)
    place, foreign = watched.places[:2]
    sign_in_as(client, cast.candidate(place.application.person))
    assert client.get("/video/footage/own/").status_code == 200
    assert client.get(f"/video/footage/own/{foreign.pk}/").status_code == 404
    assert client.post(f"/video/footage/own/{place.pk}/", {"reason": "x"}).status_code == 409
    assert client.post(f"/video/footage/own/{place.pk}/", {"reason": "let me see"}).status_code == 302
    row = FootageRequest.objects.get()
    assert b"primary" not in client.get("/video/footage/own/").content or row.state == "asked"
    client.post(f"/video/footage/requests/{row.pk}/withdraw/")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert client.get("/video/footage/").status_code == 403


def test_forms_put_things_on_record(shown: dict, watched: Watched, cast: Cast, client):
    sign_in_as(client, cast.actor("head_of_body", watched.body))
    given = {"of_class": "quiet", "days": "90", "source": "Order 12, 4"}
    assert client.post("/video/footage/keeping/", given).status_code == 302
    assert KeepingRule.objects.get().days == 90
    assert client.post(f"/video/footage/keeping/sittings/{shown['sitting']}/", {"ground": "court", "reason": "case 4"}).status_code == 302
    assert Hold.objects.get().ground == "court"
    assert client.post(f"/video/footage/samples/look/{shown['item']}/", {"outcome": "breach", "note": ""}).status_code == 409
    assert client.post(f"/video/footage/samples/look/{shown['item']}/", {"outcome": "nothing"}).status_code == 302
    answer = client.post(f"/video/footage/requests/{shown['request']}/", {"verb": "grant", "grounds": "Own seat only."})
    assert answer.status_code == 302
    assert FootageRequest.objects.get().state == "granted"


def test_the_lists_ask_the_database_as_often_for_three_as_for_one(shown: dict, watched: Watched, cast: Cast, client):
    sign_in_as(client, cast.actor("head_of_body", watched.body))

    def asked() -> list[int]:
        counts = []
        for page in ("", "samples/", "keeping/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/video/footage/{page}")
            counts.append(len(queries))
        return counts

    asked()
    before = asked()
    for place in watched.places[1:3]:
        actions.ask_footage(by=cast.candidate(place.application.person), place=place, reason="me too")
    assert asked() == before
