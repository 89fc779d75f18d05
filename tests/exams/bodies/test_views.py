"""Pages of exam bodies: the authority sees those it supervises, the body itself, the stranger nothing."""

import pytest
from django.urls import reverse

from exams.agenda import open_items
from exams.bodies import actions
from exams.bodies.models import Entrustment, InternalCheck, ManagementDocument, OtherBusiness, StaffRecord
from exams.catalogue.models import Qualification
from tests.cast import id_number, sign_in_as


@pytest.fixture(autouse=True)
def family(db):
    Qualification.objects.create(code="UT", name_zh="超声", regulation="TSG Z8001-2019", level="Ⅱ", family="UT")


def page(cast):
    return reverse("bodies:body", args=[cast.body.pk])


def test_who_opens_the_page_of_a_body(client, cast):
    for actor, status in (
        (cast.actor("head_of_body"), 200),
        (cast.actor("authority_officer"), 200),
        (cast.actor("oversight_inspector"), 200),
        (cast.stranger, 404),
        (cast.actor("authority_officer", cast._organisation("issuing_authority", "别省局", 88)), 404),
        (cast.actor("invigilator"), 403),
    ):
        sign_in_as(client, actor)
        assert client.get(page(cast)).status_code == status, actor


def test_the_authority_entrusts_suspends_and_decides_over_the_pages(client, cast):
    sign_in_as(client, cast.actor("authority_officer"))
    given = {"document_number": "1号", "families": ["UT"], "places": "甲地\n乙地", "since": "2026-01-01", "until": "2026-12-31"}
    assert client.post(reverse("bodies:entrust", args=[cast.body.pk]), {**given, "until": "2025-01-01"}).status_code == 409
    assert client.post(reverse("bodies:entrust", args=[cast.body.pk]), given).status_code == 302
    entrustment = Entrustment.objects.get()
    assert entrustment.places == ["甲地", "乙地"]
    for verb, state in (("suspend", "suspended"), ("resume", "in_force"), ("end", "ended")):
        assert client.post(reverse("bodies:move", args=[entrustment.pk, verb]), {"reason": "监督检查发现问题"}).status_code == 302
        entrustment.refresh_from_db()
        assert entrustment.state == state
    assert client.get(reverse("bodies:move", args=[entrustment.pk, "burn"])).status_code == 404
    actions.declare_business(by=cast.actor("head_of_body"), body=cast.body, businesses=["training"])
    assert client.post(reverse("bodies:decide_business", args=[cast.body.pk]), {"allowed": "no"}).status_code == 302
    assert OtherBusiness.objects.get().state == "forbidden"


def test_the_body_files_declares_registers_and_checks_over_the_pages(client, cast):
    cast.person("甲", 1)
    sign_in_as(client, cast.actor("head_of_body"))
    document = {"kind": "video", "version": "1", "approved_on": "2026-01-05", "review_on": "2027-01-05"}
    assert client.post(reverse("bodies:file_document", args=[cast.body.pk]), document).status_code == 302
    assert client.post(reverse("bodies:file_document", args=[cast.body.pk]), document).status_code == 409
    assert client.post(reverse("bodies:declare_business", args=[cast.body.pk]), {"businesses": ["trade"]}).status_code == 302
    staff = {"person_name": "甲", "person_number": id_number(1), "full_time": "on", "years": "4"}
    assert client.post(reverse("bodies:register_staff", args=[cast.body.pk]), staff).status_code == 302
    check = {"checked_on": "2026-03-01", "item": "保密室", "finding": "双锁缺一", "major": "on"}
    assert client.post(reverse("bodies:record_check", args=[cast.body.pk]), check).status_code == 302
    found = reverse("bodies:check", args=[InternalCheck.objects.get().pk])
    assert client.post(found, {"correction": "已更换门锁"}).status_code == 302
    assert client.post(found, {"accepted": "yes"}).status_code == 302
    assert InternalCheck.objects.get().state == "closed" and ManagementDocument.objects.count() == 1
    text = client.get(page(cast)).content.decode()
    assert "保密室" in text and "甲" in text and "Trade" in text
    assert client.post(reverse("bodies:end_staff", args=[StaffRecord.objects.get().pk])).status_code == 302
    assert StaffRecord.objects.get().until is not None


WRITES = ["entrust", "file_document", "declare_business", "register_staff", "record_check", "decide_business"]


@pytest.mark.parametrize("name", WRITES)
def test_a_stranger_writes_nothing_here(client, cast, name):
    for actor in (cast.stranger, cast.actor("head_of_body", cast.other_body), cast.actor("oversight_inspector")):
        sign_in_as(client, actor)
        assert client.post(reverse(f"bodies:{name}", args=[cast.body.pk]), {}).status_code in (403, 404)


def test_the_list_of_bodies_asks_the_same_however_long(client, cast, django_assert_num_queries):
    assert cast.body
    sign_in_as(client, cast.actor("authority_officer"))
    client.get(reverse("bodies:list"))
    for n in (1, 3):
        for m in range(n - 1):
            cast._organisation("exam_body", f"第{m}考试中心", 60 + m, cast.authority)
        with django_assert_num_queries(10):
            assert client.get(reverse("bodies:list")).status_code == 200


def test_what_lacks_stands_on_the_agendas(cast):
    assert cast.body
    urls = {item.url for item in open_items(cast.actor("authority_officer"))}
    assert page(cast) in urls
    titles = [str(item.title) for item in open_items(cast.actor("head_of_body"))]
    assert "No entrustment is in force" in titles and "10 management documents are missing or past their review" in titles


def test_the_standard_is_set_over_the_page(client, cast):
    sign_in_as(client, cast.actor("authority_officer"))
    given = {
        "full_time": "3", "assessors": "2", "many_candidates": "500", "assessors_if_many": "4", "source": "省局规定",
        "effective_from": "2026-03-02",
    }  # fmt: skip
    assert client.post(reverse("bodies:set_standard"), {**given, "effective_from": "2020-01-01"}).status_code == 409
    assert client.post(reverse("bodies:set_standard"), given).status_code == 302
    assert "省局规定" in client.get(reverse("bodies:set_standard")).content.decode()
