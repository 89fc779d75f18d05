"""What the bank puts into the registries of the examination, asked as those registries ask."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from exams import clock
from exams.access import SYSTEM
from exams.agenda import AGENDA, open_items
from exams.applications.models import Application
from exams.archive.sections import SECTIONS
from exams.conduct.readiness import READINESS
from exams.documents.access import may_fetch
from exams.interests.models import TrainingEngagement
from exams.jobs.access import may_see
from exams.jobs.actions import start
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.recusal.deciding import decide
from exams.recusal.facts import Hand, Matter
from exams.recusal.gathering import FACT_SOURCES
from exams.recusal.inquiries import Asked, Inquiry
from exams.recusal.models import ObjectionNotice
from exams.recusal.standing import STANDING
from exams.sittings.models import Duty
from exams.ticks import TICKS
from question_bank.assembly.actions import draw_paper
from question_bank.assembly.models import Paper
from question_bank.papers.actions import approve_opening, ask_for_spare, decide_spare, report_leak
from question_bank.papers.models import Approval, Opening, SealedPaper
from question_bank.papers.printing import print_paper
from question_bank.questions.models import Question
from question_bank.review.models import Review
from tests.question_bank.bank import PHRASE, SECRET

pytestmark = pytest.mark.django_db


def sitting(bank, *, over: bool = False):
    """A sitting as the registries' functions read it."""
    slot = bank.slot
    ends = clock.now() - timedelta(hours=1) if over else slot.ends_at
    return SimpleNamespace(slot=slot, slot_id=slot.pk, starts_at=slot.starts_at, ends_at=ends)


def readiness(bank) -> list[str]:
    return [objection.id for objection in READINESS.get("question_bank.paper")(sitting(bank))]


def test_a_sitting_is_not_ready_before_its_paper_is_open(bank):
    assert readiness(bank) == ["question_bank.off_system"]
    assert bank.sealed
    assert readiness(bank) == ["question_bank.not_opened"]
    assert bank.opened
    bank.open_window(bank.opened)
    SealedPaper.objects.update(sealed_at=clock.now() - timedelta(days=1))
    assert readiness(bank) == []


def test_a_slot_without_paper_blocks_where_the_event_has_papers(bank):
    assert bank.drawn
    slot = bank.new_slot(400)
    other = SimpleNamespace(slot=slot, slot_id=slot.pk)
    objections = list(READINESS.get("question_bank.paper")(other))
    assert [(one.id, one.severity) for one in objections] == [("question_bank.no_paper", "block")]


def test_an_opening_outside_the_window_does_not_make_ready(bank):
    assert bank.opened
    SealedPaper.objects.update(opens_at=clock.now() + timedelta(hours=1), closes_at=clock.now() + timedelta(hours=2))
    assert readiness(bank) == ["question_bank.opened_outside"]


def test_the_spare_makes_ready_after_the_main_paper_leaked(bank):
    main = bank.opened
    SealedPaper.objects.update(sealed_at=clock.now() - timedelta(days=1))
    report_leak(by=bank.paper_approver, paper=main, text="题目外传")
    assert readiness(bank) == ["question_bank.not_opened"]
    spare = Paper.objects.get(spare_of=main)
    bank.open_window(spare)
    ask_for_spare(by=bank.cast.actor("chief"), paper=spare, reason="正卷泄密")
    decide_spare(by=bank.cast.actor("head_of_body"), paper=spare, granted=True)
    for keeper in bank.custodians()[:2]:
        approve_opening(by=keeper, paper=spare, passphrase=PHRASE)
    assert readiness(bank) == []
    assert f"{main.number}/record.json" in section(bank, over=True)
    assert f"{spare.number}/paper.json" in section(bank, over=True)


def test_a_draw_asks_again_whether_those_who_know_the_paper_may_guard_its_room(bank):
    setter = bank.person(bank.setter)
    appointment = bank.cast.appoint(setter, "invigilator", bank.cast.body)
    assert bank.stock
    slot = bank.slot
    Duty.objects.create(
        slot=slot, person=setter, capacity="invigilator", appointment=appointment, starts_at=slot.starts_at, ends_at=slot.ends_at
    )
    assert bank.drawn
    notices = ObjectionNotice.objects.filter(person=setter, capacity="invigilator", state="open")
    assert "duty.setter_guard" in {objection["id"] for notice in notices for objection in notice.ruling.objections}


def section(bank, *, over: bool) -> dict[str, bytes]:
    return dict(SECTIONS.get("03-paper")(sitting(bank, over=over)))


def test_the_dossier_has_no_question_text_before_the_sitting_is_over(bank):
    paper = bank.opened
    for files in (section(bank, over=False),):
        assert f"{paper.number}/record.json" in files
        assert all(SECRET.encode() not in content for content in files.values())
    spare = Paper.objects.get(spare_of=paper)
    files = section(bank, over=True)
    assert SECRET.encode() in files[f"{paper.number}/paper.json"]
    assert f"{spare.number}/paper.json" not in files
    record = json.loads(files[f"{paper.number}/record.json"])
    assert record["opened_by"] == ["保甲", "保乙"]
    disclosed = json.loads(files[f"{paper.number}/disclosure.json"])
    assert disclosed["commitment"] == record["commitment"]


def matter(bank, **more) -> Matter:
    return Matter(on=clock.today(), family="UT", **more)


def test_hands_are_facts_for_recusal(bank):
    paper = bank.drawn
    persons = frozenset({str(bank.setter.person_id), str(bank.assembler.person_id)})
    asked = Asked([Inquiry(persons, "marker", matter(bank, paper_ids=frozenset({str(paper.pk)})))])
    found = set(FACT_SOURCES.get("question_bank.hands")(asked))
    assert {(hand.person, hand.part, hand.paper) for hand in found} == {
        (str(bank.setter.person_id), "set", str(paper.pk)),
        (str(bank.assembler.person_id), "assembled", str(paper.pk)),
    }
    question = bank.stock[0]
    about = matter(bank, question_ids=frozenset({str(question.pk)}))
    asked = Asked([Inquiry(frozenset({str(bank.reviewer.person_id)}), "question_approver", about)])
    assert list(FACT_SOURCES.get("question_bank.hands")(asked)) == [
        Hand(person=str(bank.reviewer.person_id), part="reviewed", number=question.number, question=str(question.pk))
    ]


@pytest.mark.parametrize(("who", "family", "objections"), [
    ("setter", "UT", ["duty.setter_guard"]), ("reviewer", "UT", ["duty.setter_guard"]), ("setter", "MT", []), ("stranger", "UT", []),
])  # fmt: skip
def test_whoever_knows_the_paper_does_not_guard_its_room(bank, who, family, objections):
    assert bank.drawn
    person = bank.cast.person("无关", 803) if who == "stranger" else bank.person(getattr(bank, who))
    duty = Matter(on=clock.today(), family=family, event_id=str(bank.event.pk), body_id=str(bank.cast.body.pk))
    ruling = decide(person=person, capacity="invigilator", matter=duty, by=SYSTEM)
    assert sorted({one["id"] for one in ruling.objections} & {"duty.setter_guard"}) == objections


def trains(bank, actor) -> None:
    TrainingEngagement.objects.create(
        person_id=actor.person_id, organisation=bank.cast.training_body, family="UT", since=clock.today(), recorded_at=datetime.now(UTC)
    )


def apply(bank, person) -> None:
    number = f"A-{person.pk.hex[-6:]}"
    Application.objects.create(body=bank.cast.body, event=bank.event, item=bank.item, person=person, number=number, state="accepted")


def test_contributors_stand_in_an_open_paper_and_are_asked_when_a_candidate_is_new(bank):
    assert bank.drawn
    candidate = bank.cast.person("考生", 801)
    source = STANDING.get("question_bank.papers")
    assert list(source(frozenset({str(candidate.pk)}))) == []
    apply(bank, candidate)
    stands = {(stand.person_id, stand.capacity) for stand in source(frozenset({str(candidate.pk)}))}
    hands = {(bank.setter, "setter"), (bank.reviewer, "reviewer"), (bank.approver, "question_approver")}
    assert stands == {(str(actor.person_id), capacity) for actor, capacity in hands}
    Paper.objects.update(state="used")
    assert list(source(frozenset({str(candidate.pk)}))) == []


def test_questions_of_a_setter_who_sits_himself_are_not_drawn(bank):
    apply(bank, bank.person(bank.setter))
    others = [bank.shelved(number) for number in range(50, 62)]
    second = bank.actor("setter", name="另一命题")
    Question.objects.filter(pk__in=[question.pk for question in others]).update(setter_id=second.person_id)
    assert bank.stock
    paper = draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.slot.pk], seed="s")
    assert paper.notes["excluded"] == 12
    assert set(paper.contributions.filter(part="set").values_list("person_id", flat=True)) == {second.person_id}


@pytest.fixture
def document(bank):
    first = bank.custodian("保甲")
    assert bank.opened
    return print_paper(by=first, paper=bank.opened, label="A", part="paper")


def test_a_print_is_for_the_two_who_opened_it_inside_the_window(bank, document):
    first, second, third = bank.custodians()
    assert may_fetch(first, document)
    assert may_fetch(second, document)
    outsiders = [third, bank.setter, bank.assembler, bank.paper_approver, bank.cast.actor("head_of_body"), bank.cast.actor("chief")]
    outsiders += [bank.cast.actor("system_administrator"), bank.cast.actor("authority_officer"), bank.cast.stranger]
    assert [actor.capacity for actor in outsiders if may_fetch(actor, document)] == []
    SealedPaper.objects.filter(paper=bank.opened).update(closes_at=clock.now() - timedelta(seconds=1))
    assert not may_fetch(first, document)


def test_the_wall_closes_a_print_and_a_finished_job(bank, document, django_capture_on_commit_callbacks):
    first, second, _third = bank.custodians()
    with django_capture_on_commit_callbacks(execute=True):
        job = start(first, "papers.print_all", "P", {"paper": str(bank.opened.pk), "copies": 3}, about=bank.opened)
    job.refresh_from_db()
    assert (job.state, job.done, job.errors) == ("done", 4, [])
    assert may_see(first, job)
    assert not may_see(second, job)
    trains(bank, first)
    assert not may_see(first, job)
    assert not may_fetch(first, document)
    assert may_fetch(second, document)


def test_a_job_of_somebody_who_may_not_print_fails_without_a_result(bank, django_capture_on_commit_callbacks):
    third = bank.custodian("保丙")
    assert bank.opened
    with django_capture_on_commit_callbacks(execute=True):
        job = start(third, "papers.print_all", "P", {"paper": str(bank.opened.pk), "copies": 1}, about=bank.opened)
    job.refresh_from_db()
    assert (job.state, job.result_document_id) == ("failed", None)


def test_a_leaked_paper_is_neither_printed_nor_fetched(bank, document):
    report_leak(by=bank.paper_approver, paper=Paper.objects.get(pk=bank.opened.pk), text="题目外传")
    assert not may_fetch(bank.custodian("保甲"), document)


def test_the_window_closes_by_itself(bank):
    paper = bank.opened
    TICKS.get("papers.close_windows")()
    paper.refresh_from_db()
    assert paper.state == "released"
    SealedPaper.objects.filter(paper=bank.opened).update(closes_at=clock.now() - timedelta(seconds=1))
    TICKS.get("papers.close_windows")()
    TICKS.get("papers.close_windows")()
    paper.refresh_from_db()
    assert paper.state == "used"


def findings(bank, id: str) -> int:
    return len(list(AUDIT_CHECKS.get(id)(Scope(bank.cast.body, (bank.event,)))))


CHECKS = ["papers.E001", "papers.E002", "papers.E003", "papers.E005", "papers.E006", "papers.E007", "questions.E001", "questions.E002"]


def test_an_orderly_paper_gives_no_finding(bank):
    paper = bank.opened
    SealedPaper.objects.update(sealed_at=clock.now() - timedelta(days=1), opens_at=clock.now() - timedelta(hours=1))
    counted = {id: findings(bank, id) for id in CHECKS if id != "papers.E006"}
    assert counted == dict.fromkeys(counted, 0)
    assert paper.state == "released"


def test_each_departure_is_found(bank):
    assert bank.opened
    SealedPaper.objects.update(sealed_at=clock.now() - timedelta(days=1))
    opening = Opening.objects.get()
    Opening.objects.update(opened_at=clock.now() + timedelta(days=30))
    assert findings(bank, "papers.E001") == 1
    Approval.objects.filter(person_id=opening.second_id).delete()
    assert findings(bank, "papers.E002") == 1
    bank.person(bank.custodian("保乙")).appointments.update(since=clock.today() + timedelta(days=60), until=None)
    assert findings(bank, "papers.E003") == 1
    body = SealedPaper.objects.get(paper=bank.opened).body
    SealedPaper.objects.filter(paper=bank.opened).update(body=body | {"ciphertext": body["ciphertext"][:-8] + "AAAAAAA="})
    assert findings(bank, "papers.E005") == 1
    trains(bank, bank.setter)
    assert findings(bank, "questions.E001") == 2  # of the main paper and of its spare
    Review.objects.filter(step="review", version__question=bank.stock[0]).update(person_id=bank.setter.person_id)
    assert findings(bank, "questions.E002") == 1


def test_a_change_past_the_actions_is_found(bank):
    assert bank.drawn
    before = findings(bank, "papers.E006")
    Paper.objects.filter(pk=bank.drawn.pk).update(state="approved")
    assert findings(bank, "papers.E006") == before + 1


def test_the_home_page_tells_each_what_waits(bank):
    assert bank.drawn
    own = {entry.id for entry in AGENDA if entry.id.startswith("question_bank.")}
    assert own == {"question_bank.closed", "question_bank.day", "question_bank.papers", "question_bank.questions", "question_bank.spares"}
    unsigned = bank.actor("setter", name="未签", signed=False)
    assert [item.url for item in open_items(unsigned)] == ["/bank/questions/letter/"]
    assert [item.url for item in open_items(bank.paper_approver)] == [f"/bank/papers/{bank.drawn.pk}/"]
    question = bank.question(60)
    assert any(item.url == "/bank/questions/" for item in open_items(bank.setter))
    assert SECRET not in str(open_items(bank.setter))
    assert question.state == "draft"
    assert SYSTEM.capacity == "system"
