"""Pages of supervision for both sides; a planned inspection is not there for the body."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from exams import clock
from exams.oversight import actions
from exams.oversight.models import Audit, Finding, Rectification
from exams.people.models import Person
from tests.cast import sign_in_as
from tests.exam_day import ExamDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


@pytest.fixture
def inspectors(cast):
    return [cast.actor("oversight_inspector", name=f"检查员{n}") for n in (1, 2)]


@pytest.fixture
def audit(day, inspectors):
    people = [Person.objects.get(pk=one.person_id) for one in inspectors]
    return actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=people)


def soon():
    return (clock.today() + timedelta(days=10)).isoformat()


def test_the_authority_goes_the_whole_way_by_its_pages(client, cast, day, inspectors):
    sign_in_as(client, inspectors[0])
    given = {"body": day.body.pk, "kind": "random", "inspectors": [one.person_id for one in inspectors]}
    client.post(reverse("oversight:new"), given)
    audit = Audit.objects.get()
    for verb in ("run", "serve"):
        assert client.post(reverse(f"oversight:{verb}", args=[audit.pk])).status_code == 302
    finding = Finding.objects.order_by("number").first()
    page = reverse("oversight:finding", args=[finding.pk])
    assert client.get(page).status_code == 200
    client.post(page, {"verb": "order", "due_on": soon(), "text": "put it right"})
    row = Rectification.objects.get()
    said = client.get(reverse("oversight:audit", args=[audit.pk])).content.decode()
    assert "no rectification report has come" in said
    assert client.post(reverse("oversight:close", args=[audit.pk])).status_code == 409
    page = reverse("oversight:rectification", args=[row.pk])
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.post(page, {"text": "done by Li on Monday"}).status_code == 302
    sign_in_as(client, inspectors[0])
    client.post(page, {"verb": "accept", "answer": "seen"})
    finding.refresh_from_db()
    assert finding.state == "rectified"
    assert client.post(reverse("oversight:print", args=[audit.pk])).status_code == 302


def test_a_planned_audit_is_not_found_by_the_body_and_a_served_one_is(client, cast, audit, inspectors):
    page = reverse("oversight:audit", args=[audit.pk])
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.get(page).status_code == 404
    assert audit.number not in client.get(reverse("oversight:index")).content.decode()
    actions.serve_audit(by=inspectors[0], audit=audit)
    assert client.get(page).status_code == 200
    assert audit.number in client.get(reverse("oversight:index")).content.decode()


def test_the_stranger_finds_nothing(client, cast, audit, inspectors):
    actions.serve_audit(by=inspectors[0], audit=audit)
    finding = actions.add_finding(by=inspectors[0], audit=audit, block="video", level="serious", text="x", basis="y")
    row = actions.order_rectification(by=inspectors[0], audit=audit, finding=finding, due_on=clock.today(), text="t")
    sign_in_as(client, cast.stranger)
    pages = [("audit", audit.pk), ("finding", finding.pk), ("rectification", row.pk)]
    assert [client.get(reverse(f"oversight:{name}", args=[pk])).status_code for name, pk in pages] == [404] * 3
    assert [client.get(reverse(f"oversight:{name}")).status_code for name in ("bodies", "returns", "new")] == [403] * 3
    assert client.post(reverse("oversight:rectification", args=[row.pk]), {"text": "done"}).status_code == 404


def test_the_body_sees_no_finding_before_rectification_is_ordered(client, cast, audit, inspectors):
    actions.serve_audit(by=inspectors[0], audit=audit)
    finding = actions.add_finding(by=inspectors[0], audit=audit, block="video", level="serious", text="secret so far", basis="y")
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.get(reverse("oversight:finding", args=[finding.pk])).status_code == 404
    assert "secret so far" not in client.get(reverse("oversight:audit", args=[audit.pk])).content.decode()


def test_the_authority_sees_its_bodies_read_only(client, cast, day):
    sign_in_as(client, cast.actor("authority_officer"))
    said = client.get(reverse("oversight:bodies")).content.decode()
    assert day.body.name in said
    page = client.get(reverse("oversight:body", args=[day.body.pk]))
    assert (page.status_code, day.event.number in page.content.decode()) == (200, True)
    assert client.get(reverse("oversight:body", args=[cast.employer.pk])).status_code == 404
    assert client.get(reverse("oversight:returns")).status_code == 200


@pytest.mark.parametrize("who", ["candidate", "system_administrator", "invigilator"])
def test_others_are_not_let_in(client, cast, day, audit, who):
    sign_in_as(client, cast.candidate(day.candidates[0]) if who == "candidate" else cast.actor(who))
    assert client.get(reverse("oversight:index")).status_code == 403
    assert client.get(reverse("oversight:audit", args=[audit.pk])).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_an_audit_costs_the_same_with_one_finding_and_with_three(client, audit, inspectors, n, django_assert_num_queries):
    for number in range(n):
        finding = actions.add_finding(by=inspectors[0], audit=audit, block="archive", level="notice", text=str(number), basis="b")
        audit.refresh_from_db()
        actions.order_rectification(by=inspectors[0], audit=audit, finding=finding, due_on=clock.today(), text="t")
    sign_in_as(client, inspectors[0])
    page = reverse("oversight:audit", args=[audit.pk])
    client.get(page)
    with django_assert_num_queries(18):
        client.get(page)
