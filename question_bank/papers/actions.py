"""Custody of papers: keys, sealing, the opening by two, leaks and spares."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people.models import Person
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.assembly.actions import empty
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import slots_of
from question_bank.papers import keys
from question_bank.papers.content import plaintext
from question_bank.papers.models import Approval, CustodianKey, Opening, SealedPaper, SpareRequest, WrongTry
from question_bank.papers.queries import (
    contributors,
    disclosure,
    live_keys,
    missing_keys,
    own_key,
    standing_approvals,
    wrong_tries,
)
from question_bank.papers.rules import TRIES, TRIES_MINUTES, Moment, Slot, opening, window
from question_bank.papers.sealing import SameCustodian, SealBroken, Sealed, Seat, data_key, seal, strip, unseal

T = TypeVar("T")
_TWO = "R-29, R-33"


@action("papers.enrol_key")
@sensitive_variables("passphrase")
def enrol_custodian_key(*, by: Actor, passphrase: str, person: Person | None = None, cost: keys.Cost | None = None) -> CustodianKey:
    """Make the custodian's own key pair; an older key is retired, but still opens what was sealed for it."""
    if person is not None and person.pk != by.person_id:
        refuse("papers.own_key_only", _("A custodian enrols only his own key."), basis=_TWO, remedy=_("The custodian signs in himself."))
    if len(passphrase) < keys.SHORTEST_PASSPHRASE:
        refuse(
            "papers.short_passphrase",
            _("The passphrase is shorter than %(least)s characters."),
            basis=_TWO,
            remedy=_("Choose several words that nobody guesses."),
            least=keys.SHORTEST_PASSPHRASE,
        )
    public, wrapped = keys.enrol(str(by.person_id), passphrase, cost or keys.Cost())
    now = clock.now()
    old = own_key(by)
    if old:
        CustodianKey.objects.filter(pk=old.pk, retired_at=None).update(retired_at=now)
    key = CustodianKey.objects.create(
        person_id=by.person_id, organisation_id=by.organisation_id, public=public.hex(), wrapped=wrapped, enrolled_at=now
    )
    record("papers.enrol_key", key, by=by, about=[old] if old else [], public=public.hex())
    return key


@action("papers.seal", on="paper")
def seal_paper(
    *, by: Actor, paper: Paper, custodians: Iterable[Person], opens_at: datetime, closes_at: datetime
) -> SealedPaper:
    """Seal the paper and its spare for the custodians; from here on their text is ciphertext."""
    chosen = list(custodians)
    slots = [Slot(s.starts_at, s.ends_at, timezone.localtime(s.starts_at).date()) for s in slots_of(paper)]
    objections = window(opens_at, timezone.localtime(opens_at).date(), closes_at, slots)
    spare = Paper.objects.filter(spare_of=paper).first()
    for each in filter(None, (paper, spare)):
        objections += _unfit(each, chosen)
    if objections:
        raise Refused(objections)
    result = _seal(by, paper, chosen, opens_at, closes_at)
    lifecycle.move(paper, "assign")
    record("papers.assign", paper, by=by, about=slots_of(paper))
    if spare:
        _seal(by, spare, chosen, opens_at, closes_at)
        lifecycle.move(spare, "keep_as_spare")
        record("papers.keep_as_spare", spare, by=by)
    return result


@action("papers.approve_opening", on="paper")
@sensitive_variables("passphrase")
def approve_opening(*, by: Actor, paper: Paper, passphrase: str) -> Approval:
    """Approve the opening: the first custodian takes off the outer layer, a second one opens the paper."""
    sealed = SealedPaper.objects.filter(paper=paper).first()
    if sealed is None:
        closed = _("The paper is not sealed and waiting, or it is already open.")
        raise Refused([_objection("papers.not_sealed", closed, _("Look at its record."))])
    _check(by, Paper.objects.get(pk=paper.pk), sealed)
    private = _unlock(by, sealed, passphrase)
    # The paper's row is locked only now, after the slow derivation, and everything is looked at again.
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    before = _check(by, paper, sealed)
    box = _box(paper, sealed)
    mine = Approval.objects.filter(paper=paper, person_id=by.person_id)
    mine.delete()  # a lapsed approval of one's own, from before the role was lost and given back
    approval = Approval(paper=paper, person_id=by.person_id, appointment_id=by.appointment_id, at=clock.now())
    if not before:
        approval.stripped = _unbroken(lambda: strip(box, str(by.person_id), private))
        approval.save(force_insert=True)
        record("papers.approve_opening", paper, by=by, about=[approval], step="first")
        return approval
    first = before[0]
    found = _unbroken(lambda: data_key(box, str(first.person_id), first.stripped, str(by.person_id), private))
    _unbroken(lambda: unseal(box, found))
    approval.save(force_insert=True)
    _open(by, paper, first, approval, found)
    return approval


@action("papers.close_window", on="paper")
def close_window(*, by: Actor, paper: Paper) -> Paper:
    """The window of an opened paper is over: it counts as used and is printed no more."""
    lifecycle.move(paper, "use")
    record("papers.close_window", paper, by=by)
    return paper


@action("papers.report_leak", on="paper")
def report_leak(*, by: Actor, paper: Paper, text: str) -> Paper:
    """Stop a paper at once because it may be known; what happened is kept."""
    if not text.strip():
        refuse("questions.reason_missing", _("A reason is missing."), basis="R-116", remedy=_("Write what happened."))
    lifecycle.move(paper, "report_leak")
    record("papers.report_leak", paper, by=by, private={"text": text})
    return paper


@action("papers.ask_spare", on="paper")
def ask_for_spare(*, by: Actor, paper: Paper, reason: str) -> SpareRequest:
    """The chief asks that the spare paper be used."""
    if not reason.strip():
        refuse("questions.reason_missing", _("A reason is missing."), basis="R-27", remedy=_("Write why the main paper cannot be used."))
    if paper.spare_of_id is None:
        refuse("papers.no_spare", _("This paper is not a spare."), basis="R-27", remedy=_("Choose the spare paper."))
    request = SpareRequest.objects.create(paper=paper, asked_by_id=by.person_id, asked_at=clock.now(), reason=reason.strip())
    record("papers.ask_spare", request, by=by, about=[paper], private={"reason": reason})
    return request


@action("papers.decide_spare", on="paper")
def decide_spare(*, by: Actor, paper: Paper, granted: bool) -> SpareRequest:
    """The head of the body decides on the open request; not the person who asked."""
    request = SpareRequest.objects.select_for_update().filter(paper=paper, decided_at=None).first()
    if request is None:
        refuse("papers.no_request", _("No request for this spare paper is open."), basis="R-27", remedy=_("The chief asks first."))
    if request.asked_by_id == by.person_id:
        refuse("papers.own_request", _("Nobody decides on his own request."), basis="R-27", remedy=_("Another person decides."))
    request.decided_by_id, request.decided_at, request.granted = by.person_id, clock.now(), granted
    request.save(update_fields=["decided_by", "decided_at", "granted"])
    record("papers.decide_spare", request, by=by, about=[paper], granted=granted)
    return request


def _unfit(paper: Paper, chosen: list[Person]) -> list[Objection]:
    """Why these custodians cannot be given envelopes of this paper."""
    found = []
    if len({person.pk for person in chosen}) < 2:
        found.append(_objection("papers.two_custodians", _("At least two different custodians are needed."), _("Choose a second one.")))
    for person in missing_keys(chosen, paper.organisation_id):
        keyless = _("%(person)s is no custodian today or has no key.")
        found.append(_objection("papers.no_key", keyless, _("Have the key enrolled first."), person=person.name))
    hands = contributors(paper)
    for person in chosen:
        if person.pk in hands:
            found.append(
                _objection(
                    "papers.custodian_wrote",
                    _("%(person)s had a part in making paper %(number)s and may not hold its envelopes."),
                    _("Choose another custodian."),
                    person=person.name,
                    number=paper.number,
                )
            )
    return found


def _objection(id: str, message: str, remedy: str, **params: object) -> Objection:
    return Objection(id, message, params, _TWO, remedy)


def _seal(by: Actor, paper: Paper, chosen: list[Person], opens_at: datetime, closes_at: datetime) -> SealedPaper:
    """Encrypt, then empty the forms: what is left in the tables names no question."""
    lifecycle.move(paper, "seal")
    publics = {key.person_id: key for key in live_keys(paper.organisation_id)}
    seats = [Seat(str(person.pk), bytes.fromhex(publics[person.pk].public)) for person in chosen]
    box = seal(plaintext(paper), paper=str(paper.pk), version=paper.version, seats=seats)
    row = SealedPaper.objects.create(
        paper=paper,
        body=box.as_json(),
        ciphertext_digest=box.digest(),
        commitment=box.commitment,
        keys={str(person.pk): str(publics[person.pk].pk) for person in chosen},
        opens_at=opens_at,
        closes_at=closes_at,
        sealed_by_id=by.person_id,
        sealed_at=clock.now(),
    )
    row.custodians.set(chosen)
    empty(paper)
    record(
        "papers.seal",
        paper,
        by=by,
        about=[row],
        ciphertext=row.ciphertext_digest,
        commitment=row.commitment,
        opens_at=opens_at,
        closes_at=closes_at,
        custodians=sorted(str(person.pk) for person in chosen),
    )
    record("papers.seal", row, by=by, ciphertext=row.ciphertext_digest)
    return row


def _check(by: Actor, paper: Paper, sealed: SealedPaper) -> list[Approval]:
    """Refuse unless this person may approve now; returns the approvals of others that still count."""
    approvals = standing_approvals(paper)
    granted = SpareRequest.objects.filter(paper=paper, granted=True).exists()
    moment = Moment(
        now=clock.now(),
        person=str(by.person_id),
        state=paper.state,
        opens_at=sealed.opens_at,
        closes_at=sealed.closes_at,
        custodians=frozenset(sealed.keys),
        approved=tuple(str(approval.person_id) for approval in approvals),
        needs_request=paper.spare_of_id is not None,
        granted=granted,
    )
    objections = opening(moment)
    if by.person_id in contributors(paper):
        objections.append(
            _objection("papers.wrote_it", _("You had a part in making this paper."), _("Call another custodian of the paper."))
        )
    if objections:
        raise Refused(objections)
    return approvals


@sensitive_variables("passphrase")
def _unlock(by: Actor, sealed: SealedPaper, passphrase: str) -> X25519PrivateKey:
    """The private key that fits the envelope, also after a newer key was enrolled; guessing is stopped."""
    key = CustodianKey.objects.get(pk=sealed.keys[str(by.person_id)])
    if wrong_tries(key) >= TRIES:
        raise Refused(
            [
                _objection(
                    "papers.too_many_tries",
                    _("The passphrase was wrong %(n)s times; the key rests for %(minutes)s minutes."),
                    _("Wait, or call another custodian of the paper."),
                    n=TRIES,
                    minutes=TRIES_MINUTES,
                )
            ]
        )
    try:
        return keys.unlock(str(by.person_id), bytes.fromhex(key.public), key.wrapped, passphrase)
    except keys.WrongPassphrase as error:
        wrong = _objection("papers.wrong_passphrase", _("The passphrase does not open your key."), _("Enter it again."))
        raise Refused([wrong], keep=[WrongTry(key=key, at=clock.machine())]) from error


def _box(paper: Paper, sealed: SealedPaper) -> Sealed:
    """The sealed paper as stored, if it is the one that was sealed for this row."""
    box = _unbroken(lambda: Sealed.from_json(sealed.body))
    said = (str(paper.pk), paper.version, sealed.commitment, sealed.ciphertext_digest)
    if (box.paper, box.version, box.commitment, box.digest()) != said:
        raise Refused([_broken()])
    return box


def _unbroken(work: Callable[[], T]) -> T:
    try:
        return work()
    except (SealBroken, SameCustodian) as error:
        raise Refused([_broken()]) from error


def _broken() -> Objection:
    return _objection(
        "papers.seal_broken",
        _("The sealed paper is not as it was sealed: it was altered, cut off or exchanged."),
        _("Report a leak, use the spare paper, and call the inspector."),
    )


def _open(by: Actor, paper: Paper, first: Approval, second: Approval, found: bytes) -> None:
    """The paper is open: keep the data key encrypted for printing, disclose salt and seed, and count the questions as used."""
    lifecycle.move(paper, "release")
    opened = Opening(
        paper=paper,
        first_id=first.person_id,
        second_id=second.person_id,
        first_at=first.at,
        opened_at=second.at,
        recorded_at=clock.machine(),
        data_key=b64encode(found).decode(),
    )
    opened.save(force_insert=True)
    # What the first custodian stripped has done its work; the fact of his approval stays.
    Approval.objects.filter(paper=paper).update(stripped={})
    shown = disclosure(opened)
    record(
        "papers.open",
        paper,
        by=by,
        about=[opened, first, second],
        first=str(first.person_id),
        second=str(second.person_id),
        first_at=first.at,
        opened_at=second.at,
        **shown,
    )
    record("papers.open", opened, by=by)
