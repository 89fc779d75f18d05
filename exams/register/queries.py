"""Reads of the register: what a person holds, what bars him on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from exams.access import Actor
from exams.people.queries import persons_visible_to
from exams.register.models import Bar, Certificate, IntegrityEntry


def certificates_visible_to(actor: Actor) -> QuerySet[Certificate]:
    """Those of the persons one sees, and one's own."""
    return Certificate.objects.filter(person__in=persons_visible_to(actor)).select_related("person", "qualification")


def bars_visible_to(actor: Actor) -> QuerySet[Bar]:
    """Those of the persons one sees, and one's own."""
    return Bar.objects.filter(person__in=persons_visible_to(actor)).select_related("person")


visible_to = certificates_visible_to


def active_bars(person_id: UUID, on: date) -> QuerySet[Bar]:
    """The bars in force on a day; its last day still bars."""
    return Bar.objects.filter(person_id=person_id, state="in_force", since__lte=on, until__gte=on).order_by("until")


def barred(person_ids: Iterable[UUID], on: date) -> dict[UUID, date]:
    """Of several persons those who are barred on a day, each with the last day of the bar."""
    rows = Bar.objects.filter(person_id__in=list(person_ids), state="in_force", since__lte=on, until__gte=on)
    return dict(rows.order_by("until").values_list("person_id", "until"))


def held_codes(person_id: UUID) -> frozenset[str]:
    """Codes of the items of which the register has a certificate that was not taken away, valid or lapsed."""
    rows = Certificate.objects.filter(person_id=person_id, state="valid")
    return frozenset(rows.values_list("qualification__code", flat=True))


@dataclass(frozen=True)
class Record:
    """What the register has of one person: the certificates that were not taken away, latest first, and the bars in force on a day."""

    certificates: list[Certificate]
    bars: list[Bar]

    @property
    def codes(self) -> frozenset[str]:
        """The items of which a certificate is held, valid or lapsed."""
        return frozenset(held.qualification.code for held in self.certificates)

    def certificate(self, qualification_id: UUID) -> Certificate | None:
        """The latest certificate of an item."""
        return next((held for held in self.certificates if held.qualification_id == qualification_id), None)


def records_of(person_ids: Iterable[UUID], on: date) -> dict[UUID, Record]:
    """The record of each of several persons, in two queries."""
    found = {person: Record([], []) for person in person_ids}
    certificates = Certificate.objects.filter(person_id__in=list(found), state="valid").select_related("qualification")
    for certificate in certificates.order_by("-issued_on"):
        found[certificate.person_id].certificates.append(certificate)
    for bar in Bar.objects.filter(person_id__in=list(found), state="in_force", since__lte=on, until__gte=on).order_by("until"):
        found[bar.person_id].bars.append(bar)
    return found


def integrity_entries(person_id: UUID) -> QuerySet[IntegrityEntry]:
    """Shown to whoever decides; they bar nothing by themselves."""
    return IntegrityEntry.objects.filter(person_id=person_id)
