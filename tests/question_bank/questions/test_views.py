"""The pages of questions: what is written is shown as text, lists cost the same at one row and at three, and carry no text."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from question_bank.questions.actions import submit_question
from question_bank.questions.models import Question, SecrecyLetter, Version
from question_bank.review.actions import review_question
from tests.cast import sign_in_as
from tests.question_bank.bank import SECRET

pytestmark = pytest.mark.django_db

EVIL = '<script>alert("题")</script><img src=x onerror=alert(1)>{{ 7|add:1 }}'


def page(question: Question, name: str = "page") -> str:
    return reverse(f"questions:{name}", args=[question.pk])


def test_a_setter_writes_saves_and_submits_in_the_browser(bank, client):
    sign_in_as(client, bank.setter)
    assert bank.item
    assert '<option value="UT">UT II</option>' in client.get(reverse("questions:write")).content.decode()
    facts = {"family": "UT", "kind": "multiple_choice", "unit": "2.3", "ability": "apply", "difficulty": "3", "marks": "2.5"}
    made = client.post(reverse("questions:write"), facts)
    question = Question.objects.get()
    assert made.url == page(question)
    words = {"revision": "0", "stem": "题干", "choice": ["甲", "乙", "丙", "", ""], "key": ["A", "C"], "source": "NB/T"}
    assert client.post(page(question, "save"), words).status_code == 302
    version = Version.objects.get()
    assert (version.stem, version.choices, version.key) == ("题干", ["甲", "乙", "丙"], "AC")
    assert client.post(page(question, "submit"), words | {"revision": "1"}).status_code == 302
    assert Question.objects.get().state == "in_review"
    closed = client.get(page(question))
    assert "题干" not in closed.content.decode()


def test_what_is_refused_keeps_nothing_and_says_why(bank, client):
    sign_in_as(client, bank.setter)
    question = bank.question()
    answer = client.post(page(question, "submit"), {"revision": "0", "stem": "", "choice": ["甲"], "key": "A"})
    assert answer.status_code == 409
    assert "questions.stem_missing" in answer.content.decode() or "The stem is empty" in answer.content.decode()


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999999999999999999", "７"])
def test_a_rubbish_revision_is_stale_not_a_crash(bank, client, revision):
    sign_in_as(client, bank.setter)
    assert client.post(page(bank.question(), "save"), {"revision": revision, "stem": "新"}).status_code == 409
    assert Version.objects.get().stem != "新"


def test_markup_in_a_question_is_shown_as_text_everywhere(bank, client):
    question = bank.question()
    version = Version.objects.get()
    version.stem, version.key, version.source, version.explanation = EVIL, "B", EVIL, EVIL
    version.choices = [EVIL, "乙", EVIL + "2", "丁"]
    version.save()
    sign_in_as(client, bank.setter)
    shown = [client.get(page(question)).content.decode()]
    submit_question(by=bank.setter, question=question)
    sign_in_as(client, bank.reviewer)
    shown.append(client.get(page(question)).content.decode())
    shown.append(client.get(reverse("review:page", args=[question.pk])).content.decode())
    review_question(by=bank.reviewer, question=Question.objects.get(), verdict="return", comment=EVIL)
    sign_in_as(client, bank.setter)
    shown.append(client.get(page(question)).content.decode())
    for html in shown:
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;" in html


def test_the_setter_does_not_learn_who_reviewed(bank, client):
    question = bank.question()
    submit_question(by=bank.setter, question=question)
    review_question(by=bank.reviewer, question=question, verdict="return", comment="改")
    sign_in_as(client, bank.setter)
    html = client.get(page(question)).content.decode()
    assert "审甲" not in html
    assert "爨昊" in html


def test_the_list_and_its_export_carry_no_question_text(bank, client):
    question = bank.question()
    sign_in_as(client, bank.setter)
    assert SECRET not in client.get(reverse("questions:list")).content.decode()
    export = client.get(reverse("questions:list") + "?export=xlsx")
    cells = [str(cell) for row in openpyxl.load_workbook(io.BytesIO(export.content)).active.iter_rows(values_only=True) for cell in row]
    assert question.number in cells
    assert not any(secret in cell for cell in cells for secret in (SECRET, "34 mm", "NB/T"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_one_row_and_at_three(bank, client, rows):
    for number in range(rows):
        bank.question(number)
    sign_in_as(client, bank.setter)
    client.get(reverse("questions:list"))
    with CaptureQueriesContext(connection, ) as queries:
        assert client.get(reverse("questions:list")).status_code == 200
    own = [query["sql"] for query in queries if "question_bank_" in query["sql"]]
    assert len(own) == LIST_QUERIES


LIST_QUERIES = 4


def test_nobody_caches_a_page_with_question_text(bank, client):
    sign_in_as(client, bank.setter)
    assert "no-store" in client.get(page(bank.question())).headers["Cache-Control"]


def test_the_letter_is_signed_once_read(bank, client):
    unsigned = bank.actor("setter", name="未签", signed=False)
    sign_in_as(client, unsigned)
    question = Question.objects.filter(pk=bank.question().pk)
    question.update(setter_id=unsigned.person_id)
    assert SECRET not in client.get(page(question.get())).content.decode()
    client.post(reverse("questions:letter"))
    assert SecrecyLetter.objects.filter(person_id=unsigned.person_id).count() == 1
    assert SECRET in client.get(page(question.get())).content.decode()
