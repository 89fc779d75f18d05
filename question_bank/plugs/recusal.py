"""What the bank tells the recusal rules: who had a hand in which paper or question, and who stands in a paper that is still open."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from exams.applications.models import Application
from exams.keys import among
from exams.recusal import facts as f
from exams.recusal.gathering import FACT_SOURCES
from exams.recusal.inquiries import Asked
from exams.recusal.standing import Stand, standing
from question_bank.assembly.fairness import APPLIED, matters_of
from question_bank.assembly.models import Contribution, Paper
from question_bank.questions.models import Question, Version

OPEN = ("assembled", "approved", "sealed", "assigned", "spare_kept")
CAPACITY = {"set": "setter", "reviewed": "reviewer", "approved": "question_approver"}


@FACT_SOURCES.register("question_bank.hands")
def hands(asked: Asked) -> Iterator[f.Hand]:
    """Who set, reviewed or approved what is in the papers and questions asked about, who drew and who approved the papers."""
    yield from _of_papers(asked)
    if not asked.question_ids:
        return
    questions = Question.objects.filter(pk__in=among(asked.question_ids)).order_by()
    for pk, number, setter in questions.filter(setter__in=asked.these).values_list("pk", "number", "setter_id"):
        yield f.Hand(person=str(setter), part="set", number=number, question=str(pk))
    given = Version.objects.filter(question__in=questions, reviews__person__in=asked.these).order_by()
    parts = {"review": "reviewed", "approval": "approved"}
    for pk, number, person, step in given.values_list("question_id", "question__number", "reviews__person_id", "reviews__step"):
        yield f.Hand(person=str(person), part=parts[step], number=number, question=str(pk))


def _of_papers(asked: Asked) -> Iterator[f.Hand]:
    """Papers that a matter names, and those sat in its event: who plans duties knows the event, not its papers."""
    if not asked.event_ids and not asked.paper_ids:
        return
    events = _where_sat(asked)
    some = Paper.objects.filter(pk__in=among({*events, *asked.paper_ids})).exclude(state="discarded").order_by()
    papers = {paper.pk: paper for paper in some.only("number", "family", "drawn_by", "approved_by")}
    made = [(paper.pk, person, part) for paper in papers.values() for person, part in _makers(paper)]
    given = Contribution.objects.filter(paper__in=among(papers), person__in=asked.these).order_by()
    for pk, person, part in [*made, *given.values_list("paper_id", "person_id", "part")]:
        if str(person) not in asked.persons:
            continue
        for event in events.get(pk, [""]):
            paper = papers[pk]
            yield f.Hand(person=str(person), part=part, number=paper.number, paper=str(pk), event=event, family=paper.family)


def _where_sat(asked: Asked) -> dict[UUID, list[str]]:
    """The papers, spare ones included, that are sat in the events asked about."""
    events: dict[UUID, list[str]] = {}
    for way in ("slots__slot__event_id", "spare_of__slots__slot__event_id"):
        rows = Paper.objects.filter(**{f"{way}__in": among(asked.event_ids)}).order_by()
        for pk, event in rows.values_list("pk", way).distinct():
            events.setdefault(pk, []).append(str(event))
    return events


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
    for paper, matter in matters_of(concerned.prefetch_related("contributions")):
        touched = bool(persons & matter.candidates)
        for row in paper.contributions.all():
            if touched or str(row.person_id) in persons:
                yield Stand(str(row.person_id), CAPACITY[row.part], matter, paper)
