"""Reads of custody: keys, sealed papers, approvals that still count, bags, and the text of an opened paper."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.people.models import Person
from question_bank.assembly.models import Contribution, Paper
from question_bank.papers import content
from question_bank.papers.models import Approval, CustodianKey, HandOver, Opening, SealedPaper
from question_bank.papers.rules import TRIES_MINUTES
from question_bank.papers.sealing import Sealed, unseal
from question_bank.questions.wall import training_objection


def own_key(actor: Actor) -> CustodianKey | None:
    """The live key of the actor for the body acted for."""
    return CustodianKey.objects.filter(person_id=actor.person_id, organisation_id=actor.organisation_id, retired_at=None).first()


def live_keys(organisation_id: UUID) -> QuerySet[CustodianKey]:
    """The keys of custodians whose appointment stands today."""
    return (
        CustodianKey.objects.filter(organisation_id=organisation_id, retired_at=None, person_id__in=custodians_today(organisation_id))
        .select_related("person")
        .order_by("person__name_key", "person_id")
    )


def custodians_today(organisation_id: UUID) -> QuerySet[Appointment, UUID]:
    """Persons appointed custodian of the body today."""
    today = clock.today()
    return Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        capacity="custodian",
        organisation_id=organisation_id,
        state="in_force",
        since__lte=today,
    ).values_list("person_id", flat=True)


def key_holders(organisation_id: UUID) -> QuerySet[Person]:
    """Custodians of today who have a key."""
    return Person.objects.filter(pk__in=live_keys(organisation_id).values("person_id")).order_by("name_key", "id")


def contributors(paper: Paper) -> set[UUID]:
    """Persons who set, reviewed or approved questions of the paper, drew it or approved it."""
    found = set(Contribution.objects.filter(paper=paper).values_list("person_id", flat=True))
    return found | {pk for pk in (paper.drawn_by_id, paper.approved_by_id) if pk}


def standing_approvals(paper: Paper) -> list[Approval]:
    """Approvals that still count: of persons who are custodians today and do not train."""
    today = set(custodians_today(paper.organisation_id))
    return [
        approval
        for approval in paper.approvals.select_related("person").order_by("at")
        if approval.person_id in today and training_objection(approval.person_id, [paper.family]) is None
    ]


def wrong_tries(key: CustodianKey) -> int:
    """How often a wrong passphrase was given at a key within the last minutes."""
    return key.wrong_tries.filter(at__gt=clock.machine() - timedelta(minutes=TRIES_MINUTES)).count()


def opened_content(opening: Opening) -> dict[str, Any]:
    """The text of an opened paper, decrypted in memory from the ciphertext that was sealed."""
    sealed = SealedPaper.objects.get(paper_id=opening.paper_id)
    _salt, raw = unseal(Sealed.from_json(sealed.body), b64decode(opening.data_key))
    return content.read(raw)


def disclosure(opening: Opening) -> dict[str, Any]:
    """What proves that the paper used is the paper sealed: the salt, and seed and salt of the draw."""
    sealed = SealedPaper.objects.get(paper_id=opening.paper_id)
    salt, raw = unseal(Sealed.from_json(sealed.body), b64decode(opening.data_key))
    return {"salt": salt.hex(), "commitment": sealed.commitment, "draw": json.loads(raw).get("draw", {})}


def bags(paper: Paper) -> dict[str, list[HandOver]]:
    """The custody chain of each bag of a paper."""
    found: dict[str, list[HandOver]] = {}
    for link in paper.hand_overs.select_related("giver", "receiver", "supervisor", "decided_by").order_by("bag", "at", "id"):
        found.setdefault(link.bag, []).append(link)
    return found


def staff_of(organisation_id: UUID) -> QuerySet[Person]:
    """Persons with a live appointment in the body: whom a hand-over may name."""
    today = clock.today()
    live = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), organisation_id=organisation_id, state="in_force", since__lte=today
    )
    return Person.objects.filter(pk__in=live.values("person_id")).order_by("name_key", "id")


def missing_keys(persons: Iterable[Person], organisation_id: UUID) -> list[Person]:
    """Those who cannot be given an envelope: no live key, or no appointment as custodian."""
    able = set(live_keys(organisation_id).values_list("person_id", flat=True))
    return [person for person in persons if person.pk not in able]
