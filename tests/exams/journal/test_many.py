"""Many entries at once: the same bytes as one by one, in the same order, each table once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection

from exams import access
from exams.access import SYSTEM, Actor
from exams.journal import actions, projection, verify
from exams.journal.actions import Act, Unrecorded, action, record, record_many
from exams.journal.checkpoints import checkpoint
from exams.journal.models import Detail, Entry, Mention
from exams.people.models import Organisation
from tests.cast import Cast
from tests.counted import entries_counted
from tests.sequenced import sequenced

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PERMISSIONS", dict(access.PERMISSIONS))
    monkeypatch.setattr(projection, "WATCHED", dict(projection.WATCHED))
    access.permission("test.many", "Many", "system")
    projection.watch(Organisation, "name")


def acts_about(organisation: Organisation) -> list[Act]:
    """Everything an entry can say."""
    return [
        Act("test.many", organisation),
        Act("test.many", None, facts={"n": 1, "listed": ["乙", "甲"]}),
        Act("test.many", ("inbox", "7"), about=[organisation, ("seat", "1"), organisation, None], private={"name": "王五"}),
        Act("test.many", organisation, facts={"why": "x"}, outcome="refused", occurred_at=LONG_AGO),
        Act("test.many", organisation, about=(one for one in [organisation]), removed=True),
    ]


def one_by_one(acts: list[Act], by: Actor) -> list[Entry]:
    return [
        record(
            act.action, act.obj, by=by, about=act.about, private=act.private, occurred_at=act.occurred_at, outcome=act.outcome,
            removed=act.removed, **act.facts,
        )
        for act in acts
    ]  # fmt: skip


def written(first: int) -> list[tuple[Any, ...]]:
    """All that stands in the three tables from an entry on, as bytes, in order."""
    rows = []
    for entry in Entry.objects.filter(pk__gte=first).order_by("pk"):
        columns = tuple(getattr(entry, field.attname) for field in Entry._meta.fields if field.name not in ("id", "body"))
        mentions = tuple(entry.mentions.order_by("pk").values_list("object_type", "object_id"))
        rows.append((columns, bytes(entry.body), bytes(entry.detail.salt), bytes(entry.detail.data), mentions))
    return rows


@time_machine.travel(datetime(2026, 5, 16, 1, 0, tzinfo=UTC), tick=False)
def test_the_same_bytes_as_one_by_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    by = cast.actor("exam_clerk")
    pages = []
    for write in (one_by_one, lambda acts, by: record_many(acts, by=by)):
        salts = itertools.count()
        monkeypatch.setattr(actions.secrets, "token_bytes", lambda length, salts=salts: next(salts).to_bytes(length, "big"))
        pages.append(written(write(acts_about(cast.body), by)[0].pk))
    assert len(pages[0]) == 5 and pages[0] == pages[1]


def test_a_fact_may_have_any_name() -> None:
    (entry,) = record_many([Act("test.many", None, facts={"outcome": "x", "by": "y"})], by=SYSTEM)
    assert entry.outcome == "done" and b'"facts":{"by":"y","outcome":"x"}' in bytes(entry.body)


@entries_counted
@pytest.mark.parametrize("number", [1, 3, 60])
def test_three_queries_for_any_number(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    acts = [Act("test.many", cast.body, about=[("seat", str(n))], facts={"n": n}) for n in range(number)]
    with django_assert_num_queries(3):
        entries = record_many(acts, by=SYSTEM)
    assert len(entries) == number == Detail.objects.count() == Mention.objects.count()


def test_the_order_is_kept_beyond_one_insert() -> None:
    """So many that the rows go in by several INSERTs: each entry still has its own detail and mentions."""
    number = 1200
    entries = record_many((Act("test.many", None, [("seat", str(n))], {"n": n}, {"n": n}) for n in range(number)), by=SYSTEM)
    keys = [entry.pk for entry in entries]
    assert keys == sorted(keys) == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    _each_has_its_own(number)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="an old SQLite")
def test_a_database_that_tells_one_id_at_a_time(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(connection.features, "can_return_columns_from_insert", False)
    with django_assert_num_queries(5):
        record_many((Act("test.many", None, [("seat", str(n))], {"n": n}, {"n": n}) for n in range(3)), by=SYSTEM)
    _each_has_its_own(3)


def _each_has_its_own(number: int) -> None:
    assert Entry.objects.count() == number
    for n, entry in enumerate(Entry.objects.order_by("pk").select_related("detail").prefetch_related("mentions")):
        assert f'"n":{n}}}' in bytes(entry.body).decode() and f'"n":{n}}}' in bytes(entry.detail.data).decode()
        assert [mention.object_id for mention in entry.mentions.all()] == [str(n)]


@pytest.mark.django_db(transaction=True)
def test_a_journal_written_so_verifies() -> None:
    organisation = Organisation.objects.create(kind="employer", name="x", credit_code="91110000MA99999999")
    record_many([Act("test.many", organisation, about=[("seat", str(n))], facts={"n": n}) for n in range(7)], by=SYSTEM)
    assert sequenced() == 7
    checkpoint()
    assert list(verify.faults()) == []


def test_an_action_is_recorded_by_many_and_not_by_none() -> None:
    @action("test.many")
    def many(*, by: Actor, number: int) -> None:
        record_many([Act("test.many", None, facts={"n": n}) for n in range(number)], by=by)

    many(by=SYSTEM, number=2)
    assert Entry.objects.count() == 2
    with pytest.raises(Unrecorded):
        many(by=SYSTEM, number=0)
