"""Reads of training, authorship and declarations; the quick question whether somebody trains is one query."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from exams.access import Actor
from exams.interests import rules
from exams.interests.models import Authorship, Concealment, Declaration, Dispute, MatchDoubt, TrainingEngagement, Unmatched
from exams.people.models import Employment

SUPERVISION = frozenset({"authority_officer", "oversight_inspector", "system"})
REPORTERS = frozenset({"training_manager", "exam_clerk", "head_of_body"})


def visible_to(actor: Actor) -> QuerySet[TrainingEngagement]:
    """One's own; what one's organisation holds or reported; everything for the supervision."""
    return TrainingEngagement.objects.filter(_reported(actor) | _organised(actor))


def authorships_visible_to(actor: Actor) -> QuerySet[Authorship]:
    return Authorship.objects.filter(_reported(actor))


def declarations_visible_to(actor: Actor) -> QuerySet[Declaration]:
    """One's own; the body's for its head and clerk; those of supervised bodies for the authority."""
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in ("head_of_body", "exam_clerk"):
        mine |= Q(body=actor.organisation_id)
    if actor.capacity in SUPERVISION:
        mine |= Q(body__supervised_by=actor.organisation_id)
    return Declaration.objects.filter(mine)


def concealments_visible_to(actor: Actor) -> QuerySet[Concealment]:
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity == "head_of_body":
        mine |= Q(decided_by=actor.organisation_id)
    if actor.capacity in SUPERVISION:
        mine |= Q(decided_by=actor.organisation_id) | Q(decided_by__supervised_by=actor.organisation_id)
    return Concealment.objects.filter(mine)


def disputes_visible_to(actor: Actor) -> QuerySet[Dispute]:
    """A dispute is for the person who declared it; rulings show it to the superior who decides."""
    return Dispute.objects.filter(person=actor.person_id) if actor.person_id else Dispute.objects.none()


def words_shown(actor: Actor, declaration: Declaration) -> bool:
    """The content of a declaration is for the person, the deciding superior and the inspector."""
    return actor.person_id == declaration.person_id or actor.capacity in SUPERVISION | {"head_of_body"}


def answers(declaration: Declaration) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(declaration.answers or "{}")
    return stored


def grounds(declaration: Declaration) -> list[str]:
    return rules.grounds(answers(declaration))


def signed_declarations(persons: Collection[str], event_ids: Collection[str]) -> QuerySet[Declaration]:
    """The declarations in force for some events: signed, and not yet supplemented."""
    return Declaration.objects.filter(person__in=persons, event_id__in=event_ids, state="signed")


def is_whole(declaration: Declaration) -> bool:
    """Whether a signed declaration still says what was signed."""
    if not declaration.signed_at:
        return False
    return declaration.digest == rules.digest(
        person=str(declaration.person_id),
        event=str(declaration.event_id),
        version=declaration.version,
        answers=answers(declaration),
        signed_at=declaration.signed_at,
    )


def trains_now_or_within(person_id: Any, family: str | None, years: int, on: date) -> TrainingEngagement | None:
    """The latest training engagement (for the family, or for any) that lies within so many years before the day; one query."""
    try:
        earliest = on.replace(year=on.year - years)
    except ValueError:
        earliest = on.replace(year=on.year - years, day=28)
    rows = TrainingEngagement.objects.filter(person=person_id, since__lte=on).filter(Q(until=None) | Q(until__gte=earliest))
    if family is not None:
        rows = rows.filter(family=family)
    return rows.order_by("-since").first()


def training_post(person_id: Any, on: date) -> Employment | None:
    """A post in a training body on the day; one query."""
    rows = Employment.objects.filter(person=person_id, organisation__kind="training_body", since__lte=on)
    return rows.filter(Q(until=None) | Q(until__gte=on)).select_related("organisation").first()


# ---------------------------------------------------------------------------------------------- reported without a number


def told(unmatched: Unmatched) -> dict[str, Any]:
    """What was reported, days as days: name, birth_date, and what the kind needs."""
    stored: dict[str, Any] = json.loads(unmatched.told)
    return {key: date.fromisoformat(value) if key in _DAYS and value else value for key, value in stored.items()}


_DAYS = frozenset({"birth_date", "since", "until", "published_on"})


def open_doubts(persons: Collection[str], everybody: Collection[str]) -> QuerySet[MatchDoubt]:
    """Who of these may be somebody a report names, kin left out; and whom those may be with whom these persons are in dispute."""
    rows = MatchDoubt.objects.filter(Q(person__in=everybody) | Q(unmatched__person__in=persons), state="open", unmatched__state="open")
    return rows.exclude(unmatched__kind="kin").select_related(
        "person", "unmatched__person", "unmatched__organisation", "unmatched__course__organisation"
    )


def doubtful_kin() -> Iterator[tuple[str, str, str, bool]]:
    """Keys of declarer and of who may be the relative, the relation and the support, for every open doubt about kin."""
    rows = MatchDoubt.objects.filter(state="open", unmatched__state="open", unmatched__kind="kin")
    for row in rows.select_related("unmatched__person", "person"):
        said = json.loads(row.unmatched.told)
        yield row.unmatched.person.id_index, row.person.id_index, said["relation"], bool(said.get("support"))


def _reported(actor: Actor) -> Q:
    if actor.capacity in SUPERVISION:
        return Q()
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in REPORTERS:
        mine |= Q(reported_by=actor.organisation_id)
    return mine


def _organised(actor: Actor) -> Q:
    if actor.capacity in SUPERVISION:
        return Q()
    return Q(organisation=actor.organisation_id) if actor.capacity in REPORTERS else Q(pk__in=[])
