"""Every change of the archive: sealing, witnessing, supplements, verification, consultation."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.archive import queries, receipts, sealing
from exams.archive.models import Bag
from exams.errors import refuse
from exams.jobs.actions import start
from exams.jobs.models import Job
from exams.journal.actions import action, record
from exams.journal.checkpoints import checkpoint
from exams.journal.models import Leaf
from exams.programme.models import Event
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _

LOOK_AGAIN_AFTER = timedelta(days=30)


@action("archive.seal_sitting", on="sitting")
def seal_sitting(*, by: Actor, sitting: Sitting) -> Bag:
    """Seal the dossier of a closed sitting; refused with the list of what is missing. Afterwards only supplements are possible."""
    locked = Sitting.objects.select_for_update().get(pk=sitting.pk)
    bag = sealing.seal_sitting(by, locked)
    lifecycle.move(locked, "seal")
    sitting.state = locked.state
    record("archive.seal_sitting", locked, by=by, about=[bag], dossier=bag.name)
    return bag


@action("archive.seal_event", on="event")
def seal_event(*, by: Actor, event: Event) -> Bag:
    """Seal the package of an event once every dossier is sealed and the results are published."""
    return sealing.seal_event(by, Event.objects.select_for_update().get(pk=event.pk))


@action("archive.add_supplement", on="bag")
def add_supplement(*, by: Actor, bag: Bag, title: str, files: list[tuple[str, bytes]]) -> Bag:
    """Later facts beside a sealed dossier; the dossier itself is never opened again."""
    if bag.kind not in ("sitting", "event"):
        refuse("archive.no_supplement", _("A supplement belongs to a dossier or an event package."))
    if not title.strip() or not files:
        refuse("archive.empty_supplement", _("A supplement needs a reason and at least one file."))
    return sealing.add_supplement(by, Bag.objects.select_for_update().get(pk=bag.pk), title.strip(), files)


@action("archive.witness_bag", on="bag")
def witness_bag(*, by: Actor, bag: Bag, size: int) -> Bag:
    """The authority's counter-signature has arrived; the receipt is complete."""
    lifecycle.move(bag, "witness", receipt_size=size, witnessed_at=clock.machine())
    record("archive.witness_bag", bag, by=by, about=[bag.event], checkpoint=size)
    return bag


@action("archive.verify_bag", on="bag")
def verify_bag(*, by: Actor, bag: Bag) -> list[str]:
    """Run the verifier over the bag on the shelf; the names of what is broken, which are recorded too."""
    report = queries.report(bag) if bag.receipt_size else queries.bag_only(bag)
    names = sorted(set(report.broken()))
    Bag.objects.filter(pk=bag.pk).update(verified_at=clock.machine(), broken=names)
    record("archive.verify_bag", bag, by=by, about=[bag.event], broken=names, answer=report.answer()[0])
    return names


@action("archive.consult", on="bag")
def consult(*, by: Actor, bag: Bag, purpose: str) -> Job:
    """Take a copy of a bag with a fresh receipt; the purpose is on record, and the copy is made as long work."""
    if len(purpose.strip()) < 4:
        refuse("archive.purpose", _("State the purpose of the consultation."), remedy=_("One sentence is enough."))
    record("archive.consult", bag, by=by, about=[bag.event], purpose=purpose.strip())
    return start(by, "archive.copy", bag.name, {"bag": str(bag.pk)}, about=bag)


def verify_some(most: int = 5) -> int:
    """Verify the bags that were not looked at for thirty days, a few at a time; the number that is broken."""
    due = Bag.objects.filter(state="witnessed").filter(Q(verified_at=None) | Q(verified_at__lt=clock.machine() - LOOK_AGAIN_AFTER))
    return sum(bool(verify_bag(by=SYSTEM, bag=bag)) for bag in due.order_by("verified_at", "sealed_at")[:most])


def finish_receipts() -> int:
    """Write the receipt of every bag that still waits, as far as it can be written; the number that became witnessed."""
    done = 0
    for bag in Bag.objects.filter(state="waiting").order_by("sealed_at"):
        done += _finish(bag)
    return done


def _finish(bag: Bag) -> bool:
    head = queries.covering(bag)
    if head is None and Leaf.objects.filter(entry_id=bag.entry_id).exists():
        checkpoint()
        head = queries.covering(bag)
    if head is None:
        return False
    witnessed = head.cosignatures.exists()
    if witnessed or bag.receipt_size != head.size:
        receipts.write(queries.shelf(), queries.receipt_of(bag, head))
        Bag.objects.filter(pk=bag.pk).update(receipt_size=head.size)
    if witnessed:
        witness_bag(by=SYSTEM, bag=bag, size=head.size)
    return witnessed
