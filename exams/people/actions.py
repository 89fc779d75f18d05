"""Changes to organisations, persons, employment and declared kin, and the showing of a number in full."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people import identity, news, relations
from exams.people.arrivals import arrived
from exams.people.credentials import open_account
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.people.pinyin import search_key
from exams.people.queries import index_of
from exams.people.registering import Stated, keep_posts, register
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

__all__ = ["open_account"]

SHORTEST_PURPOSE = 4
LONGEST_POST = 80


@action("people.register_organisation", on="kind")
def register_organisation(
    *, by: Actor, kind: str, name: str, credit_code: str, supervised_by: Organisation | None = None, name_en: str = ""
) -> Organisation:
    """Enter an organisation; its credit code is its identity."""
    code, title = identity.tidy(credit_code), identity.proper_name(name)
    objections = list(identity.credit_code_objections(code))
    if not title or len(title) > 120:
        objections.append(Objection("people.organisation_name", _("Enter the full name of the organisation, at most 120 characters.")))
    if kind not in Organisation.Kind.values:
        objections.append(Objection("people.organisation_kind", _("This kind of organisation is not known.")))
    taken = Organisation.objects.filter(credit_code=code).first()
    if taken:
        objections.append(_taken_code(taken.name))
    if objections:
        raise Refused(objections)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                kind=kind, name=title, name_en=name_en.strip(), name_key=search_key(title), credit_code=code, supervised_by=supervised_by
            )
    except IntegrityError:
        raise Refused([_taken_code("")]) from None
    record("people.register_organisation", organisation, by=by, kind=kind, name=title, credit_code=code)
    return organisation


def _taken_code(name: str) -> Objection:
    return Objection(
        "people.credit_code_taken",
        _("An organisation with this credit code is entered already: %(name)s."),
        {"name": name},
        remedy=_("Use the organisation that stands here."),
    )


@action("people.register_person")
def register_person(
    *,
    by: Actor,
    name: str,
    id_number: str,
    phone: str = "",
    document_type: str = "resident_id",
    sex: str = "",
    birth_date: date | None = None,
) -> Person:
    """Register a person, or find the one who is registered: same document, same name. The number is kept encrypted."""
    stated = Stated(name=name, id_number=id_number, phone=phone, document_type=document_type, sex=sex, birth_date=birth_date)
    return register(by, [stated])[0]


@action("people.correct_person", on="person")
def correct_person(*, by: Actor, person: Person, reason: str, name: str = "", phone: str = "") -> Person:
    """Correct the name or the telephone number; the number of the document is never changed, for it is the person's identity."""
    objections = list(_purpose_objections(reason))
    if name:
        objections += identity.name_objections(name)
    if phone:
        objections += identity.phone_objections(phone)
    if objections:
        raise Refused(objections)
    person = Person.objects.select_for_update().get(pk=person.pk)
    before = {"name": person.name, "phone": person.phone}
    if name:
        person.name, person.name_key, person.name_match = identity.proper_name(name), search_key(name), identity.compared_name(name)
    if phone:
        person.phone = identity.proper_phone(phone)
    person.save(update_fields=["name", "name_key", "name_match", "phone"])
    after = {"name": person.name, "phone": person.phone}
    record("people.correct_person", person, by=by, reason=reason, private={"before": before, "after": after})
    arrived(by, [person] if name else [])
    news.announce(person.pk)
    return person


@action("people.record_employment", on="organisation")
def record_employment(
    *, by: Actor, person: Person, organisation: Organisation, since: date, until: date | None = None, post: str = ""
) -> Employment:
    """Record that a person holds or held a post; `until` is the last day."""
    _in_order(since, until)
    Person.objects.select_for_update().get(pk=person.pk)
    same = Employment.objects.filter(person=person, organisation=organisation, until=None)
    if until is None and same.exists():
        refuse(
            "people.employed_already",
            _("A post of this person in this organisation is recorded and has not ended."),
            remedy=_("End that post first."),
        )
    post = post.strip()[:LONGEST_POST]
    return keep_posts(by, [Employment(person=person, organisation=organisation, since=since, until=until, post=post)])[0]


@action("people.end_employment", on="employment")
def end_employment(*, by: Actor, employment: Employment, until: date) -> Employment:
    """End a post with its last day; what has ended stays as it was."""
    _in_order(employment.since, until)
    if Employment.objects.filter(pk=employment.pk, until=None).update(until=until) != 1:
        refuse("people.employment_ended", _("This post has ended already."))
    employment.until = until
    record("people.end_employment", employment, by=by, about=[employment.person], until=until)
    news.announce(employment.person_id)
    return employment


def _in_order(since: date, until: date | None) -> None:
    if until is not None and until < since:
        refuse("people.period", _("The last day, %(until)s, lies before the first, %(since)s."), until=until, since=since)


@action("people.declare_kin", on="person")
def declare_kin(
    *,
    by: Actor,
    person: Person,
    relation: str,
    relative_name: str,
    relative_id_number: str,
    support: bool = False,
    document_type: str = "resident_id",
    reported_by: Organisation | None = None,
    paper: str = "",
) -> KinEdge:
    """Declare one's own relative by document, so that two declarations of different people meet. Names stay encrypted.

    `reported_by` and `paper` stand where a body entered it from a form the person signed; the person's own declaration takes its place.
    """
    read = identity.read(document_type, relative_id_number, clock.today(), identity.ANY_AGE)
    objections = [*identity.name_objections(relative_name), *read.objections]
    index = index_of(document_type, read.number)
    if relation not in relations.TITLES:
        objections.append(Objection("people.relation", _("Choose a relation from the list."), {}, relations.BASIS))
    if index == person.id_index:
        objections.append(Objection("people.own_kin", _("This is the person’s own document.")))
    if objections:
        raise Refused(objections)
    edge, new = KinEdge.objects.get_or_create(
        person=person,
        relative_index=index,
        relation=relation,
        withdrawn_on=None,
        defaults={
            "relative_name": identity.proper_name(relative_name),
            "support": support,
            "declared_on": clock.today(),
            "reported_by": reported_by,
            "paper": paper.strip(),
        },
    )
    if edge.reported_by_id and by.person_id == person.pk:
        edge.reported_by, edge.paper, edge.support, edge.declared_on = None, "", support, clock.today()
        edge.save(update_fields=["reported_by", "paper", "support", "declared_on"])
    elif not new:
        refuse("people.declared_already", _("This relative is declared already."))
    private = {"person": person.name, "relation": relation, "relative": edge.relative_name, "index": index}
    record("people.declare_kin", edge, by=by, about=[person], private=private)
    news.announce(person.pk)
    return edge


@action("people.withdraw_kin", on="edge")
def withdraw_kin(*, by: Actor, edge: KinEdge, reason: str) -> KinEdge:
    """Withdraw a declaration made in error. It stays on record and rulings made with it stay as they were."""
    objections = list(_purpose_objections(reason))
    if objections:
        raise Refused(objections)
    if KinEdge.objects.filter(pk=edge.pk, withdrawn_on=None).update(withdrawn_on=clock.today()) != 1:
        refuse("people.withdrawn_already", _("This declaration is withdrawn already."))
    edge.withdrawn_on = clock.today()
    record("people.withdraw_kin", edge, by=by, about=[edge.person], reason=reason)
    news.announce(edge.person_id)
    return edge


@action("people.show_in_full", on="person")
def show_in_full(*, by: Actor, person: Person, purpose: str) -> dict[str, str]:
    """Show identity number and telephone in full. The purpose goes on record before anything is shown."""
    objections = list(_purpose_objections(purpose))
    if objections:
        raise Refused(objections)
    record("people.show_in_full", person, by=by, purpose=purpose.strip(), private={"name": person.name})
    return {"id_number": person.id_number, "phone": person.phone}


def _purpose_objections(purpose: str) -> list[Objection]:
    if len(purpose.strip()) >= SHORTEST_PURPOSE:
        return []
    basis = _("Personal Information Protection Law, Arts. 6 and 51")
    return [Objection("people.purpose", _("State in a few words what it is for; the words are kept."), {}, basis)]
