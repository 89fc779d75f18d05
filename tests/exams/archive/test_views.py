"""Pages of the archive for those whom it concerns, and closed to everybody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from exams.archive import actions
from exams.archive.models import Bag
from tests.cast import sign_in_as
from tests.exam_day import ExamDay
from tests.sequenced import sequenced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


@pytest.fixture
def bag(day):
    return actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)


def pages(day, bag):
    return [
        reverse("archive:index"), reverse("archive:sitting", args=[day.sitting.pk]), reverse("archive:event", args=[day.event.pk]),
        reverse("archive:bag", args=[bag.pk]), reverse("archive:program"),
    ]  # fmt: skip


def test_the_archivist_and_the_authority_see_them(client, cast, day, bag):
    for actor in (day.actor("archivist"), cast.actor("oversight_inspector"), cast.actor("authority_officer")):
        sign_in_as(client, actor)
        assert [client.get(page, follow=True).status_code for page in pages(day, bag)] == [200] * 5


def test_the_stranger_finds_nothing(client, cast, day, bag):
    sign_in_as(client, cast.stranger)
    assert [client.get(page).status_code for page in pages(day, bag)] == [200, 404, 404, 404, 200]
    assert bag.name not in client.get(pages(day, bag)[0]).content.decode()


@pytest.mark.parametrize("who", ["candidate", "system_administrator", "invigilator"])
def test_others_are_not_let_in(client, cast, day, bag, who):
    sign_in_as(client, cast.candidate(day.candidates[0]) if who == "candidate" else cast.actor(who))
    assert [client.get(page).status_code for page in pages(day, bag)] == [403] * 5


def test_nobody_signed_in_sees_nothing(client, day, bag):
    assert {client.get(page).status_code for page in pages(day, bag)} <= {302, 403}


def test_the_personal_volume_is_not_found_by_the_head_of_the_body(client, day, bag):
    personal = Bag.objects.get(kind="personal")
    sign_in_as(client, day.actor("head_of_body"))
    assert client.get(reverse("archive:bag", args=[personal.pk])).status_code == 404
    assert client.post(reverse("archive:consult", args=[personal.pk]), {"purpose": "look"}).status_code == 404


def test_a_sitting_is_sealed_from_its_page(client, day):
    sign_in_as(client, day.actor("archivist"))
    page = reverse("archive:sitting", args=[day.sitting.pk])
    assert "Signed room record" in client.get(page).content.decode()
    answer = client.post(page, {"confirmed": "101"}, follow=True)
    assert answer.status_code == 200
    assert Bag.objects.filter(kind="sitting").count() == 1


def test_what_is_missing_is_said_before_and_refused_after(client, day):
    type(day.room_record).objects.update(state="filling")
    sign_in_as(client, day.actor("archivist"))
    page = reverse("archive:sitting", args=[day.sitting.pk])
    assert "Missing from the dossier: Signed room record." in client.get(page).content.decode()
    assert client.post(page).status_code == 409
    assert not Bag.objects.exists()


def test_an_inspector_verifies_but_does_not_seal(client, cast, day, bag):
    sign_in_as(client, cast.actor("oversight_inspector"))
    assert client.post(reverse("archive:verify", args=[bag.pk])).status_code == 200
    assert client.post(reverse("archive:event", args=[day.event.pk])).status_code == 403


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_the_proof_of_continuity_is_given_and_its_limit_said(client, day, bag):
    from exams.journal import checkpoints

    sign_in_as(client, day.actor("archivist"))
    page = reverse("archive:continuity", args=[bag.pk])
    assert client.get(page, {"size": 1}).status_code == 404
    sequenced()
    checkpoints.checkpoint()
    assert client.get(page, {"size": 1}).headers["Content-Type"].startswith("text/plain")
    assert client.get(page, {"size": 10**7}).status_code == 302


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, cast, day, n, django_assert_num_queries):
    for number in range(n):
        one = ExamDay(cast, f"2026-1{number}").whole()
        actions.seal_sitting(by=one.actor("archivist"), sitting=one.sitting)
    sign_in_as(client, cast.actor("authority_officer"))
    client.get(reverse("archive:index"))
    with django_assert_num_queries(10):
        client.get(reverse("archive:index"))
