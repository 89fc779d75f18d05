"""How long footage is kept and how it goes: a confirmed period, holds, two persons, and a stone that still verifies."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import IntegrityError, transaction

from exams import clock
from exams.access import SYSTEM, Actor
from exams.errors import Refused, refuse
from exams.journal import canonical
from exams.journal.actions import action, record
from exams.lifecycle import move
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _
from proctoring.footage import holding, queries, rules
from proctoring.footage.models import CLASSES, Disposal, Hold, KeepingRule, Tombstone

AT_ONCE = 200


@action("proctoring.enter_keeping")
def enter_keeping(*, by: Actor, of_class: str, days: int, source: str) -> KeepingRule:
    """Enter how long footage of a class is kept, and where that stands; it counts once another person has confirmed it."""
    if of_class not in dict(CLASSES) or days < 1:
        refuse("footage.keeping", _("Give a class and a number of days."))
    if len(source.strip()) < 4:
        refuse("footage.no_source", _("Say where the period stands: document and clause."), basis=rules.PERIOD_SOURCE)
    entered = {"entered_by_id": by.person_id, "entered_at": clock.now()}
    rule = KeepingRule.objects.create(body_id=by.organisation_id, of_class=of_class, days=days, source=source.strip(), **entered)
    record("proctoring.enter_keeping", rule, by=by, of_class=of_class, days=days, source=rule.source)
    return rule


@action("proctoring.confirm_keeping", on="rule")
def confirm_keeping(*, by: Actor, rule: KeepingRule) -> KeepingRule:
    """A second person has read the source: the period is in force and replaces the one before it."""
    if by.person_id == rule.entered_by_id:
        refuse("footage.same_person", _("Whoever entered the period does not confirm it."), basis=rules.DISPOSAL_BASIS)
    for former in KeepingRule.objects.select_for_update().filter(body=rule.body_id, of_class=rule.of_class, state="in_force"):
        move(former, "replace")
    move(rule, "confirm", confirmed_by_id=by.person_id, confirmed_at=clock.now())
    record("proctoring.confirm_keeping", rule, by=by, of_class=rule.of_class, days=rule.days)
    return rule


@action("proctoring.hold_footage", on="sitting")
def hold_footage(*, by: Actor, sitting: Sitting, ground: str, reason: str) -> Hold:
    """Keep the footage of a sitting until the hold is lifted, whatever its period."""
    if ground not in dict(Hold.GROUNDS) or len(reason.strip()) < 2:
        refuse("footage.hold_words", _("Give the ground and the reason."))
    held = {"organisation_id": by.organisation_id, "set_by_id": by.person_id, "set_at": clock.now()}
    hold = Hold.objects.create(sitting=sitting, ground=ground, reason=reason.strip(), **held)
    record("proctoring.hold_footage", hold, by=by, about=[sitting], ground=ground, reason=hold.reason)
    return hold


@action("proctoring.lift_hold", on="hold")
def lift_hold(*, by: Actor, hold: Hold, why: str) -> Hold:
    """The reason is gone."""
    if len(why.strip()) < 2:
        refuse("footage.lift_words", _("Write why."))
    move(hold, "lift", lifted_at=clock.now(), lifted_why=why.strip())
    record("proctoring.lift_hold", hold, by=by, about=[hold.sitting], why=why.strip())
    return hold


@action("proctoring.propose_disposal", on="sitting")
def propose_disposal(*, by: Actor, sitting: Sitting) -> Disposal:
    """Propose that the footage of a sitting goes; possible only after its period and while nothing holds it."""
    rule = _free(sitting)
    proposed: dict[str, Any] = {"rule": rule, "kept_until": queries.kept_until(sitting, rule), "proposed_at": clock.now()}
    disposal = Disposal.objects.filter(sitting=sitting).first()
    if disposal is None:
        disposal = Disposal.objects.create(sitting=sitting, **proposed)
    else:
        move(disposal, "propose", first_by=None, first_at=None, second_by=None, second_at=None, **proposed)
    record("proctoring.propose_disposal", disposal, by=by, about=[sitting], kept_until=disposal.kept_until, source=rule.source)
    return disposal


@action("proctoring.approve_disposal", on="disposal")
def approve_disposal(*, by: Actor, disposal: Disposal) -> Disposal:
    """The first or the second approval; the second is another person's. What holds the footage is asked each time."""
    locked = Disposal.objects.select_for_update().select_related("sitting__slot__event").get(pk=disposal.pk)
    _free(locked.sitting)
    if locked.first_by_id == by.person_id:
        refuse("footage.two_persons", _("The second approval is another person’s."), basis=rules.DISPOSAL_BASIS)
    which = "second" if locked.first_by_id else "first"
    move(locked, "approve", **{f"{which}_by_id": by.person_id, f"{which}_at": clock.now()})
    record("proctoring.approve_disposal", locked, by=by, about=[locked.sitting], approval=which)
    disposal.refresh_from_db()
    return disposal


@action("proctoring.refuse_disposal", on="disposal")
def refuse_disposal(*, by: Actor, disposal: Disposal, reason: str) -> Disposal:
    """Keep the footage for now; it may be proposed again."""
    if len(reason.strip()) < 2:
        refuse("footage.keep_words", _("Write why."))
    move(disposal, "refuse")
    record("proctoring.refuse_disposal", disposal, by=by, about=[disposal.sitting], reason=reason.strip())
    return disposal


@action("proctoring.remove_footage", on="disposal")
def remove_footage(*, by: Actor, disposal: Disposal, digest: str, note: str) -> Tombstone:
    """Whoever removed the files at the venue says so with the digest of the list worked through; the stone is set."""
    locked = Disposal.objects.select_for_update().select_related("sitting__slot__event").get(pk=disposal.pk)
    _free(locked.sitting)
    files = order(locked.sitting)
    if digest.strip().lower() != digest_of(files):
        refuse(
            "footage.other_list", _("This is not the digest of the list of files to be removed."),
            remedy=_("Download the list again and work through that one."),
        )  # fmt: skip
    if len(note.strip()) < 2:
        refuse("footage.removal_words", _("Write how and where the files were removed."))
    move(locked, "remove")
    set_down = {"removed_by_id": by.person_id, "removed_at": clock.now(), "note": note.strip()}
    try:
        with transaction.atomic():
            stone = Tombstone.objects.create(disposal=locked, files=files, digest=digest_of(files), **set_down)
    except IntegrityError:
        refuse("footage.gone", _("This footage is gone already."))
    facts = {"files": len(files), "bytes": sum(one["bytes"] for one in files), "digest": stone.digest}
    record("proctoring.remove_footage", locked, by=by, about=[locked.sitting, stone], note=stone.note, **facts)
    disposal.refresh_from_db()
    return stone


def _free(sitting: Sitting) -> KeepingRule:
    """The rule under which footage may go; refused with everything that is against it."""
    rule = queries.rule_of(sitting)
    against = rules.against_disposal(queries.kept_until(sitting, rule), clock.today(), holding.reasons(sitting))
    if against or rule is None:
        raise Refused(against)
    return rule


def order(sitting: Sitting) -> list[dict[str, Any]]:
    """The files that must go, each as the index has it. A file that also belongs to another sitting is not among them."""
    files = queries.recordings(sitting).order_by("camera__name", "start_ms", "seq")
    near = Sitting.objects.filter(room=sitting.room_id, live=True).exclude(pk=sitting.pk).exclude(footage_disposal__state="done")
    others = [(queries.milliseconds(one.starts_at), queries.milliseconds(one.ends_at)) for one in near]
    fields = ("name", "sha256", "chain", "bytes", "start_ms", "end_ms", "epoch", "seq")
    return [
        {"camera": one.camera.name, "camera_id": str(one.camera_id), **{name: getattr(one, name) for name in fields}}
        for one in files
        if not any(one.start_ms < end and one.end_ms > start for start, end in others)
    ]


def digest_of(files: list[dict[str, Any]]) -> str:
    """What the stone, the journal and the person who removed the files name."""
    return hashlib.sha256(canonical.dumps(files)).hexdigest()


def is_whole(stone: Tombstone) -> bool:
    """Whether the stone still verifies: its digest is that of its files, and the index of the recordings says the same of each."""
    if digest_of(stone.files) != stone.digest:
        return False
    kept = {(str(one.camera_id), one.name): (one.sha256, one.chain) for one in queries.recordings(stone.disposal.sitting)}
    return all(kept.get((one["camera_id"], one["name"])) == (one["sha256"], one["chain"]) for one in stone.files)


def propose_what_is_over() -> int:
    """Propose all footage whose confirmed period is over and that nothing holds; how much. A timer removes nothing."""
    bodies = KeepingRule.objects.filter(state="in_force").values("body")
    over = Sitting.objects.filter(slot__event__body__in=bodies, state__in=queries.OVER, room__watch=True, footage_disposal=None)
    count = 0
    for sitting in over.select_related("slot__event", "room").order_by("ends_at")[:AT_ONCE]:
        rule = queries.rule_of(sitting)
        if not rules.against_disposal(queries.kept_until(sitting, rule), clock.today(), holding.reasons(sitting)):
            propose_disposal(by=SYSTEM, sitting=sitting)
            count += 1
    return count
