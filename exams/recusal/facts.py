"""What the recusal rules are asked with: one matter and the facts about one person, frozen, and the same again after JSON."""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from exams.recusal.canonical import build, canonical, plain, remembered

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """What is asked about: the day, the item, the persons and organisations it touches. Ids are texts."""

    on: date
    event_id: str = ""
    body_id: str = ""
    family: str = ""
    families: frozenset[str] = NOBODY  # where one duty covers several items; `family` need not be repeated
    qualification: str = ""
    item: str = ""  # its name, for the sentence
    form: str = "theory"  # theory, practical, oral
    room: str = ""
    candidates: frozenset[str] = NOBODY  # persons
    employers: frozenset[str] = NOBODY  # organisations that sent them, as their applications say
    colleagues: frozenset[str] = NOBODY  # persons already on duty in the same room
    paper_ids: frozenset[str] = NOBODY
    question_ids: frozenset[str] = NOBODY
    inspected: frozenset[str] = NOBODY  # organisations under inspection
    complaint_id: str = ""

    @property
    def all_families(self) -> frozenset[str]:
        return self.families | ({self.family} if self.family else NOBODY)

    def as_json(self) -> dict[str, Any]:
        return typing.cast(dict[str, Any], plain(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Matter:
        return typing.cast(Matter, build(cls, data))


class Fact:
    """Something on record about `person`; `within` says what of it concerns a matter, so that a ruling keeps no more."""

    __slots__ = ()

    def within(self, matter: Matter) -> Self | None:
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A person by id and by key (the keyed digest of the identity number), as far as sentences and kinship need it."""

    id: str
    key: str
    name: str
    sex: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KinEdge:
    """One declaration: `relative` is the `relation` of `person`; both are keys, so that two half-declarations meet.

    `doubtful`: the relative was named without a number, and it is not decided whether that is the person of the key.
    """

    person: str
    relative: str
    relation: str
    support: bool = False
    doubtful: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Training(Fact):
    """Took part in training for one item family; `until` is empty while it goes on."""

    person: str
    organisation: str
    organisation_name: str
    family: str
    role: str = ""
    since: date
    until: date | None = None
    trainees: frozenset[str] = NOBODY

    def within(self, matter: Matter) -> Self:
        return replace(self, trainees=self.trainees & matter.candidates)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authored(Fact):
    """Wrote or edited material for the examination of one item family."""

    person: str
    title: str
    family: str
    published_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Employment(Fact):
    """Held a post; kind is the organisation's: issuing_authority, exam_body, employer, training_body."""

    person: str
    organisation: str
    organisation_name: str
    kind: str = ""
    since: date
    until: date | None = None
    post: str = ""

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared(Fact):
    """Signed (or has not signed) the declaration of interest for an event; grounds are msgids or the person's own words."""

    person: str
    event_id: str
    signed_on: date | None
    grounds: tuple[str, ...] = ()

    def within(self, matter: Matter) -> Self | None:
        return self if matter.event_id == self.event_id else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Concealed(Fact):
    """It was proved on that day that the person hid a ground."""

    person: str
    proved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested(Fact):
    """Somebody asked that the person step back: state filed, or granted (also where it was ordered ex officio)."""

    person: str
    event_id: str  # empty: in every event of the body
    body_id: str
    state: str
    filed_on: date
    decided_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Disputed(Fact):
    """In dispute with a person or an organisation."""

    person: str
    other: str
    other_name: str
    since: date
    until: date | None = None

    def within(self, matter: Matter) -> Self | None:
        return self if self.other in matter.candidates | matter.employers | matter.inspected else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Held(Fact):
    """Already serves in a capacity; `scope` is the event, slot or body in which it does, empty: everywhere."""

    person: str
    capacity: str
    scope: str = ""

    def within(self, matter: Matter) -> Self | None:
        return self if self.scope in ("", matter.event_id, matter.body_id) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand(Fact):
    """Had a hand in a question or a paper: set, reviewed, approved, assembled; `event` and `family` say where it is sat."""

    person: str
    part: str
    number: str
    paper: str = ""
    question: str = ""
    event: str = ""
    family: str = ""

    def within(self, matter: Matter) -> Self | None:
        sat_here = bool(self.event) and self.event == matter.event_id
        if sat_here or (self.question and self.question in matter.question_ids):
            return self
        return replace(self, event="") if self.paper in matter.paper_ids else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessed(Fact):
    """Assessed a candidate in an earlier attempt."""

    person: str
    candidate: str
    on: date

    def within(self, matter: Matter) -> Self | None:
        return self if self.candidate in matter.candidates and self.on < matter.on else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedTogether(Fact):
    """Two persons served together in one room of a place on that day."""

    person: str
    other: str
    other_name: str
    place: str
    on: date

    def within(self, matter: Matter) -> Self | None:
        return self if self.other in matter.colleagues and years_before(matter.on, 1) <= self.on < matter.on else None


@dataclass(frozen=True, kw_only=True, slots=True)
class TakesPart(Fact):
    """Took part in the matter a complaint is about."""

    person: str
    complaint_id: str
    number: str

    def within(self, matter: Matter) -> Self | None:
        return self if self.complaint_id == matter.complaint_id else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie(Fact):
    """Any other tie with an organisation, in words (a msgid or a name): appointed by it, lectures for it …"""

    person: str
    organisation: str
    organisation_name: str
    tie: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt(Fact):
    """A report names somebody without a number who may be `who`: one of the other fields is what would then be on record."""

    person: str
    who: str
    named: str
    training: Training | None = None
    authored: Authored | None = None
    employment: Employment | None = None
    disputed: Disputed | None = None

    @property
    def supposed(self) -> list[Fact]:
        return [part for part in (self.training, self.authored, self.employment, self.disputed) if part is not None]

    def within(self, matter: Matter) -> Self | None:
        training = self.training and self.training.within(matter)
        disputed = self.disputed and self.disputed.within(matter)
        if training and self.who != self.person and not training.trainees:
            training = None
        part = replace(self, training=training, disputed=disputed)
        return part if part.supposed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyTraining(Fact):
    """The annual training for a capacity holds until that day."""

    person: str
    capacity: str
    until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The parameters in force on the day, each with its source; `severities` overrides what a rule starts with."""

    cooloff_years: int = 3
    cooloff_source: str = "W-FJ; W-HN"
    rotation_times: int = 3
    severities: tuple[tuple[str, str], ...] = ()

    def severity(self, rule_id: str, default: str) -> str:
        return dict(self.severities).get(rule_id, default)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that is put to the rules about one person acting as one capacity in one matter; kept with the ruling."""

    person: str
    capacity: str
    matter: Matter
    policy: Policy = Policy()
    known: tuple[Known, ...] = ()
    kin: tuple[KinEdge, ...] = ()
    trainings: tuple[Training, ...] = ()
    authored: tuple[Authored, ...] = ()
    employments: tuple[Employment, ...] = ()
    declared: tuple[Declared, ...] = ()
    concealed: tuple[Concealed, ...] = ()
    requested: tuple[Requested, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    held: tuple[Held, ...] = ()
    hands: tuple[Hand, ...] = ()
    assessed: tuple[Assessed, ...] = ()
    served: tuple[ServedTogether, ...] = ()
    complaints: tuple[TakesPart, ...] = ()
    ties: tuple[Tie, ...] = ()
    duty_trainings: tuple[DutyTraining, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def name(self, person_id: str) -> str:
        return next((known.name for known in self.known if known.id == person_id), "")

    def key(self, person_id: str) -> str:
        return next((known.key for known in self.known if known.id == person_id), "")

    def with_facts(self, found: Iterable[Any]) -> Facts:
        """The same with more facts of any kind, each put where it belongs, in an order that depends on nothing else."""
        more: dict[str, list[Any]] = {}
        for fact in found:
            more.setdefault(FIELD_OF[type(fact)], []).append(fact)
        return replace(self, **{name: _in_order({*getattr(self, name), *facts}) for name, facts in more.items()})

    def without_doubts(self) -> Facts:
        """Only what is certain."""
        return replace(self, doubts=(), kin=tuple(edge for edge in self.kin if not edge.doubtful))

    def as_json(self) -> dict[str, Any]:
        return typing.cast(dict[str, Any], plain(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Facts:
        return typing.cast(Facts, build(cls, data))

    def digest(self) -> str:
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def _in_order(facts: set[Any]) -> tuple[Any, ...]:
    return tuple(sorted(facts, key=remembered)) if len(facts) > 1 else tuple(facts)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 29 February becomes the last day of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


FIELD_OF: dict[type, str] = {
    Known: "known",
    KinEdge: "kin",
    Training: "trainings",
    Authored: "authored",
    Employment: "employments",
    Declared: "declared",
    Concealed: "concealed",
    Requested: "requested",
    Disputed: "disputed",
    Held: "held",
    Hand: "hands",
    Assessed: "assessed",
    ServedTogether: "served",
    TakesPart: "complaints",
    Tie: "ties",
    DutyTraining: "duty_trainings",
    Doubt: "doubts",
}
