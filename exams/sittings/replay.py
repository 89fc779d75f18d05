"""A draw done over again by whoever doubts it: every step from what was fixed to what came out, each with its own answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from exams.journal import chance
from exams.journal.models import Entry
from exams.journal.notes import NoteError
from exams.sittings.chance import digest
from exams.sittings.lots import LOTS
from exams.sittings.models import Draw
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

_BASIS = _("Requirement R-21: a seeded, recorded draw")


@dataclass(frozen=True)
class Replayed:
    """What doing it over found: no fault means that it matches."""

    draw: Draw
    faults: tuple[Objection, ...]

    @property
    def matches(self) -> bool:
        return self.draw.state != "open" and not self.faults


def replay(draw: Draw, *, witness_key: str = "") -> Replayed:
    """Do one draw over: pool, journal, witness, seed, result. `witness_key` is the reader's own copy of the witness's verifier key."""
    return Replayed(draw, tuple(_faults(draw, witness_key)))


def _faults(draw: Draw, witness_key: str) -> Iterator[Objection]:
    if digest(draw.pool) != draw.pool_digest:
        yield _fault("draw.pool_changed", _("What went into the draw is no longer what was fixed."))
    entry = Entry.objects.filter(pk=draw.entry_id or 0).first()
    body = _recorded(entry)
    recorded = body.get("facts", {})
    if body.get("action") != "sittings.open_draw" or body.get("object", {}).get("id") != str(draw.pk):
        yield _fault("draw.not_recorded", _("The journal has no entry that fixed this draw."))
    elif recorded.get("pool_digest") != draw.pool_digest or recorded.get("algorithm") != draw.algorithm:
        yield _fault("draw.record_differs", _("The journal fixed something else than what was drawn from."))
    if recorded.get("witness", draw.witness) != draw.witness:
        yield _fault("draw.other_witness", _("The draw was to wait for another witness than the one it names."))
    if entry is not None:
        yield from _unaccounted(draw, entry)
    if draw.state != "open" and draw.seed:
        yield from _chance(draw, entry, witness_key)
        yield from _outcome(draw)


def _chance(draw: Draw, entry: Entry | None, witness_key: str) -> Iterator[Objection]:
    """Whether the seed is the one that the witness's step over the entry gives, and no other."""
    if not draw.witness:
        if chance.expected_witness() and chance.known_since(chance.expected_witness()) <= draw.opened_at:
            yield _fault("draw.unwitnessed", _("The system made this seed itself although there was a witness to wait for."))
        return
    step = chance.step_over(draw.entry_id or 0, draw.witness) if entry else None
    if step is None or entry is None or not chance.is_covered(entry, step):
        yield _fault("draw.not_covered", _("No step of the witness covers the entry that fixed this draw."))
        return
    try:
        seed = chance.seed_of(draw.pk, step, witness_key)
    except NoteError:
        yield _fault("draw.step_false", _("The signature of the witness does not verify."))
        return
    if (seed, step.size) != (draw.seed, draw.step_size):
        yield _fault("draw.other_seed", _("The seed is not the one that the witness’s signature gives."))


def _outcome(draw: Draw) -> Iterator[Objection]:
    lot = LOTS[draw.kind]
    if lot.algorithm != draw.algorithm:
        versions = {"now": lot.algorithm, "then": draw.algorithm}
        yield _fault("draw.other_algorithm", _("This program draws by %(now)s; the draw was made by %(then)s."), **versions)
    elif lot.result(draw.pool, draw.seed) != draw.result:
        yield _fault("draw.other_result", _("Pool and seed give another result than the one on record."))
    if digest(draw.result) != draw.result_digest:
        yield _fault("draw.result_changed", _("The result is no longer what was recorded."))


def _unaccounted(draw: Draw, entry: Entry) -> Iterator[Objection]:
    """A draw of the same thing fixed before this one that nobody set aside on record: a second throw of the dice.

    Asked of the journal, not of the table of draws: a row can be removed behind the journal's back, an entry the witness saw cannot.
    """
    set_aside = {body["object"]["id"] for body in _bodies(Entry.objects.filter(action="sittings.abandon_draw"))}
    for body in _bodies(Entry.objects.filter(action="sittings.open_draw", pk__lt=entry.pk)):
        same = body["facts"].get("drawn_about") == draw.about and body["facts"].get("kind") == draw.kind
        if same and body["object"]["id"] not in set_aside:
            when = body["occurred_at"]
            yield _fault("draw.second_throw", _("Another draw was opened before this one (%(when)s) and never set aside."), when=when)


def _bodies(entries: QuerySet[Entry]) -> Iterator[dict[str, Any]]:
    for body in entries.order_by("pk").values_list("body", flat=True):
        yield json.loads(bytes(body))


def _recorded(entry: Entry | None) -> dict[str, Any]:
    return dict(json.loads(bytes(entry.body))) if entry else {}


def _fault(id: str, message: str, **params: Any) -> Objection:
    return Objection(id, message, params, _BASIS, _("Tell the issuing authority; keep the database as it is."))
