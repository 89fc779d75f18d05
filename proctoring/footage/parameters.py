"""Values an exam body may set for its footage."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.sittings.parameters import KNOWN, Known

KNOWN.setdefault(
    "FOOTAGE_ANSWER_DAYS",
    Known(_("Working days within which a request to see footage is decided"), 3, _("Proposal: rule of the driving test, Art. 52"), 1, 30),
)
KNOWN.setdefault(
    "FOOTAGE_SHOWN",
    Known(_("Footage may be shown to candidates (1) or never (0)"), 1, _("Proposal: requirement R-77"), 0, 1),
)
KNOWN.setdefault(
    "FOOTAGE_SAMPLE_PERCENT",
    Known(_("Share of sittings whose footage is looked at, in percent"), 10, _("Proposal: requirement R-73"), 1, 100),
)
