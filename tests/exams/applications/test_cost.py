"""What the mass actions cost: the same queries for two rows and for six. What recusal asks is counted in its own tests."""

from __future__ import annotations

from typing import Any

import pytest

from exams.applications import checking
from exams.applications.actions import accept_many, approve_many, confirm_many, import_workbook, undo_import, verify_many
from exams.applications.models import Application
from tests.counted import entries_counted
from tests.exams.applications.world import PDF, World

pytestmark = [pytest.mark.django_db, entries_counted, pytest.mark.parametrize("rows", [2, 6])]


@pytest.fixture(autouse=True)
def recusal_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "require_clear", lambda **_given: None)


def applied(world: World, rows: int) -> list[Application]:
    return world.imported(*[world.row(n) for n in range(1, rows + 1)])


def confirmed(world: World, rows: int) -> list[Application]:
    confirm_many(by=world.clerk, applications=applied(world, rows), stamp=PDF)
    return list(Application.objects.all())


def looked_at(world: World, applications: list[Application], by: Any, kind: str = "performance", method: str = "performance") -> None:
    numbers = {application.pk: f"CX-{application.number}" for application in applications}
    verify_many(by=by, applications=applications, kind=kind, outcome="confirmed", method=method, report_numbers=numbers)


def test_importing_new_rows(world: World, rows: int, django_assert_num_queries: Any) -> None:
    batch = world.preview(world.workbook(*[world.row(n) for n in range(1, rows + 1)]))
    with django_assert_num_queries(42):
        import_workbook(by=world.clerk, batch=batch)


def test_importing_rows_that_change_an_application(world: World, rows: int, django_assert_num_queries: Any) -> None:
    applied(world, rows)
    batch = world.preview(world.workbook(*[world.row(n, years=9) for n in range(1, rows + 1)]))
    with django_assert_num_queries(35 + rows):
        import_workbook(by=world.clerk, batch=batch)


def test_undoing_an_import(world: World, rows: int, django_assert_num_queries: Any) -> None:
    batch = import_workbook(by=world.clerk, batch=world.preview(world.workbook(*[world.row(n) for n in range(1, rows + 1)])))
    with django_assert_num_queries(14):
        undo_import(by=world.clerk, batch=batch)


def test_confirming(world: World, rows: int, django_assert_num_queries: Any) -> None:
    applications = applied(world, rows)
    with django_assert_num_queries(20):
        confirm_many(by=world.clerk, applications=applications, stamp=PDF)


def test_accepting(world: World, rows: int, django_assert_num_queries: Any) -> None:
    applications = confirmed(world, rows)
    with django_assert_num_queries(11):
        accept_many(by=world.exam_clerk, applications=applications)


def test_verifying(world: World, rows: int, django_assert_num_queries: Any) -> None:
    applications = confirmed(world, rows)
    with django_assert_num_queries(11):
        looked_at(world, applications, world.first)


def test_approving(world: World, rows: int, django_assert_num_queries: Any) -> None:
    applications = confirmed(world, rows)
    for officer in (world.first, world.second):
        looked_at(world, applications, officer)
        looked_at(world, applications, officer, "education", "chsi_query")
    accept_many(by=world.exam_clerk, applications=applications)
    with django_assert_num_queries(14):
        approve_many(by=world.approver, applications=applications)
