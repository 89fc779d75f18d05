"""The door: permission, one transaction, the entry, the refusal on record."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from exams import access, guards
from exams.access import SYSTEM, Actor
from exams.errors import NotPermitted, Refused, refuse
from exams.journal import projection, verify
from exams.journal.actions import Unrecorded, action, record
from exams.journal.checkpoints import checkpoint
from exams.journal.models import Detail, Entry, Leaf
from exams.journal.sequencer import sequence
from exams.people.models import Organisation
from tests.sequenced import sequenced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PERMISSIONS", dict(access.PERMISSIONS))
    monkeypatch.setattr(projection, "WATCHED", dict(projection.WATCHED))
    access.permission("test.rename", "Rename", "exam_clerk", "system", scope=lambda actor, obj: obj.name != "closed")


def make(name: str = "old") -> Organisation:
    return Organisation.objects.create(kind="employer", name=name, credit_code="91110000MA99999999")


@action("test.rename", on="organisation")
def rename(*, by: Actor, organisation: Organisation, name: str) -> Organisation:
    Organisation.objects.filter(pk=organisation.pk).update(name=name)
    organisation.name = name
    if name == "bad":
        refuse("test.bad_name", "%(name)s is a bad name", name=name)
    if name != "silent":
        record("test.rename", organisation, by=by, name=name, private={"old": "x"})
    return organisation


def test_change_and_entry_are_written_together(cast):
    clerk = cast.actor("exam_clerk")
    rename(by=clerk, organisation=make(), name="new")
    entry = Entry.objects.get()
    body = json.loads(entry.body)
    assert (entry.action, entry.outcome, body["facts"], body["actor"]["capacity"]) == ("test.rename", "done", {"name": "new"}, "exam_clerk")
    assert json.loads(bytes(entry.detail.data))["actor"] == clerk.name
    assert clerk.name not in bytes(entry.body).decode()


def test_a_refusal_changes_nothing_and_stays_on_record():
    organisation = make()
    with pytest.raises(Refused):
        rename(by=SYSTEM, organisation=organisation, name="bad")
    assert Organisation.objects.get().name == "old"
    entry = Entry.objects.get()
    assert (entry.outcome, json.loads(entry.body)["facts"]["objections"][0]["id"]) == ("refused", "test.bad_name")


@pytest.mark.parametrize("who", ["stranger to the capacity", "no second factor", "out of scope", "nobody"])
def test_who_may_not_is_denied_on_record(cast, who):
    organisation = make("closed" if who == "out of scope" else "old")
    by = {
        "stranger to the capacity": lambda: cast.actor("archivist"),
        "no second factor": lambda: cast.actor("exam_clerk", verified=False),
        "out of scope": lambda: cast.actor("exam_clerk"),
        "nobody": lambda: access.ANONYMOUS,
    }[who]()
    with pytest.raises(NotPermitted):
        rename(by=by, organisation=organisation, name="new")
    assert Organisation.objects.get(pk=organisation.pk).name != "new"
    assert Entry.objects.get().outcome == "denied"


def test_an_action_without_an_entry_is_a_mistake_and_rolls_back():
    with pytest.raises(Unrecorded):
        rename(by=SYSTEM, organisation=make(), name="silent")
    assert Organisation.objects.get().name == "old"


def test_an_unknown_permission_raises():
    with pytest.raises(LookupError):
        access.may(SYSTEM, "test.unheard_of")


def test_one_action_inside_another_must_be_plain():
    @action("test.rename", on="organisation")
    def twice(*, by: Actor, organisation: Organisation) -> None:
        rename(by=by, organisation=organisation, name="new")

    with pytest.raises(RuntimeError, match="plain"):
        twice(by=SYSTEM, organisation=make())


@pytest.mark.parametrize(
    "statement", ["UPDATE exams_entry SET action = 'x'", "DELETE FROM exams_entry", "UPDATE exams_detail SET salt = data"]
)
def test_the_database_refuses_to_change_the_journal(statement):
    rename(by=SYSTEM, organisation=make(), name="new")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
def test_replacing_a_row_counts_as_deleting_it():
    rename(by=SYSTEM, organisation=make(), name="new")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO exams_entry SELECT * FROM exams_entry")


def test_no_guard_is_missing_and_a_dropped_one_is_named():
    assert guards.missing() == []
    on = " ON exams_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_exams_entry_update{on}")
    assert guards.missing() == ["guard_exams_entry_update"]


def test_sequencing_twice_adds_each_entry_once():
    organisation = make()
    for name in "abc":
        rename(by=SYSTEM, organisation=organisation, name=name)
    # Inside one test transaction PostgreSQL rightly holds these entries back as not yet committed.
    expected = 3 if connection.vendor == "sqlite" else 0
    assert (sequence(), sequence()) == (expected, 0)
    assert Leaf.objects.count() == expected


@pytest.mark.django_db(transaction=True)
def test_a_clean_journal_verifies_and_each_forgery_is_named():
    projection.watch(Organisation, "name")
    organisation = make()
    rename(by=SYSTEM, organisation=organisation, name="first")
    sequenced()
    checkpoint()
    rename(by=SYSTEM, organisation=organisation, name="second")
    sequenced()
    assert checkpoint().size == 2
    assert list(verify.faults()) == []

    Organisation.objects.filter(pk=organisation.pk).update(name="forged")
    assert [(fault.id, fault.params["field"]) for fault in verify.faults()] == [("journal.E005", "name")]
    Organisation.objects.filter(pk=organisation.pk).update(name="second")

    guards.lift()
    entry = Entry.objects.order_by("id")[0]
    Entry.objects.filter(pk=entry.pk).update(body=bytes(entry.body).replace(b"first", b"worse"))
    assert [fault.id for fault in verify.faults()][0] == "journal.E002"
    Entry.objects.filter(pk=entry.pk).update(body=entry.body)
    Detail.objects.filter(entry=entry).update(data=b"{}")
    assert "journal.E002" in [fault.id for fault in verify.faults()]
