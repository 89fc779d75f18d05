"""Reads of persons, organisations and accounts, always for somebody."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.encryption import blind_index
from exams.journal import queries as journal
from exams.journal.models import Entry
from exams.people import identity
from exams.people.models import Account, Employment, KinEdge, Organisation, Person, Registration
from exams.people.reach import reached

# Every person of the installation: the accounts need it, or the supervision does. Numbers are masked for all of them.
EVERYBODY = frozenset({"system_administrator", "security_administrator", "authority_officer", "oversight_inspector", "system"})
# Those whom the own organisation registered or employs.
OF_MINE = frozenset({"head_of_body", "exam_clerk", "verifier", "application_approver", "employer_clerk", "training_manager"})
ORGANISATIONS_OF = OF_MINE | EVERYBODY


def index_of(document_type: str, number: str) -> str:
    """The keyed digest by which one document is recognised, whoever wrote it down. Other documents may share a number."""
    text = identity.tidy(number)
    return blind_index(text if document_type == "resident_id" else f"{document_type}:{text}")


def persons_visible_to(actor: Actor) -> QuerySet[Person]:
    """Everybody sees himself; the rest depends on the capacity."""
    if actor.capacity in EVERYBODY:
        return Person.objects.all()
    condition = Q(pk=actor.person_id) | reached(actor)
    if actor.capacity in OF_MINE:
        mine = {"organisation": actor.organisation_id}
        condition |= Q(pk__in=Registration.objects.filter(**mine).values("person"))
        condition |= Q(pk__in=Employment.objects.filter(**mine).values("person"))
    return Person.objects.filter(condition)


visible_to = persons_visible_to


def organisations_visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Names of organisations are public; only the pages about them are for the staff that keeps them."""
    if actor.capacity in ORGANISATIONS_OF:
        return Organisation.objects.all()
    return Organisation.objects.filter(Q(pk=actor.organisation_id) | Q(employments__person=actor.person_id)).distinct()


def accounts_visible_to(actor: Actor) -> QuerySet[Account]:
    """The account of every person one sees, and one's own."""
    if actor.capacity in EVERYBODY:
        return Account.objects.all()
    return Account.objects.filter(Q(pk=actor.account_id) | Q(person__in=persons_visible_to(actor)))


def kin_visible_to(actor: Actor) -> QuerySet[KinEdge]:
    """Declared relatives are for the person alone, and what a body entered for its head too; rulings show the rest to who decides."""
    condition = Q(person=actor.person_id)
    if actor.capacity == "head_of_body":
        condition |= Q(reported_by=actor.organisation_id)
    return KinEdge.objects.filter(condition, withdrawn_on=None)


def entries_visible_to(actor: Actor) -> QuerySet[Entry]:
    """What of a person's history the actor may know: that of the own organisation; administrators what they themselves keep."""
    if actor.capacity in {"system_administrator", "security_administrator"}:
        return Entry.objects.filter(Q(action__startswith="people.") | Q(action__startswith="appointments."))
    return journal.visible_to(actor)


def found_by_number(document_type: str, number: str, name: str) -> Person | None:
    """The person whose document this is, if the name fits as well; a number alone finds nobody."""
    person = Person.objects.filter(id_index=index_of(document_type, number)).first()
    return person if person and person.name_match == identity.compared_name(name) else None


def employed_by(organisation: Organisation, on: date | None = None) -> QuerySet[Person]:
    """Who holds a post there on a day, today unless told."""
    day = on or clock.today()
    holding = Employment.objects.filter(organisation=organisation, since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return Person.objects.filter(pk__in=holding.values("person"))
