"""The pages: whole ways by clicks, and the stranger on each of them."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exams import clock
from exams.agenda import open_items
from exams.applications.actions import accept
from exams.applications.models import Application, ImportBatch, Verification
from exams.people.actions import record_employment
from exams.programme.models import EventItem
from tests.cast import sign_in_as
from tests.exams.applications.world import PDF, World

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"applications:{name}", args=args)


def scan(name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def upload(client: Client, world: World, data: bytes) -> Any:
    file = SimpleUploadedFile("名册.xlsx", data)
    return client.post(url("upload_file", world.event.pk), {"employer": str(world.employer.pk), "file": file}, follow=True)


# -- import ---------------------------------------------------------------------------------------------------------------


def test_template_upload_preview_import(client: Client, world: World) -> None:
    sign_in_as(client, world.clerk)
    assert world.event.title in client.get(url("imports")).content.decode()
    answer = client.get(url("template", world.event.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="applications-LJ-2026-1.xlsx"'
    assert len(openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames) == 5
    page = upload(client, world, world.workbook(world.row(1), world.row(2, phone="1"), performance=[]))
    assert page.status_code == 200 and page.context["batch"].state == "previewed"
    text = page.content.decode()
    assert "Enter a mobile number of 11 digits" in text and "Preview, nothing written" in text
    batch = ImportBatch.objects.get()
    page = client.post(url("batch_act", batch.pk, "import"), {"mode": "all"})
    assert page.status_code == 409 and "applications.not_all_right" in page.content.decode()
    assert client.post(url("batch_act", batch.pk, "import"), {"mode": "good"}).status_code == 302
    assert Application.objects.count() == 1
    assert "Undo this import" in client.get(url("batch", batch.pk)).content.decode()
    assert client.get(reverse("documents:download", args=[batch.annotated_id])).status_code == 200
    faults = openpyxl.load_workbook(io.BytesIO(client.get(url("batch", batch.pk) + "?export=xlsx").content)).worksheets[0]
    assert [cell.value for cell in faults[2]][1:3] == ["3", "D"] or [cell.value for cell in faults[2]][1:3] == [3, "D"]
    assert client.post(url("batch_act", batch.pk, "undo")).status_code == 302
    assert Application.objects.get().state == "withdrawn"


def test_a_large_workbook_goes_through_a_job(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("exams.applications.import_pages.AT_ONCE", 10)
    sign_in_as(client, world.clerk)
    page = upload(client, world, world.workbook(world.row(1)))
    assert page.context["batch"].state == "reading" and "data-job" in page.content.decode()
    from exams.jobs.models import Job
    from exams.jobs.work import run

    run(Job.objects.get().pk)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.new) == ("previewed", 1)
    assert Job.objects.get().result == {"new": 1, "changed": 0, "same": 0, "wrong": 0}


def test_rubbish_is_refused_on_the_page_and_nothing_is_kept(client: Client, world: World) -> None:
    sign_in_as(client, world.clerk)
    page = upload(client, world, b"not a workbook")
    assert page.status_code == 409 and "documents.kind" in page.content.decode()
    assert ImportBatch.objects.count() == 0


def test_an_employer_imports_for_itself_only(client: Client, world: World) -> None:
    sign_in_as(client, world.clerk)
    file = SimpleUploadedFile("x.xlsx", world.workbook(world.row(1)))
    answer = client.post(url("upload_file", world.event.pk), {"employer": str(world.cast.other_employer.pk), "file": file})
    assert answer.status_code == 422 and ImportBatch.objects.count() == 0


# -- staff ----------------------------------------------------------------------------------------------------------------


def test_confirm_verify_accept_approve_by_clicks(client: Client, world: World) -> None:
    (application,) = world.imported()
    sign_in_as(client, world.clerk)
    assert application.number in client.get(url("employer")).content.decode()
    assert client.post(url("confirm_many"), {"application": str(application.pk), "stamp": scan()}).status_code == 302
    record = {
        "kind": "education", "method": "chsi_query", "report_number": "1", "outcome": "confirmed",
        "queried_at": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    for officer in (world.first, world.second):
        sign_in_as(client, officer)
        for kind, method in (("education", "chsi_query"), ("performance", "performance")):
            answer = client.post(url("verify", application.pk), {**record, "kind": kind, "method": method, "evidence": scan()})
            assert answer.status_code == 302, answer.content.decode()[:3000]
    again = client.post(url("verify", application.pk), record)
    assert again.status_code == 409 and "applications.same_verifier" in again.content.decode()
    assert Verification.objects.count() == 4
    sign_in_as(client, world.exam_clerk)
    assert client.post(url("decide", application.pk, "accept")).status_code == 302
    sign_in_as(client, world.approver)
    page = client.get(url("detail", application.pk)).content.decode()
    assert "Approve application: nothing blocks" in page and "2026" in page
    assert client.post(url("decide", application.pk, "approve")).status_code == 302
    application.refresh_from_db()
    assert application.state == "approved"


def test_what_blocks_is_shown_before_it_refuses(client: Client, world: World) -> None:
    application = world.confirmed()
    accept(by=world.exam_clerk, application=application)
    sign_in_as(client, world.approver)
    page = client.get(url("detail", application.pk)).content.decode()
    assert "Education: 0 of 2 verifications by different officers." in page
    answer = client.post(url("decide", application.pk, "approve"))
    assert answer.status_code == 409 and answer.content.decode().count("applications.unverified") >= 2


def test_the_number_is_masked_and_health_is_not_shown_in_lists(client: Client, world: World) -> None:
    (application,) = world.imported()
    sign_in_as(client, world.exam_clerk)
    for address in (url("list"), url("detail", application.pk)):
        page = client.get(address).content.decode()
        assert application.person.id_number not in page and "1101**********0018" in page


def test_search_by_pinyin_filter_and_export(client: Client, world: World) -> None:
    world.imported(world.row(1), world.row(5))
    sign_in_as(client, world.exam_clerk)
    assert "欧阳静" in client.get(url("list") + "?q=ouyang").content.decode()
    assert "王五" not in client.get(url("list") + "?q=ouyang").content.decode()
    assert "欧阳静" not in client.get(url("list") + "?state=approved").content.decode()
    page = openpyxl.load_workbook(io.BytesIO(client.get(url("list") + "?q=ouyang&export=xlsx").content)).worksheets[0]
    assert page.max_row == 2


def test_the_list_costs_the_same_for_one_and_for_three(client: Client, world: World) -> None:
    sign_in_as(client, world.exam_clerk)
    counts = []
    world.imported(world.row(1))
    client.get(url("list"))
    for rows in ([], [world.row(2), world.row(3)]):
        if rows:
            world.imported(*rows)
        with CaptureQueriesContext(connection) as made:
            client.get(url("list"))
        counts.append(len(made))
    assert counts[0] == counts[1], counts


def test_drafts_are_for_the_applicant_alone(client: Client, world: World) -> None:
    (application,) = world.imported()
    Application.objects.update(state="draft")
    for actor in (world.exam_clerk, world.clerk, world.first):
        sign_in_as(client, actor)
        assert client.get(url("detail", application.pk)).status_code == 404


# -- the applicant --------------------------------------------------------------------------------------------------------


@pytest.fixture
def me(world: World) -> Any:
    person = world.cast.person("王五", 1)
    record_employment(by=world.cast.actor("system_administrator"), person=person, organisation=world.employer, since=world.today)
    return world.cast.candidate(person)


FACTS = {"education": "bachelor", "science": "yes", "years": "5", "eyesight": "5.0", "colour_vision": "yes", "school": "云泽大学"}


def test_apply_fill_in_hand_in_submit_withdraw(client: Client, world: World, me: Any) -> None:
    sign_in_as(client, me)
    assert world.event.title in client.get(url("mine")).content.decode()
    item = EventItem.objects.get(qualification__code="UT-Ⅱ")
    form = {"item": str(item.pk), "category": "first", "employer": str(world.employer.pk)}
    assert client.post(url("start", world.event.pk), form).status_code == 302
    application = Application.objects.get()
    assert client.post(url("start", world.event.pk), form).status_code == 409
    page = client.post(url("step", application.pk, "submit"))
    assert page.status_code == 409 and "applications.nothing_stated" in page.content.decode()
    assert client.post(url("facts", application.pk), {**FACTS, "years": "-1"}).status_code == 422
    assert client.post(url("facts", application.pk), FACTS).status_code == 302
    assert "lists 0 inspections" in client.get(url("own", application.pk)).content.decode()
    inspection = {"equipment": "压力容器", "inspected_on": "2026-03-01", "report_number": "BG-1"}
    assert client.post(url("performance", application.pk), inspection).status_code == 302
    assert client.post(url("performance", application.pk), inspection).status_code == 409
    bad = {"kind": "education", "file": SimpleUploadedFile("x.pdf", b"<html>")}
    assert client.post(url("material", application.pk), bad).status_code == 409
    assert client.post(url("material", application.pk), {"kind": "education", "file": scan()}).status_code == 302
    assert client.post(url("step", application.pk, "submit")).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.edition_id is not None) == ("submitted", True)
    assert client.post(url("facts", application.pk), FACTS).status_code == 409
    assert client.post(url("step", application.pk, "withdraw")).status_code == 302
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_the_agenda_says_what_waits(world: World) -> None:
    application = world.confirmed()
    who = {
        "exam_clerk": world.exam_clerk, "verifier": world.first, "candidate": world.cast.candidate(application.person),
    }  # fmt: skip
    titles = {name: [str(item.title) for item in open_items(actor)] for name, actor in who.items()}
    assert "1 application waits for acceptance" in titles["exam_clerk"]
    assert "1 application waits for your verification" in titles["verifier"]
    assert any(application.number in title for title in titles["candidate"])
    world.look(application, world.first)
    assert "1 application waits for your verification" not in [str(item.title) for item in open_items(world.first)]


# -- strangers ------------------------------------------------------------------------------------------------------------


def test_the_stranger_on_every_page_and_file(client: Client, world: World) -> None:
    application = world.confirmed()
    batch = ImportBatch.objects.get()
    documents = [application.materials.first().document_id, application.confirmations.get().stamp_document_id, batch.document_id]
    pages = [url("detail", application.pk), url("own", application.pk), url("batch", batch.pk), url("upload", world.event.pk)]
    pages += [reverse("documents:download", args=[pk]) for pk in documents]
    posts = [url("decide", application.pk, "accept"), url("verify", application.pk), url("confirm", application.pk)]
    posts += [url("correction", application.pk), url("step", application.pk, "withdraw"), url("material", application.pk)]
    posts += [url("batch_act", batch.pk, "undo")]
    other_employer = world.cast.actor("employer_clerk", world.cast.other_employer)
    other_candidate = world.cast.candidate(world.cast.person("李四", 99))
    for actor in (world.cast.stranger, world.cast.actor("verifier", world.cast.other_body), other_employer, other_candidate):
        sign_in_as(client, actor)
        allowed = [url("upload", world.event.pk)] if actor is other_employer else []
        assert {client.get(page).status_code for page in pages if page not in allowed} <= {403, 404}
        assert {client.post(page).status_code for page in posts} <= {403, 404}
    client.logout()
    assert {client.get(page).status_code for page in pages} == {302}
    application.refresh_from_db()
    assert application.state == "employer_confirmed"


def test_the_authority_sees_the_bodies_it_supervises(client: Client, world: World) -> None:
    application = world.confirmed()
    sign_in_as(client, world.cast.actor("authority_officer"))
    assert client.get(url("detail", application.pk)).status_code == 200
    assert client.post(url("decide", application.pk, "accept")).status_code == 403


def test_who_works_in_a_room_sees_no_applications(client: Client, world: World) -> None:
    sign_in_as(client, world.cast.actor("invigilator"))
    assert client.get(url("list")).status_code == 403
