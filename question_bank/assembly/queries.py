"""Reads of papers and of the pool they are drawn from; the pool never leaves with text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from exams.access import Actor
from exams.encryption import blind_index
from exams.sittings.models import TimeSlot
from question_bank.assembly.models import Paper, PaperForm, Use
from question_bank.assembly.solver import Candidate
from question_bank.questions.models import Question, Version
from question_bank.questions.wall import live_appointment

OF_FAMILY = ("assembler", "paper_approver", "custodian")
OF_BODY = ("chief", "head_of_body")
OVER = ("discarded", "exposed", "destroyed")


def visible_to(actor: Actor) -> QuerySet[Paper]:
    """The papers an actor may know of, never with their text."""
    appointment = live_appointment(actor)
    if appointment is None or actor.capacity not in OF_FAMILY + OF_BODY:
        return Paper.objects.none()
    found = Paper.objects.filter(organisation_id=actor.organisation_id)
    if actor.capacity in OF_FAMILY and appointment.families:
        found = found.filter(family__in=appointment.families)
    return found


def slots_of(paper: Paper) -> list[TimeSlot]:
    """The slots a paper is for; a spare is for those of its main paper."""
    return list(
        TimeSlot.objects.filter(papers__paper_id=paper.spare_of_id or paper.pk)
        .select_related("event", "item__qualification", "item__edition", "venue")
        .order_by("starts_at")
    )


def papers_for(slot_ids: Iterable[UUID]) -> QuerySet[Paper]:
    """The living main papers of these slots."""
    return Paper.objects.filter(slots__slot_id__in=list(slot_ids), spare_of=None).exclude(state__in=OVER).distinct()


def every_paper_for(slot_ids: Iterable[UUID]) -> list[Paper]:
    """All papers ever drawn for these slots and not discarded, each main paper before its spare; the living ones first."""
    mains = Paper.objects.filter(slots__slot_id__in=list(slot_ids), spare_of=None).exclude(state="discarded").distinct()
    ordered = sorted(mains.select_related("spare"), key=lambda paper: (paper.state in OVER, paper.number))
    return [each for main in ordered for each in (main, getattr(main, "spare", None)) if each is not None]


def open_slots(actor: Actor, family: str) -> QuerySet[TimeSlot]:
    """Slots of the body in this family that have no living paper yet."""
    taken = Paper.objects.exclude(state__in=OVER).values("slots__slot_id")
    found = TimeSlot.objects.filter(event__body_id=actor.organisation_id, item__qualification__family=family, form="theory")
    return found.exclude(pk__in=taken.filter(slots__slot_id__isnull=False)).select_related("event", "venue").order_by("starts_at")


def use_tag(question_id: UUID | str) -> str:
    """The keyed tag under which the use of a question is kept."""
    return blind_index(f"use of question {question_id}")


def pool(organisation_id: UUID, family: str) -> list[Candidate]:
    """What the draw may choose from, with the number of papers each question stood in."""
    questions = list(Question.objects.filter(organisation_id=organisation_id, family=family, state="in_bank"))
    uses = Counter(
        Use.objects.filter(paper__organisation_id=organisation_id, paper__family=family).values_list("tag", flat=True)
    )
    return [
        Candidate(str(q.pk), q.unit, q.kind, q.marks, q.difficulty, uses.get(use_tag(q.pk), 0)) for q in questions
    ]


def resting(organisation_id: UUID, family: str, candidates: Iterable[Candidate], events: int) -> set[str]:
    """Questions that stand in a paper of the last so many events, or in one that is still to come."""
    used = Use.objects.filter(paper__organisation_id=organisation_id, paper__family=family)
    newest = list(
        used.order_by("-paper__slots__slot__event__starts_on")
        .values_list("paper__slots__slot__event_id", flat=True)
        .exclude(paper__slots__slot__event_id=None)
    )
    recent = list(dict.fromkeys(newest))[:events]
    of_recent = Q(paper__slots__slot__event_id__in=recent) | Q(paper__spare_of__slots__slot__event_id__in=recent)
    tags = set(used.filter(of_recent).values_list("tag", flat=True))
    return {candidate.id for candidate in candidates if use_tag(candidate.id) in tags}


def versions_of(form: PaperForm) -> list[Version]:
    """The versions of a form in printing order; none once the paper is sealed."""
    ids = json.loads(form.versions_text or "[]")
    found = {str(v.pk): v for v in Version.objects.filter(pk__in=ids).select_related("question")}
    return [found[pk] for pk in ids]


def spare_of(paper: Paper) -> Paper | None:
    """The spare of a main paper."""
    return Paper.objects.filter(spare_of=paper).first()
