"""Reads of the archive; each begins with what the reader may see."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from exams.access import Actor
from exams.archive import receipts
from exams.archive.models import Bag
from exams.archive.receipts import Receipt
from exams.archive.verifier import Broken, Report, Trust, check_bag, verify
from exams.journal import checkpoints, merkle
from exams.journal import queries as journal
from exams.journal.models import Checkpoint, Entry, Leaf, Witness
from exams.sittings.models import Sitting

AUTHORITY = ("authority_officer", "oversight_inspector")
READERS = ("archivist", "head_of_body", "exam_clerk", *AUTHORITY)


def shelf() -> Path:
    """The folder in which the bags stand."""
    return Path(settings.DATA_DIR) / "archive"


def _events(actor: Actor, path: str) -> Q:
    if actor.capacity == "system":
        return Q()
    if actor.capacity in AUTHORITY:
        return Q(**{f"{path}body__supervised_by": actor.organisation_id})
    if actor.capacity in READERS:
        return Q(**{f"{path}body": actor.organisation_id})
    return Q(pk=None)


def visible_to(actor: Actor) -> QuerySet[Bag]:
    """Bags of the own body, or of the bodies one supervises."""
    found = Bag.objects.filter(_events(actor, "event__"))
    return found if actor.capacity in ("archivist", "oversight_inspector", "system") else found.exclude(kind="personal")


def sittings_visible_to(actor: Actor) -> QuerySet[Sitting]:
    """Sittings that are over and are to be filed."""
    return Sitting.objects.filter(_events(actor, "slot__event__"), live=True, state__in=["closed", "sealed"])


def covering(bag: Bag) -> Checkpoint | None:
    """The signed head that shows the seal: the first witnessed one, else the first signed one, else none."""
    leaf = Leaf.objects.filter(entry_id=bag.entry_id).first()
    if leaf is None:
        return None
    heads = Checkpoint.objects.filter(size__gt=leaf.index).order_by("size")
    return heads.filter(cosignatures__isnull=False).first() or heads.first()


def receipt_of(bag: Bag, head: Checkpoint, *, continuity: int | None = None) -> Receipt:
    """The receipt of a bag under a head; with `continuity` also the proof to the head of that size."""
    index = Leaf.objects.get(entry_id=bag.entry_id).index
    size = max(head.size, continuity or 0)
    tree = merkle.Tree(journal.hashes(size))
    witness = Witness.objects.filter(name__in=head.cosignatures.values("name")).first()
    proofs = {}
    if continuity and continuity != head.size:
        old, new = sorted((head.size, continuity))
        proofs[(old, new)] = tree.consistency(old, new)
    return Receipt(
        bag=bag.name,
        seal=bytes(Entry.objects.get(pk=bag.entry_id).body),
        index=index,
        proof=tree.inclusion(index, head.size),
        checkpoint=checkpoints.cosigned_note(head),
        log_vkey=checkpoints.log_vkey(),
        witness_vkey=witness.vkey if witness else "",
        continuity=proofs,
    )


def continuity(old: int, new: int) -> list[bytes]:
    """The proof that the log of `old` entries is the beginning of that of `new`. Raises ProofError if there are not so many."""
    return merkle.Tree(journal.hashes(new)).consistency(old, new)


def report(bag: Bag) -> Report:
    """What the verifier says about the bag on the shelf, with this installation's own keys and its last witnessed head."""
    folder = shelf() / bag.name
    witness, last = Witness.objects.first(), checkpoints.latest_witnessed()
    head = covering(bag)
    proof = None
    if head is not None and last is not None and last.size != head.size:
        proof = receipts.lines(continuity(*sorted((head.size, last.size))))
    trust = Trust(checkpoints.log_vkey(), witness.vkey if witness else None, last.note if last else None, proof)
    return verify(folder, folder.with_name(f"{bag.name}.receipt"), trust)


def bag_only(bag: Bag) -> Report:
    """What the verifier says about the files alone, before there is a receipt."""
    found = Report()
    try:
        said = check_bag(shelf() / bag.name, found)
        if said["tagmanifest"] != bag.tagmanifest:
            found.say("BROKEN", "SEAL-DIFFERS", "not the bag that was sealed", "与封存时不一致")
    except (Broken, OSError) as problem:
        found.say("BROKEN", str(problem.args[0]) if isinstance(problem, Broken) else "UNREADABLE", "", "")
    return found
