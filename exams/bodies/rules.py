"""Whether an exam body may hold an event: entrustment, other business, staff, findings; and whether its documents are current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

_ENTRUSTED = _("Terms of the entrustment; notice 2024 No. 34, I (3)")
_BUSINESS = _("Administrative Licensing Law, Art. 54; notice 2024 No. 34, I (3)")
_DOCUMENTS = _("Notice 2024 No. 34, I (3): quality-management rules")
_SEPARATORS = "、；;，,\n"


@dataclass(frozen=True)
class Mandate:
    """One entrustment as the rules see it."""

    families: frozenset[str]
    places: tuple[str, ...]
    since: date
    until: date
    in_force: bool = True


@dataclass(frozen=True)
class Standard:
    """What the authority asks of its bodies; nothing is asked until it says so."""

    full_time: int = 0
    assessors: int = 0
    many_candidates: int = 0
    assessors_if_many: int = 0
    findings_block: bool = False
    source: str = ""


@dataclass(frozen=True)
class State:
    """A body as it stands on a day."""

    name: str
    mandates: tuple[Mandate, ...] = ()
    undecided_business: tuple[str, ...] = ()
    forbidden_business: tuple[str, ...] = ()
    full_time: int = 0
    assessors: int = 0
    candidates_a_year: int = 0
    open_major_findings: int = 0
    standard: Standard = field(default=Standard())


def objections_to_event(
    state: State, *, families: Collection[str], place: str, starts_on: date, ends_on: date
) -> Iterator[Objection]:
    """Every reason why this body may not hold this event."""
    yield from _outside_mandate(state, families, place, starts_on, ends_on)
    yield from standing_objections(state)


def standing_objections(state: State, on: date | None = None) -> Iterator[Objection]:
    """What stands against any event of this body at all; with a day, also that no entrustment holds on it."""
    if on is not None and not any(one.in_force and one.since <= on <= one.until for one in state.mandates):
        yield _no("bodies.no_entrustment", _("%(body)s holds no entrustment in force."), body=state.name)
    yield from _business(state)
    yield from _too_few(state)
    if state.standard.findings_block and state.open_major_findings:
        yield Objection(
            "bodies.findings_open",
            _("%(n)s major findings of the internal check of %(body)s are open."),
            {"n": state.open_major_findings, "body": state.name},
            state.standard.source,
            _("Correct them and have the correction accepted."),
        )


def _outside_mandate(
    state: State, families: Collection[str], place: str, starts_on: date, ends_on: date
) -> Iterator[Objection]:
    live = [one for one in state.mandates if one.in_force]
    if not live:
        yield _no("bodies.no_entrustment", _("%(body)s holds no entrustment in force."), body=state.name)
        return
    dated = [one for one in live if one.since <= starts_on and ends_on <= one.until]
    if not dated:
        last = max(one.until for one in live)
        yield _no(
            "bodies.period",
            _("The event (%(starts)s to %(ends)s) lies outside the period of the entrustment, which ends on %(until)s."),
            starts=starts_on,
            ends=ends_on,
            until=last,
        )
        return
    for family in sorted(set(families)):
        if not any(family in one.families for one in dated):
            yield _no("bodies.item", _("%(family)s is not among the items entrusted to %(body)s."), family=family, body=state.name)
    for one_place in places_of(place):
        if not any(allowed in one_place for one in dated for allowed in one.places):
            yield _no("bodies.place", _("%(place)s is not among the places entrusted to %(body)s."), place=one_place, body=state.name)


def places_of(text: str) -> list[str]:
    """The single places named in a line."""
    for separator in _SEPARATORS:
        text = text.replace(separator, "\n")
    return [place.strip() for place in text.split("\n") if place.strip()]


def _business(state: State) -> Iterator[Objection]:
    for business in state.undecided_business:
        yield Objection(
            "body.business_conflict",
            _("%(organisation)s also does %(business)s; the authority has not decided on this."),
            {"organisation": state.name, "business": business},
            _BUSINESS,
            _("The authority decides on the declared business."),
        )
    for business in state.forbidden_business:
        yield Objection(
            "body.business_forbidden",
            _("%(organisation)s also does %(business)s; the authority does not allow it beside examinations."),
            {"organisation": state.name, "business": business},
            _BUSINESS,
            _("End the business and declare anew."),
        )


def _too_few(state: State) -> Iterator[Objection]:
    standard = state.standard
    if state.full_time < standard.full_time:
        message = _("%(body)s has %(have)s full-time staff; %(need)s are asked.")
        yield _staff("bodies.full_time", message, state, state.full_time, standard.full_time)
    many = standard.many_candidates and state.candidates_a_year >= standard.many_candidates
    need = max(standard.assessors, standard.assessors_if_many if many else 0)
    if state.assessors < need:
        yield _staff("bodies.assessors", _("%(body)s has %(have)s assessors; %(need)s are asked."), state, state.assessors, need)


def _staff(id: str, message: str, state: State, have: int, need: int) -> Objection:
    params = {"body": state.name, "have": have, "need": need}
    return Objection(id, message, params, state.standard.source, _("Register the staff with unit, qualification and years."))


def _no(id: str, message: str, **params: object) -> Objection:
    return Objection(id, message, dict(params), _ENTRUSTED, _("Change the event, or ask the authority to extend the entrustment."))


@dataclass(frozen=True)
class Paper:
    """One version of a management document."""

    kind: str
    approved_on: date
    review_on: date


def document_objections(papers: Iterable[Paper], kinds: dict[str, str], on: date) -> list[Objection]:
    """Which documents of the set are missing, or past their review, on a day. The newest approved version counts."""
    newest: dict[str, Paper] = {}
    for paper in sorted(papers, key=lambda one: one.approved_on):
        if paper.approved_on <= on:
            newest[paper.kind] = paper
    found = []
    for kind, title in kinds.items():
        if kind not in newest:
            found.append(
                Objection("bodies.document_missing", _("%(document)s: no version is in force."), {"document": title}, _DOCUMENTS,
                          _("File the approved version."), "disclose")
            )  # fmt: skip
        elif newest[kind].review_on < on:
            found.append(
                Objection(
                    "bodies.document_expired",
                    _("%(document)s was to be reviewed by %(date)s."),
                    {"document": title, "date": newest[kind].review_on},
                    _DOCUMENTS,
                    _("Review the document and file the new version."),
                    "disclose",
                )
            )
    return found
