"""Turns a question about persons in a matter into rulings that keep the facts as seen; nothing is written here but by `keep`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exams import clock
from exams.access import Actor
from exams.people.models import Person
from exams.recusal import rules
from exams.recusal.canonical import canonical
from exams.recusal.facts import Facts, Matter
from exams.recusal.gathering import find
from exams.recusal.inquiries import inquiries_of
from exams.recusal.models import Ruling
from exams.recusal.standing import Stand
from exams.recusal.waiving import Waivers
from exams.verdicts import Objection


@dataclass(frozen=True)
class Answer:
    """What the rules say of one stand; `waived` are the numbers of the objections that superiors set aside."""

    stand: Stand
    facts: Facts
    objections: list[dict[str, Any]]
    waived: list[int]

    @property
    def allowed(self) -> bool:
        return rules.allows(Objection.from_json(one) for number, one in enumerate(self.objections) if number not in self.waived)

    def ruling(self, by: Actor) -> Ruling:
        """The unsaved ruling, with the facts as seen."""
        matter, text = self.stand.matter, canonical(self.facts)
        about_type, about_id = self.stand.thing
        return Ruling(
            person_id=UUID(self.facts.person),
            capacity=self.stand.capacity,
            matter=matter.as_json(),
            facts=text,
            facts_digest=hashlib.sha256(text.encode()).hexdigest(),
            objections_kept=json.dumps(self.objections, ensure_ascii=False, sort_keys=True),
            waived=self.waived,
            allowed=self.allowed,
            rules_version=rules.VERSION,
            made_at=clock.now(),
            about_type=about_type,
            about_id=about_id,
            about_text=str(self.stand.about)[:200] if about_id else "",
            body_id=UUID(matter.body_id) if matter.body_id else None,
            event_id=UUID(matter.event_id) if matter.event_id else None,
            asked_by=by.name[:200],
        )


def decide(*, person: Person, capacity: str, matter: Matter, by: Actor, about: Any = None) -> Ruling:
    """The unsaved ruling about one person."""
    return decide_many(persons=[person], capacity=capacity, matter=matter, by=by, about=about)[0]


def decide_many(*, persons: Sequence[Person], capacity: str, matter: Matter, by: Actor, about: Any = None) -> list[Ruling]:
    """The unsaved rulings about a whole pool, in its order; the number of queries does not depend on its size."""
    return [answer.ruling(by) for answer in weigh([Stand(str(person.pk), capacity, matter, about) for person in persons])]


def weigh(stands: Sequence[Stand]) -> list[Answer]:
    """The answers about people in one or many matters, in a number of queries that depends on neither."""
    found = find(inquiries_of(stands))
    waivers = Waivers(stand.person_id for stand in stands)
    return [_answer(stand, found.facts(stand.person_id, stand.capacity, stand.matter), waivers) for stand in stands]


def replay(ruling: Ruling) -> list[Objection]:
    """Put the facts as they were seen to today's rules; equal to `ruling.objections` unless rules or ruling were changed."""
    return rules.judge(facts_of(ruling))


def facts_of(ruling: Ruling) -> Facts:
    return Facts.from_json(json.loads(ruling.facts))


def objections_of(ruling: Ruling) -> list[Objection]:
    return [Objection.from_json(data) for data in ruling.objections]


def open_objections(ruling: Ruling) -> list[Objection]:
    """What stands in the way still: not waived, and not merely disclosed."""
    objections = objections_of(ruling)
    return [one for number, one in enumerate(objections) if number not in ruling.waived and one.severity != "disclose"]


def is_whole(ruling: Ruling) -> bool:
    """Whether the kept facts are those of the digest, and the same rules still say the same of them."""
    facts = facts_of(ruling)
    same = ruling.rules_version != rules.VERSION or [one.as_json() for one in rules.judge(facts)] == ruling.objections
    return facts.digest() == ruling.facts_digest and same


def _answer(stand: Stand, facts: Facts, waivers: Waivers) -> Answer:
    objections = rules.judge(facts)
    return Answer(stand, facts, [one.as_json() for one in objections], waivers.set_aside(stand, objections))
