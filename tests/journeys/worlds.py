"""A world on disk for journeys in a browser: the demo's story up to the published arrangement, told with few candidates.

Run inside a world's environment: `python -m tests.journeys.worlds`.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from unittest import mock

import django

if __name__ == "__main__":
    django.setup()

from django.utils import translation

from config.demo import applying, story
from config.demo.progress import Progress
from config.demo.world import EMPLOYERS, World, open_account
from exams import clock
from exams.clock import Installation
from exams.people.models import Account
from exams.sittings.models import Place

CANDIDATES = 4 * len(EMPLOYERS)


def make() -> None:
    """Everybody in office, an event with forty accepted candidates, seats, duties and sealed papers."""
    Installation.objects.create(origin="journeys.examinations.local/1", made_by_demo=True)
    world = World(seed=1, progress=Progress(sys.stderr), started=clock.machine() - timedelta(days=story.DAYS_AHEAD))
    world.things["days_ahead"] = story.DAYS_AHEAD
    clock.move_to(world.started)
    with mock.patch.object(applying, "CANDIDATES", CANDIDATES), translation.override("en"):
        for title, step in story.BEFORE:
            with world.progress.step(title):
                step(world)
    seated = Place.objects.select_related("application__person").order_by("ticket_number").first()
    if seated is not None and not Account.objects.filter(person=seated.application.person).exists():
        open_account(seated.application.person, "candidate")


if __name__ == "__main__":
    make()
