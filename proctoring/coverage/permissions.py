"""Who may see coverage, and who may explain a gap."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.sittings.models import Sitting
from proctoring.cameras.permissions import READERS
from proctoring.coverage import queries


def sees(actor: Actor, sitting: Sitting) -> bool:
    """Has to do with this very sitting: on duty in it, or keeps the cameras of the body."""
    return queries.visible_to(actor).filter(pk=sitting.pk).exists()


permission("proctoring.see_coverage", _("See the video coverage of a sitting"), *READERS)
permission(
    "proctoring.explain_gap", _("Explained a gap of the video"), "technician", "chief", "invigilator", "video_monitor", "exam_clerk",
    scope=sees,
)  # fmt: skip
