"""What people add to the record of coverage: why a camera saw nothing."""

from __future__ import annotations

from datetime import datetime

from exams import clock
from exams.access import Actor
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _
from proctoring.cameras.models import Camera
from proctoring.cameras.states import REASONS
from proctoring.coverage.models import Explanation
from proctoring.coverage.queries import milliseconds


@action("proctoring.explain_gap", on="sitting")
def explain_gap(
    *, by: Actor, sitting: Sitting, camera: Camera, since: datetime | int, until: datetime | int, reason: str, text: str = ""
) -> Explanation:
    """Explain a gap: a reason of the list and words, or words alone. The coverage stays what it is."""
    if reason not in REASONS:
        reason, text = "camera_state", text or reason
    if not text.strip():
        refuse("gap.no_words", _("Write what happened; the reason alone explains nothing."))
    since_ms = since if isinstance(since, int) else milliseconds(since)
    until_ms = until if isinstance(until, int) else milliseconds(until)
    if until_ms <= since_ms:
        refuse("gap.interval", _("The gap ends before it begins."))
    if camera.room_id != sitting.room_id:
        refuse("gap.elsewhere", _("This camera does not watch this room."))
    if sitting.state == "sealed":
        refuse("gap.sealed", _("The sitting is sealed."), remedy=_("Write a supplement."))
    explanation = Explanation.objects.create(
        sitting=sitting, camera=camera, since_ms=since_ms, until_ms=until_ms, reason=reason, text=text.strip(),
        by_name=by.name, by_id=by.person_id, at=clock.now(),
    )  # fmt: skip
    record(
        "proctoring.explain_gap", explanation, by=by, about=[sitting, camera], camera=camera.name, since_ms=since_ms, until_ms=until_ms,
        reason=reason, text=text.strip(),
    )  # fmt: skip
    return explanation
