"""The bank's own cast, made when first named: people who signed the secrecy letter, and a small bank with its blueprint, slot and paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from exams import clock
from exams.access import Actor
from exams.catalogue.models import Edition, Qualification
from exams.people.models import Person
from exams.programme.models import Event, EventItem
from exams.sittings.models import TimeSlot, Venue
from question_bank.assembly.actions import approve_paper, draw_paper
from question_bank.assembly.models import Paper
from question_bank.blueprints.actions import make_blueprint
from question_bank.blueprints.models import Blueprint
from question_bank.papers.actions import approve_opening, enrol_custodian_key, seal_paper
from question_bank.papers.keys import Cost
from question_bank.questions.actions import submit_question, write_question
from question_bank.questions.models import Question, SecrecyLetter, Version
from question_bank.review.actions import approve_question, review_question
from question_bank.review.models import Review
from tests.cast import Cast

CHEAP = Cost(iterations=1, lanes=1, memory_kib=64)
PHRASE = "correct horse battery staple"
UT = "UT"
SECRET = "一次波声程为 48 mm"
OPTIONS = ["28 mm", "34 mm", "40 mm", "48 mm"]


class Bank:
    """Made when first named, like the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def actor(self, capacity: str, organisation: Any = None, *, name: str = "", signed: bool = True) -> Actor:
        """Somebody of the bank; has signed the secrecy letter unless said otherwise."""
        actor = self.cast.actor(capacity, organisation, name=name)
        if signed and not SecrecyLetter.objects.filter(person_id=actor.person_id).exists():
            SecrecyLetter.objects.create(
                person_id=actor.person_id, organisation_id=actor.organisation_id, text="x", signed_at=datetime.now(UTC)
            )
        return actor

    @cached_property
    def setter(self) -> Actor:
        return self.actor("setter", name="爨昊")

    @cached_property
    def reviewer(self) -> Actor:
        return self.actor("reviewer", name="审甲")

    @cached_property
    def approver(self) -> Actor:
        return self.actor("question_approver", name="审定乙")

    @cached_property
    def assembler(self) -> Actor:
        return self.actor("assembler", name="组卷丙")

    @cached_property
    def paper_approver(self) -> Actor:
        return self.actor("paper_approver", name="定卷丁")

    def custodian(self, name: str) -> Actor:
        """A custodian with a key."""
        actor = self.actor("custodian", name=name)
        if not hasattr(self, f"_key_{name}"):
            enrol_custodian_key(by=actor, passphrase=PHRASE, cost=CHEAP)
            setattr(self, f"_key_{name}", True)
        return actor

    def person(self, actor: Actor) -> Person:
        return Person.objects.get(pk=actor.person_id)

    def question(self, number: int = 1, **more: Any) -> Question:
        """A draft with text."""
        facts = {"family": UT, "kind": "single_choice", "unit": "2.3", "marks": 2, "difficulty": 1 + number % 5} | more
        version = write_question(
            by=self.setter, stem=f"题 {number}：{SECRET}", choices=OPTIONS, key="B", source="NB/T 47013.3", **facts
        )
        return version.question

    def in_bank(self, number: int = 1, **more: Any) -> Question:
        """A question that three persons brought into the bank."""
        question = self.question(number, **more)
        submit_question(by=self.setter, question=question)
        review_question(by=self.reviewer, question=question, verdict="recommend")
        question.refresh_from_db()
        approve_question(by=self.approver, question=question)
        question.refresh_from_db()
        return question

    def shelved(self, number: int, **more: Any) -> Question:
        """A question of the bank as rows, without the way that brought it there."""
        facts = {"family": UT, "kind": "single_choice", "unit": "2.3", "marks": Decimal(2), "difficulty": 1 + number % 5} | more
        now, setter = clock.now(), self.setter.person_id
        question = Question.objects.create(
            organisation=self.cast.body, number=f"{facts['family']}-B{number:03}", setter_id=setter, state="in_bank", written_at=now,
            changed_at=now, **facts,
        )  # fmt: skip
        version = Version(question=question, ordinal=1, stem=f"题 {number}：{SECRET}", key="B", written_by_id=setter, written_at=now)
        version.choices, version.submitted_at = OPTIONS, now
        version.save(force_insert=True)
        for step, verdict, person in (("review", "recommend", self.reviewer), ("approval", "approve", self.approver)):
            Review.objects.create(version=version, person_id=person.person_id, step=step, verdict=verdict, at=now)
        return question

    @cached_property
    def stock(self) -> list[Question]:
        """Twelve questions in the bank: enough for three disjoint forms of four."""
        return [self.shelved(number) for number in range(1, 13)]

    @cached_property
    def blueprint(self) -> Blueprint:
        rows = [{"unit": "2.3", "kind": "single_choice", "marks": "2", "count": 4, "easiest": 1, "hardest": 5}]
        return make_blueprint(by=self.assembler, family=UT, title="超声检测理论", rows=rows, minutes=90)

    @cached_property
    def event(self) -> Event:
        day = clock.today() + timedelta(days=10)
        return Event.objects.create(
            body=self.cast.body, number="2026-01", title="2026 年第 1 批次考试", starts_on=day, ends_on=day,
            apply_from=day - timedelta(days=9), apply_until=day - timedelta(days=5), place="临江", method="paper", contact="0571",
        )  # fmt: skip

    @cached_property
    def item(self) -> EventItem:
        edition, qualification = self._catalogue()
        return EventItem.objects.create(event=self.event, qualification=qualification, edition=edition)

    def _catalogue(self) -> tuple[Edition, Qualification]:
        qualification = Qualification.objects.create(
            code="UT-II", name_zh="超声检测Ⅱ级", name_en="UT II", regulation="TSG Z8001", level="II", family=UT
        )
        edition = Edition.objects.create(
            qualification=qualification, version="1", effective_from=date(2026, 1, 1), values={}, is_example=True, state="in_force"
        )
        return edition, qualification

    @cached_property
    def venue(self) -> Venue:
        return Venue.objects.create(body=self.cast.body, name="一号考点", address="临江路 1 号")

    def new_slot(self, hours: int = 240, event: Event | None = None) -> TimeSlot:
        """A slot that begins in so many hours and lasts two."""
        starts = clock.now() + timedelta(hours=hours)
        return TimeSlot.objects.create(
            event=event or self.event, item=self.item, subject="theory", venue=self.venue,
            starts_at=starts, ends_at=starts + timedelta(hours=2),
        )  # fmt: skip

    @cached_property
    def slot(self) -> TimeSlot:
        return self.new_slot()

    @cached_property
    def drawn(self) -> Paper:
        assert self.stock
        return draw_paper(by=self.assembler, blueprint=self.blueprint, slot_ids=[self.slot.pk], seed="seed-1")

    @cached_property
    def approved(self) -> Paper:
        approve_paper(by=self.paper_approver, paper=self.drawn)
        self.drawn.refresh_from_db()
        return self.drawn

    def custodians(self, *names: str) -> list[Actor]:
        return [self.custodian(name) for name in names or ("保甲", "保乙", "保丙")]

    @cached_property
    def sealed(self) -> Paper:
        """Sealed for three custodians, with a window that is open now although the sitting is days away."""
        keepers = self.custodians()
        seal_paper(
            by=keepers[0], paper=self.approved, custodians=[self.person(k) for k in keepers],
            opens_at=self.slot.starts_at - timedelta(hours=1), closes_at=self.slot.ends_at,
        )  # fmt: skip
        self.approved.refresh_from_db()
        return self.approved

    def open_window(self, paper: Paper) -> None:
        """Move the window around the present moment, past the rule that it lies on the exam day."""
        now = clock.now()
        type(paper.sealed).objects.filter(paper=paper).update(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1))

    @cached_property
    def opened(self) -> Paper:
        paper = self.sealed
        self.open_window(paper)
        first, second, _third = self.custodians()
        approve_opening(by=first, paper=paper, passphrase=PHRASE)
        approve_opening(by=second, paper=paper, passphrase=PHRASE)
        paper.refresh_from_db()
        return paper
