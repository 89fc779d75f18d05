"""Printed papers: what stands on them, that names are whole, and that the code on a ticket is the one the door reads."""

import io

import pytest
from pypdf import PdfReader

from exams.applications.models import Material
from exams.documents.actions import store
from exams.printing import fonts
from exams.sittings import queries, sheets
from exams.sittings.models import Draw, Place
from exams.sittings.tickets import read

NAME = "迪丽拜尔·阿卜杜克热木·伊敏"


def printed(name: str) -> str:
    """A name as this machine prints it: a character that none of its fonts has is marked, never left out."""
    return "".join(part for _face, part in fonts.runs(name))


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@pytest.fixture
def whole(cast, still):
    from tests.exams.sittings.scene import Scene

    return Scene(cast, candidates=10).published()


def test_a_ticket_carries_its_fields_and_no_full_identity_number(whole):
    place = Place.objects.select_related("application__person", "slot__event__body", "sitting__room", "seat").get(
        application__person__name=NAME
    )
    text = text_of(sheets.tickets([place]))
    for wanted in (NAME, place.ticket_number, place.seat.label, "第01考场", "临江职业技术学院", "学府路18号"):
        assert wanted in text
    assert place.application.person.id_number not in text
    token = read(queries.token_of(place), [queries.ticket_key().public_key()])
    assert (token.sitting, token.place, token.nonce) == (place.sitting_id, place.pk, place.ticket_nonce)


def test_a_whole_room_is_one_file_in_seat_order(whole):
    places = list(whole.sitting.places.order_by("seat__label"))
    pages = PdfReader(io.BytesIO(sheets.tickets(places))).pages
    assert len(pages) == 10
    for place, page in zip(places, pages, strict=True):
        assert place.ticket_number in page.extract_text()


def test_the_registered_photo_is_printed(whole, cast):
    from PIL import Image

    place = Place.objects.first()
    picture = io.BytesIO()
    Image.new("RGB", (100, 140), "navy").save(picture, "PNG")
    document = store(whole.clerk, picture.getvalue(), "photo", "image/png", "test", place.pk)
    without = len(PdfReader(io.BytesIO(sheets.tickets([place]))).pages[0].images)
    Material.objects.create(application=place.application, kind="photo", document_id=document.pk)
    assert without == 0
    assert len(PdfReader(io.BytesIO(sheets.tickets([place]))).pages[0].images) == 1


@pytest.mark.parametrize("kind", sorted(sheets.SHEETS))
def test_every_sheet_of_a_room_prints_every_candidate(whole, kind):
    text = text_of(sheets.SHEETS[kind][0](whole.sitting))
    for place in whole.sitting.places.select_related("application__person"):
        assert place.ticket_number in text or printed(place.application.person.name) in text


def test_the_draw_record_names_seed_and_digests(whole):
    draw = Draw.objects.get(kind="seats")
    text = text_of(sheets.draw_record(draw))
    assert draw.seed in text
    assert draw.result_digest in text


def test_the_roster_lists_everybody_on_duty(whole):
    text = text_of(sheets.roster(whole.slot))
    for name in ("沈砚秋", "禤巡", "监考0", "监考1"):
        assert name in text


def test_a_room_s_tickets_are_a_job_whose_file_the_stranger_does_not_get(whole, client, cast, settings):
    from exams.documents.access import may_fetch
    from exams.documents.models import Document
    from exams.sittings.printing_jobs import print_room_tickets

    document = print_room_tickets(by=whole.clerk, sitting=whole.sitting)
    assert {place.ticket_state for place in Place.objects.all()} == {"printed"}
    stored = Document.objects.get(pk=document.pk)
    assert may_fetch(whole.clerk, stored)
    assert may_fetch(whole.invigilators[0], stored)
    assert not may_fetch(cast.stranger, stored)
    assert not may_fetch(cast.candidate(whole.candidates[0]), stored)


def test_the_button_starts_the_job_and_its_page_offers_the_file(whole, client, settings, django_capture_on_commit_callbacks):
    from exams.jobs.models import Job
    from tests.cast import sign_in_as

    settings.JOBS = "inline"
    sign_in_as(client, whole.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/sittings/sitting/{whole.sitting.pk}/tickets")
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert (job.state, job.errors) == ("done", [])
    assert job.result_document_id is not None
