"""Audits from opening to closing, hidden until served; and what must be refused."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from exams import clock
from exams.documents.keeping import content_of
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.messages.models import Message
from exams.oversight import actions, queries
from exams.oversight.models import Audit, Finding, Inspector
from exams.oversight.plugs import of_authority, of_body
from exams.oversight.registry import AUDIT_CHECKS, Draft, audit_check
from exams.oversight.returns import Period, bodies_with_problems, computed
from exams.people.models import Employment, Person
from exams.recusal.models import Ruling
from tests.exam_day import ExamDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


@pytest.fixture
def inspectors(cast):
    return [cast.actor("oversight_inspector", name=f"检查员{n}") for n in (1, 2)]


def people(inspectors):
    return [Person.objects.get(pk=one.person_id) for one in inspectors]


@pytest.fixture
def audit(day, inspectors):
    return actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=people(inspectors))


def ids(caught):
    return [objection.id for objection in caught.value.objections]


def soon(days=10):
    return clock.today() + timedelta(days=days)


def ordered(audit, by, text="Sign every record"):
    finding = actions.add_finding(by=by, audit=audit, block="archive", level="ordinary", text="Record unsigned", basis="rule 12")
    return actions.order_rectification(by=by, audit=audit, finding=finding, due_on=soon(), text=text)


# -- opening --------------------------------------------------------------------------------------------------------


def test_an_audit_rests_on_two_rulings(audit, inspectors):
    assert audit.number == f"JC-{clock.today().year}-001"
    assert (audit.state, audit.served_at) == ("planned", None)
    assert Inspector.objects.filter(audit=audit, ruling__allowed=True).count() == 2


def test_one_inspector_or_the_same_twice_is_not_enough(day, inspectors):
    for given in (people(inspectors)[:1], people(inspectors)[:1] * 2):
        with pytest.raises(Refused) as caught:
            actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=given)
        assert ids(caught) == ["oversight.two_inspectors"]


def test_an_inspector_who_worked_for_the_body_is_refused_and_the_ruling_is_kept(day, inspectors):
    person = people(inspectors)[1]
    Employment.objects.create(person=person, organisation=day.body, since=clock.today() - timedelta(days=400))
    with pytest.raises(Refused) as caught:
        actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=people(inspectors))
    assert "recusal.body_interest" in ids(caught)
    assert not Audit.objects.exists()
    assert Ruling.objects.filter(person=person, allowed=False).count() == 1


def test_somebody_not_appointed_is_no_inspector(day, inspectors, cast):
    with pytest.raises(Refused) as caught:
        actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=[people(inspectors)[0], cast.person("外人", 77)])
    assert "oversight.not_appointed" in ids(caught)


def test_an_event_of_another_body_cannot_be_named(day, cast, inspectors):
    other = ExamDay(cast, "2026-09", cast.other_body)
    with pytest.raises(Refused) as caught:
        actions.open_audit(by=inspectors[0], body=day.body, event=other.event, inspectors=people(inspectors))
    assert ids(caught) == ["oversight.other_event"]


@pytest.mark.parametrize("who", ["stranger", "head_of_body", "system_administrator", "candidate"])
def test_only_the_supervising_authority_opens_one(day, cast, inspectors, who):
    actor = {
        "stranger": cast.stranger,
        "head_of_body": cast.actor("head_of_body"),
        "system_administrator": cast.actor("system_administrator"),
        "candidate": cast.candidate(day.candidates[0]),
    }[who]
    with pytest.raises(NotPermitted):
        actions.open_audit(by=actor, body=day.body, event=None, inspectors=people(inspectors))


def test_an_authority_that_does_not_supervise_the_body_cannot_audit_it(day, cast, inspectors):
    from exams.people.models import Organisation

    elsewhere = Organisation.objects.create(kind="issuing_authority", name="他省局", credit_code="91110000MA99999999")
    with pytest.raises(NotPermitted):
        actions.open_audit(by=cast.actor("oversight_inspector", elsewhere), body=day.body, event=None, inspectors=people(inspectors))


# -- hidden until served ----------------------------------------------------------------------------------------------


def test_the_body_sees_nothing_before_it_is_served(audit, cast, inspectors):
    head = cast.actor("head_of_body")
    actions.run_checks(by=inspectors[0], audit=audit)
    assert not queries.visible_to(head).exists()
    assert not queries.findings_visible_to(head).exists()
    assert list(of_body(head)) == []
    actions.serve_audit(by=inspectors[0], audit=audit)
    assert list(queries.visible_to(head)) == [audit]
    assert not queries.findings_visible_to(head).exists()
    assert Message.objects.filter(kind="audit.served", person_id=head.person_id).count() == 1
    assert not queries.visible_to(cast.stranger).exists()
    assert not queries.visible_to(cast.actor("head_of_body", cast.other_body)).exists()


def test_ordering_rectification_serves_it(audit, cast, inspectors):
    cast.actor("head_of_body")
    row = ordered(audit, inspectors[0])
    audit.refresh_from_db()
    assert (audit.state, audit.served_at is not None) == ("in_rectification", True)
    assert list(queries.rectifications_visible_to(cast.actor("head_of_body"))) == [row]


# -- from finding to closing ------------------------------------------------------------------------------------------


def test_the_body_reports_the_authority_accepts_the_audit_is_closed(audit, cast, inspectors):
    head, inspector = cast.actor("head_of_body"), inspectors[0]
    row = ordered(audit, inspector)
    audit.refresh_from_db()
    assert [item.state for item in of_body(head)] == ["todo"]
    with pytest.raises(Refused) as caught:
        actions.close_audit(by=inspector, audit=audit)
    assert ids(caught) == ["oversight.open.F-01"]
    actions.report_rectification(by=head, rectification=row, text="All records signed", evidence=b"%PDF-1.4\n%%EOF\n")
    assert "Re-check" in str(next(iter(of_authority(inspector))).title)
    actions.accept_rectification(by=inspector, rectification=row, answer="looked at on site")
    actions.close_audit(by=inspector, audit=audit)
    assert (audit.state, Finding.objects.get().state) == ("closed", "rectified")
    assert list(of_body(head)) == []


def test_a_report_not_passed_gets_a_new_last_day(audit, cast, inspectors):
    row = ordered(audit, inspectors[0])
    actions.report_rectification(by=cast.actor("head_of_body"), rectification=row, text="done")
    with pytest.raises(Refused):
        actions.return_rectification(by=inspectors[0], rectification=row, answer="  ", due_on=soon())
    with pytest.raises(Refused):
        actions.return_rectification(by=inspectors[0], rectification=row, answer="not all", due_on=date(2020, 1, 1))
    actions.return_rectification(by=inspectors[0], rectification=row, answer="not all", due_on=soon(20))
    row.refresh_from_db()
    assert (row.finding.state, row.due_on) == ("not_passed", soon(20))
    actions.report_rectification(by=cast.actor("head_of_body"), rectification=row, text="now all")


def test_what_is_overdue_is_said_to_both_sides(audit, cast, inspectors):
    row = ordered(audit, inspectors[0])
    type(row).objects.update(due_on=clock.today() - timedelta(days=1))
    head = cast.actor("head_of_body")
    assert [item.state for item in of_body(head)] == ["refused"]
    assert [item.state for item in of_authority(inspectors[0])] == ["refused"]


@pytest.mark.parametrize("who", ["stranger", "other head", "inspector", "candidate"])
def test_only_the_body_inspected_reports(audit, cast, day, inspectors, who):
    row = ordered(audit, inspectors[0])
    actor = {
        "stranger": cast.stranger,
        "other head": cast.actor("head_of_body", cast.other_body),
        "inspector": inspectors[0],
        "candidate": cast.candidate(day.candidates[0]),
    }[who]
    with pytest.raises(NotPermitted):
        actions.report_rectification(by=actor, rectification=row, text="done")


def test_the_body_cannot_accept_its_own_rectification_or_close(audit, cast, inspectors):
    row, head = ordered(audit, inspectors[0]), cast.actor("head_of_body")
    actions.report_rectification(by=head, rectification=row, text="done")
    for name, more in (
        ("accept_rectification", {"rectification": row}),
        ("close_audit", {"audit": audit}),
        ("run_checks", {"audit": audit}),
    ):
        with pytest.raises(NotPermitted):
            getattr(actions, name)(by=head, **more)


def test_a_rectification_is_ordered_once(audit, inspectors):
    row = ordered(audit, inspectors[0])
    audit.refresh_from_db()
    with pytest.raises(Stale):
        actions.order_rectification(by=inspectors[0], audit=audit, finding=row.finding, due_on=soon(), text="again")


@pytest.mark.parametrize("more", [{"due_on": date(2020, 1, 1)}, {"text": "  "}])
def test_an_order_needs_a_day_to_come_and_words(audit, inspectors, more):
    finding = actions.add_finding(by=inspectors[0], audit=audit, block="archive", level="notice", text="x", basis="y")
    with pytest.raises(Refused):
        actions.order_rectification(by=inspectors[0], audit=audit, finding=finding, **{"due_on": soon(), "text": "t", **more})


def test_an_audit_never_served_is_terminated_with_a_reason_not_closed(audit, inspectors):
    with pytest.raises(Refused) as caught:
        actions.close_audit(by=inspectors[0], audit=audit)
    assert ids(caught) == ["oversight.not_served"]
    actions.terminate_audit(by=inspectors[0], audit=audit, reason="Postponed to June")
    assert audit.state == "terminated"


# -- checks, record, return -------------------------------------------------------------------------------------------


def test_there_are_enough_checks_and_each_has_its_basis():
    assert len(AUDIT_CHECKS) >= 16
    assert all(
        str(check.basis) and str(check.title) and check.doc and check.level in ("serious", "ordinary", "notice") for check in AUDIT_CHECKS
    )


def test_what_was_found_is_not_found_twice(audit, inspectors):
    first = actions.run_checks(by=inspectors[0], audit=audit)
    assert first
    assert actions.run_checks(by=inspectors[0], audit=audit) == []
    assert Finding.objects.count() == len(first)
    assert [finding.number for finding in first] == [f"F-{n:02d}" for n in range(1, len(first) + 1)]


def test_a_check_that_breaks_is_shown_as_broken_and_hides_nothing(audit, inspectors):
    @audit_check("trial.E001", "Trial")
    def breaks(scope):
        yield Draft("seen", about=scope.body)
        raise ZeroDivisionError("nothing to count")

    try:
        found = actions.run_checks(by=inspectors[0], audit=audit)
        run = audit.runs.get(check_id="trial.E001")
        assert (run.found, run.failed) == (0, "ZeroDivisionError: nothing to count")
        assert found
    finally:
        AUDIT_CHECKS._entries.pop("trial.E001")


def test_the_record_is_printed_with_every_finding(audit, inspectors):
    ordered(audit, inspectors[0])
    actions.run_checks(by=inspectors[0], audit=audit)
    audit.refresh_from_db()
    document = actions.print_report(by=inspectors[0], audit=audit)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content_of(document))).pages)
    assert audit.number in text
    assert "F-01" in text
    assert Entry.objects.filter(action="oversight.print_report").count() == 1


def test_the_return_counts_different_bodies_not_visits_and_no_planned_ones(day, cast, inspectors, audit):
    period = Period(cast.authority, clock.today().replace(month=1, day=1), clock.today())
    assert [figure.value for _entry, figure in computed(period)] == [0]
    actions.serve_audit(by=inspectors[0], audit=audit)
    second = actions.open_audit(by=inspectors[0], body=day.body, event=None, inspectors=people(inspectors))
    ordered(second, inspectors[0])
    assert [figure.value for _entry, figure in computed(period)] == [1]
    assert [body for body, _found in bodies_with_problems(period)] == [day.body]
