"""Several applications at once, the papers to print, and the comparison with the public platform."""

import json
import threading
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from exams.access import SYSTEM
from exams.applications import letters
from exams.applications.actions import (
    accept,
    accept_many,
    add_material,
    approve,
    approve_many,
    ask_correction,
    confirm_many,
    do_not_accept,
    lapse,
    return_by_employer,
    verify_many,
    withdraw,
)
from exams.applications.gates import hindrances_to_approve
from exams.applications.models import Application, EmployerConfirmation, Material, Verification
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.messages.models import Message
from exams.people.models import KinEdge, Person
from exams.recusal.models import Ruling
from exams.register.models import Certificate
from tests.cast import sign_in_as
from tests.exams.applications.world import PDF, World

pytestmark = pytest.mark.django_db


def confirmed(world: World, n: int = 3) -> list[Application]:
    return [world.confirmed(k) for k in range(1, n + 1)]


def states() -> set[str]:
    return set(Application.objects.values_list("state", flat=True))


def verified_all(world: World, rows: list[Application]) -> None:
    numbers = {row.pk: f"CX-{row.number}" for row in rows}
    for officer in (world.first, world.second):
        verify_many(by=officer, applications=rows, kind="education", outcome="confirmed", method="chsi_query", report_numbers=numbers)
        verify_many(by=officer, applications=rows, kind="performance", outcome="confirmed", method="performance")


def test_all_the_way_together(world: World) -> None:
    rows = confirmed(world)
    accept_many(by=world.exam_clerk, applications=rows)
    verified_all(world, rows)
    approve_many(by=world.approver, applications=list(Application.objects.all()))
    assert states() == {"approved"}
    assert Verification.objects.count() == 12
    assert Ruling.objects.filter(capacity="verifier", allowed=True).values("person").distinct().count() == 2


def test_all_or_none(world: World) -> None:
    rows = confirmed(world)
    rows[1].materials.all().delete()
    with pytest.raises(Refused) as caught:
        accept_many(by=world.exam_clerk, applications=rows)
    assert {one.params["number"] for one in caught.value.objections} == {rows[1].number}
    assert states() == {"employer_confirmed"}


def test_the_same_officer_twice_in_a_list(world: World) -> None:
    rows = confirmed(world)
    world.look(rows[2], world.first, "performance")
    with pytest.raises(Refused) as caught:
        verify_many(by=world.first, applications=rows, kind="performance", outcome="confirmed", method="performance")
    assert caught.value.objections[0].id == "applications.same_verifier"
    assert Verification.objects.count() == 1


def test_a_number_is_wanted_for_each(world: World) -> None:
    rows = confirmed(world, 2)
    with pytest.raises(Refused) as caught:
        numbers = {rows[0].pk: "1"}
        verify_many(by=world.first, applications=rows, kind="education", outcome="confirmed", method="chsi_query", report_numbers=numbers)
    assert caught.value.objections[0].id == "applications.report_number"
    assert not Verification.objects.exists()


def test_one_relative_in_the_list_stops_all(world: World) -> None:
    rows = confirmed(world)
    officer = Person.objects.get(pk=world.first.person_id)
    KinEdge.objects.create(
        person=officer, relative_index=rows[1].person.id_index, relative_name="x", relation="father", declared_on=world.today
    )
    with pytest.raises(Refused):
        verify_many(by=world.first, applications=rows, kind="performance", outcome="confirmed", method="performance")
    assert not Verification.objects.exists()


def test_a_foreign_application_in_the_list_stops_all(world: World) -> None:
    rows = confirmed(world, 2)
    Application.objects.filter(pk=rows[1].pk).update(body=world.cast.other_body)
    rows = list(Application.objects.all())
    for function, actor in ((accept_many, world.exam_clerk), (approve_many, world.approver)):
        with pytest.raises(NotPermitted):
            function(by=actor, applications=rows)
    with pytest.raises(NotPermitted):
        verify_many(by=world.first, applications=rows, kind="performance", outcome="confirmed", method="performance")
    assert states() == {"employer_confirmed"}


def test_what_somebody_moved_first_is_stale_and_stops_all(world: World) -> None:
    rows = confirmed(world)
    rows[0].materials.all().delete()
    withdraw(by=world.cast.candidate(rows[1].person), application=Application.objects.get(pk=rows[1].pk))
    with pytest.raises(Stale) as caught:
        accept_many(by=world.exam_clerk, applications=rows)
    assert caught.value.obj == rows[1]
    assert states() == {"employer_confirmed", "withdrawn"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads really race only on PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_lists_that_overlap_race(world: World) -> None:
    rows = confirmed(world, 4)
    start, answers = threading.Barrier(2), []

    def take(chosen: list[Application]) -> None:
        start.wait()
        try:
            accept_many(by=world.exam_clerk, applications=chosen)
            answers.append("done")
        except Stale:
            answers.append("stale")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[chosen]) for chosen in (rows[:3], rows[:0:-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "stale"]
    assert Application.objects.filter(state="accepted").count() == 3 == Entry.objects.filter(action="applications.accept").count()


# -- the employer ---------------------------------------------------------------------------------------------------------


def test_an_employer_confirms_a_list_with_one_scan(world: World) -> None:
    plain, titled, handed_in = world.imported(world.row(1), world.row(2, title="高级工程师"), world.row(3))
    add_material(by=world.clerk, application=handed_in, kind="education", content=b"%PDF-1.7\nown")
    made = confirm_many(by=world.clerk, applications=[titled, plain, handed_in], stamp=PDF)
    assert states() == {"employer_confirmed"}
    assert {row.application_id: row.covers for row in made} == {
        plain.pk: ["education", "performance"],
        titled.pk: ["education", "title", "performance"],
        handed_in.pk: ["education", "performance"],
    }
    assert len({row.stamp_document_id for row in made}) == 3
    owned = {row.application_id: row.stamp_document_id for row in made}
    stamped = Material.objects.exclude(application=handed_in, kind="education")
    assert {(row.application_id, row.document_id) for row in stamped} == set(owned.items()) and stamped.count() == 6
    assert Material.objects.get(application=handed_in, kind="education").document_id != owned[handed_in.pk]
    assert Message.objects.filter(kind="applications.confirmed").count() == 3
    assert list(differences(EmployerConfirmation)) == []
    said = [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(action="applications.confirm_by_employer").order_by("pk")]
    due = Application.objects.get(pk=plain.pk).accept_by.isoformat()
    assert [one["covers"] for one in said] == [row.covers for row in made] and {one["accept_by"] for one in said} == {due}


@pytest.mark.parametrize("wrong", ["moved", "foreign", "no scan"])
def test_one_that_cannot_be_confirmed_stops_all(world: World, wrong: str) -> None:
    rows = world.imported(world.row(1), world.row(2))
    if wrong == "moved":
        return_by_employer(by=world.clerk, application=Application.objects.get(pk=rows[1].pk), reason="缺材料")
    if wrong == "foreign":
        Application.objects.filter(pk=rows[1].pk).update(employer=world.cast.other_employer)
    expected = {"moved": Stale, "foreign": NotPermitted, "no scan": Refused}[wrong]
    with pytest.raises(expected):
        confirm_many(by=world.clerk, applications=rows, stamp=b"<html>" if wrong == "no scan" else PDF)
    assert states() <= {"submitted", "draft"}
    assert not EmployerConfirmation.objects.exists() and not Material.objects.exists()


def test_a_long_list_is_confirmed_in_parts(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exams.applications.views.PART", 2)
    rows = world.imported(*[world.row(n) for n in (1, 2, 3)])
    sign_in_as(client, world.clerk)
    stamp = SimpleUploadedFile("stamp.pdf", PDF)
    answer = client.post(reverse("applications:confirm_many"), {"application": [str(row.pk) for row in rows], "stamp": stamp}, follow=True)
    assert "3 applications confirmed and stamped." in answer.content.decode()
    assert states() == {"employer_confirmed"}


# -- pages ----------------------------------------------------------------------------------------------------------------


def test_the_page_of_many(client: Client, world: World) -> None:
    rows = confirmed(world, 2)
    work, done = reverse("applications:work"), reverse("applications:work_done")
    ticked = {"application": [str(row.pk) for row in rows]}
    sign_in_as(client, world.exam_clerk)
    assert rows[1].number in client.get(work).content.decode()
    assert client.post(done).status_code == 422
    assert client.post(done, ticked).status_code == 302 and states() == {"accepted"}
    sign_in_as(client, world.first)
    numbers = {f"number-{row.pk}": "CX" for row in rows}
    assert client.post(done, {**ticked, "kind": "education", "method": "chsi_query"}).status_code == 409
    assert client.post(done, {**ticked, **numbers, "kind": "education", "method": "chsi_query"}).status_code == 302
    assert Verification.objects.count() == 2
    sign_in_as(client, world.approver)
    refused = client.post(done, ticked)
    assert refused.status_code == 409 and states() == {"accepted"}
    sign_in_as(client, world.cast.stranger)
    assert rows[0].number not in client.get(work).content.decode()
    assert client.post(done, ticked).status_code == 422 and states() == {"accepted"}
    sign_in_as(client, world.clerk)
    assert client.get(work).status_code == 403


# -- papers ---------------------------------------------------------------------------------------------------------------


def paper(client: Client, application: Application, name: str) -> Any:
    return client.get(reverse("applications:letter", args=[application.pk, name]))


def test_papers_appear_when_there_is_something_to_say(client: Client, world: World) -> None:
    one, two, three = confirmed(world)
    assert letters.available(one) == ["review-sheet"]
    accept(by=world.exam_clerk, application=one)
    ask_correction(by=world.exam_clerk, application=two, missing=["education", "封面"])
    do_not_accept(by=world.exam_clerk, application=three, reason="不属于受理范围")
    sign_in_as(client, world.exam_clerk)
    for application, name in ((one, "acceptance"), (two, "correction"), (three, "non-acceptance"), (one, "review-sheet")):
        answer = paper(client, application, name)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert paper(client, one, "correction").status_code == 404
    assert paper(client, one, "diploma").status_code == 404


def test_papers_for_the_applicant_and_not_for_strangers(client: Client, world: World) -> None:
    application = world.confirmed()
    accept(by=world.exam_clerk, application=application)
    sign_in_as(client, world.cast.candidate(application.person))
    assert paper(client, application, "acceptance").status_code == 200
    assert paper(client, application, "review-sheet").status_code in (200, 404)
    for actor in (
        world.cast.stranger,
        world.cast.candidate(world.cast.person("李四", 99)),
        world.cast.actor("employer_clerk", world.cast.other_employer),
    ):
        sign_in_as(client, actor)
        assert [paper(client, application, name).status_code for name in ("acceptance", "review-sheet")] == [404, 404]


def test_acceptance_by_lapse_says_so(world: World) -> None:
    application = world.confirmed()
    Application.objects.filter(pk=application.pk).update(accept_by=date(2020, 1, 1))
    lapse(by=SYSTEM, application=application)
    application.refresh_from_db()
    assert letters.acceptance(application).startswith(b"%PDF")
    assert application.accepted_by_lapse


# -- the public platform --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "differs"),
    [
        ({"number": "TS-1", "valid_until": "2027-01-31"}, 0),
        ({"number": "TS-2", "valid_until": "2027-01-31"}, 1),
        ({"number": "TS-2", "valid_until": "2026-01-31"}, 2),
        ({}, 0),
    ],
)
def test_a_renewal_is_compared_with_the_register(world: World, found: dict[str, str], differs: int) -> None:
    application = world.confirmed(category="renewal")
    Certificate.objects.create(
        person=application.person, qualification=application.item.qualification, number="TS-1", issued_on=date(2022, 2, 1),
        valid_until=date(2027, 1, 31), issued_by="x",
    )  # fmt: skip
    for officer in (world.first, world.second):
        world.look(application, officer)
        world.look(application, officer, "performance")
    world.look(application, world.first, "public_platform", found=found)
    world.look(application, world.second, "public_platform")
    objections = [one.id for one in hindrances_to_approve(application)]
    assert objections == ["applications.platform_differs"] * differs
    if not differs:
        accept(by=world.exam_clerk, application=application)
        approve(by=world.approver, application=application)
