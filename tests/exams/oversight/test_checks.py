"""Each automatic check: silent on a clean record, and it names the row when something is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from exams import clock
from exams.applications.models import EmployerConfirmation, Verification
from exams.archive import actions as archive
from exams.archive import queries as shelf
from exams.archive.models import Bag
from exams.bodies.models import Entrustment, ManagementDocument
from exams.encryption import blind_index
from exams.interests.models import Attendance, Concealment, Course, Declaration, MatchDoubt, TrainingEngagement, Unmatched
from exams.journal.actions import record
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.people.models import KinEdge
from exams.recusal.models import LateGround
from exams.results import actions as results
from exams.results.models import Mark, Result, ResultSheet
from exams.sittings.models import Duty
from tests.exam_day import STARTS, ExamDay
from tests.exams.results.test_actions import published
from tests.sequenced import sequenced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def day(cast):
    """A whole and clean record: everything the checks look at is in order."""
    day = ExamDay(cast).whole()
    first, second = (cast.person(name, n) for name, n in (("核验甲", 801), ("核验乙", 802)))
    for place in day.places:
        application = place.application
        EmployerConfirmation.objects.create(application=application, employer=cast.employer, clerk=first, stamp_document_id=application.pk)
        for officer, turn in ((first, 1), (second, 2)):
            Verification.objects.create(
                application=application,
                kind="education",
                round=turn,
                officer=officer,
                outcome="confirmed",
                method="chsi",
                queried_at=STARTS,
            )
    for duty in day.staff:
        Declaration.objects.create(
            person=duty.person, event_id=day.event.pk, event_text="e", body=day.body, digest="0" * 64, signed_at=STARTS, state="signed"
        )
    for kind, _label in ManagementDocument.Kind.choices:
        ManagementDocument.objects.create(
            body=day.body,
            kind=kind,
            version="1",
            approved_on=date(2026, 1, 1),
            recorded_at=STARTS,
            review_on=clock.today() + timedelta(days=100),
        )
    published(day, 71, 60)
    ResultSheet.objects.update(publish_by=clock.today())  # the day of the test lies long after the examination
    archive.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    return day


def run(day, check):
    return list(AUDIT_CHECKS.get(check)(Scope(day.body, (day.event,))))


# The checks of these subjects; the watched tables of others are made as plain rows by the fixture, which the journal rightly misses.
OURS = [check.id for check in AUDIT_CHECKS if check.place.startswith("exams.oversight") and check.id not in ("journal.E001",)]


@pytest.mark.parametrize("check", OURS)
def test_a_clean_record_gives_no_finding(day, check):
    assert [(draft.message, draft.params) for draft in run(day, check)] == []


def trained(day):
    duty = day.staff[1]
    course = TrainingEngagement.objects.create(
        person=duty.person, organisation=day.cast.training_body, family="UT", since="2026-02-01", recorded_at=STARTS
    )
    Attendance.objects.create(engagement=course, trainee=day.candidates[1], recorded_at=STARTS)


def taught_a_course(day):
    course = Course.objects.create(
        organisation=day.cast.training_body, number="PX-1", title="班", family="RT", since="2026-02-01", recorded_at=STARTS
    )
    TrainingEngagement.objects.create(
        person=day.staff[1].person, organisation=day.cast.training_body, family="RT", since="2026-02-01", held_in=course, recorded_at=STARTS
    )
    Attendance.objects.create(course=course, trainee=day.candidates[1], recorded_at=STARTS)


def proved_afterwards(day, **more):
    duty = day.staff[0]
    given = {"ruling": duty.ruling, "person": duty.person, "body": day.body, "event_id": day.event.pk, "proved_on": clock.today()}
    LateGround.objects.create(**given, rule_id="recusal.kin_of_candidate", text="x", recorded_at=STARTS, **{"hidden": False, **more})


def concealment(day, proved_on):
    return Concealment.objects.create(person=day.staff[0].person, proved_on=proved_on, rule_id="x", recorded_at=STARTS)


def hidden_and_proved(day):
    proved_afterwards(day, hidden=True, concealment=concealment(day, clock.today() + timedelta(days=700)))


def barred(day):
    concealment(day, STARTS.date() - timedelta(days=30))


def perhaps_reported(day):
    row = Unmatched.objects.create(kind="training", told="{}", name_index="x", same_key="y", recorded_at=STARTS)
    MatchDoubt.objects.create(unmatched=row, person=day.staff[0].person, raised_at=STARTS)


def related(day):
    KinEdge.objects.create(
        person=day.candidates[0], relative_index=day.staff[2].person.id_index, relation="father", declared_on=date(2026, 1, 1)
    )


def related_the_other_way(day):
    KinEdge.objects.create(
        person=day.staff[2].person, relative_index=blind_index(day.candidates[0].id_number), relation="child", declared_on=date(2026, 1, 1)
    )


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def stale_seal(day):
    Bag.objects.filter(kind="sitting").update(sealed_at=clock.now() - timedelta(days=2))


def flipped_byte(day):
    path = shelf.shelf() / Bag.objects.get(kind="sitting").name / "data/05-seats/seats.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"A01", b"A09"))


def unrequested(day):
    mark = Mark.objects.order_by("place__ticket_number")[0]
    Mark.objects.filter(pk=mark.pk).update(score=99)


BREAKS = [
    ("recusal.E001", lambda day: Duty.objects.filter(pk=day.staff[0].pk).update(ruling=None), 1),
    ("recusal.E002", trained, 1),
    ("recusal.E003", related, 1),
    ("recusal.E003", related_the_other_way, 1),
    ("recusal.E004", lambda day: Declaration.objects.filter(person=day.staff[0].person).delete(), 1),
    ("recusal.E002", taught_a_course, 1),
    ("recusal.E005", proved_afterwards, 1),
    ("recusal.E005", hidden_and_proved, 1),
    ("recusal.E006", barred, 1),
    ("recusal.E007", perhaps_reported, 1),
    ("sittings.E001", lambda day: Duty.objects.filter(pk=day.staff[2].pk).update(live=False, state="recused"), 1),
    ("conduct.E001", lambda day: type(day.room_record).objects.update(state="filling"), 1),
    ("applications.E001", lambda day: EmployerConfirmation.objects.filter(application=day.places[0].application).delete(), 1),
    ("applications.E002", lambda day: Verification.objects.filter(application=day.places[0].application, round=2).delete(), 1),
    ("applications.E002", lambda day: Verification.objects.filter(application=day.places[0].application).delete(), 1),
    ("applications.E003", lambda day: type(day.places[0].application).objects.update(accepted_by_lapse=True), 3),
    ("results.E001", lambda day: sql("UPDATE exams_mark SET score = 99 WHERE score = 60"), 1),
    ("results.E001", lambda day: sql("UPDATE exams_result SET outcome = 'pass' WHERE outcome = 'fail'"), 1),
    ("results.E003", unrequested, 1),
    ("results.E004", lambda day: ResultSheet.objects.update(publish_by=date(2026, 1, 1)), 1),
    ("results.E005", lambda day: Result.objects.filter(outcome="fail").update(outcome="pass"), 1),
    ("archive.E001", lambda day: type(day.sitting).objects.update(state="closed"), 1),
    ("archive.E002", flipped_byte, 1),
    ("archive.E003", stale_seal, 1),
    ("bodies.E001", lambda day: Entrustment.objects.update(until=date(2026, 5, 1)), 1),
    ("bodies.E001", lambda day: Entrustment.objects.update(families=["RT"]), 1),
    ("bodies.E002", lambda day: ManagementDocument.objects.filter(kind="emergency").delete(), 1),
    ("bodies.E002", lambda day: ManagementDocument.objects.filter(kind="video").update(review_on=date(2026, 2, 1)), 1),
]


@pytest.mark.parametrize(("check", "spoil", "n"), BREAKS, ids=[f"{check}-{at}" for at, (check, _, _) in enumerate(BREAKS)])
def test_what_is_wrong_is_found_and_named(day, check, spoil, n):
    spoil(day)
    found = run(day, check)
    assert len(found) == n
    for draft in found:
        assert draft.about_key[0]
        assert draft.message % draft.params if draft.params else draft.message


def test_a_change_by_the_rules_is_no_finding(day):
    mark = Mark.objects.order_by("place__ticket_number")[0]
    change = results.ask_change(by=day.actor("score_clerk"), mark=mark, score=75, reason="not added")
    results.approve_change(by=day.actor("score_approver"), change=change)
    results.approve_change(by=day.actor("head_of_body"), change=change)
    assert [run(day, check) for check in ("results.E001", "results.E003", "results.E005")] == [[], [], []]


def test_another_body_s_faults_are_not_found_here(day, cast):
    other = ExamDay(cast, "2026-08", cast.other_body).whole()
    Duty.objects.filter(pk=other.staff[0].pk).update(ruling=None)
    assert run(day, "recusal.E001") == []
    assert len(run(other, "recusal.E001")) == 1


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_the_journal_check_finds_an_entry_altered_past_the_guards(day):
    from exams import guards

    record("trial.act", day.event, by=day.actor("exam_clerk"), n=1)
    sequenced()
    before = {draft.facts["fault"] for draft in run(day, "journal.E001")} - {"journal.E005"}
    assert before == set()
    guards.lift()
    sql("UPDATE exams_entry SET body = CAST('{}' AS BLOB) WHERE action = 'trial.act'" if connection.vendor == "sqlite"
        else "UPDATE exams_entry SET body = '{}'::bytea WHERE action = 'trial.act'")  # fmt: skip
    assert "journal.E002" in {draft.facts["fault"] for draft in run(day, "journal.E001")}
