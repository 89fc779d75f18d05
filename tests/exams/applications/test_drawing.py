"""The spot re-check: repeatable from its seed, once for each event, and it blocks until a third officer has looked."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.applications.actions import accept, draw_recheck
from exams.applications.drawing import drawn
from exams.applications.gates import hindrances_to_approve
from exams.applications.models import Application
from exams.errors import NotPermitted, Refused
from tests.cast import sign_in_as
from tests.exams.applications.world import World


@settings(deadline=None)
@given(st.sets(st.text("0123456789-", min_size=1), min_size=1), st.integers(1, 100), st.text())
def test_the_share_is_rounded_up_and_the_order_of_asking_is_nothing(numbers: set[str], percent: int, seed: str) -> None:
    found = drawn(numbers, percent, seed)
    assert len(found) == -(-len(numbers) * percent // 100) >= 1
    assert found == drawn(sorted(numbers, reverse=True), percent, seed)
    left = [hashlib.sha256(f"{seed}:{number}".encode()).digest() for number in numbers - set(found)]
    assert all(hashlib.sha256(f"{seed}:{number}".encode()).digest() < least for number in found for least in left)


def refused(function: Any, **given_: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        function(**given_)
    return [objection.id for objection in caught.value.objections]


@pytest.mark.django_db
def test_drawn_once_and_open_until_a_third_officer_looked(world: World) -> None:
    assert refused(draw_recheck, by=world.approver, event=world.event, percent=50) == ["applications.none_accepted"]
    application = world.verified()
    accept(by=world.exam_clerk, application=application)
    assert refused(draw_recheck, by=world.approver, event=world.event, percent=0) == ["applications.percent"]
    draw_recheck(by=world.approver, event=world.event, percent=10)
    assert refused(draw_recheck, by=world.approver, event=world.event, percent=10) == ["applications.drawn_already"]
    application.refresh_from_db()
    assert [one.id for one in hindrances_to_approve(application)] == ["applications.recheck_open"] * 2
    world.look(application, world.third)
    world.look(application, world.third, "performance", "not_confirmed")
    assert [one.id for one in hindrances_to_approve(application)] == ["applications.not_confirmed"]


@pytest.mark.django_db
def test_strangers_and_the_page(client: Client, world: World) -> None:
    application = world.verified()
    accept(by=world.exam_clerk, application=application)
    for actor in (world.cast.stranger, world.exam_clerk, world.cast.actor("application_approver", world.cast.other_body)):
        with pytest.raises(NotPermitted):
            draw_recheck(by=actor, event=world.event, percent=10)
    form = {"event": str(world.event.pk), "percent": "10"}
    sign_in_as(client, world.cast.actor("application_approver", world.cast.other_body))
    assert client.post(reverse("applications:draw"), form).status_code == 422
    sign_in_as(client, world.approver)
    assert client.post(reverse("applications:draw"), form).status_code == 302
    assert Application.objects.get().recheck_drawn
    assert client.post(reverse("applications:draw"), form).status_code == 409
