"""Set, review, approve: three different persons, every version kept, every refusal with its reason."""

from __future__ import annotations

import pytest
from django.db import connection

from exams.appointments.models import Appointment
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from question_bank.questions.actions import new_version, read_question, save_draft, submit_question, withdraw_question, write_question
from question_bank.questions.models import Question, Reading, Version
from question_bank.questions.queries import latest_version
from question_bank.review.actions import approve_question, review_question
from question_bank.review.models import Review
from tests.question_bank.bank import SECRET

pytestmark = pytest.mark.django_db


def submitted(bank, **more) -> Question:
    question = bank.question(**more)
    submit_question(by=bank.setter, question=question)
    return question


def fresh(question: Question) -> Question:
    return Question.objects.get(pk=question.pk)


def acting(bank, actor, capacity):
    """The same person, newly appointed to another capacity (as if the exclusion of capacities had been got round)."""
    appointment = Appointment.objects.create(
        person_id=actor.person_id, capacity=capacity, organisation=bank.cast.body, since="2026-01-01", appointed_at="2026-01-01T00:00Z"
    )
    return type(actor)(**{**vars(actor), "capacity": capacity, "appointment_id": appointment.pk})


def test_the_way_into_the_bank(bank):
    question = bank.in_bank()
    assert question.state == "in_bank"
    persons = {question.setter_id, *Review.objects.values_list("person_id", flat=True)}
    assert len(persons) == 3


def test_the_text_is_ciphertext_in_the_table_and_absent_from_the_journal(bank):
    question = bank.question()
    review_text = "审题意见：第二项有误"
    submit_question(by=bank.setter, question=question)
    review_question(by=bank.reviewer, question=question, verdict="return", comment=review_text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT stem, choices_text, key, source FROM question_bank_version")
        rows = [" ".join(map(str, row)) for row in cursor.fetchall()]
        cursor.execute("SELECT comment FROM question_bank_review")
        rows += [str(row[0]) for row in cursor.fetchall()]
    assert all(secret not in row for row in rows for secret in (SECRET, "34 mm", "NB/T", review_text))
    bodies = b"".join(bytes(body) + bytes(data) for body, data in Entry.objects.values_list("body", "detail__data"))
    for secret in (SECRET, "34 mm", "NB/T", review_text):
        assert secret.encode() not in bodies


def test_the_setter_does_not_review_his_own_question(bank):
    question = submitted(bank)
    with pytest.raises(NotPermitted) as denial:
        review_question(by=acting(bank, bank.setter, "reviewer"), question=question, verdict="recommend")
    assert denial.value.reason.id == "duty.setter_reviewer"
    assert (fresh(question).state, Review.objects.count()) == ("in_review", 0)
    assert Entry.objects.filter(action="review.review", outcome="denied").count() == 1


def test_the_reviewer_does_not_approve(bank):
    question = submitted(bank)
    review_question(by=bank.reviewer, question=question, verdict="recommend")
    with pytest.raises(NotPermitted) as denial:
        approve_question(by=acting(bank, bank.reviewer, "question_approver"), question=fresh(question))
    assert denial.value.reason.id == "duty.reviewer_approver"
    assert fresh(question).state == "reviewed"


def test_the_setter_does_not_approve(bank):
    question = submitted(bank)
    review_question(by=bank.reviewer, question=question, verdict="recommend")
    with pytest.raises(NotPermitted) as denial:
        approve_question(by=acting(bank, bank.setter, "question_approver"), question=fresh(question))
    assert denial.value.reason.id == "duty.setter_reviewer"


def test_nobody_approves_what_was_not_reviewed(bank):
    question = submitted(bank)
    with pytest.raises(NotPermitted):
        approve_question(by=bank.approver, question=question)
    assert fresh(question).state == "in_review"


@pytest.mark.parametrize(("verdict", "comment", "id"), [
    ("return", "", "review.comment_missing"), ("reject", "  ", "review.comment_missing"),
    ("approve", "x", "review.verdict"), ("", "x", "review.verdict"),
])  # fmt: skip
def test_an_opinion_of_this_step_with_words(bank, verdict, comment, id):
    question = submitted(bank)
    with pytest.raises(Refused) as refusal:
        review_question(by=bank.reviewer, question=question, verdict=verdict, comment=comment)
    assert [objection.id for objection in refusal.value.objections] == [id]
    assert fresh(question).state == "in_review"


def test_a_returned_question_goes_on_as_its_next_version_and_the_old_one_stays(bank):
    question = submitted(bank)
    review_question(by=bank.reviewer, question=question, verdict="return", comment="B 与 D 相同")
    question = fresh(question)
    assert (question.state, question.latest) == ("returned", 2)
    save_draft(by=bank.setter, question=question, revision=0, texts={"stem": "改后"})
    first, second = Version.objects.filter(question=question).order_by("ordinal")
    assert (first.stem, second.stem) == (f"题 1：{SECRET}", "改后")
    submit_question(by=bank.setter, question=fresh(question))
    review_question(by=bank.reviewer, question=fresh(question), verdict="recommend")
    approve_question(by=bank.approver, question=fresh(question))
    assert fresh(question).state == "in_bank"


def test_a_submitted_version_is_never_changed_again(bank):
    question = submitted(bank)
    with pytest.raises(Stale):
        save_draft(by=bank.setter, question=fresh(question), revision=0, texts={"stem": "偷改"})
    assert latest_version(question).stem == f"题 1：{SECRET}"


def test_an_incomplete_question_is_not_submitted_and_says_what_is_missing(bank):
    version = write_question(by=bank.setter, family="UT", kind="single_choice", stem="", choices=["a", "A "], key="", unit="1", marks=1)
    with pytest.raises(Refused) as refusal:
        submit_question(by=bank.setter, question=version.question)
    said = [objection.id for objection in refusal.value.objections]
    assert said == ["questions.stem_missing", "questions.options_equal", "questions.key"]


@pytest.mark.parametrize(
    ("actor", "state"),
    [("reviewer", "draft"), ("approver", "in_review"), ("setter", "in_review"), ("reviewer", "reviewed"), ("setter", "in_bank")],
)
def test_the_text_is_open_only_in_one_s_own_step(bank, actor, state):
    question = bank.question()
    Question.objects.filter(pk=question.pk).update(state=state)
    with pytest.raises(NotPermitted) as denial:
        read_question(by=getattr(bank, actor), question=fresh(question))
    assert denial.value.reason.id == "questions.not_in_this_step"
    assert not Reading.objects.exists()


def test_every_look_is_recorded(bank):
    question = submitted(bank)
    read_question(by=bank.reviewer, question=question, address="10.0.0.7")
    reading = Reading.objects.get()
    assert (reading.person_id, reading.capacity, reading.address) == (bank.reviewer.person_id, "reviewer", "10.0.0.7")
    assert Entry.objects.filter(action="questions.read", outcome="done").count() == 1


def test_without_the_secrecy_letter_nothing_is_read_or_written(bank):
    unsigned = bank.actor("setter", name="未签", signed=False)
    with pytest.raises(NotPermitted) as denial:
        write_question(by=unsigned, family="UT", kind="true_false", stem="x", choices=[], key="T", unit="1", marks=1)
    assert denial.value.reason.id == "question_bank.secrecy_letter"
    assert not Question.objects.exists()


def test_a_setter_of_other_families_does_not_write_this_one(bank):
    bank.person(bank.setter).appointments.update(families=["RT"])
    with pytest.raises(Refused) as refusal:
        bank.question()
    assert [objection.id for objection in refusal.value.objections] == ["questions.foreign_family"]


@pytest.mark.parametrize("marks", ["0", "-1", "0.05", "100.1", "abc", "NaN", "1e3", "Infinity"])
def test_marks_out_of_range_are_refused(bank, marks):
    with pytest.raises(Refused) as refusal:
        bank.question(marks=marks)
    assert [objection.id for objection in refusal.value.objections] == ["questions.marks"]


def test_new_version_and_withdrawal_need_a_reason(bank):
    question = bank.in_bank()
    with pytest.raises(Refused):
        new_version(by=bank.setter, question=question, reason=" ")
    with pytest.raises(Refused):
        withdraw_question(by=bank.approver, question=question, reason="")
    assert fresh(question).state == "in_bank"
    assert new_version(by=bank.setter, question=fresh(question), reason="标准换版").ordinal == 2
    assert fresh(question).state == "draft"
