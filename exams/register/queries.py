"""Reads of the register: what a person holds, what bars him on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

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


def certificate_of(person_id: UUID, qualification_id: UUID) -> Certificate | None:
    """The latest certificate of an item."""
    return (
        Certificate.objects.filter(Q(person_id=person_id, qualification_id=qualification_id, state="valid")).order_by("-issued_on").first()
    )


def integrity_entries(person_id: UUID) -> QuerySet[IntegrityEntry]:
    """Shown to whoever decides; they bar nothing by themselves."""
    return IntegrityEntry.objects.filter(person_id=person_id)
