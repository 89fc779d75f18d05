"""Who somebody is whom a report names without a number: decided by a named person, or said by whoever reported it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Stale, refuse
from exams.interests import matching, queries, recording
from exams.interests.models import Authorship, Dispute, MatchDoubt, TrainingEngagement, Unmatched
from exams.journal.actions import action, record
from exams.people import news
from exams.people.actions import declare_kin
from exams.people.models import Employment, KinEdge, Person
from exams.people.queries import index_of
from exams.people.registering import Stated, keep_posts, register
from exams.verdicts import gettext_noop as _

BASIS = _("Civil Servant Law, Arts. 74 and 76; notice 2024 No. 34, I (3)")
SHORTEST_REASON = 8
BY_NUMBER = _("Whoever reported it has given the number of the document.")


@action("interests.decide_doubt", on="doubt")
def decide_doubt(*, by: Actor, doubt: MatchDoubt, same: bool, reason: str) -> MatchDoubt:
    """Decide that the report means this person, which puts the fact on record and answers every other doubt, or that it does not."""
    _reasoned(reason)
    unmatched = _held(doubt.unmatched)
    doubt.unmatched = unmatched
    _answer(by, doubt, "same" if same else "other", reason)
    if same:
        _match(by, unmatched, doubt.person, reason)
    for person in matching.concerned([doubt]):
        news.announce(person)
    return doubt


@action("interests.decide_doubt", on="unmatched")
def none_of_them(*, by: Actor, unmatched: Unmatched, reason: str) -> Unmatched:
    """Decide that the report means nobody of those registered now; whoever is registered later under the name raises a new doubt."""
    _reasoned(reason)
    unmatched = _held(unmatched)
    _answer_all(by, unmatched, reason)
    record("interests.decide_doubt", unmatched, by=by, nobody=True, private={"reason": reason.strip()})
    return unmatched


@action("interests.reopen_doubt", on="doubt")
def reopen_doubt(*, by: Actor, doubt: MatchDoubt, reason: str) -> MatchDoubt:
    """Take up again a doubt that was answered with “another person”, because something new is known."""
    _reasoned(reason)
    _held(doubt.unmatched)
    lifecycle.move(doubt, "reopen", decided_at=None, decided_by_id=None)
    record("interests.reopen_doubt", doubt, by=by, about=[doubt.person], private={"reason": reason.strip()})
    for person in matching.concerned([doubt]):
        news.announce(person)
    return doubt


@action("interests.identify", on="unmatched")
def identify(*, by: Actor, unmatched: Unmatched, id_number: str, document_type: str = "resident_id") -> Unmatched:
    """Whoever reported the name gives the number of the document: nothing is left to be decided."""
    unmatched = _held(unmatched)
    name, person = queries.told(unmatched)["name"], None
    if unmatched.kind == "kin":
        _declare(by, unmatched, name, id_number, document_type)
        person = Person.objects.filter(id_index=index_of(document_type, id_number)).first()
    else:
        person = register(by, [Stated(name=name, id_number=id_number, document_type=document_type)])[0]
        if person.pk == unmatched.person_id:
            refuse("interests.own_number", _("This is the number of the person who is concerned, not of the other."))
    if person is None:
        _answer_all(by, unmatched, BY_NUMBER)
        lifecycle.move(unmatched, "complete")
    else:
        _match(by, unmatched, person, BY_NUMBER)
    record("interests.identify", unmatched, by=by, about=[person] if person else [])
    return unmatched


@action("interests.withdraw_name", on="unmatched")
def withdraw_name(*, by: Actor, unmatched: Unmatched, reason: str) -> Unmatched:
    """Take back a report made in error; it stays on record."""
    _reasoned(reason)
    unmatched = _held(unmatched)
    doubts = list(unmatched.doubts.filter(state="open"))
    lifecycle.move(unmatched, "withdraw")
    record("interests.withdraw_name", unmatched, by=by, private={"reason": reason.strip()})
    for person in matching.concerned(doubts):
        news.announce(person)
    return unmatched


@action("interests.match_again")
def match_again(*, by: Actor) -> list[MatchDoubt]:
    """Raise the doubts that report and registration, made at the same moment, did not see."""
    new = matching.raise_doubts(by, matching.missed())
    record("interests.match_again", ("installation", ""), by=by, new=len(new))
    return new


# --------------------------------------------------------------------------------------------------- called inside other actions


def settle_by_number(by: Actor, answered: Iterable[tuple[Unmatched, Person]]) -> None:
    """Certain reports answer those that named the same by name alone."""
    for unmatched, person in answered:
        _match(by, _held(unmatched), person, BY_NUMBER)


def _held(unmatched: Unmatched) -> Unmatched:
    found = Unmatched.objects.select_for_update(of=("self",)).select_related("person", "organisation", "course__organisation")
    row: Unmatched = found.get(pk=unmatched.pk)
    if row.state != "open":
        raise Stale(row)
    return row


def _match(by: Actor, unmatched: Unmatched, person: Person, reason: str) -> None:
    """The report means this person: the fact goes on record, and nobody else is meant."""
    own = unmatched.doubts.filter(person=person, state="open").first()
    if own is not None:
        _answer(by, own, "same", reason)
    _answer_all(by, unmatched, reason)
    lifecycle.move(unmatched, "match", matched_to_id=person.pk)
    record("interests.decide_doubt", unmatched, by=by, about=[person], matched_to=person.pk, private={"reason": reason.strip()})
    _ESTABLISH[unmatched.kind](by, unmatched, queries.told(unmatched), person)


def _answer_all(by: Actor, unmatched: Unmatched, reason: str) -> None:
    for doubt in unmatched.doubts.filter(state="open").select_related("person"):
        doubt.unmatched = unmatched
        _answer(by, doubt, "other", reason)
        for person in matching.concerned([doubt]):
            news.announce(person)


def _answer(by: Actor, doubt: MatchDoubt, verb: str, reason: str) -> None:
    doubt.reason = reason.strip()
    doubt.save(update_fields=["reason"])
    lifecycle.move(doubt, verb, decided_at=clock.now(), decided_by_id=by.person_id)
    about = [doubt.person, doubt.unmatched]
    record("interests.decide_doubt", doubt, by=by, about=about, answer=doubt.state, private={"reason": doubt.reason})


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        refuse("interests.doubt_reason", _("State in a sentence how you know; it is kept with the decision."), basis=BASIS)


# ------------------------------------------------------------------------------------------------------------ what was reported


def _taught(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    days: dict[str, date | None] = {"since": said.get("since"), "until": said.get("until")}
    role = said.get("role") or TrainingEngagement.Role.LECTURER
    recording.teachers(by, [recording.Taught(course=unmatched.course, person=person, role=role, **days)])


def _attended(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    recording.trainees(by, [(unmatched.course, person)])


def _wrote(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    work = {"person": person, "title": said["title"], "family": said["family"]}
    if not Authorship.objects.filter(**work).exists():
        recording.works(by, [Authorship(**work, published_on=said["published_on"])])


def _employed(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    post = {"person": person, "organisation": unmatched.organisation, "since": said["since"]}
    if not Employment.objects.filter(**post).exists():
        keep_posts(by, [Employment(**post, until=said.get("until"), post=said.get("post") or "")])


def _related(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    _declare(by, unmatched, person.name, person.id_number, person.document_type)


def _declare(by: Actor, unmatched: Unmatched, name: str, number: str, document_type: str) -> None:
    said, declarer = queries.told(unmatched), unmatched.person
    index = index_of(document_type, number)
    if KinEdge.objects.filter(person=declarer, relative_index=index, relation=said["relation"], withdrawn_on=None).exists():
        return
    declare_kin.plain(  # type: ignore[attr-defined]
        by=by,
        person=declarer,
        relation=said["relation"],
        relative_name=name,
        relative_id_number=number,
        document_type=document_type,
        support=bool(said.get("support")),
        reported_by=unmatched.reported_by,
        paper=said.get("paper") or "",
    )


def _disputed(by: Actor, unmatched: Unmatched, said: dict[str, Any], person: Person) -> None:
    row = Dispute.objects.create(
        person=unmatched.person,
        other_person=person,
        kind=said.get("dispute_kind") or Dispute.Kind.DISPUTE,
        number=said.get("number") or "",
        text=said.get("text") or "",
        since=said["since"],
        until=said.get("until"),
        reported_by=unmatched.reported_by,
        recorded_at=clock.now(),
    )
    record("interests.record_dispute", row, by=by, about=[row.person, person], private={"text": row.text})
    news.announce(row.person_id)


_ESTABLISH: dict[str, Callable[[Actor, Unmatched, dict[str, Any], Person], None]] = {
    "training": _taught,
    "attendance": _attended,
    "authorship": _wrote,
    "employment": _employed,
    "kin": _related,
    "dispute": _disputed,
}
