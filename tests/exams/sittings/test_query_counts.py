"""Pages cost the same number of queries at one and at three rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.sittings.models import Place
from tests.cast import Cast, sign_in_as
from tests.exams.sittings.scene import Scene


def count(client, address: str) -> int:
    client.get(address)  # what is read once per process does not count
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_a_sitting(rows, still, client):
    scene = Scene(Cast(), candidates=rows).published()
    sign_in_as(client, scene.clerk)
    assert count(client, f"/sittings/sitting/{scene.sitting.pk}/") == SITTING
    assert count(client, f"/sittings/slot/{scene.slot.pk}/") == SLOT
    sign_in_as(client, scene.cast.candidate(Place.objects.first().application.person))
    assert count(client, "/sittings/mine/") == MINE


SITTING, SLOT, MINE = 23, 33, 11
