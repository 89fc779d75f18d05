"""Audit checks over questions and papers: who knew them, how they were sealed, when and by whom they were opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from exams import spelling
from exams.appointments.models import Appointment
from exams.interests.queries import trains_now_or_within
from exams.journal import naming, projection
from exams.oversight.registry import Draft, Scope, audit_check
from exams.people.models import Person
from exams.recusal.gathering import policy_on
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Contribution, Paper
from question_bank.papers.models import HandOver, Opening, SealedPaper
from question_bank.papers.sealing import SealBroken, Sealed
from question_bank.questions.models import Question
from question_bank.review.models import Review

CUSTODY = gettext_lazy("Secrecy of papers: two custodians, inside the window (R-29, R-30, R-33)")
SEPARATION = gettext_lazy("Notice 2024 No. 34, I (3): separation of exam and training")


def _papers(scope: Scope) -> Q:
    return Q(slots__slot__event__in=scope.events) | Q(spare_of__slots__slot__event__in=scope.events)


def _of(scope: Scope, model: Any) -> Any:
    return model.objects.filter(paper__in=Paper.objects.filter(_papers(scope)).values("pk")).select_related("paper")


@audit_check("papers.E001", gettext_lazy("Paper opened outside its window"), basis=CUSTODY, level="serious")
def opened_outside(scope: Scope) -> Iterator[Draft]:
    """Every opening lies inside the window that was sealed with the paper, and after its sealing."""
    late = Q(opened_at__lt=F("paper__sealed__opens_at")) | Q(opened_at__gte=F("paper__sealed__closes_at"))
    for opening in _of(scope, Opening).filter(late | Q(opened_at__lt=F("paper__sealed__sealed_at"))):
        yield Draft(
            _("Paper %(number)s was opened at %(at)s, outside its window."),
            {"number": opening.paper.number, "at": spelling.when(opening.opened_at, seconds=True)},
            about=opening,
        )


@audit_check("papers.E002", gettext_lazy("Paper opened by one person"), basis=CUSTODY, level="serious")
def opened_by_one(scope: Scope) -> Iterator[Draft]:
    """Two different persons opened it, and each of them approved it."""
    for opening in _of(scope, Opening):
        approved = set(opening.paper.approvals.values_list("person_id", flat=True))
        if opening.first_id == opening.second_id or not {opening.first_id, opening.second_id} <= approved:
            params = {"number": opening.paper.number}
            yield Draft(_("Paper %(number)s was not opened by two different custodians."), params, about=opening)


@audit_check("papers.E003", gettext_lazy("Paper opened by somebody who was no custodian"), basis=CUSTODY, level="serious")
def opened_by_no_custodian(scope: Scope) -> Iterator[Draft]:
    """Both were appointed custodians of the body on the day, and held an envelope."""
    for opening in _of(scope, Opening).select_related("paper__sealed", "first", "second"):
        day = timezone.localtime(opening.opened_at).date()
        for person in (opening.first, opening.second):
            if str(person.pk) not in opening.paper.sealed.keys or not _was_custodian(opening.paper, person, day):
                yield Draft(
                    _("%(person)s opened paper %(number)s without being its custodian on that day."),
                    {"person": person.name, "number": opening.paper.number},
                    about=(opening._meta.label, f"{opening.pk}:{person.pk.hex[-8:]}"),
                )


@audit_check("papers.E004", gettext_lazy("Paper opened after the examination began, or not at all"), basis=CUSTODY, level="ordinary")
def opened_late(scope: Scope) -> Iterator[Draft]:
    """A slot that is over was sat with a paper opened before its start."""
    papers = Paper.objects.filter(slots__slot__event__in=scope.events, spare_of=None).exclude(state__in=("discarded", "exposed"))
    for paper in papers.distinct().prefetch_related("slots__slot__sittings"):
        starts = [link.slot.starts_at for link in paper.slots.all() if _was_held(link.slot)]
        opening = Opening.objects.filter(Q(paper=paper) | Q(paper__spare_of=paper)).order_by("opened_at").first()
        if starts and (opening is None or opening.opened_at > min(starts)):
            yield Draft(_("Paper %(number)s was not opened before the examination began."), {"number": paper.number}, about=paper)


@audit_check("papers.E005", gettext_lazy("Sealed paper altered"), basis=CUSTODY, level="serious")
def altered(scope: Scope) -> Iterator[Draft]:
    """The stored ciphertext is the one whose digest was recorded at the sealing."""
    for sealed in _of(scope, SealedPaper):
        if not _whole(sealed):
            params = {"number": sealed.paper.number}
            yield Draft(_("The ciphertext of paper %(number)s is not the one that was sealed."), params, about=sealed)


@audit_check("papers.E006", gettext_lazy("Questions or papers not as the journal says"), basis=CUSTODY, level="serious")
def not_as_recorded(scope: Scope) -> Iterator[Draft]:
    """Every watched row equals what the journal last said of it: a change past the actions shows here."""
    own = {
        Question: Question.objects.filter(organisation=scope.body),
        Paper: Paper.objects.filter(organisation=scope.body),
        SealedPaper: SealedPaper.objects.filter(paper__organisation=scope.body),
        Opening: Opening.objects.filter(paper__organisation=scope.body),
    }
    for model, rows in own.items():
        known = {str(pk) for pk in rows.values_list("pk", flat=True)}
        for difference in projection.differences(model):
            if difference.pk in known or difference.table is None:
                yield _difference(difference)


@audit_check("papers.E007", gettext_lazy("Bag handed on with an odd seal"), basis=gettext_lazy("Custody of papers (R-32)"), level="serious")
def odd_seals(scope: Scope) -> Iterator[Draft]:
    """A bag whose seal was broken or replaced was decided on by the chief."""
    for link in _of(scope, HandOver).filter(stopped=True, decided_by=None):
        params = {"bag": link.bag, "seal": link.seal_number, "number": link.paper.number}
        yield Draft(_("Bag %(bag)s of paper %(number)s: nobody decided on seal %(seal)s."), params, about=link)


@audit_check("questions.E001", gettext_lazy("A person who trains had a hand in the paper"), basis=SEPARATION, level="serious")
def trainers(scope: Scope) -> Iterator[Draft]:
    """Nobody who set, reviewed or approved questions of a paper trained for its item within the cooling-off period before it."""
    for paper in Paper.objects.filter(_papers(scope)).exclude(state="discarded").distinct():
        slot = Paper.objects.get(pk=paper.spare_of_id or paper.pk).slots.select_related("slot").first()
        if slot is None:
            continue
        day = timezone.localtime(slot.slot.starts_at).date()
        years = policy_on(day).cooloff_years
        for row in Contribution.objects.filter(paper=paper).select_related("person"):
            training = trains_now_or_within(row.person_id, paper.family, years, day)
            if training:
                yield Draft(
                    _("%(person)s had a hand in paper %(number)s and trained for %(family)s until %(until)s."),
                    {"person": row.person.name, "number": paper.number, "family": paper.family, "until": str(training.until or "…")},
                    about=row,
                )


@audit_check("questions.E002", gettext_lazy("One person took two steps of a question"), basis=gettext_lazy("R-24"), level="serious")
def two_steps(scope: Scope) -> Iterator[Draft]:
    """Set, reviewed and approved by three different persons."""
    given = Review.objects.filter(version__question__organisation=scope.body).select_related("version__question", "person")
    steps: dict[tuple[Any, Any], set[str]] = {}
    for review in given:
        steps.setdefault((review.version.question_id, review.person_id), set()).add(review.step)
        question = review.version.question
        if review.person_id == question.setter_id or len(steps[question.pk, review.person_id]) > 1:
            params = {"person": review.person.name, "number": question.number}
            yield Draft(_("%(person)s took two steps of question %(number)s."), params, about=review)


def _was_custodian(paper: Paper, person: Person, day: Any) -> bool:
    held = Appointment.objects.filter(person=person, capacity="custodian", organisation_id=paper.organisation_id, since__lte=day)
    return held.filter(Q(until=None) | Q(until__gte=day)).exists()


def _was_held(slot: Any) -> bool:
    return any(sitting.state in ("open", "closed", "sealed") for sitting in slot.sittings.all())


def _whole(sealed: SealedPaper) -> bool:
    try:
        box = Sealed.from_json(sealed.body)
    except SealBroken:
        return False
    return (box.paper, box.commitment, box.digest()) == (str(sealed.paper_id), sealed.commitment, sealed.ciphertext_digest)


def _difference(difference: projection.Difference) -> Draft:
    table, field = naming.table(difference.model._meta.label), naming.column(difference.field) if difference.field else _("row")
    shown = {"table": table, "field": field, "journal": str(difference.journal)[:120]}
    return Draft(
        _("%(table)s: the journal says %(field)s = %(journal)s, the table says %(found)s."),
        {**shown, "found": str(difference.table)[:120]},
        about=(difference.model._meta.label, f"{difference.pk}:{difference.field}"[:60]),
    )
