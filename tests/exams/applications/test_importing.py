"""Workbooks of applications as opponents fill them in: every fault with its cell, nothing written before the import, all undone."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from exams.applications import queries
from exams.applications.actions import confirm_by_employer, discard_batch, import_workbook, preview_workbook, undo_import
from exams.applications.filing import file
from exams.applications.models import Application, ImportBatch, PerformanceEntry
from exams.applications.planning import plan
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.messages.models import Message
from exams.people.actions import record_employment
from exams.people.models import Employment, Person
from exams.register.models import Bar
from tests.cast import id_number
from tests.exams.applications.world import PDF, World

pytestmark = pytest.mark.django_db


def faults(world: World, batch: ImportBatch) -> list[str]:
    return [f"{fault['sheet']}!{fault['column']}{fault['row']}: {fault['message'] % fault['params']}" for fault in queries.faults_of(batch)]


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.wrong


def refused(function: Any, **given: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        function(**given)
    return [objection.id for objection in caught.value.objections]


def test_a_preview_writes_nothing(world: World) -> None:
    batch = world.preview(world.workbook(world.row(1), world.row(2, item="MT-Ⅱ")))
    assert (batch.state, counts(batch), batch.faults) == ("previewed", (2, 0, 0, 0), 0)
    assert Application.objects.count() == Person.objects.filter(name="王五").count() == 0


def test_the_import_writes_persons_posts_applications_and_tells_them(world: World) -> None:
    one, two = world.imported(world.row(1), world.row(2, item="MT-Ⅱ"))
    assert [one.number, two.number] == ["LJ-2026-1-00001", "LJ-2026-1-00002"]
    assert (one.state, one.edition.version, one.employer) == ("submitted", "2026", world.employer)
    assert one.stated["education_number"] == "1000000001" and one.person.birth_date == date(1985, 3, 14)
    assert one.performance.count() == 3
    assert [finding["objection"] for finding in one.eligibility] == [None] * 4
    assert Employment.objects.filter(person=one.person, organisation=world.employer, since=date(2020, 3, 1)).count() == 1
    assert Message.objects.filter(person_id=one.person_id, kind="applications.filed").count() == 1


def test_health_is_not_readable_in_the_table(world: World) -> None:
    (application,) = world.imported()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT health FROM exams_application")
        assert "eyesight" not in cursor.fetchone()[0]
    assert application.health == "eyesight=5.0;colour_vision=yes"


def test_the_same_workbook_again_changes_nothing(world: World) -> None:
    data = world.workbook(world.row(1), world.row(2))
    import_workbook(by=world.clerk, batch=world.preview(data))
    batch = world.preview(data)
    assert counts(batch) == (0, 0, 2, 0)
    assert refused(import_workbook, by=world.clerk, batch=batch) == ["applications.nothing_to_import"]


def test_new_changed_same_and_wrong_beside_one_another(world: World) -> None:
    world.imported(world.row(1), world.row(2))
    rows = world.row(1), world.row(2, years=6), world.row(3), world.row(4, name=None)
    batch = world.preview(world.workbook(*rows))
    assert counts(batch) == (1, 1, 1, 1)
    import_workbook(by=world.clerk, batch=batch)
    assert Application.objects.count() == 3
    assert Application.objects.get(person__id_index__isnull=False, person__name=rows[1]["name"]).stated["years"] == "6"


def test_new_changed_same_wrong_without_reports(world: World) -> None:
    world.imported(world.row(1), world.row(2))
    batch = world.preview(world.workbook(world.row(1), world.row(2), world.row(3), world.row(4, name=None), performance=[]))
    assert counts(batch) == (1, 2, 0, 1)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": None}, "” is empty."),
        ({"id_number": "11010119850314001"}, "1 characters are missing: 18 expected, 17 given."),
        ({"id_number": "110101198503140012"}, "Enter an 18-character identity number; the last character does not fit."),
        ({"phone": "12345"}, "Enter a mobile number of 11 digits, or a number with its area code."),
        ({"employed_since": date(2100, 1, 1)}, "This day is later than today."),
        ({"years": "many"}, "A number is expected here."),
    ],
)
def test_each_wrong_cell(world: World, changes: dict[str, Any], fault: str) -> None:
    batch = world.preview(world.workbook(world.row(1, **changes), performance=[]))
    assert counts(batch) == (0, 0, 0, 1)
    assert any(line.endswith(fault) for line in faults(world, batch)), faults(world, batch)


def hand(cell: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book.worksheets[1][cell] = value

    return change


@pytest.mark.parametrize(
    ("cell", "value", "fault"),
    [
        ("C2", 110101198503140011, "考生!C2: The number was stored as a figure and its last digits may be lost."),
        ("A2", "=VLOOKUP(A1,B:B,1)", "考生!A2: The cell is a formula; only values are taken."),
        ("E2", "UT-2", "考生!E2: Only one of these is possible: MT-Ⅱ / UT-Ⅱ."),
        ("G2", "幼儿园", "考生!G2: Only one of these is possible:"),
        ("E2", "RT-Ⅲ", "考生!E2: Only one of these is possible: MT-Ⅱ / UT-Ⅱ."),
    ],
)
def test_what_a_hand_can_do_to_a_cell(world: World, cell: str, value: Any, fault: str) -> None:
    data = world.changed(world.workbook(world.row(1), performance=[]), hand(cell, value))
    (found,) = faults(world, world.preview(data))
    assert found.startswith(fault)


def test_the_same_person_twice(world: World) -> None:
    batch = world.preview(world.workbook(world.row(1), world.row(1), world.row(1, item="MT-Ⅱ"), performance=[]))
    assert faults(world, batch) == ["考生!C3: The same person for the same item stands in row 2. Delete one of them."]
    assert counts(batch) == (2, 0, 0, 1)


def test_one_number_under_two_names(world: World) -> None:
    batch = world.preview(world.workbook(world.row(1), world.row(1, name="赵六", item="MT-Ⅱ"), performance=[]))
    assert faults(world, batch) == ["考生!A3: Row 2 gives this identity number another name."]


def test_a_number_registered_under_another_name(world: World) -> None:
    world.imported(world.row(1))
    batch = world.preview(world.workbook(world.row(1, name="赵六", item="MT-Ⅱ"), performance=[]))
    assert faults(world, batch) == ["考生!A2: This document is registered under another name."]


def test_a_barred_person_cannot_be_applied_for(world: World) -> None:
    person = world.cast.person(world.row(1)["name"], 1)
    until = world.today + timedelta(days=1)
    Bar.objects.create(person=person, kind="fraud", since=world.today, until=until, reason="x", basis="x", decided_by="x")
    assert faults(world, world.preview(world.workbook(world.row(1), performance=[]))) == [f"考生!A2: Barred from applying until {until}."]


def test_nobody_practises_in_two_bodies(world: World) -> None:
    person = world.cast.person(world.row(1)["name"], 1)
    record_employment(
        by=world.cast.actor("system_administrator"), person=person, organisation=world.cast.other_employer, since=date(2020, 1, 1)
    )
    (fault,) = faults(world, world.preview(world.workbook(world.row(1), performance=[])))
    assert fault.endswith("望湖锅炉检验所 at present; one person cannot practise in two bodies.")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"id_number": id_number(9)}, "业绩!A2: No right row of the first sheet has this identity number."),
        ({"inspected_on": date(2100, 1, 1)}, "业绩!D2: This day is later than today."),
        ({"inspected_on": date(2020, 2, 29)}, "业绩!D2: Before the employment began on 2020-03-01."),
    ],
)
def test_performance_is_looked_at(world: World, entry: dict[str, Any], fault: str) -> None:
    found = faults(world, world.preview(world.workbook(world.row(1), performance=world.reports(1, 1, **entry))))
    assert [line.split("!", 1)[1] for line in found] == [fault.split("!", 1)[1]]


def test_a_report_belongs_to_one_person(world: World) -> None:
    world.imported(world.row(1))
    used = PerformanceEntry.objects.first().report_number
    twice = world.reports(2, 2, report_number="BG-X")
    found = faults(
        world, world.preview(world.workbook(world.row(2), world.row(3), performance=[*twice, *world.reports(3, 1, report_number=used)]))
    )
    assert [line.split(": ", 1)[1] for line in found] == ["The same report stands in row 2.", "Another applicant has named this report."]


def test_all_or_nothing(world: World) -> None:
    batch = world.preview(world.workbook(world.row(1), world.row(2, phone="1"), performance=[]))
    assert refused(import_workbook, by=world.clerk, batch=batch, mode="all") == ["applications.not_all_right"]
    assert Application.objects.count() == 0
    import_workbook(by=world.clerk, batch=batch, mode="good")
    assert Application.objects.count() == 1


def test_the_own_workbook_comes_back_marked(world: World) -> None:
    import io

    import openpyxl

    batch = world.preview(world.workbook(world.row(1), world.row(2, phone="1"), performance=[]))
    book = openpyxl.load_workbook(io.BytesIO(content_of(Document.objects.get(pk=batch.annotated_id))))
    page = book.worksheets[1]
    assert page.cell(1, 19).value == "错误原因"
    assert page.cell(2, 19).value is None and page.cell(3, 19).value.startswith("D: ")
    assert page["D3"].fill.fgColor.rgb == "FFFFF2A8"


def test_no_marked_workbook_for_what_is_no_workbook(world: World) -> None:
    with pytest.raises(Refused) as caught:
        world.preview(b"PK\x03\x04 not really")
    assert caught.value.objections[0].id == "documents.kind"
    assert ImportBatch.objects.count() == 0


def test_another_workbook_altogether(world: World) -> None:
    from tests.exams.documents.workbooks import book

    batch = world.preview(book(["x"], heads=["y"], sheet="Sheet1"))
    assert (counts(batch), batch.faults, batch.annotated_id) == ((0, 0, 0, 1), 1, None)
    assert refused(import_workbook, by=world.clerk, batch=batch) == ["applications.nothing_to_import"]


def test_what_changed_since_the_preview_counts(world: World) -> None:
    batch = world.preview(world.workbook(world.row(1), world.row(2)))
    world.imported(world.row(1))
    import_workbook(by=world.clerk, batch=batch)
    batch.refresh_from_db()
    assert counts(batch) == (1, 0, 1, 0)
    with pytest.raises(Stale):
        import_workbook(by=world.clerk, batch=batch)


def test_a_checked_application_is_not_changed_by_import(world: World) -> None:
    application = world.confirmed(1)
    batch = world.preview(world.workbook(world.row(1, years=9)))
    assert faults(world, batch) == ["考生!E2: This application is being checked already and cannot be changed by an import."]
    assert application.stated["years"] == "5"


@pytest.mark.parametrize(("days", "open_"), [(-1, False), (0, True), (25, True), (26, False)])
def test_only_inside_the_window(world: World, days: int, open_: bool) -> None:
    event = world.event
    event.apply_from, event.apply_until = world.today - timedelta(days=days), world.today - timedelta(days=days - 25)
    event.save()
    if open_:
        assert world.preview(world.workbook(world.row(1))).new == 1
    else:
        assert refused(world.preview, data=world.workbook(world.row(1))) == ["applications.window"]


def test_one_new_person_for_two_items_is_registered_once(world: World) -> None:
    one, two = world.imported(world.row(1), world.row(1, item="MT-Ⅱ"))
    assert one.person_id == two.person_id and one.performance.count() == two.performance.count() == 3
    said = [json.loads(entry.body)["facts"]["new"] for entry in Entry.objects.filter(action="people.register_person").order_by("pk")]
    assert said == [True, False]
    assert Employment.objects.filter(person=one.person).count() == 1
    rows = Entry.objects.filter(action="applications.import_row").order_by("pk")
    assert [(json.loads(entry.body)["facts"], entry.object_id) for entry in rows] == [
        ({"kind": "new", "row": 2}, str(one.pk)),
        ({"kind": "new", "row": 3}, str(two.pk)),
    ]


def test_an_application_confirmed_while_the_workbook_is_read_is_not_overwritten(world: World) -> None:
    (application,) = world.imported(world.row(1))
    data = world.workbook(world.row(1, years=9))
    found, batch = plan(data, world.event, world.employer, world.today), world.preview(data)
    confirm_by_employer(by=world.clerk, application=application, stamp=PDF)
    with pytest.raises(Stale):
        file(world.clerk, batch, found.rows)


def test_undo_takes_everything_back(world: World) -> None:
    world.imported(world.row(1))
    batch = import_workbook(by=world.clerk, batch=world.preview(world.workbook(world.row(1, years=9), world.row(2))))
    undo_import(by=world.clerk, batch=batch)
    assert {(row.stated["years"], row.state) for row in Application.objects.all()} == {("5", "submitted"), ("5", "withdrawn")}
    assert PerformanceEntry.objects.filter(application__state="submitted").count() == 3
    batch.refresh_from_db()
    assert batch.state == "undone"
    with pytest.raises(Stale):
        undo_import(by=world.clerk, batch=batch)


def test_undo_is_refused_once_somebody_went_on(world: World) -> None:
    batch = import_workbook(by=world.clerk, batch=world.preview(world.workbook(world.row(1), world.row(2))))
    confirm_by_employer(by=world.clerk, application=batch.applications.first(), stamp=PDF)
    assert refused(undo_import, by=world.clerk, batch=batch) == ["applications.gone_on"]
    assert Application.objects.filter(state="submitted").count() == 1


def test_a_discarded_preview_is_not_imported(world: World) -> None:
    batch = discard_batch(by=world.clerk, batch=world.preview(world.workbook(world.row(1))))
    with pytest.raises(Stale):
        import_workbook(by=world.clerk, batch=batch)


def test_strangers(world: World) -> None:
    data = world.workbook(world.row(1))
    given = {"event": world.event, "file_bytes": data, "file_name": "x.xlsx"}
    other = world.cast.actor("employer_clerk", world.cast.other_employer)
    for actor, employer in ((other, world.employer), (world.cast.stranger, world.employer), (world.first, world.employer)):
        with pytest.raises(NotPermitted):
            preview_workbook(by=actor, employer=employer, **given)
    batch = world.preview(data)
    for actor in (other, world.cast.stranger):
        for function in (import_workbook, undo_import, discard_batch):
            with pytest.raises(NotPermitted):
                function(by=actor, batch=batch)


def test_the_number_of_queries_of_a_plan_does_not_grow(world: World, django_assert_num_queries: Any) -> None:
    def planned(n: int, rows: int) -> None:
        data = world.workbook(*[world.row(k) for k in range(1, rows + 1)])
        with django_assert_num_queries(n):
            plan(data, world.event, world.employer, world.today)

    planned(4, 1)
    planned(4, 3)
    world.imported(*[world.row(k) for k in (1, 2, 3)])
    planned(8, 1)
    planned(8, 3)


def test_an_import_in_parts_comes_to_the_same(world: World) -> None:
    world.imported(world.row(1))
    batch = world.preview(world.workbook(*[world.row(n, years=7) for n in range(1, 5)]))
    assert counts(batch) == (3, 1, 0, 0)
    for left in (2, 0):
        batch = import_workbook(by=world.clerk, batch=batch, at_most=2)
        assert (batch.state == "previewed") is bool(left)
        if left:
            assert refused(discard_batch, by=world.clerk, batch=batch) == ["applications.half_imported"]
    assert counts(batch) == (3, 1, 0, 0)
    undo_import(by=world.clerk, batch=batch)
    assert sorted(Application.objects.values_list("state", flat=True)) == ["submitted", "withdrawn", "withdrawn", "withdrawn"]


def test_all_or_nothing_is_never_done_in_parts(world: World) -> None:
    batch = import_workbook(by=world.clerk, batch=world.preview(world.workbook(world.row(1), world.row(2))), mode="all", at_most=1)
    assert (batch.state, batch.new) == ("imported", 2)
