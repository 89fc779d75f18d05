"""Recording and checking scores, changing them, grading, signing and publishing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.programme.models import Event
from exams.results import fitness, grading, queries
from exams.results.models import Mark, MarkVersion, ScoreChange
from exams.results.publishing import grade, publish_results, regrade, sign_results
from exams.results.sheets import Preview, preview
from exams.sittings.models import Place, Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

__all__ = [
    "approve_change", "ask_change", "check_mark", "check_marks", "enter_mark", "enter_marks", "grade", "import_marks_workbook",
    "preview_marks_workbook", "publish_results", "refuse_change", "settle_mark", "sign_results", "start_marking", "void_mark",
]  # fmt: skip

_TWO = _("Order 31 (2017) of the Ministry of Human Resources, by analogy; notice 2024 No. 34, I (3)")
_SCORE_RULE = _("Patent Agent Qualification Rules, Art. 41, by analogy; score rules of the body")


@action("results.enter_mark", on="place")
def enter_mark(*, by: Actor, place: Place, score: Decimal | int | str) -> Mark:
    """Record the score of a place; refused before the room is closed, for the absent, and for whom a recusal rule objects to."""
    fitness.require_clear(by, place.sitting)
    return _enter(by, place, Decimal(score))


@action("results.enter_marks", on="sitting")
def enter_marks(*, by: Actor, sitting: Sitting, scores: Mapping[Any, Decimal]) -> list[Mark]:
    """Record many scores of a sitting at once (by place id); all or none, with every reason."""
    fitness.require_clear(by, sitting)
    return _each(sitting, scores, lambda place, score: _enter(by, place, score))


@action("results.check_mark", on="mark")
def check_mark(*, by: Actor, mark: Mark, score: Decimal | int | str) -> Mark:
    """Compare with the answer sheet, as another person: the same score settles it, a different one must be settled by a third."""
    fitness.require_clear(by, mark.place.sitting)
    return _check(by, mark, Decimal(score))


@action("results.check_marks", on="sitting")
def check_marks(*, by: Actor, sitting: Sitting, scores: Mapping[Any, Decimal]) -> list[Mark]:
    """Compare many scores of a sitting at once (by place id)."""
    fitness.require_clear(by, sitting)
    marks = {mark.place_id: mark for mark in Mark.objects.filter(place__sitting=sitting).select_related("place")}
    return _each(sitting, scores, lambda place, score: _check(by, _of(marks, place), score))


@action("results.settle_mark", on="mark")
def settle_mark(*, by: Actor, mark: Mark, score: Decimal | int | str, reason: str) -> Mark:
    """A third person decides a differing score."""
    value = Decimal(score)
    if by.person_id in (mark.entered_by_id, mark.checked_by_id):
        refuse(
            "results.third_person",
            _("A differing score is settled by a third person."),
            basis=_TWO,
            remedy=_("Ask a score approver who did neither."),
        )
    if not reason.strip():
        refuse("results.reason", _("State the reason."), remedy=_("Name what the answer sheet shows."))
    _in_range(mark.place, value)
    lifecycle.move(mark, "settle", score=value, settled_by_id=by.person_id, reason=reason.strip()[:300])
    _version(mark, by, reason)
    record("results.settle_mark", mark, by=by, about=[mark.place, mark.place.sitting], score=value, reason=reason)
    return mark


@action("results.void_mark", on="mark")
def void_mark(*, by: Actor, mark: Mark, decision: str) -> Mark:
    """Make a score void by a disciplinary decision that is final; its number is kept."""
    if not decision.strip():
        refuse(
            "results.decision",
            _("A score becomes void only by a decision."),
            basis=_("Order 31 (2017) of the Ministry of Human Resources, Art. 7, by analogy"),
            remedy=_("Enter the number of the decision."),
        )
    lifecycle.move(mark, "void", reason=decision.strip()[:300])
    record("results.void_mark", mark, by=by, about=[mark.place, mark.place.sitting], decision=decision.strip())
    regrade(by, mark)
    return mark


@action("results.ask_change", on="mark")
def ask_change(*, by: Actor, mark: Mark, score: Decimal | int | str, reason: str, proof_id: Any = None) -> ScoreChange:
    """Ask for another score, with the reason; nothing changes before two other persons approve."""
    new = Decimal(score)
    _in_range(mark.place, new)
    if mark.state not in ("checked", "published", "corrected"):
        refuse("results.not_agreed", _("Only an agreed score can be changed by request."), remedy=_("Record and check it first."))
    if new == mark.score:
        refuse("results.same", _("The score is %(score)s already."), score=mark.score)
    if not reason.strip():
        refuse("results.reason", _("State the reason."), basis=_SCORE_RULE, remedy=_("Name what the answer sheet shows."))
    if mark.changes.filter(state__in=["asked", "approved_once"]).exists():
        refuse("results.change_open", _("A change of this score is being decided already."), remedy=_("Wait for the decision."))
    change = ScoreChange.objects.create(
        mark=mark,
        number=f"CG-{clock.today():%Y%m%d}-{ScoreChange.objects.filter(asked_at__date=clock.today()).count() + 1:03d}-{mark.id.hex[-4:]}",
        old=mark.score,
        new=new,
        reason=reason.strip(),
        proof_id=proof_id,
        asked_by_id=by.person_id,
        asked_at=clock.now(),
    )
    record("results.ask_change", change, by=by, about=[mark, mark.place.sitting], old=mark.score, new=new, reason=reason, proof=proof_id)
    return change


@action("results.approve_change", on="change")
def approve_change(*, by: Actor, change: ScoreChange) -> ScoreChange:
    """The first approval is kept; the second, by yet another person, applies the change. The old score stays on record."""
    if by.person_id in (change.asked_by_id, change.first_by_id):
        refuse("results.two_approvers", _("A change needs two approvers, neither of whom asked for it."), basis=_SCORE_RULE,
               remedy=_("Another score approver approves it."))  # fmt: skip
    if change.state == "asked":
        lifecycle.move(change, "approve", first_by_id=by.person_id, first_at=clock.now())
        record("results.approve_change", change, by=by, about=[change.mark], approval=1)
        return change
    lifecycle.move(change, "apply", second_by_id=by.person_id, second_at=clock.now())
    mark = change.mark
    lifecycle.move(mark, "correct", score=change.new, reason=change.number)
    _version(mark, by, change.number)
    record("results.approve_change", change, by=by, about=[mark, mark.place.sitting], approval=2, old=change.old, new=change.new)
    record("results.approve_change", mark, by=by, about=[change], old=change.old, new=change.new)
    regrade(by, mark)
    return change


@action("results.refuse_change", on="change")
def refuse_change(*, by: Actor, change: ScoreChange, reason: str) -> ScoreChange:
    """Refuse a change with a reason."""
    if not reason.strip():
        refuse("results.reason", _("State the reason."))
    lifecycle.move(change, "refuse", refused_reason=reason.strip()[:300])
    record("results.refuse_change", change, by=by, about=[change.mark], reason=reason)
    return change


def preview_marks_workbook(*, by: Actor, sitting: Sitting, file: bytes) -> Preview:
    """Read a workbook of scores and say everything that is wrong with it; nothing is written."""
    return preview(sitting, file, checking=by.capacity == "score_checker")


@action("results.import_marks_workbook", on="sitting")
def import_marks_workbook(*, by: Actor, sitting: Sitting, file: bytes) -> list[Mark]:
    """Take the scores of a workbook: by the first person as records, by the score checker as the comparison. All or none."""
    fitness.require_clear(by, sitting)
    read = preview_marks_workbook(by=by, sitting=sitting, file=file)
    if read.faults:
        refuse(
            "results.workbook",
            _("The workbook has %(n)s faults; nothing was taken."),
            n=len(read.faults),
            remedy=_("Correct the marked cells."),
        )
    if by.capacity == "score_checker":
        marks = {mark.place_id: mark for mark in Mark.objects.filter(place__sitting=sitting).select_related("place")}
        done = _each(sitting, read.scores, lambda place, score: _check(by, _of(marks, place), score))
    else:
        done = _each(sitting, read.scores, lambda place, score: _enter(by, place, score))
    record("results.import_marks_workbook", sitting, by=by, sha256=read.sha256, rows=len(done))
    return done


@action("results.start_marking", on="event")
def start_marking(*, by: Actor, event: Event) -> Event:
    """All rooms are closed: the event goes over to marking."""
    rooms = list(queries.open_sittings(event))
    if rooms:
        raise Refused([_still_open(sitting) for sitting in rooms])
    lifecycle.move(event, "start_marking")
    record("results.start_marking", event, by=by)
    return event


def _enter(by: Actor, place: Place, score: Decimal) -> Mark:
    against = list(_objections(place, score))
    if Mark.objects.filter(place=place).exists():
        against.append(Objection("results.recorded", _("The score of %(ticket)s is recorded already."), {"ticket": place.ticket_number},
                                 remedy=_("A change goes by a request with two approvers.")))  # fmt: skip
    if against:
        raise Refused(against)
    mark = Mark.objects.create(place=place, score=score, entered_by_id=by.person_id, entered_at=clock.now())
    _version(mark, by, "")
    record("results.enter_mark", mark, by=by, about=[place, place.sitting, place.slot.event], score=score)
    return mark


def _check(by: Actor, mark: Mark, score: Decimal) -> Mark:
    if mark.entered_by_id == by.person_id:
        refuse("results.second_person", _("The score was recorded by you; another person must check it."), basis=_TWO,
               remedy=_("A second score checker compares it with the answer sheet."))  # fmt: skip
    _in_range(mark.place, score)
    verb = "check" if score == mark.score else "differ"
    lifecycle.move(mark, verb, checked_score=score, checked_by_id=by.person_id, checked_at=clock.now())
    record("results.check_mark", mark, by=by, about=[mark.place, mark.place.sitting], checked_score=score, agrees=verb == "check")
    return mark


def _each(sitting: Sitting, scores: Mapping[Any, Decimal], act: Any) -> list[Mark]:
    """Do it for each place; one refusal undoes all, and every reason is told."""
    places = {place.pk: place for place in sitting.places.select_related("slot__event", "slot__item__edition", "sitting__slot")}
    done: list[Mark] = []
    against: list[Objection] = []
    for pk, score in scores.items():
        place = places.get(pk)
        try:
            done.append(act(place, score) if place else refuse("results.not_here", _("This place does not belong to the sitting.")))
        except Refused as refusal:
            against.extend(refusal.objections)
    if against:
        raise Refused(against)
    if not done:
        refuse("results.nothing", _("No score was entered."), remedy=_("Enter at least one score."))
    return done


def _of(marks: Mapping[Any, Mark], place: Place) -> Mark:
    found = marks.get(place.pk)
    if found is None:
        refuse("results.not_recorded", _("The score of %(ticket)s is not recorded yet."), ticket=place.ticket_number,
               remedy=_("The first person records it."))  # fmt: skip
    return found


def _objections(place: Place, score: Decimal) -> list[Objection]:
    against = []
    if place.sitting.state not in queries.OVER:
        against.append(_still_open(place.sitting))
    if not queries.present(Place.objects.filter(pk=place.pk)).exists():
        message = _("%(ticket)s did not sit: no admission is on record.")
        remedy = _("Look at the check-in of the room.")
        against.append(Objection("results.not_present", message, {"ticket": place.ticket_number}, remedy=remedy))
    return against + grading.objections(place.slot.item.edition.rulebook, place.slot.subject, score)


def _in_range(place: Place, score: Decimal) -> None:
    against = grading.objections(place.slot.item.edition.rulebook, place.slot.subject, score)
    if against:
        raise Refused(against)


def _still_open(sitting: Sitting) -> Objection:
    return Objection(
        "results.room_open",
        _("Room %(room)s is not closed yet."),
        {"room": str(sitting.room)},
        remedy=_("Close the room with its record first."),
    )


def _version(mark: Mark, by: Actor, why: str) -> None:
    MarkVersion.objects.create(mark=mark, score=mark.score, by_id=by.person_id, at=clock.now(), why=why[:300])
