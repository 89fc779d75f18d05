"""Applications: each employer hands in a real workbook, confirms and stamps; two officers verify; the body accepts and approves."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import cv2
import numpy as np

from config.demo.world import CANDIDATES, World
from exams import clock
from exams.applications import actions as applications
from exams.applications.models import Application
from exams.applications.template import template_for
from exams.documents import workbook
from exams.people.models import Organisation
from exams.programme import actions as programme

EDUCATION = ("college", "bachelor", "bachelor", "secondary", "master")


def workbooks(world: World) -> None:
    """Ten employers fill in the template of the event; one of them first makes every mistake that people make."""
    world.go_to(clock.now() + timedelta(days=2))
    event = world.things["event"]
    template = template_for(event, "zh-hans")
    each = CANDIDATES // len(world.employers)
    for number, employer in enumerate(world.progress.each(world.employers, "workbooks")):
        clerk = world.actor("employer_clerk", organisation=employer)
        rows = [_row(world, number * each + place) for place in range(each)]
        content = workbook.make(template, {"candidates": rows, "performance": [line for row in rows for line in _performance(world, row)]})
        if number == 0:
            _first_try(world, clerk, employer, template, rows)
        batch = applications.preview_workbook(
            by=clerk, event=event, employer=employer, file_bytes=content, file_name=f"报名表-{employer.name}.xlsx"
        )
        applications.import_workbook(by=clerk, batch=batch, mode="all")


def _first_try(world: World, clerk: Any, employer: Organisation, template: Any, rows: list[dict[str, Any]]) -> None:
    """A workbook with wrong numbers is previewed, comes back with every fault marked, and changes nothing."""
    wrong = [{**row, "id_number": row["id_number"][:-1] + ("1" if row["id_number"][-1] != "1" else "2")} for row in rows[:5]]
    content = workbook.make(template, {"candidates": wrong, "performance": []})
    batch = applications.preview_workbook(
        by=clerk, event=world.things["event"], employer=employer, file_bytes=content, file_name="报名表（初稿）.xlsx"
    )
    if not batch.faults or Application.objects.exists():
        raise AssertionError("a wrong workbook must be marked and change nothing")
    applications.discard_batch(by=clerk, batch=batch)


def _row(world: World, number: int) -> dict[str, Any]:
    dice = random.Random(f"candidate-{world.seed}-{number}")
    name = world.people.unusual() if number % 30 == 3 else world.people.name()
    family = "UT" if number % 2 == 0 else "MT"
    return {
        "name": name, "id_number": world.people.id_number(1972, 1998), "phone": world.people.phone(), "item": f"{family}-Ⅱ", "category": "first",
        "education": dice.choice(EDUCATION), "school": "云泽工业大学", "education_number": f"{dice.randrange(10**17, 10**18)}", "major": "机械工程",
        "science": "yes", "years": dice.randrange(4, 15), "employed_since": clock.today() - timedelta(days=dice.randrange(1500, 3000)),
        "eyesight": 5, "colour_vision": "yes",
    }  # fmt: skip


def _performance(world: World, row: dict[str, Any]) -> list[dict[str, Any]]:
    day = clock.today() - timedelta(days=60)
    return [
        {"id_number": row["id_number"], "equipment": "压力容器", "equipment_number": f"容17临{place}", "inspected_on": day - timedelta(days=20 * place),
         "report_number": f"BG-{row['id_number'][-8:]}-{place}"}
        for place in range(3)
    ]  # fmt: skip


def confirmation(world: World) -> None:
    """Each employer confirms and stamps its own candidates' material."""
    world.go_to(clock.now() + timedelta(days=1))
    stamp = _scan()
    waiting = Application.objects.filter(event=world.things["event"], state="submitted").order_by("number")
    for employer in world.progress.each(world.employers, "employers' confirmation"):
        clerk = world.actor("employer_clerk", organisation=employer)
        applications.confirm_many(by=clerk, applications=list(waiting.filter(employer=employer)), stamp=stamp)


def checking(world: World) -> None:
    """Acceptance, two verifications of each fact by two officers, approval; one list of corrections, answered in time."""
    world.go_to(clock.now() + timedelta(days=1))
    clerk, approver = world.actor("exam_clerk"), world.actor("application_approver")
    officers = [world.actor("verifier", number) for number in range(2)]
    rows = list(Application.objects.filter(event=world.things["event"], state="employer_confirmed").order_by("number"))
    for batch in world.progress.each([rows[start : start + 40] for start in range(0, len(rows), 40)], "verification"):
        applications.accept_many(by=clerk, applications=batch)
        for officer in officers:
            numbers = {application.pk: f"CHSI-{application.number}" for application in batch}
            applications.verify_many(
                by=officer, applications=batch, kind="education", outcome="confirmed", method="chsi_query", report_numbers=numbers
            )
            applications.verify_many(by=officer, applications=batch, kind="performance", outcome="confirmed", method="performance")
        applications.approve_many(by=approver, applications=batch)


def close(world: World) -> None:
    event = world.things["event"]
    event.refresh_from_db()
    world.go_to(clock.now() + timedelta(days=15))
    programme.close_applications(by=world.actor("exam_clerk"), event=event)
    event.refresh_from_db()


def _scan() -> bytes:
    """A picture of a stamped sheet."""
    sheet = np.full((420, 300, 3), 250, np.uint8)
    for line in range(40, 300, 16):
        cv2.line(sheet, (30, line), (270, line), (160, 160, 160), 1)
    cv2.circle(sheet, (210, 340), 46, (60, 60, 220), 3)
    return bytes(cv2.imencode(".png", sheet)[1])
