"""Which objections superiors have set aside: granted waivers of some people, read once and asked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from exams.recusal import rules
from exams.recusal.models import Waiver
from exams.recusal.standing import Stand
from exams.verdicts import Objection


class Waivers:
    """The granted waivers of some people; one query, whoever and however many they are."""

    def __init__(self, persons: Iterable[str]) -> None:
        rows = Waiver.objects.filter(state="granted", ruling__person__in=set(persons)).select_related("ruling").defer("ruling__facts")
        self._of: dict[str, list[_Held]] = {}
        for row in rows:
            self._of.setdefault(str(row.ruling.person_id), []).append(_Held(row))

    def set_aside(self, stand: Stand, objections: Sequence[Objection]) -> list[int]:
        """The numbers of the objections that are waived."""
        held = [one for one in self._of.get(stand.person_id, ()) if one.holds_for(stand)]
        return [number for number, one in enumerate(objections) if held and any(waiver.sets_aside(one) for waiver in held)]


class _Held:
    """A waiver holds for the same person, capacity and thing, for exactly the objection that was looked at, until its last day."""

    def __init__(self, waiver: Waiver) -> None:
        self._waiver, self._seen = waiver, waiver.ruling

    @cached_property
    def _objections(self) -> list[dict[str, Any]]:
        return self._seen.objections

    def holds_for(self, stand: Stand) -> bool:
        same = self._seen.capacity == stand.capacity and (self._seen.about_type, self._seen.about_id) == stand.thing
        return same and stand.matter.on <= self._waiver.until

    def sets_aside(self, objection: Objection) -> bool:
        right = objection.id == self._waiver.objection_id and rules.waivable(objection.id)
        return right and objection.as_json() in self._objections
