"""Separation of duties: which appointments one person may hold together, and who may grant which; facts in, objections out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from exams.capacities import AUTHORITY, BODY, CAPACITIES, EMPLOYER, TRAINING, excludes, title
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

_ADMINISTRATION = tuple(id for id, row in CAPACITIES.items() if row.group == "administration")
_OF_BODY = tuple(id for id, row in CAPACITIES.items() if BODY in row.organisation_kinds and id not in _ADMINISTRATION)
_OUTSIDE = ("employer_clerk", "training_manager")
_OF_AUTHORITY = ("authority_officer", "oversight_inspector")

# Who grants what. Administrators of the system open accounts and grant nothing; the security administrator grants and opens none.
GRANTS: dict[str, frozenset[str]] = {
    "head_of_body": frozenset(_OF_BODY) - {"head_of_body"} | {"employer_clerk"},
    "security_administrator": frozenset(("head_of_body", *_ADMINISTRATION, *_OUTSIDE, *_OF_AUTHORITY)),
    "authority_officer": frozenset(("head_of_body", "oversight_inspector", "training_manager")),
    "system": frozenset(CAPACITIES),
}
_SEPARATION = "GB/T 22239-2019 8.1.4.2"


@dataclass(frozen=True)
class Held:
    """One appointment, wanted or held; `until` is the last day, None while nothing ends it."""

    capacity: str
    organisation_id: str
    organisation_kind: str
    organisation: str
    since: date
    until: date | None = None

    def overlaps(self, other: Held) -> bool:
        return (other.until is None or self.since <= other.until) and (self.until is None or other.since <= self.until)


def objections(person: str, wanted: Held, held: Iterable[Held], today: date) -> Iterator[Objection]:
    """Everything against appointing this person as wanted, beside what is held already."""
    capacity = CAPACITIES.get(wanted.capacity)
    if capacity is None:
        yield Objection("appointments.capacity", _("This capacity is not on the list."))
        return
    if wanted.organisation_kind not in capacity.organisation_kinds:
        kinds = {AUTHORITY: _("issuing authority"), BODY: _("exam body"), EMPLOYER: _("employer"), TRAINING: _("training body")}
        yield Objection(
            "appointments.organisation",
            _("%(capacity)s does not exist in an organisation of this kind; it belongs to: %(kind)s."),
            {"capacity": capacity.title, "kind": kinds[capacity.organisation_kinds[0]]},
        )
    yield from _period(wanted, today)
    for other in held:
        if wanted.overlaps(other):
            yield from _beside(person, wanted, other)


def _period(wanted: Held, today: date) -> Iterator[Objection]:
    if wanted.until is not None and wanted.until < wanted.since:
        yield Objection(
            "appointments.period",
            _("The last day, %(until)s, lies before the first, %(since)s."),
            {"until": wanted.until.isoformat(), "since": wanted.since.isoformat()},
        )
    elif wanted.until is not None and wanted.until < today:
        yield Objection("appointments.over", _("This period is over already; nobody is appointed for the past."))


def _beside(person: str, wanted: Held, other: Held) -> Iterator[Objection]:
    if (wanted.capacity, wanted.organisation_id) == (other.capacity, other.organisation_id):
        yield Objection(
            "appointments.twice",
            _("%(person)s holds this appointment already for part of that time."),
            {"person": person},
            remedy=_("Begin the new appointment after the old one, or end the old one first."),
        )
    basis = excludes(wanted.capacity, other.capacity)
    if basis is not None:
        yield Objection(
            "duty.incompatible",
            _("%(person)s already serves as %(held)s; this excludes %(wanted)s."),
            {"person": person, "held": title(other.capacity), "wanted": title(wanted.capacity)},
            basis,
            _("End the other appointment first, or appoint somebody else."),
        )


def vouching_objections(person: str, wanted: Held, vouched_by: str, vouched_kind: str) -> Iterator[Objection]:
    """An account that an employer or a training body handed over is no staff account of somebody else: nobody there checked a card."""
    if vouched_kind in (EMPLOYER, TRAINING) and vouched_by != wanted.organisation_id:
        yield Objection(
            "appointments.not_vouched",
            _("%(person)s was given the account by an employer or a training body."),
            {"person": person},
            _SEPARATION,
            _("Check the identity card, hand over a new first password in person, then appoint."),
        )


def grant_objections(granting: str, wanted: str, *, oneself: bool) -> Iterator[Objection]:
    """Whether the capacity acted in may grant the wanted one; nobody appoints oneself."""
    if oneself:
        yield Objection("appointments.oneself", _("Nobody appoints oneself."), {}, _SEPARATION, _("Ask another person who may appoint."))
    if wanted not in GRANTS.get(granting, frozenset()):
        yield Objection(
            "appointments.not_yours",
            _("%(granting)s does not grant the capacity %(wanted)s."),
            {"granting": title(granting), "wanted": title(wanted)},
            _SEPARATION,
            _("The head of the exam body appoints its staff; the security administrator grants the rest."),
        )
