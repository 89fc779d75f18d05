"""What appointments put into the registries: what has run out, who stands where, whom one reaches, the rail, the watched rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams import capacities, clock, spelling
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.appointments import actions, queries
from exams.appointments.models import Appointment
from exams.journal.projection import watch
from exams.navigation import entry
from exams.people.models import Person
from exams.people.reach import reach
from exams.people.vouching import vouching
from exams.recusal.facts import Matter
from exams.recusal.standing import Stand, standing
from exams.ticks import tick
from exams.verdicts import Objection, gettext_noop

RUNNING_OUT = timedelta(days=30)

watch(Appointment, "person", "capacity", "organisation", "families", "since", "until", "state")


@tick("appointments.end", every=600)
def end_run_out() -> None:
    """Mark as ended what has run out."""
    for appointment in actions.run_out():
        actions.end(by=SYSTEM, appointment=appointment)


@agenda("appointments.running_out", "head_of_body", "security_administrator")
def running_out(actor: Actor) -> Iterator[OpenItem]:
    """Appointments whose last day comes within thirty days."""
    today = clock.today()
    soon = queries.in_force().filter(until__lte=today + RUNNING_OUT, organisation=actor.organisation_id)
    for row in soon.exclude(person=actor.person_id).select_related("person").order_by("until")[:10]:
        words = {"name": row.person.name, "capacity": gettext(capacities.title(row.capacity)), "until": spelling.day(row.until)}
        title = gettext("The appointment of %(name)s as %(capacity)s ends on %(until)s") % words
        yield OpenItem("wait", title, url=reverse("appointments:appointment", args=[row.pk]), said=_("Ends soon"))


@vouching("appointments.serves_elsewhere")
def serves_elsewhere(actor: Actor, person: Person) -> Iterator[Objection]:
    """Whoever holds the account of an invigilator acts as one; so only the organisation served, or an administrator, hands it over."""
    if actor.capacity in ("system_administrator", "system"):
        return
    if Appointment.objects.filter(person=person, state="in_force").exclude(organisation=actor.organisation_id).exists():
        yield Objection(
            "appointments.serves_elsewhere",
            gettext_noop("This person serves for another organisation, which hands over the account."),
            remedy=gettext_noop("Ask the system administrator."),
        )


@standing("appointments.in_force")
def appointed(persons: frozenset[str]) -> Iterator[Stand]:
    """Whoever is appointed for item families is asked again when something about the person is new."""
    for row in queries.in_force().filter(person__in=persons).select_related("organisation"):
        matter = Matter(on=clock.today(), body_id=str(row.organisation_id), families=frozenset(row.families))
        yield Stand(str(row.person_id), row.capacity, matter, row)


@reach("appointments.staff", "head_of_body", "exam_clerk", "chief", "archivist", "application_approver")
def staff(actor: Actor) -> Q:
    """Whoever is, or was, appointed in one's own organisation."""
    return Q(pk__in=Appointment.objects.filter(organisation=actor.organisation_id).values("person"))


entry("home", _("Home"), "home", *capacities.CAPACITIES, "candidate", order=0)
REGISTRARS = ("system_administrator", "security_administrator", "employer_clerk", "training_manager")
entry("people.persons", _("Persons"), "people:persons", *REGISTRARS, order=60)
entry(
    "appointments.list", _("Appointments"), "appointments:list", "head_of_body", "security_administrator", "audit_administrator", order=62
)
entry("people.organisations", _("Organisations"), "people:organisations", "system_administrator", "security_administrator", order=65)
