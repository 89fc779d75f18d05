"""What is done about recusal: rule and keep the ruling, ask again when something is new, waive, request, decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.interests import events
from exams.interests.matching import name_index
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people.models import Organisation, Person
from exams.recusal import rules
from exams.recusal.asking_again import reask, settle
from exams.recusal.deciding import decide, decide_many, objections_of, open_objections, replay, weigh
from exams.recusal.facts import Matter
from exams.recusal.keeping import keep, keep_once
from exams.recusal.models import PolicyValue, RecusalRequest, Ruling, Waiver
from exams.recusal.standing import Stand
from exams.verdicts import gettext_noop as _

__all__ = ["decide", "decide_many", "reask", "replay", "require_all_clear", "require_clear", "rule_on", "settle"]

_DECIDED = _("Civil Servant Law, Arts. 76 and 77; notice 2024 No. 34, I (3)")
SHORTEST_REASON = 8


def rule_on(*, person: Person, capacity: str, matter: Matter, by: Actor, about: Any = None) -> Ruling:
    """Ask the rules and keep the ruling, whatever it says. It is committed by itself unless a transaction is running."""
    return keep(decide(person=person, capacity=capacity, matter=matter, by=by, about=about), by=by, about=about)


def require_clear(*, person: Person, capacity: str, matter: Matter, by: Actor, about: Any = None) -> Ruling:
    """The kept ruling if nothing stands in the way; otherwise Refused, which takes the ruling along to be kept with the refusal.

    The same facts about the same thing are not kept twice. What another transaction brings while this one runs cannot be seen here;
    so the person is asked again as soon as this one is committed, as everybody is after every piece of news: one of the two sees both.
    """
    return require_all_clear(stands=[Stand(str(person.pk), capacity, matter, about)], by=by)[0]


def require_all_clear(*, stands: Sequence[Stand], by: Actor) -> list[Ruling]:
    """The same for many at once: a kept ruling for each, in their order; or one refusal with all objections and all those rulings.

    The number of queries does not depend on how many there are. Persons are locked in the order of their ids, so that two who ask
    about the same people wait for one another instead of for ever.
    """
    with transaction.atomic():
        ids = {stand.person_id for stand in stands}
        people = {str(person.pk): person for person in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
        rulings = [answer.ruling(by) for answer in weigh(stands)]
        for ruling in rulings:
            ruling.person = people[str(ruling.person_id)]
        against = [ruling for ruling in rulings if not ruling.allowed]
        if against:
            raise Refused([objection for ruling in against for objection in open_objections(ruling)], keep=against)
        kept = keep_once([(ruling, stand.about) for ruling, stand in zip(rulings, stands, strict=True)], by=by)
        new = [ruling.person_id for ruling in set(rulings).intersection(kept)]
        if new:
            transaction.on_commit(partial(reask, *set(new)))
        return kept


@action("recusal.look", on="ruling")
def look(*, by: Actor, ruling: Ruling) -> Ruling:
    """Look at the named facts of a ruling; that it was looked at stays on record."""
    record("recusal.look", ruling, by=by, about=[ruling.person])
    return ruling


# -------------------------------------------------------------------------------------------------------------------- waivers


@action("recusal.waive", on="ruling")
def waive(*, by: Actor, ruling: Ruling, objection_id: str, reason: str, until: date) -> Waiver:
    """Set one objection aside. What blocks waits for a second superior; what was to be answered is answered by one."""
    objection = next((one for one in objections_of(ruling) if one.id == objection_id), None)
    if objection is None:
        refuse("recusal.no_such_objection", _("This ruling has no such objection."))
    if not rules.waivable(objection_id):
        refuse("recusal.not_waivable", _("This ground cannot be waived."), basis=objection.basis, remedy=_("Choose another person."))
    _reasoned(reason)
    if until < clock.today():
        refuse("recusal.waiver_over", _("The last day of the waiver lies in the past."))
    if Waiver.objects.filter(ruling=ruling, objection_id=objection_id).exclude(state="refused").exists():
        refuse("recusal.waived_already", _("A waiver of this objection is on record already."))
    waiver = Waiver.objects.create(
        ruling=ruling,
        objection_id=objection_id,
        reason=reason.strip(),
        until=until,
        decided_by=[str(by.person_id)],
        decided_names=[by.name],
        proposed_at=clock.now(),
    )
    blocks = any(one.severity == "block" for one in objections_of(ruling) if one.id == objection_id)
    if not blocks:
        lifecycle.move(waiver, "grant", decided_at=clock.now())
    _record_waiver("recusal.waive", waiver, by)
    if waiver.state == "granted":
        reask(ruling.person_id, by=by)
    return waiver


@action("recusal.confirm_waiver", on="waiver")
def confirm_waiver(*, by: Actor, waiver: Waiver) -> Waiver:
    """The second superior agrees; only now is the objection set aside."""
    if str(by.person_id) in waiver.decided_by:
        refuse(
            "recusal.same_superior",
            _("You proposed this waiver. Another superior must confirm it."),
            basis=_("Recusal rules of the body"),
            remedy=_("The authority, or another head of the body, confirms it."),
        )
    lifecycle.move(
        waiver,
        "grant",
        decided_at=clock.now(),
        decided_by=[*waiver.decided_by, str(by.person_id)],
        decided_names=[*waiver.decided_names, by.name],
    )
    _record_waiver("recusal.confirm_waiver", waiver, by)
    reask(waiver.ruling.person_id, by=by)
    return waiver


@action("recusal.refuse_waiver", on="waiver")
def refuse_waiver(*, by: Actor, waiver: Waiver, reason: str) -> Waiver:
    """The second superior does not agree; the objection stands."""
    _reasoned(reason)
    lifecycle.move(waiver, "refuse", decided_at=clock.now(), decided_names=[*waiver.decided_names, by.name])
    _record_waiver("recusal.refuse_waiver", waiver, by, refusal=reason)
    return waiver


def _record_waiver(name: str, waiver: Waiver, by: Actor, **private: str) -> None:
    ruling = waiver.ruling
    facts = {"objection": waiver.objection_id, "until": waiver.until, "state": waiver.state, "decided_by": waiver.decided_by}
    record(name, waiver, by=by, about=[ruling, ruling.person], private={"reason": waiver.reason, **private}, **facts)


# ------------------------------------------------------------------------------------------------------------------- requests


@action("recusal.request")
def request_recusal(
    *,
    by: Actor,
    body: Organisation,
    reason: str,
    person: Person | None = None,
    named: str = "",
    event_id: UUID | None = None,
    filed_as: str = "party",
    for_name: str = "",
    for_contact: str = "",
) -> RecusalRequest:
    """Ask that a person step back, from one event or from all of a body. Until it is decided the person may not act.

    Whoever asks may know a name only (`named`); then the body says who is meant. `for_name`: somebody without an account, for whom a
    clerk files it.
    """
    _reasoned(reason)
    named = named.strip() or (person.name if person else "")
    if not named:
        refuse("recusal.nobody_named", _("Name the person who is to step back."), basis=_DECIDED)
    if filed_as not in RecusalRequest.FiledAs.values:
        refuse("recusal.filed_as", _("Say in what capacity the request is made."))
    if bool(for_name.strip()) != bool(for_contact.strip()):
        refuse("recusal.on_behalf", _("Give name and contact of the person for whom you file it: the decision is told there."))
    given = {"named": named, "name_index": name_index(named), "filed_as": filed_as}
    given |= {"for_name": for_name.strip(), "for_contact": for_contact.strip()}
    request = _file(by, person, body, reason, event_id, **given)
    private = {"reason": reason, "named": named, "for": request.for_name}
    about = [person] if person else []
    facts = {"event": str(event_id or ""), "filed_as": filed_as, "on_behalf": bool(request.for_name)}
    record("recusal.request", request, by=by, about=about, private=private, **facts)
    if person is not None:
        reask(person.pk, by=by)
    return request


@action("recusal.name_person", on="request")
def name_person(*, by: Actor, request: RecusalRequest, person: Person) -> RecusalRequest:
    """Say whom a request means that gave a name only; from now on the person does not act until it is decided."""
    if by.person_id == person.pk:
        refuse("recusal.own_case", _("Nobody decides on their own case."), basis=_DECIDED, remedy=_("Another superior decides."))
    if RecusalRequest.objects.filter(pk=request.pk, person=None, state="filed").update(person=person) != 1:
        refuse("recusal.named_already", _("It is said already whom this request means."))
    request.person = person
    record("recusal.name_person", request, by=by, about=[person])
    reask(person.pk, by=by)
    return request


@action("recusal.decide_request", on="request")
def decide_request(*, by: Actor, request: RecusalRequest, granted: bool, decision: str) -> RecusalRequest:
    """Decide on a request; granted, the person stays out at once, and what was done earlier is kept. Whoever filed it is told."""
    _reasoned(decision)
    if granted and request.person_id is None:
        refuse("recusal.not_named", _("Say first whom this request means."))
    request.decision = decision.strip()
    request.save(update_fields=["decision"])
    verb = "grant" if granted else "refuse"
    lifecycle.move(request, verb, decided_on=clock.today(), decided_by_id=by.person_id)
    _record_about("recusal.decide_request", request, by, granted=granted, private={"decision": decision})
    if request.filed_by_id is not None:
        kind = "recusal.request_granted" if granted else "recusal.request_refused"
        params = {"body": request.body.name, "event": request.event_text or request.body.name, "filed_on": request.filed_on}
        send(person_id=request.filed_by_id, kind=kind, params=params)
    return request


def _record_about(name: str, request: RecusalRequest, by: Actor, **said: Any) -> None:
    """The entry of what was done with a request; the person, where known, is asked again."""
    record(name, request, by=by, about=[request.person] if request.person else [], **said)
    if request.person_id is not None:
        reask(request.person_id, by=by)


@action("recusal.withdraw_request", on="request")
def withdraw_request(*, by: Actor, request: RecusalRequest) -> RecusalRequest:
    """Whoever filed a request takes it back before it is decided."""
    lifecycle.move(request, "withdraw")
    _record_about("recusal.withdraw_request", request, by)
    return request


@action("recusal.order")
def order_recusal(*, by: Actor, person: Person, body: Organisation, reason: str, event_id: UUID | None = None) -> RecusalRequest:
    """Order ex officio that a person step back."""
    _reasoned(reason)
    if by.person_id == person.pk:
        refuse("recusal.own_case", _("Nobody decides on their own case."), basis=_DECIDED)
    if by.capacity == "head_of_body" and by.organisation_id != body.pk:
        refuse("recusal.other_body", _("This is a matter of another body."))
    known = {"named": person.name, "name_index": name_index(person.name)}
    order = _file(by, person, body, reason, event_id, ex_officio=True, decision=reason.strip(), **known)
    lifecycle.move(order, "grant", decided_on=clock.today(), decided_by_id=by.person_id)
    record("recusal.order", order, by=by, about=[person], event=str(event_id or ""), private={"reason": reason})
    reask(person.pk, by=by)
    return order


def _file(by: Actor, person: Person | None, body: Organisation, reason: str, event_id: UUID | None, **more: Any) -> RecusalRequest:
    event = events.named(event_id) if event_id else None
    if event_id and (event is None or event.body_id != body.pk):
        refuse("recusal.no_event", _("There is no such exam event of this body."))
    return RecusalRequest.objects.create(
        person=person,
        body=body,
        event_id=event_id,
        event_text=event.text[:200] if event else "",
        filed_on=clock.today(),
        filed_by_id=by.person_id,
        reason=reason.strip(),
        **more,
    )


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        refuse("recusal.reason", _("State the reason in a sentence; it is kept with the decision."), basis=_DECIDED)


# ----------------------------------------------------------------------------------------------------------------- parameters


@action("recusal.set_policy")
def set_policy(*, by: Actor, code: str, value: str, source: str, effective_from: date) -> PolicyValue:
    """Set a parameter of the rules with its source from a day on; rulings keep the parameters they were made with."""
    if code in ("TRAINER_COOLOFF_YEARS", "ROTATION_TIMES"):
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 30):
            refuse("recusal.policy_number", _("Enter a whole number from 1 to 30."))
    elif code.removeprefix("severity:") not in rules.RULES or value not in ("block", "decide", "disclose"):
        refuse("recusal.policy_code", _("Choose a rule and how hard it weighs."))
    elif not rules.waivable(code.removeprefix("severity:")):
        refuse("recusal.policy_fixed", _("How hard this rule weighs cannot be changed."), basis=rules.RULES.get(code[9:]).basis)
    if not source.strip():
        refuse("recusal.policy_source", _("Name the source of the value."))
    if effective_from < clock.today():
        refuse("recusal.policy_past", _("A parameter cannot be set for the past."))
    row = PolicyValue.objects.create(
        code=code, value=value, source=source.strip(), effective_from=effective_from, set_by_id=by.person_id
    )
    record("recusal.set_policy", row, by=by, code=code, value=value, source=row.source, effective_from=effective_from)
    return row
