"""Pages of the programme: the public notice for everybody, the rest for those whom it concerns, the stranger nowhere."""

import pytest
from django.urls import reverse

from exams.programme import actions
from exams.programme.models import Event
from tests.cast import sign_in_as
from tests.exams.programme.events import entrust, item, planned


@pytest.fixture
def event(cast):
    entrust(cast)
    return planned(cast, item())


def publish(cast, event):
    actions.publish_notice(by=cast.actor("exam_clerk"), event=event)


def test_the_public_reads_a_notice_only_after_its_publication(client, cast, event):
    page = reverse("programme:notice", args=[event.pk])
    assert client.get(page).status_code == 404
    publish(cast, event)
    answer = client.get(page)
    text = answer.content.decode()
    assert answer.status_code == 200
    for word in (event.title, "TSG Z8001-2019", "临江考点", "见附件大纲", "0571-00000000", "2026-04", "云市监特〔2026〕1号"):
        assert word in text
    assert client.get(reverse("programme:notices")).content.decode().count(event.title) == 1


def test_an_example_edition_is_marked_on_the_public_notice(client, cast, event):
    publish(cast, event)
    with_mark = client.get(reverse("programme:notice", args=[event.pk])).content.decode()
    Event.objects.update(example=False)
    assert len(with_mark) > len(client.get(reverse("programme:notice", args=[event.pk])).content.decode())


PAGES = ["event", "edit", "separation", "ask_late", "cancel", "correct"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_gets_no_page_of_another_body(client, cast, event, name):
    for actor in (cast.stranger, cast.actor("head_of_body", cast.other_body)):
        sign_in_as(client, actor)
        assert client.get(reverse(f"programme:{name}", args=[event.pk])).status_code in (403, 404)
    client.logout()
    assert client.get(reverse(f"programme:{name}", args=[event.pk])).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_the_head_opens_every_page_of_the_own_event(client, cast, event, name):
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.get(reverse(f"programme:{name}", args=[event.pk])).status_code == 200


def test_strangers_do_not_publish_or_close(client, cast, event):
    sign_in_as(client, cast.stranger)
    for name in ("publish", "close_applications"):
        assert client.post(reverse(f"programme:{name}", args=[event.pk])).status_code == 404
    assert Event.objects.get().state == "draft"


def test_an_event_is_planned_and_published_over_the_pages(client, cast):
    entrust(cast)
    qualification = item()
    sign_in_as(client, cast.actor("exam_clerk"))
    given = {
        "number": "2026-05",
        "title": "第五次考试",
        "items": [str(qualification.pk)],
        "apply_from": "2026-03-02",
        "apply_until": "2026-03-31",
        "starts_on": "2026-05-16",
        "ends_on": "2026-05-17",
        "place": "云泽考点",
        "method": "mixed",
        "syllabus": "大纲",
        "contact": "电话",
    }
    refused = client.post(reverse("programme:plan"), given)
    assert refused.status_code == 409 and "云泽考点" in refused.content.decode()
    made = client.post(reverse("programme:plan"), {**given, "place": "临江考点"}, follow=True)
    assert made.status_code == 200 and Event.objects.get().number == "2026-05"
    done = client.post(reverse("programme:publish", args=[Event.objects.get().pk]), follow=True)
    assert done.status_code == 200 and Event.objects.get().state == "announced"


def test_publishing_too_early_answers_with_every_reason(client, cast):
    entrust(cast)
    event = planned(cast, item(), start_in=12, syllabus="")
    sign_in_as(client, cast.actor("exam_clerk"))
    answer = client.post(reverse("programme:publish", args=[event.pk]))
    text = answer.content.decode()
    assert answer.status_code == 409 and "programme.late_notice" in text and "programme.empty_field" in text


def test_the_list_asks_the_same_however_long_it_is(client, cast, django_assert_num_queries):
    entrust(cast)
    qualification = item()
    sign_in_as(client, cast.actor("exam_clerk"))
    for n in (1, 3):
        while Event.objects.count() < n:
            planned(cast, qualification, number=f"2026-{Event.objects.count()}")
        client.get(reverse("programme:events"))
        with django_assert_num_queries(LIST_QUERIES):
            assert client.get(reverse("programme:events")).status_code == 200


LIST_QUERIES = 9


def test_the_separation_report_asks_the_same_however_many_were_checked(client, cast, event, django_assert_num_queries):
    from exams.recusal import actions as recusal
    from exams.recusal.queries import separation
    from tests.exams.recusal.matters import employ, matter

    clerk = cast.actor("exam_clerk")
    for n in (1, 3):
        for m in range(n):
            person = cast.person(f"人{n}{m}", 100 + 10 * n + m)
            employ(person, cast.training_body)
            recusal.rule_on(
                person=person, capacity="chief", matter=matter(cast, event_id=str(event.pk)), by=clerk, about=event
            )
        with django_assert_num_queries(4):
            report = separation(event.pk)
    assert report.checked == 4 and report.hits["recusal.training_post"] == 4 and report.hits["recusal.undeclared"] == 4
    sign_in_as(client, cast.actor("authority_officer"))
    publish(cast, event)
    assert "人10" in client.get(reverse("programme:separation", args=[event.pk])).content.decode()


def test_the_separation_report_names_what_was_proved_afterwards(client, cast, event):
    from datetime import timedelta

    from exams import clock
    from exams.recusal import actions as recusal
    from exams.recusal import late
    from tests.exams.recusal.matters import employ, matter

    person, head = cast.person("甲", 71), cast.actor("head_of_body")
    employ(person, cast.body)
    over = matter(cast, event_id=str(event.pk), on=clock.today() - timedelta(days=1))
    ruling = recusal.rule_on(person=person, capacity="exam_clerk", matter=over, by=cast.actor("exam_clerk"), about=event)
    given = {"rule_id": "recusal.kin_of_candidate", "proved_on": clock.today(), "text": "其子参加本批次考试，已调取证明"}
    ground = late.record_late_ground(by=head, ruling=ruling, hidden=True, **given)
    page, proof = reverse("programme:separation", args=[event.pk]), reverse("recusal:late_ground", args=[ground.pk])
    for actor, linked in ((head, True), (cast.actor("exam_clerk"), False)):
        sign_in_as(client, actor)
        shown = client.get(page).content.decode()
        assert "甲" in shown and "Kin of a candidate" in shown and (proof in shown) is linked and "其子" not in shown


def test_plans_and_parameters_open_for_whom_they_are_for(client, cast):
    sign_in_as(client, cast.actor("exam_clerk"))
    assert client.get(reverse("programme:plans")).status_code == 200
    assert client.get(reverse("programme:new_plan")).status_code == 200
    assert client.get(reverse("programme:parameters")).status_code == 403
    sign_in_as(client, cast.actor("authority_officer"))
    assert client.get(reverse("programme:parameters")).status_code == 200
    given = {"code": "NOTICE_LEAD_DAYS", "value": "5", "source": "x", "effective_from": "2026-03-02"}
    assert client.post(reverse("programme:parameters"), given).status_code == 409
    assert client.post(reverse("programme:parameters"), {**given, "value": "15"}).status_code == 302


def test_a_plan_over_the_pages_names_the_wrong_lines(client, cast):
    item()
    sign_in_as(client, cast.actor("exam_clerk"))
    given = {"year": "2027", "document_number": "4", "basis": "TSG", "lines": "UT-Ⅱ 4 2027-03-01\nXX 4 2027-03-01\nUT-Ⅱ 13 2027-03-01"}
    assert "2, 3" in client.post(reverse("programme:new_plan"), given).content.decode()
    answer = client.post(reverse("programme:new_plan"), {**given, "lines": "UT-Ⅱ 4 2027-03-01"}, follow=True)
    assert answer.status_code == 200 and "UT-Ⅱ" in answer.content.decode()
