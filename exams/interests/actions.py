"""Changes to what may stand in the way: each new fact is announced, so that everybody whom it concerns is asked again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.interests import events, matching, queries, rules
from exams.interests.models import Attendance, Authorship, Concealment, Declaration, Dispute, TrainingEngagement, Unmatched
from exams.journal.actions import action, record
from exams.messages.actions import Notice, send, send_many
from exams.people import identity, news, relations
from exams.people.models import Organisation, Person
from exams.verdicts import gettext_noop as _

SHORTEST_REASON = 8
_SEPARATION = _("Administrative Licensing Law, Art. 54; notice 2024 No. 34, I (3)")


@action("interests.record_training", on="organisation")
def record_training(
    *,
    by: Actor,
    person: Person,
    organisation: Organisation,
    family: str,
    role: str = "lecturer",
    since: date,
    until: date | None = None,
    course: str = "",
) -> TrainingEngagement:
    """Put on record that a person works, or worked, for the training of an item family; `until` is the last day."""
    return _engage(by, "interests.record_training", person, organisation, family, role, since, until, course)


@action("interests.declare_training", on="person")
def declare_training(
    *,
    by: Actor,
    person: Person,
    organisation: Organisation,
    family: str,
    role: str = "lecturer",
    since: date,
    until: date | None = None,
    course: str = "",
) -> TrainingEngagement:
    """The person declares own training work before anybody else reports it."""
    return _engage(by, "interests.declare_training", person, organisation, family, role, since, until, course)


def _engage(
    by: Actor, name: str, person: Person, organisation: Organisation, family: str, role: str, since: date, until: date | None, course: str
) -> TrainingEngagement:
    _in_order(since, until)
    if role not in TrainingEngagement.Role.values:
        refuse("interests.role", _("Choose a part from the list."))
    if not family.strip():
        refuse("interests.family", _("Say for which items the training was."), basis=_SEPARATION)
    Person.objects.select_for_update().get(pk=person.pk)
    same = {"person": person, "organisation": organisation, "family": family, "since": since}
    if TrainingEngagement.objects.filter(**same).exists():
        refuse("interests.known_training", _("This training engagement is on record already."))
    engagement = TrainingEngagement.objects.create(
        **same, role=role, until=until, course=course.strip(), reported_by_id=by.organisation_id, recorded_at=clock.now()
    )
    facts = {"family": family, "role": role, "since": since, "until": until}
    record(name, engagement, by=by, about=[person, organisation], private={"person": person.name}, **facts)
    news.announce(person.pk)
    return engagement


@action("interests.end_training", on="engagement")
def end_training(*, by: Actor, engagement: TrainingEngagement, until: date) -> TrainingEngagement:
    """Say on which day a training engagement ended; the cooling-off period runs from there."""
    _in_order(engagement.since, until)
    if TrainingEngagement.objects.filter(pk=engagement.pk, until=None).update(until=until) != 1:
        refuse("interests.training_ended", _("This training engagement has ended already."))
    engagement.until = until
    record("interests.end_training", engagement, by=by, about=[engagement.person], until=until)
    news.announce(engagement.person_id)
    return engagement


@action("interests.record_attendance", on="engagement")
def record_attendance(*, by: Actor, engagement: TrainingEngagement, trainees: Iterable[Person]) -> list[Attendance]:
    """Put on record who was trained; those already on the list are left as they are."""
    wanted = {person.pk: person for person in trainees if person.pk != engagement.person_id}
    if not wanted:
        refuse("interests.no_trainee", _("Name at least one trainee other than the trainer."))
    known = set(Attendance.objects.filter(engagement=engagement, trainee__in=wanted).values_list("trainee_id", flat=True))
    new = [
        Attendance(engagement=engagement, trainee=person, recorded_at=clock.now()) for pk, person in wanted.items() if pk not in known
    ]
    Attendance.objects.bulk_create(new)
    names = [row.trainee.name for row in new]
    record("interests.record_attendance", engagement, by=by, about=[engagement.person], new=len(new), private={"trainees": names})
    news.announce(engagement.person_id)
    return new


@action("interests.record_authorship", on="person")
def record_authorship(*, by: Actor, person: Person, title: str, family: str, published_on: date) -> Authorship:
    """Put on record that a person wrote or edited material for an examination."""
    if not title.strip() or not family.strip():
        refuse("interests.authorship", _("Give the title and the items it was written for."))
    same = {"person": person, "title": title.strip(), "family": family}
    if Authorship.objects.filter(**same).exists():
        refuse("interests.known_authorship", _("This work is on record already."))
    work = Authorship.objects.create(
        **same, published_on=published_on, reported_by_id=by.organisation_id, recorded_at=clock.now()
    )
    facts = {"title": work.title, "family": family, "published_on": published_on}
    record("interests.record_authorship", work, by=by, about=[person], private={"person": person.name}, **facts)
    news.announce(person.pk)
    return work


# ------------------------------------------------------------------------------------------------------------- declarations


@action("interests.ask_declaration")
def ask_declaration(*, by: Actor, person: Person, event_id: Any, due_on: date | None = None) -> Declaration:
    """Ask a person to declare for an event; once asked, or signed, nothing more is asked."""
    found = Declaration.objects.filter(person=person, event_id=event_id).exclude(state="updated").first()
    if found is None:
        found = _blank(person, event_id, 1)
        found.due_on = due_on
        found.save(force_insert=True)
        address = reverse("interests:declare", args=[found.event_id])
        send(person_id=person.pk, kind="interests.declare", params={"event": found.event_text}, url=address)
    record("interests.ask_declaration", found, by=by, about=[person], due_on=due_on)
    return found


@action("interests.sign_declaration", on="person")
def sign_declaration(*, by: Actor, person: Person, event_id: Any, answers: dict[str, Any]) -> Declaration:
    """Sign the declaration of interest for an event. A second one supplements the first, which stays as it was signed."""
    clean = rules.tidy(answers)
    objections = list(rules.objections(clean))
    if objections:
        raise Refused(objections)
    Person.objects.select_for_update().get(pk=person.pk)
    current = Declaration.objects.filter(person=person, event_id=event_id, state__in=["due", "signed"]).order_by("-version").first()
    declaration = _version_to_sign(by, person, event_id, current)
    signed_at = clock.now()
    declaration.answers = json.dumps(clean, ensure_ascii=False, sort_keys=True)
    declaration.signed_at = signed_at
    declaration.digest = rules.digest(
        person=str(person.pk), event=str(event_id), version=declaration.version, answers=clean, signed_at=signed_at
    )
    declaration.save()
    lifecycle.move(declaration, "sign")
    record(
        "interests.sign_declaration",
        declaration,
        by=by,
        about=[person],
        version=declaration.version,
        digest=declaration.digest,
        event=str(event_id),
        private={"answers": clean, "person": person.name},
    )
    news.announce(person.pk)
    return declaration


@action("interests.remind")
def remind(*, by: Actor) -> int:
    """Remind everybody whose declaration is due within days and not signed; each is reminded once."""
    today = clock.today()
    unsigned = Declaration.objects.filter(reminded_on=None, state="due")
    rows = [row for row in queries.to_remind() if unsigned.filter(pk=row.pk).update(reminded_on=today)]
    params = [{"event": row.event_text, "due_on": row.due_on.isoformat()} for row in rows]
    addresses = [reverse("interests:declare", args=[row.event_id]) for row in rows]
    send_many(
        Notice(person_id=row.person_id, kind="interests.remind", params=said, url=url)
        for row, said, url in zip(rows, params, addresses, strict=True)
    )
    record("interests.remind", ("installation", ""), by=by, reminded=len(rows))
    return len(rows)


def _version_to_sign(by: Actor, person: Person, event_id: Any, current: Declaration | None) -> Declaration:
    if current is None:
        return _blank(person, event_id, 1)
    if current.state == "due":
        return current
    lifecycle.move(current, "update")
    record("interests.sign_declaration", current, by=by, version=current.version, supplemented=True)
    return _blank(person, event_id, current.version + 1)


def _blank(person: Person, event_id: Any, version: int) -> Declaration:
    event = events.named(event_id)
    if event is None:
        refuse("interests.no_event", _("There is no such exam event."))
    return Declaration(person=person, event_id=event.id, event_text=event.text[:200], body_id=event.body_id, version=version)


# ------------------------------------------------------------------------------------------------- disputes and concealment


@action("interests.record_dispute", on="person")
def record_dispute(
    *,
    by: Actor,
    person: Person,
    text: str,
    since: date,
    other_person: Person | None = None,
    other_organisation: Organisation | None = None,
    other_name: str = "",
    until: date | None = None,
    kind: str = "dispute",
    number: str = "",
) -> Dispute | Unmatched:
    """Put a dispute or an earlier complaint on record: the person for himself, a superior for the own people. The words are encrypted.

    Who is named without a number waits until it is decided who that is; then what comes back is the `Unmatched`.
    """
    _in_order(since, until)
    if since > clock.today():
        refuse("interests.dispute_day", _("The first day lies in the future."))
    if kind not in Dispute.Kind.values:
        refuse("interests.dispute_kind", _("Choose a kind from the list."))
    if other_person is not None and other_person.pk == person.pk:
        refuse("interests.dispute_self", _("Nobody is in dispute with himself."))
    reported_by_id = None if by.person_id == person.pk else by.organisation_id
    if other_person is None and other_organisation is None:
        if not other_name.strip():
            refuse("interests.dispute_other", _("Name the person or organisation you are in dispute with."))
        rest = {"since": since, "until": until, "text": text.strip(), "dispute_kind": kind, "number": number.strip()}
        return _named(by, matching.Named(kind="dispute", name=other_name, person=person, rest=rest))
    dispute = Dispute.objects.create(
        person=person,
        other_person=other_person,
        other_organisation=other_organisation,
        kind=kind,
        number=number.strip(),
        text=text.strip(),
        since=since,
        until=until,
        reported_by_id=reported_by_id,
        recorded_at=clock.now(),
    )
    private = {"text": text, "person": person.name}
    record("interests.record_dispute", dispute, by=by, about=[person], kind=kind, since=since, private=private)
    news.announce(person.pk)
    return dispute


def _in_order(since: date, until: date | None) -> None:
    if until is not None and until < since:
        refuse("interests.period", _("The last day, %(until)s, lies before the first, %(since)s."), until=until, since=since)


def _named(by: Actor, report: matching.Named) -> Unmatched:
    """Keep a report that names somebody without a number."""
    objections = list(identity.name_objections(report.name))
    if objections:
        raise Refused(objections)
    rows = matching.wait_for(by, [report])
    if not rows:
        refuse("interests.named_already", _("This is on record already and waits for a decision, or was decided."))
    return rows[0]


@action("interests.end_dispute", on="dispute")
def end_dispute(*, by: Actor, dispute: Dispute, until: date) -> Dispute:
    """Say since when a dispute is over."""
    _in_order(dispute.since, until)
    if Dispute.objects.filter(Q(until=None), pk=dispute.pk, withdrawn_on=None).update(until=until) != 1:
        refuse("interests.dispute_ended", _("This dispute has ended already."))
    dispute.until = until
    record("interests.end_dispute", dispute, by=by, about=[dispute.person], until=until)
    news.announce(dispute.person_id)
    return dispute


@action("interests.withdraw_dispute", on="dispute")
def withdraw_dispute(*, by: Actor, dispute: Dispute, reason: str) -> Dispute:
    """Take back what was put on record in error. It stays, and rulings made with it stay as they were."""
    if len(reason.strip()) < SHORTEST_REASON:
        refuse("interests.dispute_reason", _("Say in a sentence why it was an error; it is kept."))
    if Dispute.objects.filter(pk=dispute.pk, withdrawn_on=None).update(withdrawn_on=clock.today()) != 1:
        refuse("interests.dispute_withdrawn", _("This dispute is withdrawn already."))
    dispute.withdrawn_on = clock.today()
    record("interests.withdraw_dispute", dispute, by=by, about=[dispute.person], private={"reason": reason.strip()})
    news.announce(dispute.person_id)
    return dispute


@action("interests.declare_relative", on="person")
def declare_relative(
    *, by: Actor, person: Person, relation: str, relative_name: str, birth_date: date | None, support: bool = False
) -> Unmatched:
    """Declare one's own relative whose document number one does not know: whoever may be meant is put to a superior as a doubt."""
    if relation not in relations.TITLES:
        refuse("people.relation", _("Choose a relation from the list."), basis=relations.BASIS)
    if birth_date is None or not date(1900, 1, 1) <= birth_date <= clock.today():
        refuse("interests.birth_date", _("Give the date of birth; by the name alone too many people may be meant."), basis=relations.BASIS)
    rest = {"relation": relation, "support": support}
    return _named(by, matching.Named(kind="kin", name=relative_name, birth_date=birth_date, person=person, rest=rest))


@action("interests.record_concealment")
def record_concealment(
    *, by: Actor, person: Person, proved_on: date, rule_id: str, text: str, decision_number: str = ""
) -> Concealment:
    """Put on record that a person hid a ground for recusal: no exam work in that year and the next (R-20)."""
    if not text.strip():
        refuse("interests.concealment_text", _("State what was hidden and how it was proved."))
    if proved_on > clock.today():
        refuse("interests.concealment_day", _("The day of the proof lies in the future."))
    if by.person_id == person.pk:
        refuse("interests.own_concealment", _("Nobody decides on their own case."))
    proof = Concealment.objects.create(
        person=person,
        proved_on=proved_on,
        rule_id=rule_id,
        text=text.strip(),
        decided_by_id=by.organisation_id,
        decision_number=decision_number,
        recorded_at=clock.now(),
    )
    private = {"text": text, "person": person.name}
    record("interests.record_concealment", proof, by=by, about=[person], rule=rule_id, proved_on=proved_on, private=private)
    news.announce(person.pk)
    return proof


@action("interests.revoke_concealment", on="concealment")
def revoke_concealment(*, by: Actor, concealment: Concealment, reason: str) -> Concealment:
    """The finding that a ground was hidden did not hold: the person may serve again. It stays on record as revoked."""
    if len(reason.strip()) < SHORTEST_REASON:
        refuse("interests.revoke_reason", _("State the reason in a sentence; it is kept with the decision."))
    if Concealment.objects.filter(pk=concealment.pk, revoked_on=None).update(revoked_on=clock.today()) != 1:
        refuse("interests.revoked_already", _("This is revoked already."))
    concealment.revoked_on = clock.today()
    record("interests.revoke_concealment", concealment, by=by, about=[concealment.person], private={"reason": reason.strip()})
    news.announce(concealment.person_id)
    return concealment
