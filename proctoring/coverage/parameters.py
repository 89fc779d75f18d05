"""Values an exam body may set for its video, beside those of its rooms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.sittings import parameters
from exams.sittings.models import Sitting
from exams.sittings.parameters import KNOWN, Known
from exams.spelling import local

KNOWN.setdefault(
    "VIDEO_GAP_S", Known(_("Seconds from which a gap of the video must be explained"), 5, _("Proposal: requirement R-70"), 1, 600)
)
KNOWN.setdefault(
    "VIDEO_HEARD_S", Known(_("Seconds within which a room collector must have been heard"), 10, _("Proposal: requirement R-69"), 2, 120)
)


def value(sitting: Sitting, code: str) -> int:
    """What holds for the body on the day of the sitting."""
    return parameters.in_force(sitting.slot.event.body_id, code, local(sitting.starts_at).date()).value
