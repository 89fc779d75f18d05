"""Marks by two persons, changes by two approvers, grading, signing, publishing; and everything that must be refused."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction

from exams.conduct.models import CheckIn
from exams.errors import NotPermitted, Refused, Stale
from exams.interests.models import Attendance, TrainingEngagement
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.journal.verify import faults
from exams.messages.models import Message
from exams.recusal.models import Ruling
from exams.results import actions, queries, sheets
from exams.results.models import Mark, MarkVersion, Result, ResultSheet
from exams.sittings.models import Sitting
from tests.exam_day import STARTS, ExamDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


def ids(caught):
    return [objection.id for objection in caught.value.objections]


def agreed(day, *scores):
    """Scores of the places, recorded and checked."""
    marks = []
    for place, score in zip(day.places, scores, strict=False):
        mark = actions.enter_mark(by=day.actor("score_clerk"), place=place, score=score)
        marks.append(actions.check_mark(by=day.actor("score_checker"), mark=mark, score=score))
    return marks


def published(day, *scores):
    marks = agreed(day, *scores)
    actions.grade(by=day.actor("score_approver"), event=day.event)
    actions.sign_results(by=day.actor("chief"), event=day.event)
    actions.sign_results(by=day.actor("score_checker"), event=day.event)
    actions.publish_results(by=day.actor("score_approver"), event=day.event)
    return marks


# -- recording and checking -----------------------------------------------------------------------------------------


def test_one_person_records_and_another_checks(day):
    mark = actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score="71.5")
    assert (mark.state, mark.score) == ("recorded", Decimal("71.5"))
    actions.check_mark(by=day.actor("score_checker"), mark=mark, score="71.5")
    mark.refresh_from_db()
    assert (mark.state, mark.checked_score) == ("checked", Decimal("71.50"))
    assert Entry.objects.filter(action="results.enter_mark", object_id=str(mark.pk)).count() == 1


def test_a_differing_score_must_be_settled_by_a_third(day):
    mark = actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=71)
    actions.check_mark(by=day.actor("score_checker"), mark=mark, score=69)
    assert mark.state == "differing"
    with pytest.raises(Refused) as caught:
        actions.grade(by=day.actor("score_approver"), event=day.event)
    assert set(ids(caught)) == {"results.unmarked"}
    actions.settle_mark(by=day.actor("score_approver"), mark=mark, score=69, reason="Question 7 counted twice")
    assert (mark.state, mark.score) == ("checked", Decimal(69))
    assert [version.score for version in mark.versions.all()] == [71, 69]


def test_the_same_person_cannot_check_in_whatever_capacity(day, cast):
    recorder = day.actor("score_clerk")
    mark = actions.enter_mark(by=recorder, place=day.places[0], score=71)
    both = type(recorder)(**{**recorder.__dict__, "capacity": "score_checker"})
    with pytest.raises(Refused) as caught:
        actions.check_mark(by=both, mark=mark, score=71)
    assert ids(caught) == ["results.second_person"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(checked_by=recorder.person_id)


@pytest.mark.parametrize(("score", "reason"), [("100.01", "results.range"), ("-1", "results.range"), ("70.555", "results.digits")])
def test_a_score_outside_the_rules_is_refused(day, score, reason):
    with pytest.raises(Refused) as caught:
        actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=score)
    assert ids(caught) == [reason]
    assert Entry.objects.filter(action="results.enter_mark", outcome="refused").count() == 1


def test_the_absent_have_no_score(day):
    with pytest.raises(Refused) as caught:
        actions.enter_mark(by=day.actor("score_clerk"), place=day.places[2], score=71)
    assert ids(caught) == ["results.not_present"]


def test_a_score_is_recorded_once(day):
    actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=71)
    with pytest.raises(Refused) as caught:
        actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=99)
    assert ids(caught) == ["results.recorded"]


def test_no_score_before_the_room_is_closed(day):
    Sitting.objects.update(state="open")
    with pytest.raises(Refused) as caught:
        actions.enter_mark(
            by=day.actor("score_clerk"), place=Mark._meta.get_field("place").related_model.objects.get(pk=day.places[0].pk), score=71
        )
    assert ids(caught) == ["results.room_open"]


def test_a_trainer_of_the_candidate_cannot_record_his_score_and_the_ruling_is_kept(day, cast):
    clerk = day.actor("score_clerk")
    course = TrainingEngagement.objects.create(
        person_id=clerk.person_id, organisation=cast.training_body, family="UT", since="2026-02-01", until="2026-02-10", recorded_at=STARTS
    )
    Attendance.objects.create(engagement=course, trainee=day.candidates[0], recorded_at=STARTS)
    with pytest.raises(Refused):
        actions.enter_mark(by=clerk, place=day.places[0], score=71)
    assert not Mark.objects.exists()
    assert Ruling.objects.filter(person_id=clerk.person_id, allowed=False).count() == 1


def test_many_scores_are_recorded_all_or_none(day):
    with pytest.raises(Refused) as caught:
        actions.enter_marks(
            by=day.actor("score_clerk"), sitting=day.sitting, scores={day.places[0].pk: Decimal(71), day.places[1].pk: Decimal(101)}
        )
    assert ids(caught) == ["results.range"]
    assert not Mark.objects.exists()
    scores = {place.pk: Decimal(71) for place in day.places[:2]}
    assert len(actions.enter_marks(by=day.actor("score_clerk"), sitting=day.sitting, scores=scores)) == 2
    assert len(actions.check_marks(by=day.actor("score_checker"), sitting=day.sitting, scores=scores)) == 2


def test_a_place_of_another_room_is_no_place_of_this(day, cast):
    other = ExamDay(cast, "2026-02").whole()
    with pytest.raises(Refused) as caught:
        actions.enter_marks(by=day.actor("score_clerk"), sitting=day.sitting, scores={other.places[0].pk: Decimal(71)})
    assert ids(caught) == ["results.not_here"]


STAFF = {
    "enter_mark": "score_clerk", "check_mark": "score_checker", "settle_mark": "score_approver", "void_mark": "score_approver",
    "ask_change": "score_clerk", "grade": "score_approver", "sign_results": "chief", "publish_results": "score_approver",
}  # fmt: skip


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("who", ["stranger", "other body", "system administrator", "unverified", "candidate"])
def test_nobody_else_may(day, cast, name, who):
    mark = actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=71)
    own = day.actor(STAFF[name])
    actor = {
        "stranger": cast.stranger,
        "other body": cast.actor(STAFF[name], cast.other_body),
        "system administrator": cast.actor("system_administrator"),
        "unverified": type(own)(**{**own.__dict__, "verified": False}),
        "candidate": cast.candidate(day.candidates[0]),
    }[who]
    more = {
        "enter_mark": {"place": day.places[1], "score": 71}, "check_mark": {"mark": mark, "score": 71},
        "settle_mark": {"mark": mark, "score": 71, "reason": "r"}, "void_mark": {"mark": mark, "decision": "d"},
        "ask_change": {"mark": mark, "score": 72, "reason": "r"},
    }.get(name, {"event": day.event})  # fmt: skip
    with pytest.raises(NotPermitted):
        getattr(actions, name)(by=actor, **more)
    assert Entry.objects.filter(action=f"results.{name}", outcome="denied").count() == 1


# -- workbooks ------------------------------------------------------------------------------------------------------


def filled(day, *scores):
    book = openpyxl.load_workbook(BytesIO(sheets.blank(day.sitting)))
    page = book["成绩"]
    for row, score in enumerate(scores, start=2):
        page.cell(row, 3, score)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_lists_those_who_sat_without_names(day):
    page = openpyxl.load_workbook(BytesIO(sheets.blank(day.sitting)))["成绩"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_row=4)]
    assert rows[0][:2] == [day.places[0].ticket_number, "A01"]
    assert rows[2] == [None, None, None]
    assert day.candidates[0].name not in str(list(page.values))


def test_two_persons_bring_two_workbooks(day):
    actions.import_marks_workbook(by=day.actor("score_clerk"), sitting=day.sitting, file=filled(day, 71.5, 60))
    actions.import_marks_workbook(by=day.actor("score_checker"), sitting=day.sitting, file=filled(day, 71.5, 61))
    assert list(Mark.objects.order_by("place__seat__label").values_list("score", "state")) == [
        (Decimal("71.50"), "checked"), (Decimal("60.00"), "differing"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ((101, 60), "lies outside"),
        (("abc", 60), "number"),
        ((71, None), "empty"),
        (("=1+1", 60), "formula"),
        ((71.123, 60), "decimal places"),
    ],
)
def test_a_workbook_with_a_fault_is_not_taken_at_all(day, scores, message):
    data = filled(day, *scores)
    read = actions.preview_marks_workbook(by=day.actor("score_clerk"), sitting=day.sitting, file=data)
    assert message in read.faults[0].message
    with pytest.raises(Refused) as caught:
        actions.import_marks_workbook(by=day.actor("score_clerk"), sitting=day.sitting, file=data)
    assert ids(caught) == ["results.workbook"]
    assert not Mark.objects.exists()


# -- grading and publishing -------------------------------------------------------------------------------------------


def test_from_marks_to_published_results(day):
    published(day, 71, 69.5)
    outcomes = dict(Result.objects.values_list("application__number", "outcome"))
    assert outcomes == {"2026-01-000": "pass", "2026-01-001": "fail", "2026-01-002": "absent"}
    day.event.refresh_from_db()
    assert day.event.state == "published"
    assert ResultSheet.objects.get().state == "published"
    assert Message.objects.filter(kind="result.published").count() == 3
    assert list(differences(Mark)) == list(differences(Result)) == list(differences(ResultSheet)) == []


def test_grading_lists_everything_that_is_missing(day):
    CheckIn.objects.filter(place=day.places[2]).update(outcome="hold")
    actions.enter_mark(by=day.actor("score_clerk"), place=day.places[0], score=71)
    with pytest.raises(Refused) as caught:
        actions.grade(by=day.actor("score_approver"), event=day.event)
    assert sorted(ids(caught)) == ["results.unanswered", "results.unmarked", "results.unmarked"]


def test_nothing_is_published_before_chief_and_quality_check_have_signed(day):
    agreed(day, 71, 60)
    approver = day.actor("score_approver")
    with pytest.raises(Refused) as caught:
        actions.publish_results(by=approver, event=day.event)
    assert ids(caught) == ["results.not_graded"]
    actions.grade(by=approver, event=day.event)
    with pytest.raises(Refused) as caught:
        actions.publish_results(by=approver, event=day.event)
    assert ids(caught) == ["results.unsigned_chief", "results.unsigned_quality"]
    actions.sign_results(by=day.actor("chief"), event=day.event)
    with pytest.raises(Refused) as caught:
        actions.publish_results(by=approver, event=day.event)
    assert ids(caught) == ["results.unsigned_quality"]
    assert not queries.results_visible_to(day.cast.candidate(day.candidates[0])).exists()


def test_grading_again_takes_the_signatures_away(day):
    marks = agreed(day, 71, 60)
    actions.grade(by=day.actor("score_approver"), event=day.event)
    actions.sign_results(by=day.actor("chief"), event=day.event)
    actions.sign_results(by=day.actor("score_checker"), event=day.event)
    actions.void_mark(by=day.actor("head_of_body"), mark=marks[0], decision="处〔2026〕3号")
    with pytest.raises(Refused) as caught:
        actions.publish_results(by=day.actor("score_approver"), event=day.event)
    assert ids(caught) == ["results.unsigned_chief", "results.unsigned_quality"]
    assert Result.objects.get(application=day.places[0].application).outcome == "void"


def test_a_result_changed_behind_the_signatures_is_not_published(day):
    agreed(day, 71, 60)
    actions.grade(by=day.actor("score_approver"), event=day.event)
    actions.sign_results(by=day.actor("chief"), event=day.event)
    actions.sign_results(by=day.actor("score_checker"), event=day.event)
    Result.objects.filter(outcome="fail").update(outcome="pass")
    with pytest.raises(Refused) as caught:
        actions.publish_results(by=day.actor("score_approver"), event=day.event)
    assert ids(caught) == ["results.digest"]


def test_a_candidate_sees_only_the_own_result_and_only_once_published(day, cast):
    first, second = cast.candidate(day.candidates[0]), cast.candidate(day.candidates[1])
    published(day, 71, 60)
    assert [row.application.person_id for row in queries.results_visible_to(first)] == [first.person_id]
    assert [row.application.person_id for row in queries.results_visible_to(second)] == [second.person_id]
    assert not queries.results_visible_to(cast.stranger).exists()
    assert not queries.results_visible_to(cast.actor("system_administrator")).exists()
    assert queries.results_visible_to(cast.actor("authority_officer")).count() == 3


# -- changes ----------------------------------------------------------------------------------------------------------


def test_from_69_to_71_needs_two_approvers_and_keeps_both_values(day):
    marks = published(day, 69, 60)
    change = actions.ask_change(by=day.actor("score_clerk"), mark=marks[0], score=71, reason="Question 7 not added")
    actions.approve_change(by=day.actor("score_approver"), change=change)
    marks[0].refresh_from_db()
    assert (marks[0].score, change.state) == (69, "approved_once")
    actions.approve_change(by=day.actor("head_of_body"), change=change)
    marks[0].refresh_from_db()
    assert (marks[0].score, marks[0].state, change.state) == (71, "corrected", "applied")
    assert [version.score for version in marks[0].versions.all()] == [69, 71]
    assert Result.objects.get(application=day.places[0].application).outcome == "pass"
    assert Message.objects.filter(kind="result.changed", person_id=day.candidates[0].pk).count() == 1
    assert [list(differences(model)) for model in (Mark, Result, ResultSheet)] == [[], [], []]


def test_neither_the_asker_nor_the_same_approver_twice(day):
    mark = agreed(day, 69)[0]
    asker, approver = day.actor("score_clerk"), day.actor("score_approver")
    change = actions.ask_change(by=asker, mark=mark, score=71, reason="r")
    own = type(asker)(**{**asker.__dict__, "capacity": "score_approver"})
    for who in (own, approver, approver):
        if who is approver and change.state == "asked":
            actions.approve_change(by=who, change=change)
            continue
        with pytest.raises(Refused) as caught:
            actions.approve_change(by=who, change=change)
        assert ids(caught) == ["results.two_approvers"]
    assert change.state == "approved_once"


def test_two_second_approvals_at_once_apply_it_once(day):
    mark = agreed(day, 69)[0]
    change = actions.ask_change(by=day.actor("score_clerk"), mark=mark, score=71, reason="r")
    actions.approve_change(by=day.actor("score_approver"), change=change)
    stale = type(change).objects.get(pk=change.pk)
    actions.approve_change(by=day.actor("head_of_body"), change=change)
    with pytest.raises(Stale):
        actions.approve_change(by=day.actor("chief"), change=stale)


@pytest.mark.parametrize("more", [{"score": 69, "reason": "same"}, {"score": 71, "reason": "  "}, {"score": 101, "reason": "r"}])
def test_a_change_needs_another_score_and_a_reason(day, more):
    mark = agreed(day, 69)[0]
    with pytest.raises(Refused):
        actions.ask_change(by=day.actor("score_clerk"), mark=mark, **more)


def test_one_change_at_a_time(day):
    mark = agreed(day, 69)[0]
    actions.ask_change(by=day.actor("score_clerk"), mark=mark, score=71, reason="r")
    with pytest.raises(Refused) as caught:
        actions.ask_change(by=day.actor("score_clerk"), mark=mark, score=72, reason="r")
    assert ids(caught) == ["results.change_open"]


# -- forged past the actions ------------------------------------------------------------------------------------------


def test_a_mark_forged_by_plain_sql_is_found(day):
    mark = agreed(day, 69)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exams_mark SET score = 99, checked_score = 99")
    found = list(differences(Mark))
    assert {(one.pk, one.field, one.journal) for one in found} == {
        (str(mark.pk), "score", "69.00"),
        (str(mark.pk), "checked_score", "69.00"),
    }
    assert any(fault.id == "journal.E005" for fault in faults())


def test_a_mark_inserted_or_deleted_by_plain_sql_is_found(day):
    mark = agreed(day, 69)[0]
    Mark.objects.create(place=day.places[1], score=99, entered_by_id=day.actor("score_clerk").person_id, entered_at=STARTS)
    assert [one.table for one in differences(Mark)] == ["row"]
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        MarkVersion.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM exams_mark WHERE score = 99")
    assert list(differences(Mark)) == []
    assert mark.state == "checked"
