"""Who may watch the wall, and who may act on what it shows."""

from django.utils.translation import gettext_lazy as _

from exams.access import permission
from proctoring.cameras.permissions import READERS, own_body

permission("proctoring.watch_wall", _("Watch the camera wall"), *READERS)
permission(
    "proctoring.handle_fault", _("Answered a fault of a camera"), "video_monitor", "technician", "chief", "roving_invigilator",
    scope=lambda actor, fault: own_body(actor, fault.camera),
)  # fmt: skip
