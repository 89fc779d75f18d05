"""Draws in two steps: what goes into the draw is fixed and recorded first; the chance comes afterwards, from the authority's witness.

Between the two nobody can know the chance, and after it nobody can change what went in. Where an installation has no witness the
system makes the seed itself; the draw then says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import refuse
from exams.journal import chance
from exams.journal.actions import action, record
from exams.journal.notes import NoteError
from exams.sittings.chance import digest, new_seed
from exams.sittings.lots import LOTS
from exams.sittings.models import Draw
from exams.verdicts import gettext_noop as _

# What becomes of the lines once they are drawn; filled by the modules that know seats and duties.
CARRIED_OUT: dict[str, Callable[[Actor, Draw], None]] = {}
_CHANCE = _("Requirement R-21: a seeded, recorded draw")


def open_draw(*, by: Actor, kind: str, about: Any, pool: dict[str, Any], seed: str = "", reason: str = "") -> Draw:
    """Fix and record, inside an action, what goes into a draw; drawn at once only where there is no witness to wait for.

    `about` is the slot, or the event if the draw is for all of its slots. `seed` is for worlds with simulated time only.
    """
    slot = about if hasattr(about, "event_id") else None
    event = slot.event if slot else about
    witness = "" if seed else chance.expected_witness()
    try:
        with transaction.atomic():
            draw = Draw.objects.create(
                event=event, slot=slot, kind=kind, about=str(about.pk), algorithm=LOTS[kind].algorithm, pool=pool,
                pool_digest=digest(pool), opened_at=clock.now(), drawn_by=by.name, witness=witness, reason=reason,
            )  # fmt: skip
    except IntegrityError:
        refuse("sittings.draw_waits", _("This draw is open already and waits for the witness."), remedy=_("Wait, or ask for a new one."))
    fixed = {"algorithm": draw.algorithm, "pool_digest": draw.pool_digest, "witness": witness}
    entry = record("sittings.open_draw", draw, by=by, about=[event, about], drawn_about=draw.about, kind=kind, reason=reason, **fixed)
    draw.entry_id = entry.pk
    draw.save(update_fields=["entry_id"])
    if not witness:
        _carry_out(by, draw, seed or new_seed(), None)
    return draw


@action("sittings.settle_draw", on="draw")
def settle_draw(*, by: Actor, draw: Draw) -> Draw:
    """Draw, now that the witness has signed: the seed is the SHA-256 of the draw's id and the signature of the step over its entry."""
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if draw.state != "open":
        refuse("sittings.not_open", _("This draw is settled or abandoned."), basis=_CHANCE)
    step = chance.step_over(draw.entry_id or 0, draw.witness)
    if step is None:
        refuse(
            "sittings.witness_waits",
            _("The witness has not signed yet. The draw is made as soon as its signature is here."),
            basis=_CHANCE,
            remedy=_("Wait; or bring the checkpoint to the witness by hand and its answer back."),
        )
    try:
        seed = chance.seed_of(draw.pk, step)
    except NoteError:
        refuse("sittings.step_false", _("The signature of the witness does not verify."), remedy=_("Tell the issuing authority."))
    _carry_out(by, draw, seed, step.size)
    return draw


def abandon(*, by: Actor, draw: Draw, reason: str, asked_by: str) -> None:
    """Set a draw aside inside an action that two persons stand for; it stays on record with all that went into it."""
    verb = "abandon" if draw.state == "open" else "replace"
    lifecycle.move(draw, verb, replaced_at=clock.now())
    known = chance.step_over(draw.entry_id or 0, draw.witness) is not None if draw.witness else True
    record("sittings.abandon_draw", draw, by=by, about=[draw.event], reason=reason, asked_by=asked_by, outcome_known=known)


def in_force_or_open(kind: str, about: Any) -> Draw | None:
    """The draw that a new one would replace."""
    return Draw.objects.filter(about=str(about.pk), kind=kind, state__in=["open", "drawn"]).order_by("-opened_at").first()


def _carry_out(by: Actor, draw: Draw, seed: str, step_size: int | None) -> None:
    before = Draw.objects.filter(about=draw.about, kind=draw.kind, state="drawn").first()
    if before is not None:
        abandon(by=by, draw=before, reason=draw.reason, asked_by=draw.drawn_by)
    result = LOTS[draw.kind].result(draw.pool, seed)
    lifecycle.move(draw, "draw", seed=seed, step_size=step_size, result=result, result_digest=digest(result), drawn_at=clock.now())
    CARRIED_OUT[draw.kind](by, draw)
    given = {"seed": seed, "step_size": step_size, "pool_digest": draw.pool_digest, "result_digest": draw.result_digest}
    about = [draw.event, *([draw.slot] if draw.slot else [])]
    record("sittings.settle_draw", draw, by=by, about=about, kind=draw.kind, **given)
