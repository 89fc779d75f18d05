"""What the bank tells the recusal rules: who had a hand in which paper or question, and who stands in a paper that is still open."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from exams.applications.models import Application
from exams.recusal import facts as f
from exams.recusal.gathering import FACT_SOURCES, Asked
from exams.recusal.standing import Stand, standing
from exams.sittings.models import TimeSlot
from question_bank.assembly.fairness import APPLIED, matter_of
from question_bank.assembly.models import Contribution, Paper
from question_bank.questions.models import Question, Version

OPEN = ("assembled", "approved", "sealed", "assigned", "spare_kept")
CAPACITY = {"set": "setter", "reviewed": "reviewer", "approved": "question_approver"}


@FACT_SOURCES.register("question_bank.hands")
def hands(asked: Asked) -> Iterator[f.Hand]:
    """Who set, reviewed or approved what is in the papers and questions of the matter, who drew and who approved the papers."""
    yield from _of_papers(asked)
    if not asked.matter.question_ids:
        return
    questions = Question.objects.filter(pk__in=asked.matter.question_ids)
    for pk, number, setter in questions.filter(setter__in=asked.persons).values_list("pk", "number", "setter_id"):
        yield f.Hand(person=str(setter), part="set", number=number, question=str(pk))
    given = Version.objects.filter(question__in=questions, reviews__person__in=asked.persons)
    parts = {"review": "reviewed", "approval": "approved"}
    for pk, number, person, step in given.values_list("question_id", "question__number", "reviews__person_id", "reviews__step"):
        yield f.Hand(person=str(person), part=parts[step], number=number, question=str(pk))


def _of_papers(asked: Asked) -> Iterator[f.Hand]:
    """Papers the matter names, and those sat in its event: who plans duties knows the event, not its papers."""
    matter = asked.matter
    sat = Q(slots__slot__event_id=matter.event_id) | Q(spare_of__slots__slot__event_id=matter.event_id)
    wanted = Q(pk__in=matter.paper_ids) | sat if matter.event_id else Q(pk__in=matter.paper_ids)
    papers = {paper.pk: paper for paper in Paper.objects.filter(wanted).exclude(state="discarded").distinct()}
    here = set(Paper.objects.filter(sat).values_list("pk", flat=True)) if matter.event_id else set()
    hands = [(paper.pk, person, part) for paper in papers.values() for person, part in _makers(paper)]
    given = Contribution.objects.filter(paper__in=papers, person__in=asked.persons)
    for pk, person, part in [*hands, *given.values_list("paper_id", "person_id", "part")]:
        if str(person) in asked.persons:
            paper, event = papers[pk], matter.event_id if pk in here else ""
            yield f.Hand(person=str(person), part=part, number=paper.number, paper=str(pk), event=event, family=paper.family)


def _makers(paper: Paper) -> Iterator[tuple[object, str]]:
    yield paper.drawn_by_id, "assembled"
    if paper.approved_by_id:
        yield paper.approved_by_id, "approved"


@standing("question_bank.papers")
def contributors(persons: frozenset[str]) -> Iterator[Stand]:
    """Setters, reviewers and approvers of questions in papers whose examination is still to come."""
    events = Application.objects.filter(person__in=persons, state__in=APPLIED).values("event_id")
    sat = Q(slots__slot__event_id__in=events) | Q(spare_of__slots__slot__event_id__in=events)
    concerned = Paper.objects.filter(Q(contributions__person__in=persons) | sat, state__in=OPEN).distinct()
    for paper in concerned.prefetch_related("contributions"):
        slots = list(TimeSlot.objects.filter(papers__paper_id=paper.spare_of_id or paper.pk).select_related("event").order_by("starts_at"))
        if not slots:
            continue
        matter = matter_of(slots, paper.family)
        touched = bool(persons & matter.candidates)
        for row in paper.contributions.all():
            if touched or str(row.person_id) in persons:
                yield Stand(str(row.person_id), CAPACITY[row.part], matter, paper)

