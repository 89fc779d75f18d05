"""Drawing, reading, approving, discarding: the seed repeats the draw, and nobody approves his own."""

from __future__ import annotations

import json

import pytest

from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from question_bank.assembly.actions import approve_paper, discard_paper, draw_paper, read_paper
from question_bank.assembly.models import Contribution, Paper, PaperForm, Use
from question_bank.assembly.queries import pool, use_tag, versions_of
from question_bank.assembly.rules import commitment, solver_rows
from question_bank.assembly.solver import draw
from question_bank.questions.models import Question
from tests.question_bank.bank import SECRET, UT

pytestmark = pytest.mark.django_db


def questions_of(paper: Paper, label: str) -> list[str]:
    return [str(version.question_id) for version in versions_of(PaperForm.objects.get(paper=paper, label=label))]


def test_a_draw_makes_two_forms_and_a_spare_without_common_questions(bank):
    paper = bank.drawn
    spare = Paper.objects.get(spare_of=paper)
    a, b, s = questions_of(paper, "A"), questions_of(paper, "B"), questions_of(spare, "A")
    assert len({*a, *b, *s}) == 12
    assert sorted(questions_of(spare, "B")) == sorted(s)
    assert (paper.state, spare.state, paper.full_marks) == ("assembled", "assembled", 8)


def test_seed_and_salt_repeat_the_draw_and_prove_the_commitment(bank):
    rows, before = solver_rows(bank.blueprint.rows), (bank.stock, pool(bank.cast.body.pk, UT))[1]
    paper = bank.drawn
    told = json.loads(Paper.objects.get(pk=paper.pk).seed)
    again = draw(rows, before, told["seed"])
    assert list(again.ids("A")) == questions_of(paper, "A")
    result = json.dumps({label: again.ids(label) for label in sorted(again.forms)})
    assert paper.seed_commitment == commitment(told["salt"], told["seed"], told["pool_digest"], result)
    assert paper.seed_commitment != commitment(told["salt"], "other", told["pool_digest"], result)


def test_neither_table_nor_journal_names_a_question_of_the_paper(bank):
    paper = bank.drawn
    names = {str(question.pk) for question in bank.stock} | {question.number for question in bank.stock} | {"seed-1", SECRET}
    told = [bytes(entry.body) + bytes(entry.detail.data) for entry in Entry.objects.filter(action="assembly.draw").select_related("detail")]
    assert len(told) == 2
    assert all(name.encode() not in one for name in names for one in told)
    tags = set(Use.objects.filter(paper=paper).values_list("tag", flat=True))
    assert tags == {use_tag(pk) for label in "AB" for pk in questions_of(paper, label)}
    assert not tags & names


def test_too_few_questions_name_the_row(bank):
    assert bank.in_bank()
    with pytest.raises(Refused) as refusal:
        draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.slot.pk])
    (objection,) = refusal.value.objections
    assert (objection.id, objection.params["row"], objection.params["needed"], objection.params["available"]) == (
        "assembly.too_few_questions", 1, 4, 1,
    )  # fmt: skip
    assert not Paper.objects.exists()
    assert Entry.objects.filter(action="assembly.draw", outcome="refused").count() == 1


def test_questions_of_the_last_events_rest(bank):
    first = set(questions_of(bank.drawn, "A")) | set(questions_of(bank.drawn, "B"))
    for number in range(20, 26):
        bank.shelved(number)
    second = draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.new_slot(300).pk], seed="2")
    assert not first & {*questions_of(second, "A"), *questions_of(second, "B")}
    assert second.notes["excluded"] == 12


@pytest.mark.parametrize("which", ["foreign", "none", "begun", "family"])
def test_slots_that_cannot_be_chosen(bank, which):
    assert bank.stock
    slot = bank.slot
    ids = [slot.pk]
    if which == "none":
        ids = []
    elif which == "begun":
        ids = [bank.new_slot(-1).pk]
    elif which == "family":
        type(slot.item.qualification).objects.update(family="RT")
    else:
        type(bank.event).objects.update(body=bank.cast.other_body)
    with pytest.raises(Refused) as refusal:
        draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=ids)
    expected = {"foreign": "assembly.slots", "none": "assembly.slots", "begun": "assembly.too_late", "family": "assembly.other_family"}
    assert [objection.id for objection in refusal.value.objections] == [expected[which]]


def test_a_slot_has_one_paper_until_it_is_discarded(bank):
    assert bank.drawn
    with pytest.raises(Refused) as refusal:
        draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.slot.pk])
    assert [objection.id for objection in refusal.value.objections] == ["assembly.slot_has_paper"]
    discard_paper(by=bank.assembler, paper=bank.drawn, reason="题目过难")
    assert not Use.objects.exists()
    assert set(PaperForm.objects.values_list("paper__state", flat=True)) == {"discarded"}
    assert draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.slot.pk]).state == "assembled"


def test_whoever_drew_does_not_approve(bank):
    paper = bank.drawn
    Paper.objects.update(drawn_by_id=bank.paper_approver.person_id)
    with pytest.raises(Refused) as refusal:
        approve_paper(by=bank.paper_approver, paper=Paper.objects.get(pk=paper.pk))
    assert [objection.id for objection in refusal.value.objections] == ["assembly.drew_it"]


def test_a_paper_that_no_longer_meets_its_blueprint_is_not_approved(bank):
    paper = bank.drawn
    Question.objects.filter(pk=questions_of(paper, "B")[0]).update(marks=3)
    with pytest.raises(Refused) as refusal:
        approve_paper(by=bank.paper_approver, paper=paper)
    assert [objection.id for objection in refusal.value.objections] == ["assembly.blueprint_not_met"]
    assert Paper.objects.get(pk=paper.pk).state == "assembled"


def test_only_the_approver_reads_and_only_before_approval(bank):
    found = read_paper(by=bank.paper_approver, paper=bank.drawn)
    assert {label: len(versions) for label, versions in found.items()} == {"A": 4, "B": 4}
    for actor in (bank.assembler, bank.setter, bank.reviewer, bank.approver, bank.actor("custodian"), bank.cast.actor("chief")):
        with pytest.raises(NotPermitted):
            read_paper(by=actor, paper=bank.drawn)
    with pytest.raises(NotPermitted) as denial:
        read_paper(by=bank.paper_approver, paper=bank.approved)
    assert denial.value.reason.id == "assembly.closed"


def test_who_had_a_hand_is_kept_without_the_question(bank):
    parts = set(Contribution.objects.filter(paper=bank.drawn).values_list("person_id", "part"))
    assert parts == {(bank.setter.person_id, "set"), (bank.reviewer.person_id, "reviewed"), (bank.approver.person_id, "approved")}
