"""What proof costs: verification against bare hashing, an entry of the journal against a plain insert. Ratios from one run, no limits.

.venv/bin/python tests/bench/bench_verify.py [number of entries]
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def timed(function, rounds=5):
    """The median of some rounds, in seconds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def said(what, seconds, base, n):
    print(f"{what:58} {seconds:8.3f} s   {n / seconds:12,.0f} /s   {seconds / base:5.2f} x")


def pure(n):
    from exams.archive import verifier
    from exams.journal import merkle

    bodies = [f'{{"action":"x","n":{number},"pad":"{"y" * 120}"}}'.encode() for number in range(n)]
    sha256 = hashlib.sha256

    def bare():
        for body in bodies:
            sha256(b"\x00" + body).digest()
        for _ in range(n - 1):
            sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()

    def tree():
        merkle.Tree([merkle.leaf_hash(body) for body in bodies]).root()

    def appended():
        edge = merkle.CompactRange()
        for body in bodies:
            edge.append(merkle.leaf_hash(body))
        edge.root()

    base = timed(bare)
    said(f"bare hashing, {2 * n - 1:,} calls (baseline)", base, base, n)
    said("root of the whole tree", timed(tree), base, n)
    said("compact range, one entry after the other", timed(appended), base, n)
    whole = merkle.Tree([merkle.leaf_hash(body) for body in bodies])
    said("1,000 inclusion proofs", timed(lambda: [whole.inclusion(at, n) for at in range(0, n, n // 1000)], 3), base, 1000)
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    said("20 Ed25519 signatures in plain Python", timed(lambda: [verifier.ed25519(key, b"", signature) for _ in range(20)], 3), base, 20)


def database(n):
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from exams.access import SYSTEM
    from exams.clock import Installation
    from exams.journal import verify
    from exams.journal.actions import record
    from exams.journal.models import Entry
    from exams.journal.sequencer import sequence

    call_command("migrate", run_syncdb=True, verbosity=0)
    Installation.objects.get_or_create(pk=1, defaults={"origin": "bench/log"})
    writes = min(n, 2000)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (id integer PRIMARY KEY, body blob)")

    def plain():
        for number in range(writes):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_plain (body) VALUES (%s)", [b"x" * 400])
                cursor.execute("SELECT 1 WHERE %s = 1", [number])

    def journalled():
        for number in range(writes):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_plain (body) VALUES (%s)", [b"x" * 400])
                record("bench.act", None, by=SYSTEM, number=number)

    print(f"\n{connection.vendor}, one transaction each")
    base = timed(plain, 3)
    said(f"plain insert, {writes:,} transactions (baseline)", base, base, writes)
    said("the same with its entry of the journal", timed(journalled, 3), base, writes)
    with transaction.atomic():
        for number in range(n - Entry.objects.count()):
            record("bench.act", None, by=SYSTEM, number=number)
    said(f"sequencer, {Entry.objects.count():,} entries to leaves", timed(sequence, 1), base, Entry.objects.count())
    bodies = [bytes(body) for body in Entry.objects.values_list("body", flat=True)]

    def bare():
        for body in bodies:
            hashlib.sha256(body).digest()
            hashlib.sha256(body[:65]).digest()

    base = timed(bare)
    said("bare hashing of the stored bodies (baseline)", base, base, len(bodies))
    said("verify_journal: entries, leaves, details, columns", timed(lambda: list(verify.faults()), 1), base, len(bodies))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="bench-"))
    pure(count)
    database(min(count, 20_000))
