"""What is asked of recusal: who, acting as what, in which matter; and all that is asked at once, as the fact sources see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from exams.keys import Among, among
from exams.recusal.facts import Matter
from exams.recusal.standing import Stand


@dataclass(frozen=True)
class Inquiry:
    """Who is asked about, acting as which capacity, in which matter."""

    persons: frozenset[str]
    capacity: str
    matter: Matter

    @property
    def others(self) -> frozenset[str]:
        """The candidates and colleagues of the matter."""
        return self.matter.candidates | self.matter.colleagues


@dataclass(frozen=True)
class Asked:
    """All that is asked at once; a source gives what it knows for any of it."""

    inquiries: Sequence[Inquiry]

    @cached_property
    def persons(self) -> frozenset[str]:
        return frozenset().union(*(inquiry.persons for inquiry in self.inquiries))

    @cached_property
    def others(self) -> frozenset[str]:
        return frozenset().union(*(inquiry.others for inquiry in self.inquiries))

    @cached_property
    def everybody(self) -> frozenset[str]:
        return self.persons | self.others

    @cached_property
    def candidates(self) -> frozenset[str]:
        return self._of_matters("candidates")

    @cached_property
    def colleagues(self) -> frozenset[str]:
        return self._of_matters("colleagues")

    @cached_property
    def paper_ids(self) -> frozenset[str]:
        return self._of_matters("paper_ids")

    @cached_property
    def question_ids(self) -> frozenset[str]:
        return self._of_matters("question_ids")

    @cached_property
    def event_ids(self) -> frozenset[str]:
        return frozenset(inquiry.matter.event_id for inquiry in self.inquiries if inquiry.matter.event_id)

    @cached_property
    def these(self) -> Among:
        """The persons, to be named in a query; written out once for all sources."""
        return among(self.persons)

    @cached_property
    def sitting(self) -> Among:
        """The candidates, likewise."""
        return among(self.candidates)

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last day asked about."""
        days = [inquiry.matter.on for inquiry in self.inquiries]
        return min(days), max(days)

    def _of_matters(self, name: str) -> frozenset[str]:
        return frozenset().union(*(getattr(inquiry.matter, name) for inquiry in self.inquiries))


def inquiries_of(stands: Iterable[Stand]) -> list[Inquiry]:
    """Stands as inquiries, people with the same question together."""
    groups: dict[tuple[str, Matter], set[str]] = {}
    for stand in stands:
        groups.setdefault((stand.capacity, stand.matter), set()).add(stand.person_id)
    return [Inquiry(frozenset(persons), capacity, matter) for (capacity, matter), persons in groups.items()]
