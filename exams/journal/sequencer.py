"""The sequencer: turns committed entries into leaves of the log, each once, none forgotten."""

from __future__ import annotations

from django.db import connection, transaction

from exams.journal import merkle
from exams.journal.models import Entry, Leaf, LogState

_BATCH = 2000


def sequence(limit: int = 100_000) -> int:
    """Append every entry that is surely committed; the number of new leaves. Safe in two processes at once."""
    done = 0
    while done < limit:
        count = _one_batch()
        done += count
        if count < _BATCH:
            break
    return done


def _one_batch() -> int:
    LogState.objects.get_or_create(pk=1)
    with transaction.atomic():
        state = LogState.objects.select_for_update().get()
        entries, horizon = _ready(state)
        edge = merkle.CompactRange.load(bytes(state.frontier)) if state.frontier else merkle.CompactRange()
        leaves = []
        for index, (entry_id, body) in enumerate(entries, start=edge.size):
            digest = merkle.leaf_hash(bytes(body))
            edge.append(digest)
            leaves.append(Leaf(index=index, entry_id=entry_id, hash=digest))
        if leaves or horizon != state.horizon:
            Leaf.objects.bulk_create(leaves, batch_size=500)
            LogState.objects.filter(pk=1).update(size=edge.size, frontier=edge.dump(), horizon=horizon)
    return len(leaves)


def _ready(state: LogState) -> tuple[list[tuple[int, bytes]], int]:
    """Entries to append in their order, and the new horizon.

    PostgreSQL gives ids before commits, so `id > last` would lose a transaction that commits late: what counts is that its
    transaction number lies below the oldest one still running. SQLite lets one transaction write at a time.
    """
    if connection.vendor != "postgresql":
        rows = list(Entry.objects.filter(id__gt=state.horizon).order_by("id").values_list("id", "body")[:_BATCH])
        return rows, rows[-1][0] if rows else state.horizon
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        safe = cursor.fetchone()[0]
        # Whole transactions only, so that the horizon can move to a transaction's number.
        cursor.execute(
            "SELECT id, body, xid FROM exams_entry WHERE xid >= %s AND xid < %s ORDER BY xid, id LIMIT %s",
            [state.horizon, safe, _BATCH + 1],
        )
        rows = cursor.fetchall()
        if len(rows) <= _BATCH:
            return [row[:2] for row in rows], safe
        last = rows[-1][2]
        whole = [row[:2] for row in rows if row[2] != last]
        if whole:
            return whole, last
        cursor.execute("SELECT id, body FROM exams_entry WHERE xid = %s ORDER BY id", [last])
        return cursor.fetchall(), last + 1
