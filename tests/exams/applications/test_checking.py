"""Two officers, one request for correction, five working days, and everything that must be refused on the way."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction

from exams.access import SYSTEM, Actor
from exams.applications.actions import (
    accept,
    accept_overdue,
    add_material,
    approve,
    ask_correction,
    confirm_by_employer,
    do_not_accept,
    do_not_approve,
    lapse,
    submit_correction,
    withdraw,
)  # fmt: skip
from exams.applications.gates import hindrances_to_accept
from exams.applications.models import Application, EmployerConfirmation, Material, Verification
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.messages.models import Message
from exams.people.models import KinEdge, Person
from exams.recusal.models import Ruling
from exams.register.models import Bar
from tests.exams.applications.world import PDF, World

pytestmark = pytest.mark.django_db


def refused(function: Any, **given: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        function(**given)
    return [objection.id for objection in caught.value.objections]


# -- the employer ---------------------------------------------------------------------------------------------------------


def test_confirmed_and_stamped(world: World) -> None:
    application = world.confirmed()
    confirmation = EmployerConfirmation.objects.get()
    assert (application.state, confirmation.covers) == ("employer_confirmed", ["education", "performance"])
    assert set(application.materials.values_list("kind", flat=True)) == {"education", "performance"}
    assert hindrances_to_accept(application) == []
    assert application.accept_by > world.today


def test_a_title_claimed_must_be_stamped_too(world: World) -> None:
    (application,) = world.imported(world.row(1, title="工程师"))
    assert refused(confirm_by_employer, by=world.clerk, application=application, stamp=PDF, covers=["education", "performance"]) == [
        "applications.not_stamped"
    ]
    confirm_by_employer(by=world.clerk, application=application, stamp=PDF)
    assert EmployerConfirmation.objects.get().covers == ["education", "title", "performance"]


def test_the_stamp_must_be_a_scan(world: World) -> None:
    (application,) = world.imported()
    assert refused(confirm_by_employer, by=world.clerk, application=application, stamp=b"yes") == ["documents.kind"]


def test_only_the_own_employer_confirms_and_once(world: World) -> None:
    (application,) = world.imported()
    for actor in (world.cast.actor("employer_clerk", world.cast.other_employer), world.exam_clerk, world.cast.stranger):
        with pytest.raises(NotPermitted):
            confirm_by_employer(by=actor, application=application, stamp=PDF)
    confirm_by_employer(by=world.clerk, application=application, stamp=PDF)
    with pytest.raises(Stale):
        confirm_by_employer(by=world.clerk, application=application, stamp=PDF)


# -- two officers ---------------------------------------------------------------------------------------------------------


def test_two_officers_make_two_records(world: World) -> None:
    application = world.verified()
    rows = Verification.objects.filter(kind="education").order_by("round")
    assert [(row.round, row.officer.name, row.outcome) for row in rows] == [(1, "核验甲", "confirmed"), (2, "核验乙", "confirmed")]
    assert Ruling.objects.filter(capacity="verifier", about_id=str(application.pk)).values("person").distinct().count() == 2


def test_the_same_officer_twice(world: World) -> None:
    application = world.confirmed()
    world.look(application, world.first)
    with pytest.raises(Refused) as caught:
        world.look(application, world.first)
    assert [(one.id, one.basis) for one in caught.value.objections] == [
        ("applications.same_verifier", "Administrative Licensing Law, Art. 34")
    ]
    assert Entry.objects.filter(action="applications.verify", outcome="refused").count() == 1


def test_the_same_officer_under_another_appointment(world: World) -> None:
    application = world.confirmed()
    world.look(application, world.first)
    again = Actor(**{**vars(world.first), "appointment_id": world.second.appointment_id, "account_id": world.second.account_id})
    with pytest.raises(Refused):
        world.look(application, again)


def test_the_database_refuses_it_as_well(world: World) -> None:
    application = world.confirmed()
    row = world.look(application, world.first)
    for changes in ({"round": 2}, {"officer_id": world.second.person_id}):
        values = {name: getattr(row, name) for name in ("application", "kind", "round", "officer_id", "outcome", "method", "queried_at")}
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.create(**{**values, **changes})


def test_a_third_look_only_settles_a_difference(world: World) -> None:
    application = world.confirmed()
    world.look(application, world.first)
    world.look(application, world.second)
    assert refused(lambda: world.look(application, world.third)) == ["applications.verified_already"]
    world.look(application, world.first, "performance")
    world.look(application, world.second, "performance", "not_confirmed")
    assert "applications.differing" in refused_approval(world, application)
    world.look(application, world.third, "performance", "confirmed", note="已向出具报告单位核实")
    assert "applications.differing" not in refused_approval(world, application)


def refused_approval(world: World, application: Application) -> list[str]:
    accept_if_needed(world, application)
    try:
        with transaction.atomic():
            approve(by=world.approver, application=application)
            raise Rollback
    except Refused as refusal:
        return [objection.id for objection in refusal.objections]
    except Rollback:
        application.refresh_from_db()
        return []


class Rollback(Exception):
    pass


def accept_if_needed(world: World, application: Application) -> None:
    application.refresh_from_db()
    if application.state == "employer_confirmed":
        accept(by=world.exam_clerk, application=application)
        application.refresh_from_db()


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"kind": "education", "method": "sepp"}, ["applications.method"]),
        ({"kind": "education", "method": "chsi_query", "report_number": " "}, ["applications.report_number"]),
        ({"kind": "education", "method": "other", "report_number": "", "note": ""}, ["applications.note"]),
        ({"outcome": "not_confirmed", "note": " "}, ["applications.note"]),
        ({"outcome": "maybe", "note": "x"}, ["applications.outcome"]),
        (
            {"method": "sepp", "outcome": "maybe", "note": "", "report_number": ""},
            ["applications.method", "applications.outcome", "applications.report_number", "applications.note"],
        ),
    ],
)  # fmt: skip
def test_a_record_must_say_enough(world: World, changes: dict[str, Any], ids: list[str]) -> None:
    from exams.applications.actions import verify

    given = {"kind": "education", "outcome": "confirmed", "method": "chsi_query", "report_number": "1", **changes}
    assert refused(verify, by=world.first, application=world.confirmed(), **given) == ids


def test_who_may_not_verify(world: World) -> None:
    application = world.confirmed()
    for actor in (world.exam_clerk, world.clerk, world.cast.actor("verifier", world.cast.other_body), world.cast.stranger):
        with pytest.raises(NotPermitted):
            world.look(application, actor)


def test_an_officer_near_the_applicant_does_not_verify(world: World) -> None:
    application = world.confirmed()
    officer = Person.objects.get(pk=world.first.person_id)
    KinEdge.objects.create(
        person=officer, relative_index=application.person.id_index, relative_name="x", relation="father", declared_on=world.today
    )
    assert len(refused(lambda: world.look(application, world.first))) >= 1
    assert not Verification.objects.exists()
    assert Ruling.objects.filter(person=officer, allowed=False).count() == 1


# -- acceptance -----------------------------------------------------------------------------------------------------------


def test_acceptance_tells_the_applicant(world: World) -> None:
    application = world.confirmed()
    accept(by=world.exam_clerk, application=application)
    application.refresh_from_db()
    assert (application.state, application.accepted_by_lapse, application.accepted_by_id) == ("accepted", False, world.exam_clerk.person_id)
    assert Message.objects.filter(person_id=application.person_id, kind="applications.accepted").count() == 1


def test_nothing_without_material_and_stamp(world: World) -> None:
    application = world.confirmed()
    Material.objects.filter(kind="performance").delete()
    EmployerConfirmation.objects.update(covers=["performance"])
    assert refused(accept, by=world.exam_clerk, application=application) == ["applications.unstamped", "applications.missing"]


@pytest.mark.parametrize(
    ("days", "state", "by_lapse"), [(-1, "employer_confirmed", False), (0, "employer_confirmed", False), (1, "accepted", True)]
)
def test_the_period_runs_out(world: World, days: int, state: str, by_lapse: bool) -> None:
    application = world.confirmed()
    last = datetime.combine(application.accept_by, datetime.min.time(), UTC)
    with time_machine.travel(last + timedelta(days=days, hours=4), tick=False):
        assert accept_overdue() == int(by_lapse)
        assert accept_overdue() == 0
    application.refresh_from_db()
    assert (application.state, application.accepted_by_lapse) == (state, by_lapse)
    assert Entry.objects.filter(action="applications.lapse").count() == int(by_lapse)


def test_nobody_lapses_early(world: World) -> None:
    assert refused(lapse, by=SYSTEM, application=world.confirmed()) == ["applications.period_open"]


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
def test_a_correction_is_asked_inside_the_period(world: World, days: int, late: bool) -> None:
    application = world.confirmed()
    last = datetime.combine(application.accept_by, datetime.min.time(), UTC)
    with time_machine.travel(last + timedelta(days=days, hours=4), tick=False):
        if late:
            assert refused(ask_correction, by=world.exam_clerk, application=application, missing=["education"]) == [
                "applications.correction_late"
            ]
        else:
            ask_correction(by=world.exam_clerk, application=application, missing=["education"])


def test_a_correction_once_and_complete(world: World) -> None:
    application = world.confirmed()
    assert refused(ask_correction, by=world.exam_clerk, application=application, missing=[" "]) == ["applications.nothing_missing"]
    ask_correction(by=world.exam_clerk, application=application, missing=["education", "请补充检验报告封面"])
    me = world.cast.candidate(application.person)
    application.refresh_from_db()
    assert refused(submit_correction, by=me, application=application) == ["applications.still_missing"]
    add_material(by=me, application=application, kind="education", content=b"%PDF-1.7\nnew")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30), tick=False):
        submit_correction(by=me, application=application)
        application.refresh_from_db()
        assert application.state == "employer_confirmed" and application.accept_by > world.today + timedelta(days=30)
        assert refused(ask_correction, by=world.exam_clerk, application=application, missing=["title"]) == ["applications.correction_once"]
    assert Material.objects.filter(application=application, kind="education").count() == 2
    assert Material.objects.filter(application=application, kind="education", replaced_at=None).count() == 1


def test_refusing_acceptance_needs_a_reason(world: World) -> None:
    application = world.confirmed()
    assert refused(do_not_accept, by=world.exam_clerk, application=application, reason=" ") == ["applications.reason"]
    do_not_accept(by=world.exam_clerk, application=application, reason="不属于本机构受理范围")
    application.refresh_from_db()
    assert application.state == "not_accepted"
    assert Message.objects.get(kind="applications.not_accepted").params["reason"] == "不属于本机构受理范围"


# -- the admission check --------------------------------------------------------------------------------------------------


def test_approved_after_two_officers(world: World) -> None:
    application = world.verified()
    accept(by=world.exam_clerk, application=application)
    approve(by=world.approver, application=application)
    application.refresh_from_db()
    assert (application.state, application.decided_by_id) == ("approved", world.approver.person_id)


@pytest.mark.parametrize(
    ("prepare", "ids"),
    [
        (lambda world: world.confirmed(), ["applications.unverified", "applications.unverified"]),
        (lambda world: world.verified(years=1, science="no", education="college"), ["eligibility.education"]),
        (lambda world: world.verified(eyesight="4.7"), ["eligibility.eyesight"]),
        (lambda world: world.verified(category="renewal"), ["applications.unverified", "eligibility.certificate"]),
    ],
)
def test_not_approved_while_something_is_open(world: World, prepare: Any, ids: list[str]) -> None:
    assert refused_approval(world, prepare(world)) == ids


def test_what_both_did_not_confirm_is_not_approved(world: World) -> None:
    application = world.confirmed()
    for officer in (world.first, world.second):
        world.look(application, officer, "education", "not_confirmed")
        world.look(application, officer, "performance")
    assert refused_approval(world, application) == ["applications.not_confirmed"]
    do_not_approve(by=world.approver, application=application, reason="学历证书不属实")


def test_a_bar_entered_meanwhile(world: World) -> None:
    application = world.verified()
    Bar.objects.create(person=application.person, kind="fraud", since=world.today, until=world.today, reason="x", basis="x", decided_by="x")
    assert refused_approval(world, application) == ["applications.barred"]


def test_who_verified_does_not_decide(world: World) -> None:
    application = world.verified()
    accept(by=world.exam_clerk, application=application)
    decider = Actor(**{**vars(world.first), "capacity": "application_approver"})
    assert refused(approve, by=decider, application=application) == ["applications.decider"]


def test_the_version_of_the_day_of_submission_judges(world: World) -> None:
    """A stricter version that comes into force later does not touch what was submitted before (R-04)."""
    application = world.verified()
    old = application.edition
    values = {**old.values, "eyesight_min": {"value": "5.3", "source": "x"}}
    type(old).objects.filter(pk=old.pk).update(state="superseded")
    type(old).objects.create(qualification=old.qualification, version="2027", effective_from=world.today, values=values, state="in_force")
    assert refused_approval(world, application) == []
    assert application.edition_id == old.pk


def test_withdrawn_up_to_acceptance(world: World) -> None:
    application = world.confirmed()
    me = world.cast.candidate(application.person)
    withdraw(by=me, application=application)
    again = world.imported(world.row(1))[0]
    assert (again.state, again.number) == ("submitted", "LJ-2026-1-00002")
    with pytest.raises(Stale):
        accept(by=world.exam_clerk, application=application)


@pytest.mark.parametrize("function", [accept, approve, do_not_accept, do_not_approve, ask_correction])
def test_strangers_decide_nothing(world: World, function: Any) -> None:
    application = world.confirmed()
    extra = {"reason": "x"} if function in (do_not_accept, do_not_approve) else {"missing": ["x"]} if function is ask_correction else {}
    others = [
        world.cast.stranger,
        world.clerk,
        world.cast.candidate(application.person),
        world.cast.actor("application_approver", world.cast.other_body),
    ]
    for actor in others:
        with pytest.raises(NotPermitted):
            function(by=actor, application=application, **extra)
    application.refresh_from_db()
    assert application.state == "employer_confirmed"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads really race only on PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_the_same_officer_racing_himself(world: World) -> None:
    application = world.confirmed()
    answers: list[str] = []

    def once() -> None:
        try:
            world.look(application, world.first)
            answers.append("done")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=once) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done"] + ["refused"] * 5
    assert Verification.objects.count() == 1


def test_dates_are_legal_dates(world: World) -> None:
    """Half past eleven at night in Shanghai is still the same legal day."""
    from exams.applications.submission import day_of

    assert day_of(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_journal_says_the_same_as_the_tables(world: World) -> None:
    application = world.confirmed()
    world.look(application, world.first)
    world.look(application, world.second, outcome="not_confirmed")
    assert list(differences(Verification)) == list(differences(EmployerConfirmation)) == []
    assert set(Entry.objects.filter(action="applications.verify").values_list("outcome", flat=True)) == {"done"}
    Verification.objects.filter(round=2).update(outcome="confirmed")
    assert [(found.field, found.journal, found.table) for found in differences(Verification)] == [("outcome", "not_confirmed", "confirmed")]
