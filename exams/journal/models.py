"""Tables of the journal: entries, their personal details, the leaves of the log, its signed heads and their cosignatures.

Actor and object stand as id and text, without foreign keys, so that the journal stays below everything it records.
"""

from __future__ import annotations

from django.db import models

from exams import guards


class Entry(models.Model):
    """One recorded act. `body` is what was hashed; the columns beside it only help searching and are compared by verification."""

    id = models.BigAutoField(primary_key=True)
    action = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, default="done")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    body = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"]), models.Index(fields=["organisation_id", "recorded_at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}"


class Detail(models.Model):
    """Personal data of an entry beside it; the entry's body carries only the salted digest, so that lawful erasure leaves it verifiable."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="detail")
    salt = models.BinaryField()
    data = models.BinaryField()


class Mention(models.Model):
    """An entry also concerns this object: so a sitting finds the acts on its seats and duties."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="mentions")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"])]


class Leaf(models.Model):
    """An entry's place in the Merkle log."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)


class LogState(models.Model):
    """How far the sequencer has come: number of leaves, right edge of the tree, and the horizon below which nothing can still commit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    horizon = models.BigIntegerField(default=0)


class Checkpoint(models.Model):
    """A signed head of the log (C2SP checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.size}"


class Witness(models.Model):
    """An authority's witness whose cosignatures this installation knows; its key was handed over by the authority."""

    name = models.CharField(max_length=200, primary_key=True)
    vkey = models.CharField(max_length=400)
    since = models.DateTimeField()


class Cosignature(models.Model):
    """A witness's counter-signature below a checkpoint, and the step to it from the size this witness had signed before."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    name = models.CharField(max_length=200)
    line = models.TextField()
    at = models.DateTimeField()
    before = models.BigIntegerField(null=True)
    step = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "name"], name="one_cosignature_per_witness")]


for _table in (Entry, Detail, Mention, Leaf, Checkpoint, Witness, Cosignature):
    guards.append_only(_table)

# The transaction of an entry: only entries of transactions that are surely over may become leaves, or a late commit
# would be lost. SQLite has one writer at a time, so there the order of ids is the order of commits.
guards.POSTGRESQL += [
    "ALTER TABLE exams_entry ADD COLUMN IF NOT EXISTS xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)",
    "CREATE INDEX IF NOT EXISTS exams_entry_xid ON exams_entry (xid, id)",
]
