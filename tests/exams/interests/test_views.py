"""Pages of interests: one's own, the list of who declared, and what training bodies report."""

import pytest
from django.urls import reverse

from exams.agenda import open_items
from exams.interests import actions
from exams.interests.models import Attendance, Authorship, Concealment, Declaration, Dispute, TrainingEngagement
from tests.cast import id_number, sign_in_as
from tests.exams.recusal.matters import EVENT, event_known


@pytest.fixture
def event(cast):
    with event_known(cast) as event_id:
        yield event_id


@pytest.fixture
def family(db):
    from exams.catalogue.models import Qualification

    Qualification.objects.create(code="UT", name_zh="超声", regulation="TSG Z8001-2019", level="Ⅱ", family="UT")
    return "UT"


def test_a_declaration_is_asked_for_on_the_agenda_and_signed_on_its_page(client, cast, event):
    setter = cast.actor("setter")
    from exams.people.models import Person

    person = Person.objects.get(pk=setter.person_id)
    actions.ask_declaration(by=cast.actor("exam_clerk"), person=person, event_id=event)
    address = reverse("interests:declare", args=[event])
    assert [item.url for item in open_items(setter) if "declare" in item.url] == [address]
    sign_in_as(client, setter)
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 409
    refused = client.post(address, {"own": "on", "none": "on"})
    assert refused.status_code == 409 and "checked" in refused.content.decode()
    assert client.post(address, {"other": "on", "other_text": "老邻居应考"}).status_code == 302
    assert Declaration.objects.get().state == "signed" and not open_items(setter) or "declare" not in str(open_items(setter))
    text = client.get(reverse("interests:declaration", args=[Declaration.objects.get().pk])).content.decode()
    assert "老邻居应考" in text


def test_no_declaring_for_an_event_that_is_not(client, cast):
    sign_in_as(client, cast.actor("setter"))
    assert client.get(reverse("interests:declare", args=[EVENT])).status_code == 404


def test_the_clerk_sees_who_declared_but_not_what(client, cast, event):
    person = cast.person("贺兰静", 1)
    actions.sign_declaration(by=cast.candidate(person), person=person, event_id=event, answers={"other": True, "other_text": "私事一件"})
    page = reverse("interests:declaration", args=[Declaration.objects.get().pk])
    for actor, status, words in (
        (cast.actor("exam_clerk"), 200, False),
        (cast.actor("head_of_body"), 200, True),
        (cast.actor("oversight_inspector"), 200, True),
        (cast.stranger, 404, False),
        (cast.candidate(cast.person("路人", 2)), 404, False),
    ):
        sign_in_as(client, actor)
        answer = client.get(page)
        assert answer.status_code == status and ("私事一件" in answer.content.decode()) is words
    sign_in_as(client, cast.actor("exam_clerk"))
    assert "贺兰静" in client.get(reverse("interests:declarations")).content.decode()
    sign_in_as(client, cast.stranger)
    assert "贺兰静" not in client.get(reverse("interests:declarations")).content.decode()


def test_ones_own_page_and_its_forms(client, cast, event, family):
    person, other = cast.person("甲", 1), cast.person("乙", 2)
    sign_in_as(client, cast.candidate(person))
    assert client.get(reverse("interests:mine")).status_code == 200
    training = {"organisation": str(cast.training_body.pk), "family": family, "role": "coach", "since": "2025-06-01", "until": "2025-06-09"}
    assert client.post(reverse("interests:declare_training"), training).status_code == 302
    assert client.post(reverse("interests:declare_training"), training).status_code == 409
    work = {"title": "超声检测讲义", "family": family, "published_on": "2024-01-01"}
    assert client.post(reverse("interests:declare_authorship"), work).status_code == 302
    dispute = {"kind": "lawsuit", "other_name": "乙", "other_number": id_number(2), "text": "租房纠纷", "since": "2026-01-01"}
    assert client.post(reverse("interests:declare_dispute"), {**dispute, "other_name": "丙"}).status_code == 200
    assert client.post(reverse("interests:declare_dispute"), dispute).status_code == 302
    assert Dispute.objects.get().other_person == other
    text = client.get(reverse("interests:mine")).content.decode()
    assert "超声检测讲义" in text and "租房纠纷" in text and cast.training_body.name in text
    page = reverse("interests:dispute", args=[Dispute.objects.get().pk])
    sign_in_as(client, cast.candidate(other))
    assert client.get(page).status_code == client.post(page, {"until": "2026-03-01"}).status_code == 404
    sign_in_as(client, cast.candidate(person))
    assert client.post(page, {"until": "2025-03-01"}).status_code == 409
    assert client.post(page, {"until": "2026-03-01"}).status_code == 302
    assert client.post(page, {"reason": "短"}).status_code == 409
    assert client.post(page, {"reason": "当时误填，与本人无关"}).status_code == 302
    assert str(Dispute.objects.get().until) == "2026-03-01" and Dispute.objects.get().withdrawn_on
    assert TrainingEngagement.objects.get().person == person and Authorship.objects.get().person == person


def test_a_training_body_reports_trainer_and_trainees(client, cast, family):
    trainer, trainee = cast.person("甲", 1), cast.person("乙", 2)
    sign_in_as(client, cast.actor("training_manager"))
    given = {"person_name": "甲", "person_number": id_number(1), "family": family, "role": "lecturer", "since": "2025-06-01"}
    assert client.post(reverse("interests:new_training"), {**given, "person_number": id_number(9)}).status_code == 200
    assert client.post(reverse("interests:new_training"), given).status_code == 302
    engagement = TrainingEngagement.objects.get()
    assert engagement.person == trainer and engagement.organisation == cast.training_body
    page = reverse("interests:training", args=[engagement.pk])
    wrong = client.post(page, {"lines": f"{id_number(2)} 乙\n{id_number(2)} 错名\n123"})
    assert "2, 3" in wrong.content.decode() and not Attendance.objects.exists()
    assert client.post(page, {"lines": f"{id_number(2)} 乙"}).status_code == 302
    assert Attendance.objects.get().trainee == trainee
    assert client.post(page, {"until": "2025-06-30"}).status_code == 302
    engagement.refresh_from_db()
    assert str(engagement.until) == "2025-06-30"
    for stranger in (cast.stranger, cast.actor("training_manager", cast.other_employer)):
        sign_in_as(client, stranger)
        assert client.get(page).status_code == 404
        assert client.post(page, {"lines": f"{id_number(2)} 乙"}).status_code == 404


def test_a_proved_concealment_is_recorded_by_the_head(client, cast):
    cast.person("甲", 1)
    given = {"person_name": "甲", "person_number": id_number(1), "proved_on": "2026-03-01", "text": "隐瞒父子关系"}
    sign_in_as(client, cast.actor("exam_clerk"))
    assert client.post(reverse("interests:new_concealment"), given).status_code == 403
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.post(reverse("interests:new_concealment"), given).status_code == 302
    assert Concealment.objects.count() == 1


def test_the_list_of_trainings_asks_the_same_however_long(client, cast, family, django_assert_num_queries):
    manager = cast.actor("training_manager")
    sign_in_as(client, manager)
    client.get(reverse("interests:trainings"))
    for n in (1, 3):
        while TrainingEngagement.objects.count() < n:
            person = cast.person(f"人{TrainingEngagement.objects.count()}", 50 + TrainingEngagement.objects.count())
            given = {"organisation": cast.training_body, "family": "UT", "since": person.birth_date.replace(year=2025)}
            actions.record_training(by=manager, person=person, **given)
        with django_assert_num_queries(8):
            assert client.get(reverse("interests:trainings")).status_code == 200
