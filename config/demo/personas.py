"""Who can be signed in as by one click in the finished world."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from config.demo.world import World, open_account
from exams.people.models import Account, Person
from exams.results.grading import FAIL, PASS
from exams.results.models import Result

SHOWN = (
    ("exam_clerk", 0), ("head_of_body", 0), ("chief", 0), ("invigilator", 0), ("video_monitor", 0), ("setter", 0), ("setter", 2),
    ("custodian", 0), ("score_clerk", 0), ("archivist", 0), ("verifier", 0), ("authority_officer", 0), ("oversight_inspector", 0),
    ("security_administrator", 0),
)  # fmt: skip


def written(world: World) -> None:
    """A list of people beside the database; the sign-in page shows it only in a demo."""
    rows = [_row(person, capacity) for capacity, number in SHOWN for person in [world.staff[capacity][number]]]
    rows.append(_row(world.staff["outside:employer_clerk"][0], "employer_clerk"))
    rows.append(_row(world.staff["outside:training_manager"][0], "training_manager"))
    for number, outcome in enumerate((PASS, FAIL), 1):
        result = Result.objects.filter(outcome=outcome).select_related("application__person").order_by("application__number").first()
        if result is not None:
            open_account(result.application.person, f"candidate{number}")
            rows.append(_row(result.application.person, "candidate"))
    (Path(settings.DATA_DIR) / "personas.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))


def _row(person: Person, capacity: str) -> dict[str, str]:
    account = Account.objects.get(person=person)
    return {"username": account.username, "person": person.name, "capacity": capacity}
