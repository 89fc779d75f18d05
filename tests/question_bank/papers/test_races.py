"""Sixteen at once on PostgreSQL: one opening, one review, one draw for a slot; whoever is late is refused, never half done."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from question_bank.assembly.actions import draw_paper
from question_bank.assembly.models import Paper
from question_bank.papers.actions import approve_opening
from question_bank.papers.models import Approval, Opening
from question_bank.questions.actions import submit_question, write_question
from question_bank.questions.models import Question
from question_bank.review.actions import review_question
from question_bank.review.models import Review
from tests.question_bank.bank import PHRASE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has rows that are written at once"),
]

THREADS = 16
ROUNDS = int(os.environ.get("RACE_ROUNDS", "20"))  # 100 before a release


def attempt(act: Callable[[], Any]) -> str:
    """What became of one act."""
    try:
        act()
    except Refused as refusal:
        return ",".join(objection.id for objection in refusal.objections)
    except Stale:
        return "stale"
    except NotPermitted as denial:
        return denial.reason.id
    return "done"


def race(acts: list[Callable[[], Any]], rounds: int = 1, between: Callable[[], None] = lambda: None) -> list[Counter[str]]:
    """In every round start all at one barrier. The threads, and their connections, live through all rounds."""
    start, end = threading.Barrier(len(acts) + 1, timeout=60), threading.Barrier(len(acts) + 1, timeout=60)
    said: list[list[str]] = [[] for _round in range(rounds)]

    def run(act: Callable[[], Any]) -> None:
        try:
            for number in range(rounds):
                start.wait()
                said[number].append(attempt(act))
                end.wait()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for _round in range(rounds):
        start.wait()
        end.wait()
        between()
    for thread in threads:
        thread.join(60)
    return [Counter(one) for one in said]


def reset(paper: Paper) -> None:
    Opening.objects.all().delete()
    Approval.objects.all().delete()
    Paper.objects.filter(pk=paper.pk).update(state="assigned")


@pytest.mark.slow
def test_sixteen_custodians_at_once_make_exactly_one_opening_in_every_round(bank):
    paper, keepers = bank.sealed, bank.custodians()
    bank.open_window(paper)
    acts = [lambda keeper=keepers[number % 3]: approve_opening(by=keeper, paper=paper, passphrase=PHRASE) for number in range(THREADS)]
    openings = []

    def look() -> None:
        opening = Opening.objects.get()
        openings.append((opening.first_id != opening.second_id, Approval.objects.count()))
        reset(paper)

    for said in race(acts, ROUNDS, look):
        assert (said["done"], said.total()) == (2, THREADS)
        assert set(said) <= {"done", "papers.same_custodian", "papers.not_sealed", "papers.not_sealed,papers.same_custodian"}
    assert openings == [(True, 2)] * ROUNDS
    assert Entry.objects.filter(action="papers.open", object_type="question_bank.Paper", outcome="done").count() == ROUNDS


def test_one_custodian_in_sixteen_windows_never_opens(bank):
    paper, keeper = bank.sealed, bank.custodian("保甲")
    bank.open_window(paper)
    (said,) = race([lambda: approve_opening(by=keeper, paper=paper, passphrase=PHRASE)] * THREADS)
    assert said == Counter({"papers.same_custodian": THREADS - 1, "done": 1})
    assert (Opening.objects.count(), Approval.objects.count()) == (0, 1)


def test_sixteen_reviewers_give_one_opinion(bank):
    question = bank.question()
    submit_question(by=bank.setter, question=question)
    reviewers = [bank.actor("reviewer", name=f"审{number}") for number in range(THREADS)]
    (said,) = race([lambda by=by: review_question(by=by, question=question, verdict="recommend") for by in reviewers])
    assert said["done"] == 1
    assert sum(said.values()) == THREADS
    assert Review.objects.count() == 1
    assert Question.objects.get().state == "reviewed"


def test_sixteen_questions_at_once_get_sixteen_numbers(bank):
    setter = bank.setter
    facts = {"family": "UT", "kind": "true_false", "stem": "x", "choices": [], "key": "T", "unit": "1", "marks": 1}
    assert race([lambda: write_question(by=setter, **facts)] * THREADS) == [Counter({"done": THREADS})]
    assert sorted(Question.objects.values_list("number", flat=True)) == [f"UT-{number:04}" for number in range(1, THREADS + 1)]


def test_a_slot_gets_one_paper_however_many_draw(bank):
    assert bank.stock
    blueprint, slot, by = bank.blueprint, bank.slot, bank.assembler
    (said,) = race([lambda: draw_paper(by=by, blueprint=blueprint, slot_ids=[slot.pk])] * 4)
    assert said == Counter({"assembly.slot_has_paper": 3, "done": 1})
    assert Paper.objects.filter(spare_of=None).count() == 1
