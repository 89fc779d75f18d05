"""Pages of reports by workbook and of names without a number: what each sees, does and is refused."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exams.agenda import open_items
from exams.interests import actions, identifying, matching
from exams.interests.matching import Named
from exams.interests.models import Course, MatchDoubt, ReportBatch, TrainingEngagement, Unmatched
from tests.cast import id_number, sign_in_as
from tests.exams.interests.books import COURSE, course_book, put_on_record, who
from tests.exams.recusal.matters import employ

BORN = date(1985, 3, 14)
WHY = "与本人及其单位核对过出生日期和岗位"


def upload(client, kind, data, name="上报.xlsx"):
    return client.post(reverse("interests:upload", args=[kind]), {"file": SimpleUploadedFile(name, data)})


def text(answer):
    return answer.content.decode()


@pytest.fixture
def waiting(cast):
    """甲 of the body may be who taught a course."""
    person = cast.person("甲", 1)
    employ(person, cast.body)
    put_on_record(cast.actor("training_manager"), "courses", course_book([who("甲", None, BORN)]))
    return person


# ------------------------------------------------------------------------------------------------------------------- import


def test_from_template_to_record_on_pages(client, cast):
    manager = cast.actor("training_manager")
    sign_in_as(client, manager)
    page = client.get(reverse("interests:imports"))
    assert "Training courses with teachers and trainees" in text(page) and "signed forms" not in text(page)
    template = client.get(reverse("interests:template", args=["courses"]))
    assert template.status_code == 200 and template.content[:2] == b"PK"
    assert client.get(reverse("interests:upload", args=["courses"])).status_code == 200
    answer = upload(client, "courses", course_book([who("师", 1), who("甲", None, BORN)]))
    batch = ReportBatch.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("interests:batch", args=[batch.pk])
    shown = text(client.get(answer.url))
    assert "Nothing is written yet" in shown and "1 row without a number" in shown and not Course.objects.exists()
    assert client.post(reverse("interests:import_batch", args=[batch.pk])).status_code == 302
    assert "On record since" in text(client.get(answer.url)) and TrainingEngagement.objects.count() == 1
    course = text(client.get(reverse("interests:course", args=[Course.objects.get().pk])))
    assert "师" in course and "Reported without a number" in course
    assert "PX-1" in text(client.get(reverse("interests:courses")))
    again = client.post(reverse("interests:import_batch", args=[batch.pk]))
    assert again.status_code == 409


def test_faults_stand_on_the_page_in_the_workbook_and_in_an_export(client, cast):
    sign_in_as(client, cast.actor("training_manager"))
    answer = upload(client, "courses", course_book([{**who("师"), "id_number": "123"}]))
    batch = ReportBatch.objects.get()
    shown = text(client.get(answer.url))
    assert "1 fault in all" in shown and "characters are missing" in shown
    assert client.get(reverse("documents:download", args=[batch.annotated_id])).status_code == 200
    assert client.get(answer.url + "?export=xlsx").content[:2] == b"PK"
    refused = client.post(reverse("interests:import_batch", args=[batch.pk]))
    assert refused.status_code == 409 and "Nothing is put on record before every row is right" in text(refused)
    assert client.post(reverse("interests:discard_batch", args=[batch.pk])).status_code == 302
    assert ReportBatch.objects.get().state == "discarded"


def test_a_large_workbook_is_read_and_imported_in_the_background(client, cast, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("exams.interests.import_pages.AT_ONCE", 10)
    monkeypatch.setattr("exams.interests.import_pages.FEW", 0)
    sign_in_as(client, cast.actor("training_manager"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(client, "courses", course_book([who("师", 1)]))
    assert client.get(answer.url).status_code == 200
    assert ReportBatch.objects.get().state == "previewed"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("interests:import_batch", args=[ReportBatch.objects.get().pk]))
    assert ReportBatch.objects.get().state == "imported" and TrainingEngagement.objects.count() == 1


def test_nobody_opens_what_is_not_his(client, cast):
    put_on_record(cast.actor("training_manager"), "courses", course_book([who("师", 1)]))
    batch = ReportBatch.objects.get()
    addresses = [reverse("interests:batch", args=[batch.pk]), reverse("documents:download", args=[batch.document_id])]
    for stranger, statuses in (
        (cast.stranger, {404}),
        (cast.actor("training_manager", cast.other_employer), {404}),
        (cast.actor("setter"), {403, 404}),
        (cast.candidate(cast.person("路人", 9)), {403, 404}),
    ):
        sign_in_as(client, stranger)
        assert {client.get(address).status_code for address in addresses} <= statuses
        assert client.post(reverse("interests:import_batch", args=[batch.pk])).status_code in statuses
        assert client.get(reverse("interests:course", args=[Course.objects.get().pk])).status_code in statuses
    sign_in_as(client, cast.actor("training_manager"))
    assert client.get(reverse("interests:upload", args=["kin"])).status_code == 404
    assert client.get(reverse("interests:template", args=["nothing"])).status_code == 404
    assert upload(client, "courses", b"rubbish", "x.xlsx").status_code == 409


# --------------------------------------------------------------------------------------------------------------------- names


def test_the_head_finds_the_doubt_on_the_agenda_and_decides_it(client, cast, waiting):
    head = cast.actor("head_of_body")
    row = Unmatched.objects.get()
    page = reverse("interests:name", args=[row.pk])
    [item] = [one for one in open_items(head) if one.url == page]
    assert item.title == "Decide who 甲 is" and item.why == "1 registered person may be meant."
    sign_in_as(client, head)
    assert "甲" in text(client.get(reverse("interests:names")))
    shown = text(client.get(page))
    assert "1985" in shown and id_number(1) not in shown and cast.body.name in shown
    doubt = MatchDoubt.objects.get()
    assert client.post(page, {"who": str(doubt.pk), "reason": "短"}).status_code == 409
    assert client.post(page, {"who": "nonsense", "reason": WHY}).status_code == 200
    assert client.post(page, {"who": str(doubt.pk), "reason": WHY}).status_code == 302
    assert TrainingEngagement.objects.get().person == waiting
    assert [one for one in open_items(head) if one.url == page] == []
    assert WHY in text(client.get(page))


def test_none_of_them_and_taking_it_up_again(client, cast, waiting):
    sign_in_as(client, cast.actor("head_of_body"))
    row, doubt = Unmatched.objects.get(), MatchDoubt.objects.get()
    page = reverse("interests:name", args=[row.pk])
    assert client.post(page, {"who": "none", "reason": WHY}).status_code == 302
    assert MatchDoubt.objects.get().state == "other_person" and "Take it up again" in text(client.get(page))
    assert client.post(reverse("interests:reopen_doubt", args=[doubt.pk]), {"reason": WHY}).status_code == 302
    assert MatchDoubt.objects.get().state == "open"


def test_whoever_reported_sees_the_name_not_who_may_be_meant_and_gives_the_number(client, cast, waiting):
    sign_in_as(client, cast.actor("training_manager"))
    page = reverse("interests:name", args=[Unmatched.objects.get().pk])
    shown = text(client.get(page))
    assert "Who may be meant" not in shown and "Give the number" in shown
    number = reverse("interests:identify", args=[Unmatched.objects.get().pk])
    assert client.post(number, {"document_type": "resident_id", "id_number": "123"}).status_code == 409
    assert client.post(number, {"document_type": "resident_id", "id_number": id_number(1)}).status_code == 302
    assert TrainingEngagement.objects.get().person == waiting


def test_a_report_is_taken_back_by_whoever_made_it(client, cast, waiting):
    take_back = reverse("interests:withdraw_name", args=[Unmatched.objects.get().pk])
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.post(take_back, {"reason": WHY}).status_code == 403
    sign_in_as(client, cast.actor("training_manager"))
    assert client.post(take_back, {"reason": WHY}).status_code == 302
    assert Unmatched.objects.get().state == "withdrawn"


def test_strangers_see_no_name(client, cast, waiting):
    row, doubt = Unmatched.objects.get(), MatchDoubt.objects.get()
    other_head = cast.actor("head_of_body", cast.other_body)
    for stranger in (cast.stranger, other_head, cast.candidate(cast.person("路人", 9)), cast.actor("setter")):
        sign_in_as(client, stranger)
        assert client.get(reverse("interests:name", args=[row.pk])).status_code == 404
        assert client.post(reverse("interests:name", args=[row.pk]), {"who": "none", "reason": WHY}).status_code == 404
        assert client.post(reverse("interests:identify", args=[row.pk]), {"id_number": id_number(1)}).status_code == 404
        assert client.post(reverse("interests:reopen_doubt", args=[doubt.pk]), {"reason": WHY}).status_code in (403, 404)


def test_a_relative_is_declared_by_name_on_a_page_and_shown_on_ones_own(client, cast):
    person = cast.person("甲", 1)
    sign_in_as(client, cast.candidate(person))
    page = reverse("interests:declare_relative")
    assert page in text(client.get(reverse("people:kin"))) and client.get(page).status_code == 200
    given = {"relation": "wife", "relative_name": "乙", "birth_date": "1985-03-14"}
    assert client.post(page, {**given, "birth_date": ""}).status_code == 200
    assert client.post(page, given).status_code == 302
    assert client.post(page, given).status_code == 409
    mine = text(client.get(reverse("interests:mine")))
    assert "乙" in mine and "Named without a number" in mine
    assert "Give the number" in text(client.get(reverse("interests:name", args=[Unmatched.objects.get().pk])))


def test_the_list_of_names_asks_the_same_however_long(client, cast, django_assert_num_queries):
    manager = cast.actor("training_manager")
    put_on_record(manager, "courses", course_book(courses=[COURSE]))
    sign_in_as(client, manager)
    client.get(reverse("interests:names"))
    for n in (1, 3):
        names = ["甲", "乙", "丙"][:n]
        matching.wait_for(manager, [Named(kind="training", name=name, course=Course.objects.get()) for name in names])
        with django_assert_num_queries(8):
            assert client.get(reverse("interests:names")).status_code == 200


def test_the_list_of_courses_asks_the_same_however_long(client, cast, django_assert_num_queries):
    manager = cast.actor("training_manager")
    sign_in_as(client, manager)
    client.get(reverse("interests:courses"))
    for n in (1, 3):
        put_on_record(manager, "courses", course_book(courses=[{**COURSE, "number": f"PX-{k}"} for k in range(n)]))
        with django_assert_num_queries(9):
            assert client.get(reverse("interests:courses")).status_code == 200


# ------------------------------------------------------------------------------------------------------------------ disputes


def test_a_superior_records_an_earlier_complaint_about_own_people(client, cast):
    staff, other = cast.person("甲", 1), cast.person("乙", 2)
    head = cast.actor("head_of_body")
    sign_in_as(client, head)
    page = reverse("interests:new_dispute")
    given = {
        "person_name": "甲", "person_number": id_number(1), "kind": "complaint", "number": "T-7", "other_name": "乙",
        "other_number": id_number(2), "text": "2025年曾投诉其评分", "since": "2025-05-01",
    }  # fmt: skip
    assert client.post(page, given).status_code == 403  # nobody of this body
    employ(staff, cast.body)
    assert client.post(page, given).status_code == 302
    assert "T-7" in text(client.get(reverse("interests:disputes")))
    dispute = staff.disputes.get()
    assert (dispute.other_person, dispute.kind, dispute.reported_by) == (other, "complaint", cast.body)
    one = reverse("interests:dispute", args=[dispute.pk])
    sign_in_as(client, cast.candidate(staff))
    assert "T-7" in text(client.get(one)) and client.post(one, {"reason": "我认为没有这回事"}).status_code == 403
    for stranger in (cast.actor("exam_clerk"), cast.stranger, cast.candidate(other), cast.actor("head_of_body", cast.other_body)):
        sign_in_as(client, stranger)
        assert client.get(one).status_code == 404
    sign_in_as(client, head)
    assert client.post(one, {"until": "2026-01-31"}).status_code == 302
    assert client.post(one, {"reason": "登记对象有误，系同名人员"}).status_code == 302
    dispute.refresh_from_db()
    assert dispute.withdrawn_on and str(dispute.until) == "2026-01-31"


def test_the_other_side_of_a_dispute_may_be_named_without_a_number(client, cast):
    person, other = cast.person("甲", 1), cast.person("乙", 2)
    sign_in_as(client, cast.candidate(person))
    given = {"kind": "lawsuit", "other_name": "乙", "text": "借款纠纷", "since": "2025-05-01"}
    assert client.post(reverse("interests:declare_dispute"), given).status_code == 302
    assert MatchDoubt.objects.get().person == other and not person.disputes.exists()
    identifying.decide_doubt(by=cast.actor("authority_officer"), doubt=MatchDoubt.objects.get(), same=True, reason=WHY)
    assert person.disputes.get().other_person == other


# ----------------------------------------------------------------------------------------------------------------- reminders


def test_whoever_has_not_signed_is_reminded_once_some_days_before(cast):
    from exams.access import SYSTEM
    from exams.interests.models import Declaration
    from exams.messages.models import Message
    from exams.ticks import TICKS
    from tests.exams.recusal.matters import EVENT, event_known

    clerk, people = cast.actor("exam_clerk"), [cast.person(name, n) for n, name in enumerate("甲乙丙", start=1)]
    with event_known(cast):
        for person, due in zip(people, (date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 1)), strict=True):
            actions.ask_declaration(by=clerk, person=person, event_id=EVENT, due_on=due)
    [item] = [one for one in open_items(clerk) if one.link == "See who"]
    assert item.title == "2 people have not declared yet" and item.due.date() == date(2026, 3, 4)
    for _again in range(2):
        TICKS.get("interests.remind")()
    assert [row.person_id for row in Message.objects.filter(kind="interests.remind")] == [people[0].pk]
    assert Declaration.objects.get(person=people[0]).reminded_on == date(2026, 3, 2)
    assert actions.remind(by=SYSTEM) == 0
