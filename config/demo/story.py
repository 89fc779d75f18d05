"""The story the demo tells: one examination from the notice to the verified archive, step by step, through the real actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from config.demo import applying, arranging, closing, day, groundwork, marking, papers, personas, planted, world
from config.demo.processes import Processes
from config.demo.progress import Progress
from config.demo.world import World
from exams import clock
from exams.clock import Installation

DAYS_AHEAD = 45  # how long before the day of the sittings the story begins

Step = tuple[Any, Callable[..., None]]

BEFORE: list[Step] = [
    (_("Authority, exam bodies, training body, employers"), world.organisations),
    (_("Staff, accounts, appointments"), world.staff),
    (_("The authority’s witness"), closing.witness_begins),
    (_("Example rules entered, confirmed, in force"), groundwork.rulebook),
    (_("Bodies entrusted, management documents filed"), groundwork.entrustment),
    (_("Training on record"), groundwork.training),
    (_("Event announced"), groundwork.announcement),
    (_("Declarations of interest signed"), groundwork.declarations),
    (_("Questions written, reviewed, approved"), papers.bank),
    (_("Applications by workbook"), applying.workbooks),
    (_("Employers confirm and stamp"), applying.confirmation),
    (_("Verified by two officers, accepted, approved"), applying.checking),
    (_("Applications closed"), applying.close),
    (_("Rooms and cameras"), arranging.venue),
    (_("Time slots"), arranging.timetable),
    (_("Seats drawn by lot"), arranging.seats),
    (_("Duties by lot, each cleared by recusal"), arranging.duties),
    (_("Relatives declared"), planted.first_half),
    (_("Papers drawn and approved"), papers.assembled),
    (_("Papers sealed"), papers.sealed),
    (_("A candidate declares relatives"), planted.second_half),
    (_("Arrangement published"), arranging.publication),
    (_("Checkpoint signed and witnessed"), closing.witnessed),
]
THE_DAY: list[Step] = [
    (_("Aim of the cameras checked"), day.aim),
    (_("Papers opened by two, candidates admitted"), day.admission),
    (_("The sittings under the cameras, in real time"), day.sitting),
    (_("Rooms recorded and closed"), day.closing),
]
AFTER: list[Step] = [
    (_("Marks by two persons"), marking.marks),
    (_("Graded, signed, published"), marking.published),
    (_("Training work of a setter reported"), planted.trainer_among_setters),
    (_("Dossiers sealed and witnessed"), closing.sealed),
    (_("Something happens to the database"), planted.forged_mark),
    (_("Copies for the authority"), closing.delivered),
    (_("Verified by the authority’s own program"), closing.verified),
    (_("Journal compared with the tables"), closing.journal),
    (_("Audit by two inspectors"), closing.audit),
    (_("Rectification, report"), closing.rectification),
    (_("People to sign in as"), personas.written),
]


def tell(seed: int, progress: Progress) -> dict[str, Any]:
    """Build the world and run the examination; the summary of what came out. A step that fails names itself."""
    with progress.step(_("Database with its guards")):
        call_command("migrate", verbosity=0, run_syncdb=True)
        Installation.objects.create(origin=f"demo.examinations.local/{seed}", made_by_demo=True)
    here = World(seed=seed, progress=progress, started=clock.machine() - timedelta(days=DAYS_AHEAD))
    here.things["days_ahead"] = DAYS_AHEAD
    clock.move_to(here.started)
    with Processes(Path(settings.DATA_DIR) / "logs") as processes:
        day.paint(here, processes)
        day.serve(here, processes)
        _run(BEFORE, here)
        with progress.step(_("Server and camera agent")):
            day.dawn(here)
            day.watch(here, processes)
        _run(THE_DAY, here)
        day.leave(here, processes)
    _run(AFTER, here)
    return closing.summary(here)


def _run(steps: list[Step], here: World) -> None:
    for title, step in steps:
        with here.progress.step(title):
            step(here)
