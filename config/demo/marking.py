"""Marks: recorded by one person, compared by another, graded by the rules of the edition, signed by two, published."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from decimal import Decimal

import openpyxl

from config.demo.world import World
from exams import clock
from exams.results import actions as results
from exams.results import publishing, queries, sheets
from exams.sittings.models import Place, Sitting


def marks(world: World) -> None:
    """One room by workbook, the others by hand; each score twice, by two persons."""
    world.go_to(clock.now() + timedelta(days=3))
    clerk, checker = world.actor("score_clerk"), world.actor("score_checker")
    for number, sitting in enumerate(world.progress.each(world.things["sittings"], "marks")):
        sitting.refresh_from_db()
        scores = _scores(world, sitting)
        if number == 0:
            content = _filled(sitting, scores)
            results.import_marks_workbook(by=clerk, sitting=sitting, file=content)
            results.import_marks_workbook(by=checker, sitting=sitting, file=content)
        else:
            results.enter_marks(by=clerk, sitting=sitting, scores=scores)
            results.check_marks(by=checker, sitting=sitting, scores=scores)


def published(world: World) -> None:
    world.go_to(clock.now() + timedelta(days=2))
    event = world.things["event"]
    event.refresh_from_db()
    publishing.grade(by=world.actor("score_approver"), event=event)
    publishing.sign_results(by=world.actor("chief"), event=event)
    publishing.sign_results(by=world.actor("score_checker"), event=event)
    publishing.publish_results(by=world.actor("score_approver"), event=event)
    event.refresh_from_db()


def _scores(world: World, sitting: Sitting) -> dict[object, Decimal]:
    dice = random.Random(f"scores-{world.seed}-{sitting.room.name}")
    present = queries.present(Place.objects.filter(sitting=sitting, state="held").order_by("ticket_number"))
    return {place.pk: Decimal(min(98, max(31, round(dice.gauss(74, 11))))) for place in present}


def _filled(sitting: Sitting, scores: dict[object, Decimal]) -> bytes:
    """The room's own template, filled in as a clerk would."""
    book = openpyxl.load_workbook(io.BytesIO(sheets.blank(sitting)))
    page = book[book.sheetnames[book.sheetnames.index(book.active.title)]]
    column = {str(cell.value).split(" *")[0]: cell.column for cell in page[1]}
    by_ticket = {place.ticket_number: scores[place.pk] for place in Place.objects.filter(pk__in=scores)}
    ticket, score = list(column.values())[0], list(column.values())[-1]
    for row in range(2, page.max_row + 1):
        value = by_ticket.get(str(page.cell(row, ticket).value))
        if value is not None:
            page.cell(row, score, int(value))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
