"""What an audit asks of the video of a body's events."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from exams.oversight.registry import Draft, Scope, audit_check
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop
from proctoring.coverage import queries
from proctoring.coverage.models import Recording

BASIS = gettext_noop("Notice 2024 No. 34, I (3)")


def _over(scope: Scope) -> Iterator[Sitting]:
    """Watched sittings that are over."""
    found = Sitting.objects.filter(slot__event__in=scope.events, state__in=("closed", "sealed"), room__watch=True)
    yield from found.select_related("slot__event", "room").order_by("starts_at")


@audit_check("proctoring.E001", _("Gaps of the video without explanation"), basis=BASIS, level="serious", block="video")
def unexplained_gaps(scope: Scope) -> Iterator[Draft]:
    """Every gap that must be explained is explained by a named person."""
    for sitting in _over(scope):
        for gap in queries.report(sitting).open_gaps:
            yield Draft(
                gettext_noop("Room %(room)s, camera %(camera)s: %(seconds)s seconds without video and without explanation."),
                {"room": sitting.room.name, "camera": gap.camera.name, "seconds": gap.seconds},
                about=sitting,
                facts={"camera": gap.camera.name, "start_ms": gap.start, "end_ms": gap.end, "reasons": list(gap.reasons)},
            )


@audit_check("proctoring.E002", _("Seats that no camera saw"), basis=BASIS, level="serious", block="video")
def unseen_seats(scope: Scope) -> Iterator[Draft]:
    """Every assigned seat lies in the view of a camera whose aim was checked."""
    for sitting in _over(scope):
        unseen = sorted(label for label, names in queries.report(sitting).seen.items() if not names)
        if unseen:
            yield Draft(
                gettext_noop("Room %(room)s: no camera saw the seats %(seats)s."),
                {"room": sitting.room.name, "seats": ", ".join(unseen)},
                about=sitting,
                facts={"seats": unseen},
            )


@audit_check("proctoring.E003", _("Time of seats without cover"), basis=BASIS, level="ordinary", block="video")
def uncovered_time(scope: Scope) -> Iterator[Draft]:
    """Every assigned seat was covered for the whole sitting; an explanation does not change that."""
    for sitting in _over(scope):
        covered = queries.report(sitting).coverage
        lost = covered.total("gap")
        if lost:
            yield Draft(
                gettext_noop("Room %(room)s: %(seconds)s seat-seconds of %(all)s were not covered."),
                {"room": sitting.room.name, "seconds": -(-lost // 1000), "all": covered.all_ms // 1000},
                about=sitting,
                facts={"lost_ms": lost, "all_ms": covered.all_ms},
            )


@audit_check("proctoring.E004", _("Rooms without recordings"), basis=BASIS, level="serious", block="video")
def no_recordings(scope: Scope) -> Iterator[Draft]:
    """Every camera that must be recorded has an index of recording files for the sitting."""
    for sitting in _over(scope):
        (start, end), _provisional = queries.window_of(sitting)
        within = Recording.objects.filter(start_ms__lt=end, end_ms__gt=start)
        for camera in queries.counting(sitting):
            if camera.records and not within.filter(camera=camera).exists():
                yield Draft(
                    gettext_noop("Room %(room)s, camera %(camera)s: no recording file of the sitting is indexed."),
                    {"room": sitting.room.name, "camera": camera.name},
                    about=camera,
                )
