"""Grave acts ask once more who it is when the last answer is older than some minutes; nothing happens before."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from tests.cast import minutes_pass, sign_in_as

NOWHERE = uuid.UUID(int=1)
GRAVE = [
    ("head_of_body", "sittings:publish", [NOWHERE]),
    ("head_of_body", "recusal:confirm_waiver", [NOWHERE]),
    ("head_of_body", "recusal:waive", [NOWHERE, "recusal.dispute"]),
    ("score_approver", "results:publish", [NOWHERE]),
    ("score_approver", "results:change", [NOWHERE]),
    ("archivist", "archive:sitting", [NOWHERE]),
    ("archivist", "archive:event", [NOWHERE]),
]


@pytest.mark.parametrize(("capacity", "route", "given"), GRAVE)
def test_a_grave_act_asks_again_after_some_minutes(cast, client, capacity, route, given):
    sign_in_as(client, cast.actor(capacity))
    fresh = client.post(reverse(route, args=given), {"reason": "x"})
    assert fresh.status_code in (302, 404, 409), route
    minutes_pass(client)
    asked = client.post(reverse(route, args=given), {"reason": "x"})
    assert asked.status_code == 200 and "confirm_code" in asked.content.decode(), route
