"""Where proctoring stands on the rail, what it leaves open on the home pages, and what its tables are called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exams import clock, navigation
from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.journal.naming import name_tables
from exams.verdicts import gettext_noop
from proctoring.coverage import queries

navigation.entry(
    "proctoring.coverage", _("Video coverage"), "coverage:list", "exam_clerk", "chief", "video_monitor", "technician",
    "oversight_inspector", order=40,
)  # fmt: skip
navigation.entry("proctoring.wall", _("Camera wall"), "wall:venues", "video_monitor", "chief", "technician", order=42)
navigation.entry("proctoring.cameras", _("Cameras"), "cameras:list", "technician", order=44)
# others come to footage from video coverage and from what is open on their home page: a rail has seven places
navigation.entry("proctoring.footage", _("Footage"), "footage:requests", "archivist", order=46)
navigation.entry("proctoring.own_footage", _("My footage"), "footage:own", "candidate", order=60)

name_tables(
    {
        "proctoring.Agent": gettext_noop("Room collector"),
        "proctoring.Camera": gettext_noop("Camera"),
        "proctoring.Explanation": gettext_noop("Explanation of a gap"),
        "proctoring.FaultEvent": gettext_noop("Fault of a camera"),
        "proctoring.FootageRequest": gettext_noop("Request to see footage"),
        "proctoring.SampleDraw": gettext_noop("Draw of footage to be looked at"),
        "proctoring.SampleItem": gettext_noop("Drawn footage"),
        "proctoring.KeepingRule": gettext_noop("Period of keeping footage"),
        "proctoring.Hold": gettext_noop("Hold on footage"),
        "proctoring.Disposal": gettext_noop("Disposal of footage"),
        "proctoring.Tombstone": gettext_noop("What remains of removed footage"),
    }
)


@agenda("proctoring.gaps", "technician", "video_monitor", "chief")
def gaps_to_explain(actor: Actor) -> Iterable[OpenItem]:
    """Gaps without an explanation in the sittings of the last days."""
    recent = queries.visible_to(actor).filter(state__in=("open", "closed"), ends_at__gt=clock.now() - timedelta(days=3))
    for sitting in recent[:20]:
        report = queries.report(sitting)
        if report.provisional or not report.open_gaps:
            continue
        yield OpenItem(
            "todo",
            _("Explain %(n)s gaps of the video") % {"n": len(report.open_gaps)},
            f"{sitting.room} · {', '.join(gap.camera.name for gap in report.open_gaps[:4])}",
            _("Requirement R-70"),
            url=reverse("coverage:sitting", args=[sitting.pk]),
            group=str(sitting.slot),
        )
