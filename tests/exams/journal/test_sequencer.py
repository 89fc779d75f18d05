"""Every committed entry becomes a leaf once, whatever the order of commits and however many sequence at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from exams.access import SYSTEM
from exams.journal import merkle, queries
from exams.journal.actions import record
from exams.journal.models import Entry, Leaf, LogState
from exams.journal.sequencer import sequence
from tests.sequenced import sequenced

only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time")


def write(number: int) -> None:
    record("test.act", None, by=SYSTEM, number=number)


def in_thread(work, *arguments) -> threading.Thread:
    def run() -> None:
        try:
            work(*arguments)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_leaves_are_the_entries_in_order_and_the_head_is_the_tree():
    for number in range(25):
        with transaction.atomic():
            write(number)
    assert sequenced() == 25
    bodies = [bytes(body) for body in Entry.objects.order_by("id").values_list("body", flat=True)]
    assert queries.hashes() == [merkle.leaf_hash(body) for body in bodies]
    state = LogState.objects.get()
    assert merkle.CompactRange.load(bytes(state.frontier)).root() == merkle.root(queries.hashes())
    assert queries.waiting() == 0


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_not_lost():
    opened, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(1)
            opened.set()
            finish.wait(10)

    thread = in_thread(slow)
    assert opened.wait(10)
    with transaction.atomic():
        write(2)
    held_back = sequence()
    finish.set()
    thread.join()
    assert held_back == 0
    assert sequenced() == 2
    assert Leaf.objects.count() == Entry.objects.count() == 2


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_writers_and_sequencers_race_and_each_entry_is_a_leaf_once():
    def writer(start: int) -> None:
        for number in range(start, start + 20):
            with transaction.atomic():
                write(number)

    def sequencer() -> None:
        for _ in range(15):
            sequence()

    threads = [in_thread(writer, start) for start in range(0, 160, 20)] + [in_thread(sequencer) for _ in range(4)]
    for thread in threads:
        thread.join()
    sequenced()
    assert sorted(Leaf.objects.values_list("entry_id", flat=True)) == sorted(Entry.objects.values_list("id", flat=True))
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(160))
