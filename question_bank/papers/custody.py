"""The custody chain of printed bags: hand-overs by three persons, and what stops a bag."""

from __future__ import annotations

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people.models import Person
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Paper
from question_bank.papers.models import SEALS, STEPS, HandOver
from question_bank.papers.queries import staff_of
from question_bank.papers.rules import hand_over as objections_to
from question_bank.papers.rules import odd_seal


@action("papers.hand_over", on="paper")
def hand_over(
    *,
    by: Actor,
    paper: Paper,
    bag: str,
    step: str,
    copies: int,
    seal_number: str,
    seal_state: str,
    giver: Person,
    receiver: Person,
    supervisor: Person,
    place: str,
    note: str = "",
) -> HandOver:
    """Record that a bag went from one person to another under the eyes of a third."""
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    last = paper.hand_overs.filter(bag=bag).order_by("at", "id").last()
    last_seal = last.seal_number if last else None
    undecided = bool(last and last.stopped and last.decided_by_id is None)
    wrong = objections_to([str(p.pk) for p in (giver, receiver, supervisor)], seal_number, last_seal, undecided)
    if wrong:
        raise Refused(wrong)
    _lawful(paper, bag, step, copies, seal_number, seal_state, {giver.pk, receiver.pk, supervisor.pk})
    link = HandOver.objects.create(
        paper=paper,
        bag=bag,
        step=step,
        copies=copies,
        seal_number=seal_number,
        seal_state=seal_state,
        stopped=odd_seal(seal_number, seal_state, last_seal),
        giver=giver,
        receiver=receiver,
        supervisor=supervisor,
        place=place,
        note=note,
        at=clock.now(),
    )
    record(
        "papers.hand_over",
        link,
        by=by,
        about=[paper],
        bag=bag,
        step=step,
        copies=copies,
        seal_number=seal_number,
        seal_state=seal_state,
        stopped=link.stopped,
        parties=[str(p.pk) for p in (giver, receiver, supervisor)],
    )
    return link


@action("papers.decide_seal", on="paper")
def decide_seal(*, by: Actor, paper: Paper, link: HandOver, note: str) -> HandOver:
    """The chief decides that a stopped bag may go on, and says why."""
    if not note.strip():
        refuse("questions.reason_missing", _("A reason is missing."), basis="R-32", remedy=_("Write what was found and decided."))
    link = HandOver.objects.select_for_update().get(pk=link.pk, paper=paper)
    if not link.stopped or link.decided_by_id:
        refuse("papers.not_stopped", _("This bag is not stopped."), basis="R-32", remedy=_("Look at its chain."))
    if by.person_id in (link.giver_id, link.receiver_id):
        party = _("Giver and receiver do not decide on their own bag.")
        refuse("papers.party_decides", party, basis="R-32", remedy=_("Another chief decides."))
    link.decided_by_id, link.note = by.person_id, f"{link.note}\n{note.strip()}".strip()
    link.save(update_fields=["decided_by", "note"])
    record("papers.decide_seal", link, by=by, about=[paper], private={"note": note})
    return link


def _lawful(paper: Paper, bag: str, step: str, copies: int, seal: str, state: str, persons: set[object]) -> None:
    known = set(staff_of(paper.organisation_id).filter(pk__in=persons).values_list("pk", flat=True))
    right = step in dict(STEPS) and state in dict(SEALS) and bag.strip() and seal.strip() and 1 <= copies <= 100_000
    if not right or known != persons:
        refuse(
            "papers.hand_over_unfit",
            _("Bag, seal number, count or persons of the hand-over are not right."),
            basis="R-32",
            remedy=_("Name persons of the body, the bag and its seal number."),
        )
