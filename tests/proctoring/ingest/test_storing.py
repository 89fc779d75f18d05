"""The store: run-length rows, one transaction with the position, nothing of the future, nothing twice."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from proctoring import protocol
from proctoring.cameras.models import Agent
from proctoring.coverage import queries
from proctoring.coverage.models import FaultEvent, Position, Recording, Rejection, Segment
from proctoring.coverage.timeline import coverage
from proctoring.ingest import storing
from tests.cast import Cast
from tests.proctoring.room import EPOCH, Sender, Watched, ms

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(cast: Cast) -> Watched:
    return Watched(cast).seated()


@pytest.fixture
def sender(watched: Watched) -> Sender:
    return Sender(watched)


def rows() -> list[tuple[int, int, str]]:
    return list(Segment.objects.order_by("start_ms").values_list("start_ms", "end_ms", "states"))


def test_equal_states_extend_one_row(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    sender.store(*[sender.segment(camera, start + 1000 * n, start + 1000 * (n + 1)) for n in range(5)])
    sender.store(sender.segment(camera, start + 5000, start + 6000), sender.segment(camera, start + 6000, start + 7000, "covered"))
    sender.store(sender.segment(camera, start + 7000, start + 8000, "covered"))
    assert rows() == [(start, start + 6000, "ok"), (start + 6000, start + 8000, "covered")]


def test_a_hole_in_time_is_never_bridged(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    sender.store(sender.segment(camera, start, start + 1000), sender.segment(camera, start + 1001, start + 2000))
    assert rows() == [(start, start + 1000, "ok"), (start + 1001, start + 2000, "ok")]


def test_a_contradiction_is_refused_and_the_position_goes_on(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    stored = sender.store(sender.segment(camera, start, start + 2000), sender.segment(camera, start + 1999, start + 3000, "covered"))
    assert (stored.seq, stored.refused) == (2, ((2, "overlap"),))
    assert rows() == [(start, start + 2000, "ok")]
    assert Rejection.objects.get().item["states"] == ["covered"]


def test_the_database_itself_refuses_an_overlap(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    Segment.objects.create(camera=camera, epoch="e", start_ms=start, end_ms=start + 10, states="ok")
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(camera=camera, epoch="e", start_ms=start + 9, end_ms=start + 20, states="ok")


def test_nobody_has_seen_the_future(watched: Watched, sender: Sender):
    start = ms(watched.now)
    stored = sender.store(sender.segment(watched.cameras[0], start, start + 60_000))
    assert stored.refused == ((1, "future"),)
    assert rows() == []


def test_the_servers_own_epoch_is_reserved(watched: Watched, sender: Sender):
    start = ms(watched.starts)
    item = protocol.SegmentItem(1, str(watched.cameras[0].pk), "server", start, start + 1000, ("ok",))
    assert sender.store(item).refused == ((1, "reserved_epoch"),)


def test_a_file_out_of_its_chain_is_no_evidence(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    first = sender.file(camera, start, start + 1000)
    sender.store(first)
    sender.store(sender.file(camera, start + 1000, start + 2000, before=first.chain, sha="cd" * 32))
    stored = sender.store(sender.file(camera, start + 2000, start + 3000, before="11" * 32, sha="ef" * 32))
    assert stored.refused == ((3, "chain_broken"),)
    assert Recording.objects.count() == 2


def test_a_fault_opens_once_ends_and_comes_back_as_the_same(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    sender.store(sender.fault(camera, "covered", True, start, start + 500), sender.fault(camera, "covered", True, start, start + 600))
    sender.store(sender.fault(camera, "covered", False, start, start + 3000))
    assert FaultEvent.objects.get().until_ms == start + 3000
    sender.store(sender.fault(camera, "covered", True, start + 10_000, start + 10_500))
    assert FaultEvent.objects.get().until_ms is None
    sender.store(sender.fault(camera, "covered", False, start + 10_000, start + 12_000))
    sender.store(sender.fault(camera, "covered", True, start + 50_000, start + 50_500))
    assert FaultEvent.objects.count() == 2


def test_rows_and_position_move_together_or_not_at_all(watched: Watched, sender: Sender, monkeypatch: pytest.MonkeyPatch):
    camera, start = watched.cameras[0], ms(watched.starts)
    monkeypatch.setattr(storing, "_faults", lambda work, items: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sender.store(sender.segment(camera, start, start + 1000))
    assert rows() == []
    assert Position.objects.get().seq == 0


def test_any_cut_and_any_replay_of_the_stream_give_the_same_rows(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    items = [sender.segment(camera, start + 500 * n, start + 500 * (n + 1), "covered" if 20 <= n < 33 else "ok") for n in range(60)]
    random.seed(3)
    acknowledged = 0
    while acknowledged < 60:
        first = random.randint(max(0, acknowledged - 7), acknowledged)
        acknowledged = sender.store(*items[first : first + random.randint(1, 9)]).seq
    assert rows() == [
        (start, start + 10_000, "ok"), (start + 10_000, start + 16_500, "covered"), (start + 16_500, start + 30_000, "ok")
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 30])
def test_queries_do_not_grow_with_the_batch(watched: Watched, sender: Sender, n: int, django_assert_num_queries):
    camera, start = watched.cameras[0], ms(watched.starts)
    items = [sender.segment(camera, start + 1000 * k, start + 1000 * (k + 1), "ok" if k % 2 else "covered") for k in range(n)]
    with django_assert_num_queries(9):  # savepoint and release, heard, position, epochs, cameras, last rows, insert, position
        sender.store(*items)


def test_an_unknown_epoch_takes_the_offset_of_the_one_that_speaks(watched: Watched, sender: Sender):
    start = ms(watched.starts)
    item = protocol.SegmentItem(1, str(watched.cameras[0].pk), "earlier", start, start + 1000, ("ok",))
    storing.store(watched.agent, sender.hash, sender.spool, protocol.Batch(start, (item,)), 250, False)
    assert Segment.objects.get().added_ms == 250
    assert rows() == [(start + 250, start + 1250, "ok")]


def test_hearing_is_refused_to_the_revoked(watched: Watched, sender: Sender):
    Agent.objects.filter(pk=watched.agent.pk).update(revoked_at=watched.now)
    with pytest.raises(storing.Shut):
        storing.heard(watched.agent, sender.hash)
    assert EPOCH  # the epoch of the sender is a fixed text
    assert connection.vendor in ("sqlite", "postgresql")


def test_other_hidden_seats_begin_another_row(watched: Watched, sender: Sender):
    camera, start = watched.cameras[0], ms(watched.starts)
    for n, zones in enumerate([("01",), ("01",), ("01", "02"), ()]):
        item = replace(sender.segment(camera, start + 1000 * n, start + 1000 * (n + 1), "partial"), zones=zones)
        assert sender.store(item).refused == ()
    told = Segment.objects.order_by("start_ms").values_list("start_ms", "end_ms", "hidden")
    assert list(told) == [(start, start + 2000, "01"), (start + 2000, start + 3000, "01,02"), (start + 3000, start + 4000, "")]
    line = queries.camera_lines([camera], (start, start + 4000), recorded=False)
    found = coverage((start, start + 4000), line, {seat: frozenset({camera.name}) for seat in ("01", "02")})
    assert [found.seats[seat][0].end - start for seat in ("01", "02") if found.seats[seat][0].verdict == "ok"] == [2000]
