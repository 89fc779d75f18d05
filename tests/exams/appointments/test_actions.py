"""Appointing and revoking: every refusal, the record, and what happens when two do it at once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from exams import clock
from exams.access import SYSTEM, Actor
from exams.appointments import actions, plugs
from exams.appointments.models import ADMINISTRATORS, Appointment
from exams.errors import NotPermitted, Refused, Stale
from exams.interests.models import TrainingEngagement
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.messages.models import Message
from exams.people.models import Organisation, Person
from exams.recusal.models import Ruling
from tests.cast import Cast

SINCE = date(2026, 1, 1)


def appoint(by: Actor, person: Person, capacity: str, organisation: Organisation, **more: Any) -> Appointment:
    return actions.appoint(by=by, person=person, capacity=capacity, organisation=organisation, **({"since": SINCE} | more))


def refused(error: Any) -> list[str]:
    return [objection.id for objection in error.value.objections]


@pytest.fixture
def person(cast: Cast) -> Person:
    return cast.person("贺兰静", 1)


def test_the_head_appoints_and_the_person_is_told(cast: Cast, person: Person) -> None:
    given = appoint(cast.actor("head_of_body"), person, "invigilator", cast.body, families=["elevator", "elevator"])
    assert (given.state, given.families) == ("in_force", ["elevator"])
    assert given.ruling is not None
    assert given.ruling.allowed
    assert Message.objects.get(person_id=person.pk).kind == "appointments.appointed"
    assert Entry.objects.filter(action="appointments.appoint", outcome="done").count() == 1


def test_rows_and_journal_agree_and_a_change_past_the_actions_is_found(cast: Cast, person: Person) -> None:
    head = cast.actor("head_of_body")
    given = appoint(head, person, "invigilator", cast.body)
    Appointment.objects.exclude(pk=given.pk).delete()
    assert list(differences(Appointment)) == []
    Appointment.objects.filter(pk=given.pk).update(capacity="chief")
    assert [(found.field, found.journal, found.table) for found in differences(Appointment)] == [("capacity", "invigilator", "chief")]


def test_a_trainer_is_refused_for_the_family_he_trained_and_the_ruling_is_kept(cast: Cast, person: Person) -> None:
    TrainingEngagement.objects.create(
        person=person, organisation=cast.training_body, family="elevator", role="lecturer",
        since=clock.today() - timedelta(days=400), until=clock.today() - timedelta(days=300), recorded_at=clock.now(),
    )  # fmt: skip
    head = cast.actor("head_of_body")
    with pytest.raises(Refused) as error:
        appoint(head, person, "setter", cast.body, families=["elevator"])
    assert "recusal.trained_for_item" in refused(error)
    assert not Appointment.objects.filter(person=person).exists()
    assert Ruling.objects.filter(person=person, allowed=False).count() == 1
    assert appoint(head, person, "setter", cast.body, families=["crane"]).pk


def test_incompatible_is_refused_with_the_way_out(cast: Cast, person: Person) -> None:
    head = cast.actor("head_of_body")
    appoint(head, person, "setter", cast.body)
    with pytest.raises(Refused) as error:
        appoint(head, person, "reviewer", cast.body)
    assert refused(error) == ["duty.incompatible"]
    assert appoint(head, person, "invigilator", cast.body).pk


def test_incompatible_holds_across_organisations(cast: Cast, person: Person) -> None:
    appoint(SYSTEM, person, "setter", cast.other_body)
    with pytest.raises(Refused) as error:
        appoint(cast.actor("head_of_body"), person, "reviewer", cast.body)
    assert refused(error) == ["duty.incompatible"]


def test_after_the_last_day_or_a_revocation_the_way_is_free(cast: Cast, person: Person) -> None:
    head = cast.actor("head_of_body")
    over = appoint(SYSTEM, person, "setter", cast.body, until=clock.today())
    Appointment.objects.filter(pk=over.pk).update(until=clock.today() - timedelta(days=1))
    current = appoint(head, person, "reviewer", cast.body)
    over.refresh_from_db()
    assert over.state == "ended"
    actions.revoke(by=head, appointment=current, reason="changes sides")
    assert appoint(head, person, "setter", cast.body).pk


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_the_database_itself_holds_the_three_administrators_apart(cast: Cast, person: Person, first: str, second: str) -> None:
    cast.appoint(person, first, cast.body)
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.appoint(person, second, cast.authority)


def test_a_row_that_slipped_past_the_rules_is_refused_by_the_database(cast: Cast, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.appoint(person, "system_administrator", cast.body)
    monkeypatch.setattr(actions.rules, "objections", lambda *_: iter(()))
    with pytest.raises(Refused) as error:
        appoint(SYSTEM, person, "audit_administrator", cast.body)
    assert refused(error) == ["appointments.one_administration"]


@pytest.mark.parametrize(
    ("capacity", "organisation", "wanted", "allowed"),
    [
        ("head_of_body", "body", "chief", True),
        ("head_of_body", "other_body", "chief", False),
        ("head_of_body", "employer", "employer_clerk", True),
        ("head_of_body", "authority", "oversight_inspector", False),
        ("security_administrator", "other_body", "head_of_body", True),
        ("authority_officer", "body", "head_of_body", True),
        ("exam_clerk", "body", "invigilator", False),
        ("system_administrator", "body", "chief", False),
        ("audit_administrator", "body", "chief", False),
        ("invigilator", "body", "invigilator", False),
    ],
)
def test_who_appoints_for_whom(cast: Cast, person: Person, capacity: str, organisation: str, wanted: str, allowed: bool) -> None:
    by, target = cast.actor(capacity), getattr(cast, organisation)
    if allowed:
        assert appoint(by, person, wanted, target).pk
        return
    with pytest.raises(NotPermitted):
        appoint(by, person, wanted, target)
    assert Entry.objects.get(action="appointments.appoint").outcome == "denied"


def test_nobody_appoints_oneself(cast: Cast) -> None:
    head = cast.actor("head_of_body")
    with pytest.raises(Refused) as error:
        appoint(head, Person.objects.get(pk=head.person_id), "chief", cast.body)
    assert refused(error) == ["appointments.oneself"]


def test_the_stranger_appoints_and_revokes_nothing(cast: Cast, person: Person) -> None:
    stranger = cast.actor("head_of_body", cast.other_body)
    with pytest.raises(NotPermitted):
        appoint(stranger, person, "chief", cast.body)
    given = cast.appoint(person, "chief", cast.body)
    with pytest.raises(NotPermitted):
        actions.revoke(by=stranger, appointment=given, reason="because")


def test_without_the_second_factor_nobody_is_appointed(cast: Cast, person: Person) -> None:
    with pytest.raises(NotPermitted):
        appoint(cast.actor("head_of_body", verified=False), person, "chief", cast.body)


def test_revoking_twice_is_stale_and_without_a_reason_refused(cast: Cast, person: Person) -> None:
    head = cast.actor("head_of_body")
    given = appoint(head, person, "chief", cast.body)
    with pytest.raises(Refused):
        actions.revoke(by=head, appointment=given, reason=" ")
    other = Appointment.objects.get(pk=given.pk)
    actions.revoke(by=head, appointment=given, reason="ill")
    with pytest.raises(Stale):
        actions.revoke(by=head, appointment=other, reason="ill")


def test_nobody_revokes_the_own_appointment(cast: Cast) -> None:
    head = cast.actor("head_of_body")
    with pytest.raises(Refused) as error:
        actions.revoke(by=head, appointment=Appointment.objects.get(pk=head.appointment_id), reason="had enough")
    assert refused(error) == ["appointments.oneself"]


def test_the_tick_ends_what_ran_out_and_may_come_twice(cast: Cast, person: Person) -> None:
    over = cast.appoint(person, "chief", cast.body, until=clock.today() - timedelta(days=1))
    today = cast.appoint(person, "invigilator", cast.body, until=clock.today())
    plugs.end_run_out()
    plugs.end_run_out()
    assert [Appointment.objects.get(pk=row.pk).state for row in (over, today)] == ["ended", "in_force"]
    assert Entry.objects.filter(action="appointments.end").count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, so nothing races there")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "wanted",
    [ADMINISTRATORS * 2, ("setter", "reviewer", "custodian", "marker", "assembler", "question_approver"), ("chief",) * 6],
)
def test_of_several_at_once_only_compatible_ones_come_through(wanted: tuple[str, ...]) -> None:
    cast = Cast()
    person, body = cast.person("贺兰静", 1), cast.body
    start, outcomes = threading.Barrier(len(wanted)), []

    def one(capacity: str) -> None:
        start.wait()
        try:
            appoint(SYSTEM, person, capacity, body)
            outcomes.append("given")
        except Refused as refusal:
            outcomes.append(refusal.objections[0].id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[capacity]) for capacity in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = list(Appointment.objects.filter(person=person, state="in_force").values_list("capacity", flat=True))
    assert len(outcomes) == len(wanted)
    assert outcomes.count("given") == len(held)
    assert not [(a, b) for n, a in enumerate(held) for b in held[n + 1 :] if a == b or actions.rules.excludes(a, b)]
    assert set(outcomes) <= {"given", "duty.incompatible", "appointments.twice"}
